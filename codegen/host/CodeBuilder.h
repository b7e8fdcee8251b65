// Writes the small pieces that host functions are made of: integers, arrays on the stack, sizes computed from symbols.
#ifndef BMC_CODEGEN_HOST_CODE_BUILDER_H
#define BMC_CODEGEN_HOST_CODE_BUILDER_H

#include "dialects/SymbolicDim.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <map>

namespace bmc::codegen {

/// A function under construction. All types are void, ptr, i32 and i64.
class CodeBuilder : public mlir::ImplicitLocOpBuilder {
public:
  /// Starts a function with a body; internal unless it is exported.
  CodeBuilder(mlir::ModuleOp module, llvm::StringRef name, mlir::Type result, llvm::ArrayRef<mlir::Type> arguments);

  mlir::LLVM::LLVMFuncOp function() { return func; }
  mlir::Value argument(unsigned number) { return func.getBody().getArgument(number); }
  mlir::LLVM::LLVMPointerType pointerType() { return mlir::LLVM::LLVMPointerType::get(getContext()); }

  mlir::Value integer(int64_t value);
  mlir::Value null();
  mlir::Value addressOf(mlir::FlatSymbolRefAttr symbol);
  /// Loads or stores entry `index` of an array of pointers or of 64-bit integers.
  mlir::Value loadAt(mlir::Type type, mlir::Value array, int64_t index);
  void storeAt(mlir::Value value, mlir::Value array, int64_t index);
  /// Room for `count` elements in the function's frame.
  mlir::Value stack(mlir::Type type, int64_t count);
  /// The address `bytes` behind a pointer.
  mlir::Value offset(mlir::Value pointer, mlir::Value bytes);

  /// A loop under construction: the code between `beginLoop` and `endLoop` runs for each step from 0 to `count` - 1.
  struct Loop {
    mlir::Value step;
    mlir::Block *head, *behind;
  };
  Loop beginLoop(mlir::Value count);
  void endLoop(const Loop &loop);

  /// Makes the values in `array` known to `size` under these names.
  void bindSymbols(llvm::ArrayRef<std::string> names, mlir::Value array);
  mlir::Value symbol(const std::string &name) { return symbols.at(name); }
  /// The value of a polynomial.
  mlir::Value size(const bm::SymbolicDim &dim);
  /// The larger of two sizes; the next multiple of 64.
  mlir::Value larger(mlir::Value a, mlir::Value b);
  mlir::Value roundUp64(mlir::Value bytes);

private:
  mlir::Value atom(const std::string &text);
  mlir::Value floorDivide(mlir::Value a, mlir::Value b);

  mlir::LLVM::LLVMFuncOp func;
  std::map<std::string, mlir::Value> symbols;
};

} // namespace bmc::codegen

#endif
