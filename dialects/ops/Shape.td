// Ops that move elements without computing: their result is an index map of their operands. Extents that follow from
// nothing else are in the result's type, so nothing here takes a shape as a value.
include "dialects/BmOpBase.td"

def Bm_BroadcastOp : Bm_DifferentiableTensorOp<"broadcast", "IndexMap"> {
  let summary = "repeats a tensor along new axes and along axes of extent 1";
  let description = [{
    Axis i of the operand is axis `dimensions[i]` of the result.
    (C1) `dimensions` has one entry for each axis of the operand, strictly increasing, each within the result's rank.
    (C2) Each operand axis has the extent of its result axis, or 1.
  }];
  let arguments = (ins Bm_Tensor:$x, DenseI64ArrayAttr:$dimensions);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x `,` $dimensions attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Bm_ReshapeOp : Bm_DifferentiableTensorOp<"reshape", "View"> {
  let summary = "the same elements in row-major order under another shape";
  let description = [{(C1) Operand and result have equally many elements, as polynomials in the symbols.}];
  let arguments = (ins Bm_Tensor:$x);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Bm_TransposeOp : Bm_DifferentiableTensorOp<"transpose", "IndexMap",
                                               [InferTypeOpAdaptor]> {
  let summary = "axis i of the result is axis `permutation[i]` of the operand";
  let description = [{(C1) `permutation` is a permutation of the operand's axes.}];
  let arguments = (ins Bm_Tensor:$x, DenseI64ArrayAttr:$permutation);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x `,` $permutation attr-dict `:` type($x)";
  let hasFolder = 1;
}

def Bm_SliceOp : Bm_DifferentiableTensorOp<"slice", "IndexMap"> {
  let summary = "every `strides[i]`-th element of axis i from `starts[i]` on, as many as the result's type says";
  let description = [{
    (C1) `starts` and `strides` have one entry an axis; starts are not negative, strides positive.
    (C2) Where both extents are static the last element read is within the operand.
  }];
  let arguments = (ins Bm_Tensor:$x, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$strides);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x $starts `step` $strides attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Bm_PadOp : Bm_DifferentiableTensorOp<"pad", "IndexMap"> {
  let summary = "element j of axis i lands at `low[i] + j * strides[i]`; all others of the result are `value`";
  let description = [{
    The transpose of `slice`: strides above 1 put gaps between the elements.
    (C1) `low` and `strides` have one entry an axis; lows are not negative, strides positive.
    (C2) Where both extents are static the last element lands within the result. (C3) `value` has rank 0.
  }];
  let arguments = (ins Bm_Tensor:$x, Bm_Tensor:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$strides);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x `,` $value $low `step` $strides attr-dict `:` type($x) `,` type($value) `to` type($y)";
  let hasVerifier = 1;
}

def Bm_ConcatenateOp : Bm_DifferentiableTensorOp<"concatenate", "IndexMap",
                                                 [InferTypeOpAdaptor]> {
  let summary = "the operands one after the other along `axis`";
  let description = [{
    (C1) At least one operand; same element type and rank. (C2) All extents but `axis`'s are equal.
    (C3) `axis` is within the rank.
  }];
  let arguments = (ins Variadic<Bm_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$inputs `axis` $axis attr-dict `:` type($inputs)";
  let hasFolder = 1;
}
