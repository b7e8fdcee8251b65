// Writes the small pieces that host functions are made of: integers, entries of arrays, sizes computed from symbols.
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
  mlir::Value addressOf(mlir::FlatSymbolRefAttr symbol);
  /// Loads or stores entry `index` of an array of pointers or of 64-bit integers.
  mlir::Value loadAt(mlir::Type type, mlir::Value array, int64_t index);
  void storeAt(mlir::Value value, mlir::Value array, int64_t index);

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
