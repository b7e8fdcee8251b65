// Ops that hold a program together: constants, sizes, gradients, kernels, and what the program is at module level.
include "dialects/BmOpBase.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Bm_ConstantOp : Bm_TensorOp<"constant", "Generator", [ConstantLike, AllTypesMatch<["value", "y"]>]> {
  let summary = "a tensor known at compile time; its shape is static";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Bm_SizeOp : Bm_TensorOp<"size", "Generator"> {
  let summary = "the value of a polynomial in symbolic dimensions, as a rank-0 tensor";
  let arguments = (ins StrAttr:$expression);
  let description = [{(C1) `expression` reads as a polynomial. (C2) The result has rank 0.}];
  let results = (outs Bm_NumberTensor:$y);
  let assemblyFormat = "$expression attr-dict `:` type($y)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Bm_GradOp : Bm_Op<"grad", [Pure]> {
  let summary = "the gradients of a scalar with respect to values that it was computed from";
  let description = [{
    Replaced by the differentiation pass, in program order, so a gradient of a gradient is a `grad` of a value that an
    earlier `grad` gave. A value that the scalar does not depend on has a gradient of zeros.
    (C1) `scalar` is a float of rank 0. (C2) Each value is a float tensor, and its gradient has its type.
  }];
  let arguments = (ins Bm_FloatTensor:$scalar, Variadic<Bm_FloatTensor>:$values);
  let results = (outs Variadic<Bm_FloatTensor>:$gradients);
  let assemblyFormat = "$scalar `wrt` $values attr-dict `:` type($scalar) `,` type($values) `to` type($gradients)";
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "Value":$scalar, "ValueRange":$values)>];
}

def Bm_KernelOp : Bm_RegionOp<"kernel"> {
  let summary = "ops that run as one compiled function";
  let description = [{
    The region's arguments are the inputs, in order; its `bm.yield` names the results. They are stored by one loop nest:
    the first ones have its shape, others may have a value for each of its rows. Element types may differ. Kernels with equal text, locations aside, are compiled
    once. `in_place[i]` is the input whose buffer result i is stored into, or -1; every read of such an input is at the
    position that is written. `buffers` is where each result lives (after memory planning).
    (C1) The region's arguments have the inputs' types. (C2) The yielded values have the results' types.
    (C3) Each result has the first one's shape; or it and all results behind it have the same first axes of that.
  }];
  let arguments = (ins Variadic<Bm_Tensor>:$inputs, OptionalAttr<Bm_ScheduleAttr>:$schedule,
                       OptionalAttr<DenseI64ArrayAttr>:$in_place, OptionalAttr<ArrayAttr>:$buffers);
  let results = (outs Variadic<Bm_Tensor>:$outputs);
  let hasCustomAssemblyFormat = 1;
}

def Bm_YieldOp : Bm_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "the results of a region";
  let arguments = (ins Variadic<Bm_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Bm_VariableOp : Bm_Op<"variable", [Symbol]> {
  let summary = "a parameter, a buffer (running statistics), a piece of state, or what is packed of them";
  let description = [{
    `role` is `parameter`, `buffer`, `state` (of the optimizer), `metric`, or `packed`: computed from parameters and
    buffers by `@prepare`, kept nowhere. Entry functions take variables as arguments with the attribute
    `bm.variable = @path` and give their new values as results with the same attribute; `@init` gives the first ones,
    `@reset` those of metrics.
    (C1) `role` is one of the five. (C2) The type is static. (C3) Only parameters are trainable.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$role, UnitAttr:$trainable, TypeAttrOf<Bm_Tensor>:$type);
  let assemblyFormat = "$role $sym_name `:` $type (`trainable` $trainable^)? attr-dict";
  let hasVerifier = 1;
}
