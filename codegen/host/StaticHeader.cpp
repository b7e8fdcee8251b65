// The C header of a model without a heap. See StaticModel.h.
#include "codegen/host/StaticModel.h"
#include "dialects/Dialect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace bmc::codegen {

namespace {
class StaticHeaderWriter {
public:
  StaticHeaderWriter(const ModelSignature &signature, const StaticModelOptions &options)
      : signature(signature), options(options), prefix(options.prefix), upper(llvm::StringRef(options.prefix).upper()),
        out(text) {}

  std::string write();

private:
  void writeBegin();
  void writeConstants();
  void writeWeights();
  void writeHypers();
  void writeTraining();
  void writeMeasured(llvm::StringRef function, llvm::StringRef comment);
  void writeAnswering(llvm::StringRef function, llvm::ArrayRef<Argument> inputs, llvm::ArrayRef<Argument> outputs);
  void writeShapes(llvm::ArrayRef<Argument> arguments, llvm::StringRef rows);
  void define(const llvm::Twine &name, int64_t value) {
    out << "#define " << upper << "_" << name << " " << value << "\n";
  }
  int64_t rowsOf(llvm::StringRef function);

  const ModelSignature &signature;
  const StaticModelOptions &options;
  std::string prefix, upper, text;
  llvm::raw_string_ostream out;
};
} // namespace

/// The first dimension of a function's inputs; 0 if there is no such function.
int64_t StaticHeaderWriter::rowsOf(llvm::StringRef name) {
  auto function = ModuleOp(signature.module).lookupSymbol<func::FuncOp>(name);
  for (unsigned i = 0; function && i < function.getNumArguments(); ++i) {
    auto role = function.getArgAttrOfType<StringAttr>(i, "bm.role");
    auto type = cast<RankedTensorType>(function.getArgumentTypes()[i]);
    if (role && role.getValue() == "input" && type.getRank() > 0)
      return type.getDimSize(0);
  }
  return 0;
}

void StaticHeaderWriter::writeBegin() {
  out << "/* The model of " << commentText(signature.source)
      << ". Written by bmc together with the object, which has all its memory\n"
         " * in it: nothing is allocated, and of a C library only memcpy, memset and memmove are called. There is one\n"
         " * instance, for one caller at a time. Functions that can fail give 0, or the number of what failed. */\n"
      << "#ifndef BMC_MODEL_" << upper << "_H\n#define BMC_MODEL_" << upper
      << "_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
}

void StaticHeaderWriter::writeConstants() {
  out << "/* Rows of each call of predict, and of a training step or an evaluation; elements in a row. */\n";
  if (int64_t rows = rowsOf("predict"))
    define("ROWS", rows);
  for (llvm::StringRef name : {"train", "evaluate"})
    if (int64_t rows = options.predictsOnly ? 0 : rowsOf(name)) {
      define("BATCH", rows);
      break;
    }
  for (const auto *list : {&signature.inputs, &signature.targets, &signature.outputs})
    for (const Argument &argument : *list)
      if (argument.elements && !(options.predictsOnly && list == &signature.targets))
        define(llvm::StringRef(argument.identifier).upper() + "_ELEMENTS", *argument.elements);
}

void StaticHeaderWriter::writeShapes(llvm::ArrayRef<Argument> arguments, llvm::StringRef rows) {
  for (const Argument &argument : arguments) {
    llvm::StringRef shape = argument.shape;
    shape.consume_front(shape.take_until([](char c) { return c == '['; }));
    shape.consume_front("[rows");
    out << " " << argument.identifier << ": " << llvm::StringRef(argument.shape).split('[').first << "[" << upper << "_"
        << rows << shape << ";";
  }
}

static std::string dimsText(RankedTensorType type) {
  std::string text = "[";
  llvm::raw_string_ostream stream(text);
  llvm::interleaveComma(type.getShape(), stream);
  return text + "]";
}

void StaticHeaderWriter::writeWeights() {
  std::vector<StaticWeight> weights = weightsOf(signature.module);
  out << "\n/* Parameters and buffers, one behind the other at these bytes:\n";
  for (const StaticWeight &weight : weights)
    out << llvm::formatv(" * {0,8} {1} {2}\n", weight.offset, commentText(weight.name), dimsText(weight.type));
  out << " */\n";
  define("WEIGHT_BYTES", weights.empty() ? 0 : weights.back().offset + weights.back().bytes);
  if (!options.weights.empty())
    out << "extern const unsigned char " << prefix << "_weights[" << upper << "_WEIGHT_BYTES]; /* compiled in */\n";
  out << "void " << prefix << "_load(const void *weights);\nvoid " << prefix << "_save(void *weights);\n";
}

void StaticHeaderWriter::writeHypers() {
  llvm::SmallVector<std::string> names = signature.names("hypers");
  if (names.empty())
    return;
  out << "\n/* Numbers of the model file that training uses; they may be changed between calls. */\n";
  for (auto [i, name] : llvm::enumerate(names))
    define("HYPER_" + llvm::StringRef(cIdentifier(name)).upper(), int64_t(i));
  out << "extern double " << prefix << "_hypers[" << names.size() << "];\n";
}

static void writeParameters(llvm::raw_ostream &out, llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier,
                            bool isFirst) {
  for (const Argument &argument : arguments) {
    out << (isFirst ? "" : ", ") << qualifier << argument.type << " *" << argument.identifier;
    isFirst = false;
  }
}

void StaticHeaderWriter::writeMeasured(llvm::StringRef function, llvm::StringRef comment) {
  std::vector<Argument> data = signature.inputsOfData();
  llvm::append_range(data, signature.targets);
  bool hasMetrics = !signature.names("metrics").empty();
  out << "\n/* " << comment << "\n *";
  writeShapes(data, "BATCH");
  out << " loss: one number, or null";
  if (hasMetrics)
    out << "; metrics: " << signature.metricElements() << " numbers, or null";
  out << ". */\nint " << prefix << "_" << function << "(";
  writeParameters(out, data, "const ", /*isFirst=*/true);
  out << (data.empty() ? "" : ", ") << "double *loss" << (hasMetrics ? ", double *metrics" : "") << ");\n";
}

void StaticHeaderWriter::writeAnswering(llvm::StringRef function, llvm::ArrayRef<Argument> inputs,
                                        llvm::ArrayRef<Argument> outputs) {
  writeShapes(inputs, "ROWS");
  writeShapes(outputs, "ROWS");
  out << " */\nint " << prefix << "_" << function << "(";
  writeParameters(out, inputs, "const ", /*isFirst=*/true);
  writeParameters(out, outputs, "", inputs.empty());
  out << ");\n";
}

void StaticHeaderWriter::writeTraining() {
  if (signature.has("init"))
    out << "\n/* Gives all variables the initial values that belong to the seed, as `train --seed` does. This or\n * "
        << prefix << "_load comes before all else. */\nint " << prefix << "_init(uint64_t seed);\n";
  writeWeights();
  if (signature.trains()) {
    writeHypers();
    writeMeasured("train_step", "One step of training; the loss and the metrics are those before the update.");
  }
  if (signature.has("evaluate"))
    writeMeasured("evaluate", "Loss and metrics of a batch.");
  if (signature.has("epoch"))
    out << "\n/* Tells schedules that learn from epochs what one came to. */\nint " << prefix
        << "_end_epoch(double value);\n";
}

std::string StaticHeaderWriter::write() {
  writeBegin();
  writeConstants();
  if (!options.predictsOnly)
    writeTraining();
  if (signature.has("predict")) {
    out << "\n/* The outputs for some rows.\n *";
    writeAnswering("predict", signature.inputs, signature.outputs);
  }
  for (const Entry &entry : signature.entries) {
    out << "\n/* The network's entry '" << entry.name << "'.\n *";
    writeAnswering(entry.identifier, entry.inputs, entry.outputs);
  }
  out << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

FailureOr<std::string> staticHeader(ModuleOp planned, const StaticModelOptions &options) {
  FailureOr<ModelSignature> signature = ModelSignature::of(planned);
  if (failed(signature))
    return failure();
  return StaticHeaderWriter(*signature, options).write();
}

} // namespace bmc::codegen
