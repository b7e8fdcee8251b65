// Elementwise ops. An op is its line here (meaning, reference evaluation, gradient) and its line in
// codegen/halide/ops/Elementwise.cpp.
include "dialects/BmOpBase.td"

// One operand. Comments give what differs from the mathematical function.
def Bm_NegOp : Bm_UnaryOp<"neg", "-x", "-dy"> { let hasFolder = 1; }
def Bm_AbsOp : Bm_UnaryOp<"abs", "abs(x)", "dy * sign(x)">;
def Bm_SignOp : Bm_UnaryOp<"sign", "sign(x)", "dy * 0.0">; // NaN for NaN, 0 for both zeros
def Bm_ExpOp : Bm_UnaryOp<"exp", "exp(x)", "dy * y", 10>;
def Bm_Expm1Op : Bm_UnaryOp<"expm1", "expm1(x)", "dy * (y + 1.0)", 15>; // exp(x) - 1, exact near 0
def Bm_LogOp : Bm_UnaryOp<"log", "log(x)", "dy / x", 20>;
def Bm_Log1pOp : Bm_UnaryOp<"log1p", "log1p(x)", "dy / (x + 1.0)", 25>;
def Bm_SqrtOp : Bm_UnaryOp<"sqrt", "sqrt(x)", "dy * 0.5 / y", 4>;
def Bm_RsqrtOp : Bm_UnaryOp<"rsqrt", "T(1) / sqrt(x)", "dy * -0.5 * y / x", 5>;
def Bm_SinOp : Bm_UnaryOp<"sin", "sin(x)", "dy * cos(x)", 15>;
def Bm_CosOp : Bm_UnaryOp<"cos", "cos(x)", "-(dy * sin(x))", 15>;
def Bm_TanhOp : Bm_UnaryOp<"tanh", "tanh(x)", "dy * (1.0 - y * y)", 15>;
def Bm_SigmoidOp : Bm_UnaryOp<"sigmoid", "T(1) / (T(1) + exp(-x))", "dy * y * (1.0 - y)", 15>;
def Bm_ErfOp : Bm_UnaryOp<"erf", "erf(x)", "dy * 1.1283791670955126 * exp(-(x * x))", 20>; // 2 / sqrt(pi) exp(-x^2)
// x times the share of a normal distribution below it. An op and not made of erf: 1 + erf(x) has no digits for x < -4.
// In the slope stand sqrt(1/2) and the density 1 / sqrt(2 pi) exp(-x^2 / 2).
def Bm_GeluOp : Bm_UnaryOp<"gelu", "gelu(x)", "dy * (erf(x * 0.7071067811865476) * 0.5 + 0.5 + "
                           "x * 0.3989422804014327 * exp(x * x * -0.5))", 20>;
def Bm_FloorOp : Bm_UnaryOp<"floor", "floor(x)", "dy * 0.0">;
def Bm_CeilOp : Bm_UnaryOp<"ceil", "ceil(x)", "dy * 0.0">;
def Bm_RoundOp : Bm_UnaryOp<"round", "roundeven(x)", "dy * 0.0">; // halves to even, as PyTorch

// Two operands of one type.
def Bm_AddOp : Bm_BinaryOp<"add", "x + y", "dz", "dz", [Commutative]>;
def Bm_SubOp : Bm_BinaryOp<"sub", "x - y", "dz", "-dz"> { let hasFolder = 1; }
def Bm_MulOp : Bm_BinaryOp<"mul", "x * y", "dz * y", "dz * x", [Commutative]> { let hasFolder = 1; }
// Integers: towards zero; by zero: zero.
def Bm_DivOp : Bm_BinaryOp<"div", "divide(x, y)", "dz / y", "-(dz * z / y)", [], 4> { let hasFolder = 1; }
def Bm_RemOp : Bm_BinaryOp<"rem", "remainder(x, y)", "dz", "-(dz * floor(x / y))">; // sign of y, as Python's %
def Bm_MaxOp : Bm_BinaryOp<"max", "maximum(x, y)", "select(x == y, dz * 0.5, select(x > y, dz, dz * 0.0))",
                           "select(x == y, dz * 0.5, select(y > x, dz, dz * 0.0))", [Commutative]>; // NaN wins
def Bm_MinOp : Bm_BinaryOp<"min", "minimum(x, y)", "select(x == y, dz * 0.5, select(x < y, dz, dz * 0.0))",
                           "select(x == y, dz * 0.5, select(y < x, dz, dz * 0.0))", [Commutative]>; // NaN wins
def Bm_PowOp : Bm_BinaryOp<"pow", "power(x, y)", "dz * select(y == 0.0, y, y * pow(x, y - 1.0))",
                           "dz * select(z == 0.0, z, z * log(x))", [], 50> {
  let hasFolder = 1;
  let hasCanonicalizer = 1; // small whole exponents become products
}

// Conditions.
def Bm_CompareOp : Bm_TensorOp<"compare", "Pointwise", [Elementwise, SameTypeOperands, InferTypeOpAdaptor]> {
  let summary = "elementwise comparison; every comparison with a NaN is false but `ne`";
  let arguments = (ins Bm_ComparePredicateAttr:$predicate, Bm_Tensor:$x, Bm_Tensor:$y);
  let results = (outs Bm_BoolTensor:$z);
  let assemblyFormat = "$predicate $x `,` $y attr-dict `:` type($x)";
}

class Bm_LogicOp<string mnemonic, string reference>
    : Bm_TensorOp<mnemonic, "Pointwise", [Elementwise, SameOperandsAndResultType]> {
  let arguments = (ins Bm_BoolTensor:$x, Bm_BoolTensor:$y);
  let results = (outs Bm_BoolTensor:$z);
  let assemblyFormat = "$x `,` $y attr-dict `:` type($z)";
  let extraClassDefinition = glue # Bm_ElementwiseReference<"evaluateNumber", "auto x, auto y", reference>.definition;
}
def Bm_AndOp : Bm_LogicOp<"and", "x != 0 && y != 0 ? 1 : 0">;
def Bm_OrOp : Bm_LogicOp<"or", "x != 0 || y != 0 ? 1 : 0">;

def Bm_NotOp : Bm_TensorOp<"not", "Pointwise", [Elementwise, SameOperandsAndResultType]> {
  let arguments = (ins Bm_BoolTensor:$x);
  let results = (outs Bm_BoolTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let hasFolder = 1;
  let extraClassDefinition = glue # Bm_ElementwiseReference<"evaluateNumber", "auto x", "x == 0 ? 1 : 0">.definition;
}

def Bm_SelectOp : Bm_DifferentiableTensorOp<"select", "Pointwise",
    [Elementwise, AllTypesMatch<["x", "y", "z"]>]> {
  let summary = "x where the condition holds, else y";
  let description = [{(C1) The condition has the shape of the others.}];
  let arguments = (ins Bm_BoolTensor:$condition, Bm_Tensor:$x, Bm_Tensor:$y);
  let results = (outs Bm_Tensor:$z);
  let assemblyFormat = "$condition `,` $x `,` $y attr-dict `:` type($condition) `,` type($z)";
  let hasVerifier = 1;
}

def Bm_CastOp : Bm_DifferentiableTensorOp<"cast", "Pointwise", [Elementwise]> {
  let summary = "conversion of the element type; floats to integers towards zero, saturating, NaN to 0; to bool: != 0";
  let description = [{(C1) Operand and result have the same shape.}];
  let arguments = (ins Bm_Tensor:$x);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($y)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Bm_StopGradientOp
    : Bm_DifferentiableTensorOp<"stop_gradient", "Pointwise", [Elementwise, SameOperandsAndResultType]> {
  let summary = "the identity, through which no gradient flows";
  let arguments = (ins Bm_Tensor:$x);
  let results = (outs Bm_Tensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let extraClassDefinition = glue # Bm_ElementwiseReference<"evaluateNumber", "auto x", "x">.definition # [{
    SmallVector<Value> $cppClass::vjp(OpBuilder &, ValueRange) { return {Value()}; }
  }];
}
