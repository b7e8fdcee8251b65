// See the header.
#include "codegen/host/ModelSignature.h"

#include "codegen/host/ElementNames.h"
#include "dialects/Dialect.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace bmc::codegen {

// Texts ---------------------------------------------------------------------------------------------------------------

std::string cIdentifier(llvm::StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier += llvm::isAlnum(c) || c == '_' ? c : '_';
  if (identifier.empty() || llvm::isDigit(identifier[0]))
    identifier.insert(0, "model_");
  return identifier;
}

std::string commentText(llvm::StringRef text) {
  std::string safe;
  for (char c : text)
    safe += (c == '/' && llvm::StringRef(safe).ends_with("*")) || !llvm::isPrint(c) ? ' ' : c;
  return safe;
}

// What arguments cannot be called: words of C and C++, and names that the functions use themselves.
static bool isReserved(llvm::StringRef word) {
  static constexpr llvm::StringLiteral words =
      " alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const "
      "consteval "
      "constexpr constinit const_cast continue co_await co_return co_yield decltype default delete do double "
      "dynamic_cast else enum explicit export extern false float for friend goto if inline int long mutable namespace "
      "new noexcept not not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires "
      "restrict return short signed sizeof static static_assert static_cast struct switch template this thread_local "
      "throw true try typedef typeid typename typeof union unsigned using virtual void volatile wchar_t while xor "
      "xor_eq model rows loss metrics all_inputs all_targets all_outputs ";
  return words.contains((" " + word + " ").str());
}

// Arguments -----------------------------------------------------------------------------------------------------------

static Argument makeArgument(llvm::StringRef name, Type element, llvm::ArrayRef<bm::SymbolicDim> rowShape,
                             llvm::StringSet<> &taken) {
  Argument argument;
  argument.name = name.str();
  argument.identifier = cIdentifier(name);
  while (isReserved(argument.identifier) || !taken.insert(argument.identifier).second)
    argument.identifier += "_";
  argument.type = elementNames(element).c.str();
  argument.shape = (elementNames(element).language + "[rows").str();
  argument.elements = 1;
  for (const bm::SymbolicDim &dim : rowShape) {
    argument.shape += ", " + dim.text();
    std::optional<int64_t> constant = dim.constant();
    argument.elements = argument.elements && constant ? std::optional(*argument.elements * *constant) : std::nullopt;
  }
  argument.shape += "]";
  return argument;
}

static void readFields(ModelSignature &signature, llvm::StringSet<> &taken) {
  auto fields = signature.description.getAs<ArrayAttr>("fields");
  if (!fields)
    return;
  auto isSet = [](DictionaryAttr field, llvm::StringRef flag) {
    auto value = field.getAs<BoolAttr>(flag);
    return value && value.getValue();
  };
  for (auto field : fields.getAsRange<DictionaryAttr>()) {
    bool isInput = isSet(field, "is_input"), isOutside = isSet(field, "is_outside");
    if (isOutside && !isInput)
      continue; // only entries take it
    auto type = cast<RankedTensorType>(field.getAs<TypeAttr>("type").getValue());
    std::vector<Argument> &list = isInput ? signature.inputs : signature.targets;
    list.push_back(
        makeArgument(field.getAs<StringAttr>("name").getValue(), type.getElementType(), bm::shapeOf(type), taken));
    list.back().isOutside = isOutside;
  }
}

static std::vector<Argument> outputsOf(func::FuncOp function, llvm::StringSet<> &taken) {
  std::vector<Argument> found;
  for (unsigned i = 0; function && i < function.getNumResults(); ++i) {
    auto role = function.getResultAttrOfType<StringAttr>(i, "bm.role");
    auto name = function.getResultAttrOfType<StringAttr>(i, "bm.name");
    if (!role || role.getValue() != "output")
      continue;
    auto type = cast<RankedTensorType>(function.getResultTypes()[i]);
    llvm::SmallVector<bm::SymbolicDim> shape = bm::shapeOf(type);
    found.push_back(makeArgument(name ? name.getValue() : "output", type.getElementType(),
                                 llvm::ArrayRef(shape).drop_front(shape.empty() ? 0 : 1), taken));
  }
  return found;
}

static Entry readEntry(func::FuncOp function, llvm::StringRef name, llvm::StringSet<> &functions) {
  llvm::StringSet<> taken;
  Entry entry{name.str(), cIdentifier(name), {}, {}};
  for (BlockArgument argument : function.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    llvm::SmallVector<bm::SymbolicDim> shape = bm::shapeOf(type);
    if (auto field = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "bm.name"))
      entry.inputs.push_back(
          makeArgument(field.getValue(), type.getElementType(), llvm::ArrayRef(shape).drop_front(), taken));
  }
  entry.outputs = outputsOf(function, taken);
  while (!functions.insert(entry.identifier).second)
    entry.identifier += "_";
  return entry;
}

// Signatures ----------------------------------------------------------------------------------------------------------

FailureOr<ModelSignature> ModelSignature::of(ModuleOp module) {
  ModelSignature signature;
  signature.module = module;
  signature.description = module->getAttrOfType<DictionaryAttr>("bm.program");
  if (!signature.description)
    return module.emitError() << "the module does not describe a program (bm.program)";
  auto source = signature.description.getAs<StringAttr>("source");
  signature.source = source ? source.getValue().str() : "a model file";
  llvm::StringSet<> taken;
  readFields(signature, taken);
  signature.outputs = outputsOf(module.lookupSymbol<func::FuncOp>("predict"), taken);
  /// What the functions are called behind the prefix.
  llvm::StringSet<> functions = {"create",   "library", "init",    "load",   "save",     "train_step",
                                 "evaluate", "predict", "weights", "hypers", "end_epoch"};
  for (const std::string &name : signature.names("entries"))
    signature.entries.push_back(readEntry(module.lookupSymbol<func::FuncOp>("entry." + name), name, functions));
  return signature;
}

llvm::SmallVector<std::string> ModelSignature::names(llvm::StringRef key) const {
  llvm::SmallVector<std::string> found;
  if (auto list = description.getAs<ArrayAttr>(key))
    for (Attribute entry : list) {
      auto dictionary = dyn_cast<DictionaryAttr>(entry);
      found.push_back((dictionary ? dictionary.getAs<StringAttr>("name") : cast<StringAttr>(entry)).getValue().str());
    }
  return found;
}

// The elements of all metrics. Only one that is computed for all rows of a pass is not a scalar.
int64_t ModelSignature::metricElements() const {
  int64_t count = int64_t(names("metrics").size());
  auto measure = ModuleOp(module).lookupSymbol<func::FuncOp>("measure");
  for (unsigned i = 0; measure && i < measure.getNumResults(); ++i) {
    auto role = measure.getResultAttrOfType<StringAttr>(i, "bm.role");
    auto type = cast<RankedTensorType>(measure.getResultTypes()[i]);
    if (role && role.getValue() == "metric" && type.hasStaticShape())
      count += type.getNumElements() - 1;
  }
  return count;
}

std::vector<Argument> ModelSignature::inputsOfData() const {
  std::vector<Argument> found;
  llvm::copy_if(inputs, std::back_inserter(found), [](const Argument &input) { return !input.isOutside; });
  return found;
}

} // namespace bmc::codegen
