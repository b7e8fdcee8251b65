// See the header.
#include "Reference.h"

#include "dialects/Ops.h"
#include "frontend/elaborate/Evaluator.h"
#include "frontend/syntax/Parser.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <sstream>

namespace bmc::frontend {

// Primitives ----------------------------------------------------------------------------------------------------------

/// `x [axes] [keep]` as `x, [axes], [keep]`.
static std::string withCommas(std::string parameters) {
  for (size_t at = 0; (at = parameters.find(' ', at)) != std::string::npos; at += 2)
    parameters.replace(at, 1, ", ");
  return parameters;
}

static std::string elementwiseNames(mlir::MLIRContext &context) {
  static const std::set<std::string> operators = {"and", "or", "not", "compare"};
  std::map<unsigned, std::set<std::string>> names; // by the number of operands
  for (mlir::RegisteredOperationName op : context.getRegisteredOperations()) {
    llvm::StringRef name = op.getStringRef();
    if (!name.consume_front("bm.") || !op.hasTrait<mlir::OpTrait::Elementwise>() || findBuiltin(name.str()) ||
        operators.count(name.str()))
      continue;
    unsigned count = op.hasTrait<mlir::OpTrait::OneOperand>()           ? 1
                     : op.hasTrait<mlir::OpTrait::NOperands<2>::Impl>() ? 2
                                                                        : 0;
    if (count)
      names[count].insert(fmt::format("`{}`", name.str()));
  }
  return fmt::format("Elementwise, of one operand: {}\n\nElementwise, of two operands: {}\n", fmt::join(names[1], " "),
                     fmt::join(names[2], " "));
}

static std::string primitives(mlir::MLIRContext &context) {
  std::string text = elementwiseNames(context) + "\n| primitive | what it gives |\n|---|---|\n";
  for (const std::string &name : builtinNames())
    if (const Builtin *builtin = findBuiltin(name))
      text += fmt::format("| `{}({})` | {} |\n", name, withCommas(builtin->parameters), builtin->documentation);
  return text;
}

// The library ---------------------------------------------------------------------------------------------------------

static std::string signature(const SourceManager &sources, const std::string &name,
                             const std::vector<Parameter> &parameters, const TypeExpr *result) {
  std::string text;
  for (const Parameter &parameter : parameters) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", parameter.isPack ? ".." : "", parameter.name.text);
    if (parameter.type)
      text += fmt::format(": {}", sources.text(parameter.type->range));
    if (parameter.value)
      text += fmt::format(" = {}", sources.text(parameter.value->range));
  }
  return fmt::format("{}({}){}", name, text, result ? fmt::format(" -> {}", sources.text(result->range)) : "");
}

static std::string oneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  while (!text.empty() && text.back() == ' ')
    text.pop_back();
  return text;
}

static std::string entry(const SourceManager &sources, const Declaration &decl) {
  std::string text = fmt::format("- `{} {}`", spelling(decl.kind),
                                 signature(sources, decl.name.text, decl.parameters, decl.result.get()));
  bool isLayer = decl.kind == DeclarationKind::Layer || decl.kind == DeclarationKind::Network;
  for (const Member &member : decl.members)
    if (isLayer && member.kind == MemberKind::Method)
      text += fmt::format("<br>`{}`", signature(sources, member.name.text, member.parameters, member.result.get()));
  if (!decl.documentation.empty())
    text += "<br>" + oneLine(decl.documentation);
  return text + "\n";
}

static std::optional<std::string> library(const std::string &folder, std::string &error) {
  SourceManager sources;
  Diagnostics diagnostics(sources);
  std::vector<std::string> paths;
  std::error_code code;
  for (const auto &file : std::filesystem::directory_iterator(folder, code))
    if (file.path().extension() == ".bm")
      paths.push_back(file.path().string());
  std::sort(paths.begin(), paths.end());
  std::string text;
  for (const std::string &path : paths) {
    auto file = sources.open(path, error);
    if (!file)
      return std::nullopt;
    text += fmt::format("{}**{}**\n\n", text.empty() ? "" : "\n", std::filesystem::path(path).filename().string());
    for (const Declaration &decl : parse(sources, *file, diagnostics).declarations)
      text += entry(sources, decl);
  }
  if (!text.empty() && !diagnostics.hasErrors())
    return text;
  error = fmt::format("cannot read the library in '{}'", folder);
  return std::nullopt;
}

// The page ------------------------------------------------------------------------------------------------------------

static bool replacePart(std::string &page, const std::string &name, const std::string &text) {
  std::string begin = fmt::format("<!-- generated: {} -->\n", name), end = "<!-- end -->\n";
  size_t from = page.find(begin), to = from == std::string::npos ? from : page.find(end, from);
  if (to == std::string::npos)
    return false;
  from += begin.size();
  page.replace(from, to - from, text);
  return true;
}

std::optional<std::string> renewReference(mlir::MLIRContext &context, const std::string &text,
                                          const std::string &libraryDir, std::string &error) {
  context.loadDialect<bm::BmDialect>();
  auto entries = library(libraryDir, error);
  if (!entries)
    return std::nullopt;
  std::string page = text;
  if (replacePart(page, "primitives", primitives(context)) && replacePart(page, "library", *entries))
    return page;
  error = "the page has no parts between '<!-- generated: primitives -->' or '<!-- generated: library -->' and "
          "'<!-- end -->'";
  return std::nullopt;
}

} // namespace bmc::frontend
