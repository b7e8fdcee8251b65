// Reductions. Axes are removed from the shape; keeping them as 1 is a reshape.
include "dialects/BmOpBase.td"

// A reduction visits each element of its operand once.
class Bm_VisitsOperand {
  code flops = "SymbolicDim getFlops() { return elementCount(shapeOf(getX().getType())); } ";
}

class Bm_ReduceOp<string mnemonic> : Bm_DifferentiableTensorOp<mnemonic, "Reduction",
                                                               [InferTypeOpAdaptor]>, Bm_VisitsOperand {
  let description = [{(C1) `axes` are strictly increasing and within the operand's rank.}];
  let arguments = (ins Bm_NumberTensor:$x, DenseI64ArrayAttr:$axes);
  let results = (outs Bm_NumberTensor:$y);
  let assemblyFormat = "$x `,` $axes attr-dict `:` type($x)";
  let hasFolder = 1;
  let extraClassDeclaration = declarations # flops # "SmallVector<int64_t> getReducedAxes() { return llvm::to_vector(getAxes()); }";
}
def Bm_ReduceSumOp : Bm_ReduceOp<"reduce_sum"> { let summary = "sum over axes; zero of no elements"; }
def Bm_ReduceMaxOp : Bm_ReduceOp<"reduce_max"> {
  let summary = "maximum over axes; a NaN wins, equals share the gradient, no elements give -infinity or the lowest integer";
}

def Bm_ArgmaxOp : Bm_TensorOp<"argmax", "Reduction", [InferTypeOpAdaptor]>, Bm_VisitsOperand {
  let summary = "position of the first maximum along `axis`, as i32; the first NaN's if there is one";
  let description = [{(C1) `axis` is within the operand's rank.}];
  let arguments = (ins Bm_NumberTensor:$x, I64Attr:$axis);
  let results = (outs Bm_IndexTensor:$y);
  let assemblyFormat = "$x `axis` $axis attr-dict `:` type($x)";
  let extraClassDeclaration = declarations # flops # "SmallVector<int64_t> getReducedAxes() { return {int64_t(getAxis())}; }";
}
