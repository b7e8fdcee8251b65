// Reasons as attributes of kernels. See the header.
#include "passes/FusionReason.h"
#include "dialects/Ops.h"
#include "passes/FusionGraph.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

// The loops of a group: `64x512`.
static std::string loopsText(const FusionGraph &graph, unsigned group) {
  std::optional<Shape> shape = graph.resultShape(group);
  if (!shape || shape->empty())
    return "one number";
  return llvm::join(llvm::map_range(*shape, [](const SymbolicDim &dim) { return dim.text(); }), "x");
}

// Its first few kinds of ops.
static std::string opsText(const FusionGraph &graph, unsigned group) {
  constexpr size_t mostNames = 4;
  llvm::SetVector<StringRef> names;
  for (unsigned member : graph.members(group))
    names.insert(graph.node(member).op->getName().stripDialect());
  ArrayRef<StringRef> first = names.getArrayRef();
  return llvm::join(first.take_front(mostNames), " ") + (first.size() > mostNames ? " ..." : "");
}

static std::string filledIn(StringRef text, ArrayRef<std::pair<StringRef, std::string>> values) {
  std::string result = text.str();
  for (auto &[placeholder, value] : values)
    if (size_t at = result.find(placeholder); at != std::string::npos)
      result.replace(at, placeholder.size(), value);
  return result;
}

DictionaryAttr reasonAttr(MLIRContext *context, const FusionGraph &graph, const Refusal &refusal, unsigned producer,
                          unsigned consumer) {
  std::string text =
      filledIn(refusal.reason->text, {{"{producer}", loopsText(graph, producer)},
                                      {"{consumer}", loopsText(graph, consumer)},
                                      {"{through}", refusal.through ? opsText(graph, *refusal.through) : ""}});
  Builder builder(context);
  return builder.getDictionaryAttr({builder.getNamedAttr("name", builder.getStringAttr(refusal.reason->name)),
                                    builder.getNamedAttr("text", builder.getStringAttr(text))});
}

} // namespace bmc
