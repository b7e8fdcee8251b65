// Tensor expressions for gradient rules: `dy * (1.0 - y * y)` builds bm ops where it stands. Numbers take the type of
// the tensor that they meet. Only ops of one shape: rules that change shapes use the builders of the ops themselves.
#ifndef BMC_DIALECTS_TENSOR_EXPR_H
#define BMC_DIALECTS_TENSOR_EXPR_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"

namespace bmc::bm {

enum class ComparePredicate : uint32_t;

class TensorExpr {
public:
  TensorExpr(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value)
      : builder(&builder), loc(loc), value(value) {}
  operator mlir::Value() const { return value; }

  TensorExpr operator-() const;
  /// A number as a tensor of this one's type.
  TensorExpr like(double number) const;
  TensorExpr with(mlir::Value other) const { return {*builder, loc, other}; }

  mlir::OpBuilder *builder;
  mlir::Location loc;
  mlir::Value value;
};

TensorExpr operator+(TensorExpr x, TensorExpr y);
TensorExpr operator-(TensorExpr x, TensorExpr y);
TensorExpr operator*(TensorExpr x, TensorExpr y);
TensorExpr operator/(TensorExpr x, TensorExpr y);
TensorExpr operator==(TensorExpr x, TensorExpr y);
TensorExpr operator<(TensorExpr x, TensorExpr y);
TensorExpr operator>(TensorExpr x, TensorExpr y);

inline TensorExpr operator+(TensorExpr x, double y) { return x + x.like(y); }
inline TensorExpr operator-(TensorExpr x, double y) { return x - x.like(y); }
inline TensorExpr operator-(double x, TensorExpr y) { return y.like(x) - y; }
inline TensorExpr operator*(TensorExpr x, double y) { return x * x.like(y); }
inline TensorExpr operator*(double x, TensorExpr y) { return y.like(x) * y; }
inline TensorExpr operator/(TensorExpr x, double y) { return x / x.like(y); }
inline TensorExpr operator==(TensorExpr x, double y) { return x == x.like(y); }

TensorExpr select(TensorExpr condition, TensorExpr x, TensorExpr y);
TensorExpr sign(TensorExpr x);
TensorExpr exp(TensorExpr x);
TensorExpr log(TensorExpr x);
TensorExpr sin(TensorExpr x);
TensorExpr cos(TensorExpr x);
TensorExpr erf(TensorExpr x);
TensorExpr floor(TensorExpr x);
TensorExpr pow(TensorExpr x, TensorExpr y);

} // namespace bmc::bm

#endif
