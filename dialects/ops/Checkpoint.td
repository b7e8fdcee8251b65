// Ops that are computed again in the backward pass instead of being kept.
include "dialects/BmOpBase.td"

def Bm_CheckpointOp : Bm_RegionOp<"checkpoint", [DeclareOpInterfaceMethods<Bm_DifferentiableOpInterface>]> {
  let summary = "computes its region; a gradient through it keeps only the inputs, and computes the region again";
  let description = [{
    The region's arguments are the inputs, in order; its `bm.yield` names the results. When gradients are written out the
    op has no meaning any more, and its region takes its place.
    (C1) The region's arguments have the inputs' types. (C2) The yielded values have the results' types.
  }];
  let arguments = (ins Variadic<Bm_Tensor>:$inputs);
  let results = (outs Variadic<Bm_Tensor>:$outputs);
  let hasCustomAssemblyFormat = 1;
}

def Bm_AfterOp : Bm_DifferentiableTensorOp<"after", "View", [AllTypesMatch<["x", "y"]>]> {
  let summary = "the first operand, but what reads it runs after all others are known";
  let description = [{
    What a checkpoint computes again reads its inputs through this op: so it is not the same value as the forward pass',
    and is computed when the cotangents arrive, not before.
  }];
  let arguments = (ins Bm_Tensor:$x, Variadic<Bm_Tensor>:$awaited);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x `await` $awaited attr-dict `:` type($x) `await` type($awaited)";
}
