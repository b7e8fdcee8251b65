// What passes ask of an op. No pass and no back end has a switch over op names: an op that answers these questions is
// differentiated, evaluated, fused and planned without a change elsewhere. Its Halide definition is an interface too,
// HalideOpInterface in codegen/halide, attached from outside because this folder does not know Halide.
#ifndef BMC_DIALECTS_BM_INTERFACES
#define BMC_DIALECTS_BM_INTERFACES

include "mlir/IR/OpBase.td"

def Bm_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::bmc::bm";
  let description = [{An op with a gradient rule. The rule is written in bm ops, so gradients have gradients.}];
  let methods = [
    InterfaceMethod<[{
      The vector-Jacobian product: the cotangents of the operands, given those of the results. A null cotangent of a
      result means zero; a null entry of the answer means that the operand gets none (an index, a condition, a zero).
      New ops are made with the builder, which stands after everything that the op's results depend on. An op may put
      another in its own place that gives more results; then it is left without readers. No answer at all, for an op
      with operands, means that an error was reported.
    }], "::llvm::SmallVector<::mlir::Value>", "vjp",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents)>
  ];
}

def Bm_ReferenceOpInterface : OpInterface<"ReferenceOpInterface"> {
  let cppNamespace = "::bmc::bm";
  let description = [{
    An op that the reference interpreter can evaluate, in f32, f64 or quad precision whatever the op's own types say.
    An op defines one template, `evaluateAs<T>`; the base classes of BmOpBase.td make these three methods from it.
  }];
  let methods = [
    InterfaceMethod<"in f32", "::bmc::bm::ReferenceResults<float>", "evaluateSingle",
      (ins "::llvm::ArrayRef<::bmc::bm::ReferenceTensor<float>>":$operands, "const ::bmc::bm::SymbolValues &":$symbols)>,
    InterfaceMethod<"in f64", "::bmc::bm::ReferenceResults<double>", "evaluateDouble",
      (ins "::llvm::ArrayRef<::bmc::bm::ReferenceTensor<double>>":$operands, "const ::bmc::bm::SymbolValues &":$symbols)>,
    InterfaceMethod<"in quad precision", "::bmc::bm::ReferenceResults<::bmc::bm::Quad>", "evaluateQuad",
      (ins "::llvm::ArrayRef<::bmc::bm::ReferenceTensor<::bmc::bm::Quad>>":$operands,
           "const ::bmc::bm::SymbolValues &":$symbols)>
  ];
}

def Bm_ReferenceRegionOpInterface : OpInterface<"ReferenceRegionOpInterface"> {
  let cppNamespace = "::bmc::bm";
  let description = [{
    An op that the reference interpreter evaluates through its region: `body` evaluates the region's block once for given
    arguments and answers with what its terminator yields, or fails after an error was reported. An op defines one
    template, `evaluateAs<T>`; the base class of BmOpBase.td makes these three methods from it.
  }];
  let methods = [
    InterfaceMethod<"in f32", "::mlir::FailureOr<::bmc::bm::ReferenceTensors<float>>", "evaluateSingle",
      (ins "::llvm::ArrayRef<::bmc::bm::ReferenceTensor<float>>":$operands, "const ::bmc::bm::SymbolValues &":$symbols,
           "::bmc::bm::ReferenceBody<float>":$body)>,
    InterfaceMethod<"in f64", "::mlir::FailureOr<::bmc::bm::ReferenceTensors<double>>", "evaluateDouble",
      (ins "::llvm::ArrayRef<::bmc::bm::ReferenceTensor<double>>":$operands, "const ::bmc::bm::SymbolValues &":$symbols,
           "::bmc::bm::ReferenceBody<double>":$body)>,
    InterfaceMethod<"in quad precision", "::mlir::FailureOr<::bmc::bm::ReferenceTensors<::bmc::bm::Quad>>",
      "evaluateQuad",
      (ins "::llvm::ArrayRef<::bmc::bm::ReferenceTensor<::bmc::bm::Quad>>":$operands,
           "const ::bmc::bm::SymbolValues &":$symbols, "::bmc::bm::ReferenceBody<::bmc::bm::Quad>":$body)>
  ];
}

// How fusion sees an op. The shape of the loop nest that it needs, not its name, decides.
def Bm_FusibleOpInterface : OpInterface<"FusibleOpInterface"> {
  let cppNamespace = "::bmc::bm";
  let description = [{How an op computes an element of its result: what fusion, schedules and in-place planning ask.}];
  let methods = [
    InterfaceMethod<[{
      `Pointwise`: element i of the result reads element i of each operand. `IndexMap`: element i of the result reads one
      element of each operand at an index computed from i (broadcast, transpose, slice, gather): recomputing it in a
      consumer is cheap. `Generator`: no operand elements are read by position (iota, random). `View`: the first operand as
      it is, in its buffer. `Packing`: a copy in another order, made for one reader: an anchor. `Reduction`: sums over elements: an anchor. `Contraction`: a matrix product: an anchor. `Scatter`: writes at computed places: an anchor.
    }], "::bmc::bm::AccessPattern", "getAccessPattern">,
    InterfaceMethod<"Floating-point operations for one element of the result.", "int64_t", "getFlopsPerElement", (ins),
      /*methodBody=*/"", /*defaultImplementation=*/"return 1;">,
    InterfaceMethod<"Floating-point operations of the whole op.", "::bmc::bm::SymbolicDim", "getFlops", (ins),
      /*methodBody=*/"", /*defaultImplementation=*/[{
        return ::bmc::bm::elementCount(::bmc::bm::shapeOf($_op->getResult(0).getType())) *
               ::bmc::bm::SymbolicDim($_op.getFlopsPerElement());
      }]>,
    InterfaceMethod<"How many neighbours one computation gives: a vector as many times as long costs the same.",
      "int64_t", "getElementsTogether", (ins), /*methodBody=*/"", /*defaultImplementation=*/"return 1;">,
    InterfaceMethod<"The axes of its first operand that a `Reduction` runs over; none for other ops.",
      "::llvm::SmallVector<int64_t>", "getReducedAxes", (ins),
      /*methodBody=*/"", /*defaultImplementation=*/"return {};">
  ];
}

// What schedules and layouts ask of a matrix product.
def Bm_ProductOpInterface : OpInterface<"ProductOpInterface"> {
  let cppNamespace = "::bmc::bm";
  let description = [{A matrix product `lhs` by `rhs`, the first two operands, with the result [.., rows, columns].}];
  let methods = [
    InterfaceMethod<"How the left operand lies in memory.", "::bmc::bm::OperandLayout", "layoutOfLhs">,
    InterfaceMethod<"How the right operand lies in memory.", "::bmc::bm::OperandLayout", "layoutOfRhs">,
    InterfaceMethod<"The extent that is summed over.", "::bmc::bm::SymbolicDim", "getInner">,
    InterfaceMethod<[{
      The length of the slices of that extent of which the result has one each, along its first axis; 0: it is summed over
      as a whole.
    }], "int64_t", "getSliceLength", (ins), /*methodBody=*/"", /*defaultImplementation=*/"return 0;">
  ];
}

#endif // BMC_DIALECTS_BM_INTERFACES
