// The matrix product, of operands as they lie and of operands in panels.
include "dialects/BmOpBase.td"

def Bm_MatmulOp : Bm_DifferentiableTensorOp<"matmul", "Contraction",
                                            [InferTypeOpAdaptor,
                                             DeclareOpInterfaceMethods<Bm_ProductOpInterface>]> {
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

def Bm_SlicedMatmulOp : Bm_TensorOp<"sliced_matmul", "Contraction",
                                    [InferTypeOpAdaptor,
                                     DeclareOpInterfaceMethods<Bm_ProductOpInterface, ["getSliceLength"]>]> {
  let summary = "a matrix product for each slice of the inner axis, whose sum is the product";
  let description = [{
    `result[s, .., i, j]` is the sum of `lhs[.., i, k] * rhs[.., k, j]` over the `k` from `s * length` on, `length` of them
    or up to the end of the inner axis. Operands are as those of `bm.matmul`. Made behind differentiation, where long sums
    would leave a device idle.
    (C1)-(C3) As `bm.matmul`. (C4) `length` is positive.
  }];
  let arguments = (ins Bm_FloatTensor:$lhs, Bm_FloatTensor:$rhs, UnitAttr:$transpose_lhs, UnitAttr:$transpose_rhs,
                       I64Attr:$length);
  let results = (outs Bm_FloatTensor:$y);
  let assemblyFormat = [{
    $lhs (`transposed` $transpose_lhs^)? `,` $rhs (`transposed` $transpose_rhs^)? `by` $length attr-dict
    `:` type($lhs) `,` type($rhs)
  }];
  let extraClassDeclaration = declarations # "SymbolicDim getFlops();";
}

def Bm_PackOp : Bm_TensorOp<"pack", "Packing", [InferTypeOpAdaptor]> {
  let summary = "the rows of a matrix in panels of `block`, as the lanes of a product read them";
  let description = [{
    `result[.., p, k, i]` is `x[.., p * block + i, k]`, or `x[.., k, p * block + i]` of a transposed operand; behind the
    last row it is 0. Made by the layout pass, behind differentiation.
    (C1) The rank is at least 2. (C2) `block` is positive.
  }];
  let arguments = (ins Bm_FloatTensor:$x, UnitAttr:$transposed, I64Attr:$block);
  let results = (outs Bm_FloatTensor:$y);
  let assemblyFormat = "$x (`transposed` $transposed^)? `by` $block attr-dict `:` type($x)";
}

def Bm_PanelMatmulOp : Bm_TensorOp<"panel_matmul", "Contraction",
                                   [DeclareOpInterfaceMethods<Bm_ProductOpInterface>]> {
  let summary = "a matrix product that reads operands in panels";
  let description = [{
    As `bm.matmul`. A `transposed` operand is read with its last two axes exchanged; of one in `panels` (`bm.pack`) the
    packed axis is the result's: the left operand's rows, the right operand's columns.
    (C1) The element types are equal, the leading extents are the result's. (C2) The extents of rows and columns are
    the result's; a panel's are rounded up to whole panels. (C3) The inner extents are equal.
  }];
  let arguments = (ins Bm_FloatTensor:$lhs, Bm_FloatTensor:$rhs, Bm_OperandLayoutAttr:$lhs_layout,
                       Bm_OperandLayoutAttr:$rhs_layout);
  let results = (outs Bm_FloatTensor:$y);
  let assemblyFormat = [{
    $lhs `` $lhs_layout `,` $rhs `` $rhs_layout attr-dict `:` type($lhs) `,` type($rhs) `to` type($y)
  }];
  let extraClassDeclaration = declarations # "SymbolicDim getFlops();";
  let hasVerifier = 1;
}
