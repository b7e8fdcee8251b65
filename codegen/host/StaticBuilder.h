// Writes functions of models whose sizes are all known: code with loops and choices, and memory of fixed sizes.
#ifndef BMC_CODEGEN_HOST_STATIC_BUILDER_H
#define BMC_CODEGEN_HOST_STATIC_BUILDER_H

#include "codegen/host/CodeBuilder.h"

namespace bmc::codegen {

class StaticBuilder : public CodeBuilder {
public:
  using CodeBuilder::CodeBuilder;

  mlir::Value null() { return create<mlir::LLVM::ZeroOp>(pointerType()); }
  mlir::Value status(int32_t value) { return create<mlir::LLVM::ConstantOp>(getI32Type(), getI32IntegerAttr(value)); }
  mlir::Value real(double value) { return create<mlir::LLVM::ConstantOp>(getF64Type(), getF64FloatAttr(value)); }
  /// Room in the function's frame.
  mlir::Value stack(mlir::Type type);
  /// The address `bytes` behind a pointer.
  mlir::Value offset(mlir::Value pointer, mlir::Value bytes);
  mlir::Value offset(mlir::Value pointer, int64_t bytes) { return bytes ? offset(pointer, integer(bytes)) : pointer; }

  /// Runs `build`'s code for each step from 0 to `count` - 1.
  void loop(int64_t count, llvm::function_ref<void(mlir::Value step)> build);
  /// Code that runs only where a condition holds.
  void runIf(mlir::Value condition, llvm::function_ref<void()> build);
  /// The function ends here with this status, an i32, unless it is 0.
  void returnIfFailed(mlir::Value status);

private:
  mlir::Block *newBlock();
};

} // namespace bmc::codegen

#endif
