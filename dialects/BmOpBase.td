// Base classes of ops. They leave most ops one or two lines long.
#ifndef BMC_DIALECTS_BM_OP_BASE
#define BMC_DIALECTS_BM_OP_BASE

include "dialects/BmBase.td"
include "dialects/BmInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Bm_Op<string mnemonic, list<Trait> traits = []> : Op<Bm_Dialect, mnemonic, traits>;

// An op on tensors: pure, evaluated by the reference interpreter, known to fusion by its access pattern. Its reference
// evaluation is the template `evaluateAs<T>`, defined in the family's .cpp file unless the op is elementwise.
class Bm_TensorOp<string mnemonic, string pattern, list<Trait> traits = []>
    : Bm_Op<mnemonic, !listconcat(traits, [Pure, DeclareOpInterfaceMethods<Bm_ReferenceOpInterface>,
                                           DeclareOpInterfaceMethods<Bm_FusibleOpInterface>])> {
  code glue = [{
    ReferenceResults<float> $cppClass::evaluateSingle(ArrayRef<ReferenceTensor<float>> operands,
                                                      const SymbolValues &symbols) {
      return evaluateAs<float>(operands, symbols);
    }
    ReferenceResults<double> $cppClass::evaluateDouble(ArrayRef<ReferenceTensor<double>> operands,
                                                       const SymbolValues &symbols) {
      return evaluateAs<double>(operands, symbols);
    }
    ReferenceResults<Quad> $cppClass::evaluateQuad(ArrayRef<ReferenceTensor<Quad>> operands,
                                                   const SymbolValues &symbols) {
      return evaluateAs<Quad>(operands, symbols);
    }
    AccessPattern $cppClass::getAccessPattern() { return AccessPattern::}] # pattern # [{; }
  }];
  code declarations = [{
    template <class T>
    ReferenceResults<T> evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols);
  }];
  let extraClassDeclaration = declarations;
  let extraClassDefinition = glue;
}

// A tensor op whose gradient rule `vjp` is defined in the family's .cpp file unless the op is elementwise.
class Bm_DifferentiableTensorOp<string mnemonic, string pattern, list<Trait> traits = []>
    : Bm_TensorOp<mnemonic, pattern,
                  !listconcat(traits, [DeclareOpInterfaceMethods<Bm_DifferentiableOpInterface>])>;

// An op with one region of one block that sees only the block's arguments: pure, evaluated by the reference interpreter
// through its region.
class Bm_RegionOp<string mnemonic, list<Trait> traits = []>
    : Bm_Op<mnemonic, !listconcat(traits, [Pure, IsolatedFromAbove, SingleBlock,
                                           DeclareOpInterfaceMethods<Bm_ReferenceRegionOpInterface>])> {
  code glue = [{
    FailureOr<ReferenceTensors<float>> $cppClass::evaluateSingle(ArrayRef<ReferenceTensor<float>> operands,
                                                                 const SymbolValues &symbols,
                                                                 ReferenceBody<float> body) {
      return evaluateAs<float>(operands, symbols, body);
    }
    FailureOr<ReferenceTensors<double>> $cppClass::evaluateDouble(ArrayRef<ReferenceTensor<double>> operands,
                                                                  const SymbolValues &symbols,
                                                                  ReferenceBody<double> body) {
      return evaluateAs<double>(operands, symbols, body);
    }
    FailureOr<ReferenceTensors<Quad>> $cppClass::evaluateQuad(ArrayRef<ReferenceTensor<Quad>> operands,
                                                              const SymbolValues &symbols, ReferenceBody<Quad> body) {
      return evaluateAs<Quad>(operands, symbols, body);
    }
  }];
  code declarations = [{
    template <class T>
    mlir::FailureOr<ReferenceTensors<T>> evaluateAs(ArrayRef<ReferenceTensor<T>> operands,
                                                    const SymbolValues &symbols, ReferenceBody<T> body);
  }];
  let regions = (region SizedRegion<1>:$body);
  let hasVerifier = 1;
  let extraClassDeclaration = declarations;
  let extraClassDefinition = glue;
}

// The reference evaluation of an elementwise op from one expression in scalars; its functions are those of
// dialects/reference/Scalar.h. `parameters` is the lambda's parameter list.
class Bm_ElementwiseReference<string evaluator, string parameters, string expression> {
  code definition = [{
    template <class T>
    ReferenceResults<T> $cppClass::evaluateAs(ArrayRef<ReferenceTensor<T>> operands, const SymbolValues &symbols) {
      return }] # evaluator # [{<T>(getOperation(), operands, symbols, [](}] # parameters # [{) {
        using namespace scalar;
        return }] # expression # [{;
      });
    }
  }];
}

// y = f(x) on floats. `reference` is f of the scalar x; `gradient` is the cotangent of x as a tensor expression
// (dialects/TensorExpr.h) in x, y and dy; `flops` is what f costs, about.
class Bm_UnaryOp<string mnemonic, string reference, string gradient, int flops = 1, list<Trait> traits = []>
    : Bm_DifferentiableTensorOp<mnemonic, "Pointwise", !listconcat(traits, [Elementwise, SameOperandsAndResultType])> {
  let arguments = (ins Bm_FloatTensor:$x);
  let results = (outs Bm_FloatTensor:$y);
  let assemblyFormat = "$x attr-dict `:` type($y)";
  let extraClassDeclaration = declarations # "int64_t getFlopsPerElement() { return " # flops # "; }";
  let extraClassDefinition = glue # Bm_ElementwiseReference<"evaluateReal", "T x", reference>.definition # [{
    SmallVector<Value> $cppClass::vjp(OpBuilder &builder, ValueRange cotangents) {
      [[maybe_unused]] TensorExpr dy(builder, getLoc(), cotangents[0]), x(builder, getLoc(), getX()),
          y(builder, getLoc(), getY());
      Value gradient = }] # gradient # [{;
      return {gradient};
    }
  }];
}

// z = f(x, y) on numbers. `gradientX` and `gradientY` are the cotangents in x, y, z and dz.
class Bm_BinaryOp<string mnemonic, string reference, string gradientX, string gradientY, list<Trait> traits = [],
                  int flops = 1>
    : Bm_DifferentiableTensorOp<mnemonic, "Pointwise", !listconcat(traits, [Elementwise, SameOperandsAndResultType])> {
  let arguments = (ins Bm_NumberTensor:$x, Bm_NumberTensor:$y);
  let results = (outs Bm_NumberTensor:$z);
  let assemblyFormat = "$x `,` $y attr-dict `:` type($z)";
  let extraClassDeclaration = declarations # "int64_t getFlopsPerElement() { return " # flops # "; }";
  let extraClassDefinition = glue # Bm_ElementwiseReference<"evaluateNumber", "auto x, auto y", reference>.definition # [{
    SmallVector<Value> $cppClass::vjp(OpBuilder &builder, ValueRange cotangents) {
      [[maybe_unused]] TensorExpr dz(builder, getLoc(), cotangents[0]), x(builder, getLoc(), getX()),
          y(builder, getLoc(), getY()), z(builder, getLoc(), getZ());
      Value gradientX = }] # gradientX # [{;
      Value gradientY = }] # gradientY # [{;
      return {gradientX, gradientY};
    }
  }];
}

#endif // BMC_DIALECTS_BM_OP_BASE
