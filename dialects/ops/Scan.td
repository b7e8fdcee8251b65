// The loop with carried state.
include "dialects/BmOpBase.td"

def Bm_ScanOp : Bm_RegionOp<"scan", [AttrSizedOperandSegments,
                                     DeclareOpInterfaceMethods<Bm_DifferentiableOpInterface>]> {
  let summary = "runs its region once for each index from 0 to `length` - 1, the carried values of one step going to the next";
  let description = [{
    The region's arguments are the index (tensor<i64>), one slice of each sequence (its axis 0 taken at the index), the
    carried values, and the constants as they are. Its `bm.yield` names the next carried values, then the step's outputs.
    The results are the last carried values, then each output stacked along a new axis 0, at its index. `reverse` runs
    from the last index to the first. No steps give the first carried values. `buffers` is where each result lives (after
    memory planning); in the region `argument` is the buffer of a carried value, and `result` this step's place in the
    buffer of a stacked output.
    (C1) `length` reads as a polynomial and is not a negative number. (C2) Each sequence has the extent `length` along
    axis 0. (C3) The region's arguments have the types that follow from the operands. (C4) The first yielded values have
    the types of `inits`, and so have the first results. (C5) The other results have the types of the other yielded
    values with `length` in front.
  }];
  let arguments = (ins StrAttr:$length, UnitAttr:$reverse, Variadic<Bm_Tensor>:$sequences, Variadic<Bm_Tensor>:$inits,
                       Variadic<Bm_Tensor>:$constants, OptionalAttr<ArrayAttr>:$buffers);
  let results = (outs Variadic<Bm_Tensor>:$outputs);
  let hasCustomAssemblyFormat = 1;
  let hasCanonicalizer = 1;
  let skipDefaultBuilders = 1;
  let builders = [
    // Makes the region's block with its arguments, but no ops in it.
    OpBuilder<(ins "const SymbolicDim &":$length, "bool":$reverse, "ValueRange":$sequences, "ValueRange":$inits,
                   "ValueRange":$constants, "mlir::TypeRange":$stepOutputs)>
  ];
  let extraClassDeclaration = declarations # [{
    /// The number of steps.
    SymbolicDim getLengthDim();

    // The region's arguments, by what they stand for.
    mlir::BlockArgument getIndex();
    mlir::Block::BlockArgListType getSlices();
    mlir::Block::BlockArgListType getCarries();
    mlir::Block::BlockArgListType getConstantArguments();

    // What the region yields.
    mlir::OperandRange getNextCarries();
    mlir::OperandRange getStepOutputs();

    // The results: the last carried values, and the outputs of all steps.
    mlir::ResultRange getFinals();
    mlir::ResultRange getStacked();

    /// The type of a sequence's slice.
    static RankedTensorType sliceType(mlir::Type sequence);
    /// The type of all steps' outputs of a type.
    static RankedTensorType stackedType(const SymbolicDim &length, mlir::Type output);
  }];
}
