// The matrix product.
include "dialects/BmOpBase.td"

def Bm_MatmulOp : Bm_DifferentiableTensorOp<"matmul", "Contraction",
                                            [InferTypeOpAdaptor]> {
  let summary = "product of the last two axes, for each element of the leading ones";
  let description = [{
    `result[.., i, j]` is the sum over `k` of `lhs[.., i, k] * rhs[.., k, j]`; a transposed operand is read with its last
    two axes exchanged.
    (C1) Both have the same element type and the same rank of at least 2. (C2) Leading extents are equal. (C3) The inner
    extents are equal.
  }];
  let arguments = (ins Bm_FloatTensor:$lhs, Bm_FloatTensor:$rhs, UnitAttr:$transpose_lhs, UnitAttr:$transpose_rhs);
  let results = (outs Bm_FloatTensor:$y);
  let assemblyFormat = [{
    $lhs (`transposed` $transpose_lhs^)? `,` $rhs (`transposed` $transpose_rhs^)? attr-dict
    `:` type($lhs) `,` type($rhs)
  }];
  let extraClassDeclaration = declarations # "SymbolicDim getFlops();";
  let hasCanonicalizer = 1; // takes in transposes of its operands
}
