// See the header.
#include "codegen/host/ModelHeader.h"

#include "codegen/host/ModelSignature.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace bmc::codegen {

namespace {
class HeaderWriter {
public:
  HeaderWriter(const ModelSignature &signature, llvm::StringRef prefix)
      : signature(signature), prefix(prefix), out(text) {}

  std::string write();

private:
  void writeBegin();
  void writeConstants();
  void writeMeasured(llvm::StringRef function, llvm::StringRef comment);
  void writePredict();
  void writeEntry(const Entry &entry);
  void writeAnswering(llvm::StringRef function, llvm::StringRef call, llvm::ArrayRef<Argument> inputs,
                      llvm::ArrayRef<Argument> outputs);
  void writeArguments(llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier);
  std::string pointers(llvm::ArrayRef<Argument> arguments, llvm::StringRef qualifier, llvm::StringRef array);
  std::string upper() const { return llvm::StringRef(prefix).upper(); }

  const ModelSignature &signature;
  std::string prefix, text;
  llvm::raw_string_ostream out;
};
} // namespace

void HeaderWriter::writeBegin() {
  out << "/* The model of " << commentText(signature.source)
      << " as a library. Written by bmc together with the library; <bmc/model.h> has\n"
         " * the functions that all models share and tells about errors, memory and threads.\n";
  auto list = [&](llvm::StringRef title, llvm::ArrayRef<Argument> arguments) {
    for (const Argument &argument : arguments)
      out << llvm::formatv(" * {0,-8} {1}: {2}\n", title, commentText(argument.name), argument.shape);
  };
  out << " *\n";
  list("input", signature.inputs);
  list("target", signature.targets);
  list("output", signature.outputs);
  auto listNames = [&](llvm::StringRef title, llvm::StringRef key) {
    if (llvm::SmallVector<std::string> found = signature.names(key); !found.empty())
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
  define("INPUTS", int64_t(signature.inputs.size()));
  define("TARGETS", int64_t(signature.targets.size()));
  define("OUTPUTS", int64_t(signature.outputs.size()));
  define("METRICS", signature.metricElements());
  define("HYPERS", int64_t(signature.names("hypers").size()));
  out << "/* Elements in a row. */\n";
  for (const auto *list : {&signature.inputs, &signature.targets, &signature.outputs})
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
  bool hasMetrics = !signature.names("metrics").empty();
  std::vector<Argument> ofData = signature.inputsOfData();
  out << "\n/* " << comment << "\n *";
  writeShapes(out, ofData);
  writeShapes(out, signature.targets);
  out << " loss: one number, or null";
  if (hasMetrics)
    out << "; metrics: " << signature.metricElements() << " numbers, or null";
  out << ". */\nstatic inline enum bmc_status " << prefix << "_" << function << "(struct bmc_model *model";
  writeArguments(ofData, "const ");
  writeArguments(signature.targets, "const ");
  out << ", int64_t rows, double *loss" << (hasMetrics ? ", double *metrics" : "") << ") {\n";
  std::vector<Argument> all = signature.inputs;
  for (Argument &input : all)
    input.identifier = input.isOutside ? "NULL" : input.identifier;
  std::string inputArray = pointers(all, "const ", "all_inputs");
  std::string targetArray = pointers(signature.targets, "const ", "all_targets");
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
  writeAnswering("predict", "bmc_predict(model", signature.inputs, signature.outputs);
}

void HeaderWriter::writeEntry(const Entry &entry) {
  out << "\n/* The network's entry '" << entry.name << "' for `rows` rows.\n *";
  writeAnswering(entry.identifier, "bmc_call(model, \"" + entry.name + "\"", entry.inputs, entry.outputs);
}

std::string HeaderWriter::write() {
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
  if (signature.trains())
    writeMeasured("train_step", "One step of training; the loss and the metrics are those before the update.");
  if (signature.has("evaluate"))
    writeMeasured("evaluate", "Loss and metrics of `rows` rows.");
  if (signature.has("predict"))
    writePredict();
  for (const Entry &entry : signature.entries)
    writeEntry(entry);
  out << "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}

FailureOr<std::string> modelHeader(ModuleOp planned, llvm::StringRef prefix) {
  FailureOr<ModelSignature> signature = ModelSignature::of(planned);
  if (failed(signature))
    return failure();
  return HeaderWriter(*signature, prefix).write();
}

} // namespace bmc::codegen
