// Compiles kernels written as text, runs them, and compares them with the reference interpreter.
#ifndef BMC_TEST_UNIT_CODEGEN_KERNEL_RUNNER_H
#define BMC_TEST_UNIT_CODEGEN_KERNEL_RUNNER_H

#include "codegen/halide/Kernels.h"
#include "dialects/reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

struct halide_buffer_t;

namespace bmc::test {

using Tensor = bm::ReferenceTensor<double>;

/// What the inputs of a case are filled with. Integers are in [-2, 6], so some indices are out of range.
enum class Data {
  Plain,    // floats in [-2, 2]
  Positive, // floats in [0.1, 2]
  Special,  // Plain with NaN, infinities, signed zeros, subnormal and huge numbers in between
  NotFinite // Plain with NaN and infinities: for sums, whose order decides what overflows
};

struct Case {
  std::string name;
  std::string inputs;               // `%x : tensor<4xf32>, %y : ...`: the kernel's inputs
  std::string results;              // the results' types
  std::string body;                 // ops and bm.yield
  std::vector<std::string> clauses; // `schedule #bm.schedule<..> in_place [0]`, one variant each
  Data data = Data::Plain;
  double tolerance = 2e-6; // relative, and absolute below 1; NaN, infinities and signs of zeros are compared exactly
};

/// A module with one function a variant of the cases, each of one kernel; D<..> in texts stands for #bm.dims<..>.
std::string moduleText(llvm::ArrayRef<Case> cases);

/// Functions that share a process-wide context with the dialect and its Halide algorithms.
mlir::MLIRContext &context();
mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text);
codegen::Target hostTarget();

/// A buffer as a kernel takes it, and all of the memory that its elements are in, guards in front and behind.
struct KernelBuffer {
  halide_buffer_t *buffer;
  std::vector<uint8_t> *memory;
};

/// A compiled kernel on some machine.
class RunnableKernel {
public:
  explicit RunnableKernel(std::string name) : name(std::move(name)) {}
  virtual ~RunnableKernel() = default;
  /// Runs the kernel; in-place inputs start as their values. Returns the results.
  std::vector<Tensor> run(bm::KernelOp kernel, llvm::ArrayRef<Tensor> inputs, const bm::SymbolValues &symbols);
  /// Calls it with its symbols and buffers, which hold the results then. Returns what the kernel does.
  virtual int call(llvm::ArrayRef<int32_t> symbols, llvm::ArrayRef<KernelBuffer> buffers) = 0;

protected:
  std::string name;
};

/// An object in memory of this process.
class LoadedKernel : public RunnableKernel {
public:
  LoadedKernel(const std::string &object, const std::string &name);
  ~LoadedKernel() override;
  int call(llvm::ArrayRef<int32_t> symbols, llvm::ArrayRef<KernelBuffer> buffers) override;
  /// Names that the object does not define.
  const std::vector<std::string> &undefined() const;

private:
  struct State;
  std::unique_ptr<State> state;
};

/// Deterministic numbers for a type.
Tensor makeData(mlir::Type type, const bm::SymbolValues &symbols, Data data, unsigned seed);

using MakeRunnable = llvm::function_ref<std::unique_ptr<RunnableKernel>(const codegen::CompiledKernel &kernel)>;
/// Runs every variant of the cases, compiled for a target, for several values of N, and compares with the interpreter.
void expectVariants(mlir::ModuleOp module, llvm::ArrayRef<Case> cases, const codegen::Target &target,
                    llvm::ArrayRef<codegen::CompiledKernel> kernels, MakeRunnable makeRunnable);

// In a file of its own for each kind of machine:

/// What tests have to know of it.
struct TestMachine {
  std::string missing; // what it lacks to be there; empty if nothing
  /// Whether it takes subnormal numbers as zeros. Code of integers, which some comparisons become, does not.
  bool flushesSubnormals = false;
};
const TestMachine &testMachine();

/// What the first variant of a case computes, whose types have no symbols; nothing where it cannot be compiled.
std::vector<Tensor> resultsOf(const Case &test, llvm::ArrayRef<Tensor> inputs);

/// The processor's (HostCases.cpp) compiles all variants with run-time
/// checks and without, runs them for several values of N (T is 5) and expects what the interpreter gives; expects no
/// undefined names but the known ones.
void expectAsReference(llvm::ArrayRef<Case> cases);

} // namespace bmc::test

#endif
