// What element types are called by those who read what bmc writes.
#ifndef BMC_CODEGEN_HOST_ELEMENT_NAMES_H
#define BMC_CODEGEN_HOST_ELEMENT_NAMES_H

#include "mlir/IR/BuiltinTypes.h"

namespace bmc::codegen {

struct ElementNames {
  llvm::StringRef language, c, safetensors;
};

/// The names of f32, f64, i32, i64 and bool.
inline ElementNames elementNames(mlir::Type element) {
  if (element.isF32())
    return {"f32", "float", "F32"};
  if (element.isF64())
    return {"f64", "double", "F64"};
  if (element.isInteger(32))
    return {"i32", "int32_t", "I32"};
  if (element.isInteger(64))
    return {"i64", "int64_t", "I64"};
  return {"bool", "uint8_t", "BOOL"};
}

} // namespace bmc::codegen

#endif
