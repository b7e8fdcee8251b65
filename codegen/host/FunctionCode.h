// What an entry function does as data, `bmc_code` of runtime/include/bmc/program.h: collected call by call, then
// written as globals, with the function `run` that hands them to the runtime.
#ifndef BMC_CODEGEN_HOST_FUNCTION_CODE_H
#define BMC_CODEGEN_HOST_FUNCTION_CODE_H

#include "codegen/host/Globals.h"
#include "dialects/SymbolicDim.h"
#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <string>
#include <vector>

namespace bmc::codegen {

/// How words name a tensor's address.
using Reference = int64_t;

class FunctionCode {
public:
  FunctionCode(std::vector<std::string> symbols, bool isOnDevice)
      : symbols(std::move(symbols)), isOnDevice(isOnDevice) {}

  /// Entry `number` of the buffers that the function is called with: arguments, then results.
  static Reference buffer(int64_t number) { return 2 * number; }
  /// Slots come first, then constants, then what loops set.
  static Reference slot(int64_t number) { return 2 * number + 1; }
  void addSlot(llvm::ArrayRef<bm::SymbolicDim> bytes);
  Reference addConstant(Address tensor);
  /// A constant of a device, by its place in the device's arena.
  Reference addConstant(int64_t offset);
  /// What a loop sets.
  Reference addPlace() { return 2 * places++ + 1; }

  void call(int64_t kernel, llvm::ArrayRef<std::string> kernelSymbols, llvm::ArrayRef<Reference> buffers);
  /// The dimensions of a buffer of the next call, from the innermost on; `first` of them belong to others.
  void strides(int64_t buffer, int64_t first, llvm::ArrayRef<bm::SymbolicDim> strides);
  void mark(int64_t call);
  struct Slice {
    Reference place, stacked;
    bm::SymbolicDim bytes;
  };
  /// What is said until `endLoop` is said in each step.
  void beginLoop(const bm::SymbolicDim &length, bool isReversed, Reference index, llvm::ArrayRef<Slice> slices);
  void endLoop();

  /// int32_t NAME.run(void *const *buffers, const int64_t *symbols, char *arena)
  Address lowerRun(mlir::ModuleOp host, Globals &globals, llvm::StringRef name);
  /// int64_t NAME.arena_bytes(const int64_t *symbols)
  Address lowerArenaBytes(mlir::ModuleOp host, llvm::StringRef name) const;

  /// int64_t NAME.loop_steps(const int64_t *symbols), of the longest loop; null where there is none.
  Address lowerLoopSteps(mlir::ModuleOp host, llvm::StringRef name) const;

private:
  /// The largest of some sizes; a slot's is rounded up.
  struct Size {
    std::vector<bm::SymbolicDim> least;
    bool isSlot;
  };
  int64_t numberOf(Size size);
  int64_t numberOf(const bm::SymbolicDim &size) { return numberOf(Size{{size}, false}); }
  Address lowerSizes(mlir::ModuleOp host, llvm::StringRef name) const;
  Address lowerWords(Globals &globals, bool areWide) const;
  bool needsWideWords() const;

  std::vector<std::string> symbols;
  bool isOnDevice;
  std::vector<Size> sizes;
  std::map<std::string, int64_t> sizeNumbers; // by text
  std::vector<int64_t> slots;                 // the number of each one's size
  std::vector<Address> constants;
  std::vector<int64_t> constantOffsets; // the number of each one's offset; on a device only
  std::vector<bm::SymbolicDim> loopLengths;
  std::vector<int64_t> words;
  std::vector<size_t> openLoops; // where each says how many words its body has
  int64_t places = 0, mostSymbols = 0, mostBuffers = 0, mostDimensions = 0;
  bool hasMarks = false;
};

} // namespace bmc::codegen

#endif
