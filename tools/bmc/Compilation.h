// One model file on its way through the compiler, with what all steps need.
#ifndef BMC_TOOLS_BMC_COMPILATION_H
#define BMC_TOOLS_BMC_COMPILATION_H

#include "codegen/Target.h"
#include "frontend/Frontend.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"
#include "tools/bmc/Options.h"

namespace bmc {

class Compilation {
public:
  Compilation(const Options &options, codegen::Target target);
  /// Prints the diagnostics that came up.
  ~Compilation();

  /// Reads the model file, or a file of IR (.mlir), into `module`. False after an error.
  bool read();
  void nameProgram(llvm::StringRef name);
  /// Runs the passes up to a stage. False after an error.
  bool runPasses(Stage stage);
  /// The objects of all kernels and of the host code. False after an error.
  bool generateObjects(std::vector<std::string> &objects);

  /// The text of the tuning records; none if there is no such file, or none is wanted.
  std::optional<std::string_view> tuningText();

  /// Reports an error that has no place in the model file.
  void error(const std::string &message) { diagnostics.error(std::nullopt, message); }
  /// Whether kernels are there in plain form too; only programs have a verb that compares them.
  bool hasPlainKernels() const { return options.selftest && !options.emit.isLibrary(); }
  /// Whether entry functions tell the runtime of their calls; the functions are checked without a runtime.
  bool hasProfile() const { return !options.check && options.parts.count("profile") > 0; }
  bool hasErrors() const { return diagnostics.hasErrors(); }

  const Options &options;
  codegen::Target target;
  frontend::SourceManager sources;
  frontend::Diagnostics diagnostics{sources};
  mlir::DefaultTimingManager timing;
  mlir::TimingScope timings;
  mlir::MLIRContext context;
  frontend::DiagnosticBridge bridge;
  mlir::OwningOpRef<mlir::ModuleOp> module;

private:
  bool readIr();
  bool runPasses(mlir::ModuleOp module, const codegen::Target &target, Stage stage);
  bool generateObjects(mlir::ModuleOp module, const codegen::Target &target, std::vector<std::string> &objects);

  /// With a device: the module as it was read, which is compiled for the processor alone.
  mlir::OwningOpRef<mlir::ModuleOp> withoutDevice;
};

/// The flags that choose the machine, together.
llvm::Expected<codegen::Target> chooseTarget(const Options &options);

} // namespace bmc

#endif
