// Constant data of the host code as LLVM globals: strings, arrays and structs of constants and addresses. Equal data is
// one global. Addresses are relocated by the linker or, in a position-independent program, by its start-up code.
#ifndef BMC_CODEGEN_HOST_GLOBALS_H
#define BMC_CODEGEN_HOST_GLOBALS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <variant>

namespace bmc::codegen {

/// The address of a global or a function; null where it has no symbol.
struct Address {
  mlir::FlatSymbolRefAttr symbol;
};

/// One field of a struct: an integer, a double or an address; its width is that of the struct's field.
using Field = std::variant<int64_t, double, Address>;
using Row = llvm::SmallVector<Field, 20>;

/// Which objects of the runtime a table names, and so links.
enum class RuntimeObjects {
  none,
  library, // what columns go through, and what packs weights: libraries read no files
  all
};

class Globals {
public:
  Globals(mlir::ModuleOp module, RuntimeObjects objects);

  /// A zero-terminated string.
  Address string(llvm::StringRef text);
  /// An array of integers; null if it is empty.
  template <typename Integer = int64_t> Address integers(llvm::ArrayRef<Integer> values) {
    return integers(llvm::ArrayRef(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(Integer)),
                    8 * sizeof(Integer));
  }
  /// An array of strings; null if it is empty.
  Address strings(llvm::ArrayRef<std::string> texts);
  /// An array of addresses; null if it is empty.
  Address addresses(llvm::ArrayRef<Address> values);
  /// An array of structs; null if it is empty.
  Address structs(mlir::LLVM::LLVMStructType type, llvm::ArrayRef<Row> rows);
  /// One struct, visible to the linker under a name.
  void exported(llvm::StringRef name, mlir::LLVM::LLVMStructType type, const Row &row);
  /// An object of the runtime, which the linker finds by this name; null where it is not to be linked.
  Address external(llvm::StringRef name);
  /// A tensor's elements in memory's order, aligned for vectors.
  Address tensor(mlir::ElementsAttr value);

  mlir::LLVM::LLVMPointerType pointerType() const { return pointer; }

private:
  Address integers(llvm::ArrayRef<char> bytes, unsigned width);
  using Build = llvm::function_ref<mlir::Value(mlir::OpBuilder &)>;
  mlir::LLVM::GlobalOp create(llvm::StringRef name, mlir::Type type, mlir::Attribute value, uint64_t alignment,
                              mlir::LLVM::Linkage linkage = mlir::LLVM::Linkage::Internal);
  Address initialized(llvm::StringRef name, mlir::Type type, mlir::LLVM::Linkage linkage, Build build);
  Address array(mlir::Type elementType, llvm::ArrayRef<Row> rows,
                llvm::function_ref<mlir::Value(mlir::OpBuilder &, const Row &)> element);
  mlir::Value structValue(mlir::OpBuilder &builder, mlir::LLVM::LLVMStructType type, const Row &row);
  mlir::Value fieldValue(mlir::OpBuilder &builder, mlir::Type type, const Field &field);
  Address addressOf(mlir::LLVM::GlobalOp global);

  mlir::ModuleOp module;
  RuntimeObjects objects;
  mlir::LLVM::LLVMPointerType pointer;
  llvm::StringMap<Address> known;                   // by their content
  llvm::DenseMap<mlir::Attribute, Address> tensors; // the same
  unsigned created = 0;
};

} // namespace bmc::codegen

#endif
