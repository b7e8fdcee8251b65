// The interface of an op's algorithm in Halide. It is attached from outside (codegen/halide/ops), so that the dialect
// does not know Halide.
#ifndef BMC_CODEGEN_HALIDE_OP_INTERFACE
#define BMC_CODEGEN_HALIDE_OP_INTERFACE

include "mlir/IR/OpBase.td"

def Bmc_HalideOpInterface : OpInterface<"HalideOpInterface"> {
  let cppNamespace = "::bmc::codegen";
  let description = [{An op with a Halide algorithm: what each element of its result is, and no word on loops.}];
  let methods = [
    InterfaceMethod<[{
      The element of the op's result at an index, given those of its operands. An op that sums adds its Funcs to the
      algorithm as an anchor.
    }], "::bmc::codegen::Element", "define",
    (ins "::bmc::codegen::Algorithm &":$algorithm, "::llvm::ArrayRef<::bmc::codegen::Element>":$operands)>
  ];
}

#endif // BMC_CODEGEN_HALIDE_OP_INTERFACE
