// Ops on positions: iota, one-hot, gather and its transpose, scatter-add.
include "dialects/BmOpBase.td"

def Bm_IotaOp : Bm_TensorOp<"iota", "Generator"> {
  let summary = "element (.., i, ..) is i, its position along `axis`";
  let description = [{(C1) `axis` is within the result's rank.}];
  let arguments = (ins I64Attr:$axis);
  let results = (outs Bm_NumberTensor:$y);
  let assemblyFormat = "`axis` $axis attr-dict `:` type($y)";
  let hasVerifier = 1;
}

def Bm_OneHotOp : Bm_TensorOp<"one_hot", "IndexMap"> {
  let summary = "1 where the last axis' position equals the index, else 0; an index outside gives zeros";
  let description = [{(C1) The result has the indices' shape and one more axis, the classes.}];
  let arguments = (ins Bm_IndexTensor:$indices);
  let results = (outs Bm_NumberTensor:$y);
  let assemblyFormat = "$indices attr-dict `:` type($indices) `to` type($y)";
  let hasVerifier = 1;
}

def Bm_GatherOp : Bm_DifferentiableTensorOp<"gather", "IndexMap", [InferTypeOpAdaptor]> {
  let summary = "the operand's slices along `axis` at the indices, whose axes replace `axis`";
  let description = [{
    Indices are clamped into the operand: no index reads outside, whatever the data.
    (C1) `axis` is within the operand's rank.
  }];
  let arguments = (ins Bm_Tensor:$x, Bm_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x `at` $indices `axis` $axis attr-dict `:` type($x) `,` type($indices)";
}

def Bm_ScatterAddOp : Bm_DifferentiableTensorOp<"scatter_add", "Scatter"> {
  let summary = "zeros, to which each slice of the updates is added at its index along `axis`, in order";
  let description = [{
    The transpose of `gather`: the same clamping of indices.
    (C1) The updates have the result's shape with `axis` replaced by the axes of the indices.
  }];
  let arguments = (ins Bm_NumberTensor:$updates, Bm_IndexTensor:$indices, I64Attr:$axis);
  let results = (outs Bm_NumberTensor:$y);
  let assemblyFormat = "$updates `at` $indices `axis` $axis attr-dict `:` type($updates) `,` type($indices) `to` type($y)";
  let extraClassDeclaration = declarations # "SymbolicDim getFlops() { return elementCount(shapeOf(getUpdates().getType())); }";
  let hasVerifier = 1;
}
