// See the header.
#include "codegen/host/ModelHeader.h"

#include "dialects/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

#include <optional>

using namespace mlir;

namespace bmc::codegen {

namespace {
/// An input, a target or an output, as the functions' arguments have it.
struct Argument {
  std::string name;                // as the model has it
  std::string identifier;          // as C has it
  std::string type;                // `float`
  std::string shape;               // `f32[rows, 3]`
  std::optional<int64_t> elements; // of a row
  bool isOutside = false;          // of the data: only predict takes it
};

class HeaderWriter {
public:
  HeaderWriter(ModuleOp planned, llvm::StringRef prefix) : planned(planned), prefix(prefix), out(text) {}

  FailureOr<std::string> write();

private:
  void readFields();
  void readOutputs();
  std::vector<Argument> outputsOf(func::FuncOp function, llvm::StringSet<> &taken);
  void writeBegin();
  void writeConstants();
  void writeMeasured(llvm::StringRef function, llvm::StringRef comment);
  void writePredict();
  void writeEntry(llvm::StringRef name);
  void writeAnswering(llvm::StringRef function, llvm::StringRef call, llvm::ArrayRef<Argument> inputs,
                      llvm::ArrayRef<Argument> outputs);
  void writeArguments(llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier);
  std::string pointers(llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier, llvm::StringRef array);
  std::string upper() const { return llvm::StringRef(prefix).upper(); }
  bool has(llvm::StringRef function) { return planned.lookupSymbol<func::FuncOp>(function) != nullptr; }
  llvm::SmallVector<std::string> names(llvm::StringRef key);
  int64_t metricElements();

  ModuleOp planned;
  std::string prefix, text;
  llvm::raw_string_ostream out;
  DictionaryAttr description;
  std::vector<Argument> inputs, targets, outputs;
  llvm::StringSet<> taken;
  /// What the functions are called behind the prefix.
  llvm::StringSet<> functions = {"create", "library", "train_step", "evaluate", "predict"};
};
} // namespace

std::string cIdentifier(llvm::StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier += llvm::isAlnum(c) || c == '_' ? c : '_';
  if (identifier.empty() || llvm::isDigit(identifier[0]))
    identifier.insert(0, "model_");
  return identifier;
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

static llvm::StringRef cType(Type element) {
  if (element.isF32())
    return "float";
  if (element.isF64())
    return "double";
  if (element.isInteger(32))
    return "int32_t";
  return element.isInteger(64) ? "int64_t" : "uint8_t";
}

static llvm::StringRef bmcType(Type element) {
  if (element.isF32())
    return "f32";
  if (element.isF64())
    return "f64";
  if (element.isInteger(32))
    return "i32";
  return element.isInteger(64) ? "i64" : "bool";
}

static Argument makeArgument(llvm::StringRef name, Type element, llvm::ArrayRef<bm::SymbolicDim> rowShape,
                             llvm::StringSet<> &taken) {
  Argument argument;
  argument.name = name.str();
  argument.identifier = cIdentifier(name);
  while (isReserved(argument.identifier) || !taken.insert(argument.identifier).second)
    argument.identifier += "_";
  argument.type = cType(element).str();
  argument.shape = (bmcType(element) + "[rows").str();
  argument.elements = 1;
  for (const bm::SymbolicDim &dim : rowShape) {
    argument.shape += ", " + dim.text();
    std::optional<int64_t> constant = dim.constant();
    argument.elements = argument.elements && constant ? std::optional(*argument.elements * *constant) : std::nullopt;
  }
  argument.shape += "]";
  return argument;
}

void HeaderWriter::readFields() {
  auto fields = description.getAs<ArrayAttr>("fields");
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
    std::vector<Argument> &list = isInput ? inputs : targets;
    list.push_back(
        makeArgument(field.getAs<StringAttr>("name").getValue(), type.getElementType(), bm::shapeOf(type), taken));
    list.back().isOutside = isOutside;
  }
}

std::vector<Argument> HeaderWriter::outputsOf(func::FuncOp function, llvm::StringSet<> &taken) {
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

void HeaderWriter::readOutputs() { outputs = outputsOf(planned.lookupSymbol<func::FuncOp>("predict"), taken); }

llvm::SmallVector<std::string> HeaderWriter::names(llvm::StringRef key) {
  llvm::SmallVector<std::string> found;
  if (auto list = description.getAs<ArrayAttr>(key))
    for (Attribute entry : list) {
      auto dictionary = dyn_cast<DictionaryAttr>(entry);
      found.push_back((dictionary ? dictionary.getAs<StringAttr>("name") : cast<StringAttr>(entry)).getValue().str());
    }
  return found;
}

// The elements of all metrics. Only one that is computed for all rows of a pass is not a scalar.
int64_t HeaderWriter::metricElements() {
  int64_t count = int64_t(names("metrics").size());
  auto measure = planned.lookupSymbol<func::FuncOp>("measure");
  for (unsigned i = 0; measure && i < measure.getNumResults(); ++i) {
    auto role = measure.getResultAttrOfType<StringAttr>(i, "bm.role");
    auto type = cast<RankedTensorType>(measure.getResultTypes()[i]);
    if (role && role.getValue() == "metric" && type.hasStaticShape())
      count += type.getNumElements() - 1;
  }
  return count;
}

// What a comment or a file name could end too early.
static std::string commentText(llvm::StringRef text) {
  std::string safe;
  for (char c : text)
    safe += (c == '/' && llvm::StringRef(safe).ends_with("*")) || !llvm::isPrint(c) ? ' ' : c;
  return safe;
}

void HeaderWriter::writeBegin() {
  auto source = description.getAs<StringAttr>("source");
  out << "/* The model of " << commentText(source ? source.getValue() : "a model file")
      << " as a library. Written by bmc together with the library; <bmc/model.h> has\n"
         " * the functions that all models share and tells about errors, memory and threads.\n";
  auto list = [&](llvm::StringRef title, llvm::ArrayRef<Argument> arguments) {
    for (const Argument &argument : arguments)
      out << llvm::formatv(" * {0,-8} {1}: {2}\n", title, commentText(argument.name), argument.shape);
  };
  out << " *\n";
  list("input", inputs);
  list("target", targets);
  list("output", outputs);
  auto listNames = [&](llvm::StringRef title, llvm::StringRef key) {
    if (llvm::SmallVector<std::string> found = names(key); !found.empty())
      out << llvm::formatv(" * {0,-8} {1}\n", title, commentText(llvm::join(found, ", ")));
  };
  listNames("metrics", "metrics");
  listNames("hypers", "hypers");
  out << " */\n";
}

void HeaderWriter::writeConstants() {
  out << "/* How many there are; of metrics, the elements of all. */\n";
  auto define = [&](const llvm::Twine &name, int64_t value) {
    out << "#define " << upper() << "_" << name << " " << value << "\n";
  };
  define("INPUTS", int64_t(inputs.size()));
  define("TARGETS", int64_t(targets.size()));
  define("OUTPUTS", int64_t(outputs.size()));
  define("METRICS", metricElements());
  define("HYPERS", int64_t(names("hypers").size()));
  out << "/* Elements in a row. */\n";
  for (const auto *list : {&inputs, &targets, &outputs})
    for (const Argument &argument : *list)
      if (argument.elements)
        define(llvm::StringRef(argument.identifier).upper() + "_ELEMENTS", *argument.elements);
}

void HeaderWriter::writeArguments(llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier) {
  for (const Argument &argument : arguments)
    out << ", " << qualifier << argument.type << " *" << argument.identifier;
}

// An array of the arguments' pointers, or null where there are none.
std::string HeaderWriter::pointers(llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier,
                                   llvm::StringRef array) {
  if (arguments.empty())
    return "NULL";
  out << "  " << qualifier << "void *const " << array << "[] = {";
  llvm::interleaveComma(arguments, out, [&](const Argument &argument) { out << argument.identifier; });
  out << "};\n";
  return array.str();
}

static void writeShapes(llvm::raw_ostream &out, llvm::ArrayRef<Argument> arguments) {
  for (const Argument &argument : arguments)
    out << " " << argument.identifier << ": " << argument.shape << ";";
}

void HeaderWriter::writeMeasured(llvm::StringRef function, llvm::StringRef comment) {
  bool hasMetrics = !names("metrics").empty();
  std::vector<Argument> ofData;
  llvm::copy_if(inputs, std::back_inserter(ofData), [](const Argument &input) { return !input.isOutside; });
  out << "\n/* " << comment << "\n *";
  writeShapes(out, ofData);
  writeShapes(out, targets);
  out << " loss: one number, or null";
  if (hasMetrics)
    out << "; metrics: " << metricElements() << " numbers, or null";
  out << ". */\nstatic inline enum bmc_status " << prefix << "_" << function << "(struct bmc_model *model";
  writeArguments(ofData, "const ");
  writeArguments(targets, "const ");
  out << ", int64_t rows, double *loss" << (hasMetrics ? ", double *metrics" : "") << ") {\n";
  std::vector<Argument> all = inputs;
  for (Argument &input : all)
    input.identifier = input.isOutside ? "NULL" : input.identifier;
  std::string inputArray = pointers(all, "const ", "all_inputs");
  std::string targetArray = pointers(targets, "const ", "all_targets");
  out << "  return bmc_" << function << "(model, " << inputArray << ", " << targetArray << ", rows, loss, "
      << (hasMetrics ? "metrics" : "NULL") << ");\n}\n";
}

/// `call` is what is called, up to its inputs.
void HeaderWriter::writeAnswering(llvm::StringRef function, llvm::StringRef call, llvm::ArrayRef<Argument> inputs,
                                  llvm::ArrayRef<Argument> outputs) {
  writeShapes(out, inputs);
  writeShapes(out, outputs);
  out << " an output that is not wanted may be null. */\nstatic inline enum bmc_status " << prefix << "_" << function
      << "(struct bmc_model *model";
  writeArguments(inputs, "const ");
  out << ", int64_t rows";
  writeArguments(outputs, "");
  out << ") {\n";
  std::string inputArray = pointers(inputs, "const ", "all_inputs");
  std::string outputArray = pointers(outputs, "", "all_outputs");
  out << "  return " << call << ", " << inputArray << ", rows, " << outputArray << ");\n}\n";
}

void HeaderWriter::writePredict() {
  out << "\n/* The outputs for `rows` rows.\n *";
  writeAnswering("predict", "bmc_predict(model", inputs, outputs);
}

void HeaderWriter::writeEntry(llvm::StringRef name) {
  auto function = planned.lookupSymbol<func::FuncOp>(("entry." + name).str());
  llvm::StringSet<> taken;
  std::vector<Argument> inputs;
  for (BlockArgument argument : function.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    llvm::SmallVector<bm::SymbolicDim> shape = bm::shapeOf(type);
    if (auto field = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "bm.name"))
      inputs.push_back(
          makeArgument(field.getValue(), type.getElementType(), llvm::ArrayRef(shape).drop_front(), taken));
  }
  std::vector<Argument> outputs = outputsOf(function, taken);
  std::string identifier = cIdentifier(name);
  while (!functions.insert(identifier).second)
    identifier += "_";
  out << "\n/* The network's entry '" << name << "' for `rows` rows.\n *";
  writeAnswering(identifier, ("bmc_call(model, \"" + name + "\"").str(), inputs, outputs);
}

FailureOr<std::string> HeaderWriter::write() {
  description = planned->getAttrOfType<DictionaryAttr>("bm.program");
  if (!description)
    return planned.emitError() << "the module does not describe a program (bm.program)";
  readFields();
  readOutputs();
  writeBegin();
  std::string guard = "BMC_MODEL_" + upper() + "_H";
  out << "#ifndef " << guard << "\n#define " << guard << "\n\n#include <bmc/model.h>\n\n"
      << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  writeConstants();
  out << "\n/* The compiled model, for bmc_create, bmc_count and bmc_describe. */\nextern const struct bmc_library "
      << prefix << "_library;\n"
      << "\n/* Makes an instance of it: bmc_create. */\nstatic inline enum bmc_status " << prefix
      << "_create(const struct bmc_options *options, struct bmc_model **model) {\n  return bmc_create(&" << prefix
      << "_library, options, model);\n}\n";
  if (has("train") || !names("steps").empty())
    writeMeasured("train_step", "One step of training; the loss and the metrics are those before the update.");
  if (has("evaluate"))
    writeMeasured("evaluate", "Loss and metrics of `rows` rows.");
  if (has("predict"))
    writePredict();
  for (const std::string &name : names("entries"))
    writeEntry(name);
  out << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

FailureOr<std::string> modelHeader(ModuleOp planned, llvm::StringRef prefix) {
  return HeaderWriter(planned, prefix).write();
}

} // namespace bmc::codegen
