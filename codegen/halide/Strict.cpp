// Strict arithmetic from Halide's strict intrinsics, one node an operation. See the header.
#include "codegen/halide/Strict.h"

using namespace Halide;
using Halide::Internal::Call;

namespace bmc::codegen::strict {

static Expr intrinsic(Halide::Type type, Call::IntrinsicOp op, Expr x, Expr y) {
  return Call::make(type, op, {std::move(x), std::move(y)}, Call::PureIntrinsic);
}

static Expr floatOp(Call::IntrinsicOp op, const Expr &x, const Expr &y) { return intrinsic(x.type(), op, x, y); }

// Signed overflow is undefined in Halide's i32 and i64, so integers are computed unsigned.
template <class Operation> static Expr wrapping(const Expr &x, const Expr &y, Operation operation) {
  Halide::Type unsignedType = x.type().with_code(halide_type_uint);
  return cast(x.type(), operation(cast(unsignedType, x), cast(unsignedType, y)));
}

Expr add(Expr x, Expr y) {
  return x.type().is_float() ? floatOp(Call::strict_add, x, y) : wrapping(x, y, [](Expr a, Expr b) { return a + b; });
}

Expr sub(Expr x, Expr y) {
  return x.type().is_float() ? floatOp(Call::strict_sub, x, y) : wrapping(x, y, [](Expr a, Expr b) { return a - b; });
}

Expr mul(Expr x, Expr y) {
  return x.type().is_float() ? floatOp(Call::strict_mul, x, y) : wrapping(x, y, [](Expr a, Expr b) { return a * b; });
}

Expr negate(Expr x) {
  return x.type().is_float() ? floatOp(Call::strict_mul, x, constant(x.type(), -1))
                             : sub(Internal::make_zero(x.type()), x);
}

Expr divide(Expr x, Expr y) {
  if (x.type().is_float())
    return floatOp(Call::strict_div, x, y);
  // The lowest integer by -1 traps on some machines.
  Expr safe = select(y == 0 || y == -1, Internal::make_one(y.type()), y);
  return select(y == 0, Internal::make_zero(x.type()), y == -1, negate(x), div_round_to_zero(x, safe));
}

Expr remainder(Expr x, Expr y) {
  if (x.type().is_float())
    return sub(x, mul(y, floor(divide(x, y))));
  Expr safe = select(y == 0 || y == -1, Internal::make_one(y.type()), y);
  Expr truncated = mod_round_to_zero(x, safe);
  return select(truncated != 0 && (truncated < 0) != (safe < 0), truncated + safe, truncated);
}

Expr less(Expr x, Expr y) {
  return x.type().is_float() ? intrinsic(Bool(x.type().lanes()), Call::strict_lt, x, y) : x < y;
}

// Halide makes its strict `x <= y` of `!(y < x)`, which holds for a NaN.
Expr lessEqual(Expr x, Expr y) { return x.type().is_float() ? less(x, y) || equal(x, y) : x <= y; }

Expr equal(Expr x, Expr y) {
  return x.type().is_float() ? intrinsic(Bool(x.type().lanes()), Call::strict_eq, x, y) : x == y;
}

Expr bits(Expr x) { return reinterpret(x.type().with_code(halide_type_int), x); }
Expr fromBits(Expr bits) { return reinterpret(bits.type().with_code(halide_type_float), bits); }

Expr constant(Halide::Type type, double value) { return Internal::make_const(type, value); }

Expr infinity(Halide::Type type) {
  int64_t bits = type.bits() == 32 ? 0x7f800000 : 0x7ff0000000000000;
  return fromBits(Internal::make_const(type.with_code(halide_type_int), bits));
}

Expr notANumber(Halide::Type type) {
  int64_t bits = type.bits() == 32 ? 0x7fc00000 : 0x7ff8000000000000;
  return fromBits(Internal::make_const(type.with_code(halide_type_int), bits));
}

Expr isNaN(Expr x) {
  if (!x.type().is_float())
    return Internal::const_false();
  return (bits(x) & x.type().with_code(halide_type_int).max()) > bits(infinity(x.type()));
}

Expr maximum(Expr x, Expr y) { return x.type().is_float() ? select(less(y, x) || isNaN(x), x, y) : max(x, y); }

Expr minimum(Expr x, Expr y) { return x.type().is_float() ? select(less(x, y) || isNaN(x), x, y) : min(x, y); }

Expr sign(Expr x) {
  Expr zero = Internal::make_zero(x.type()), one = Internal::make_one(x.type());
  return select(less(zero, x), one, less(x, zero), constant(x.type(), -1), isNaN(x), x, zero);
}

Expr copySign(Expr x, Expr y) {
  Expr magnitude = x.type().with_code(halide_type_int).max();
  return fromBits((bits(x) & magnitude) | (bits(y) & ~magnitude));
}

// The bits of a float as a signed integer have the order of its value, if those of a negative one are flipped. Moved so
// that -infinity comes first, the negative NaNs before it are the last unsigned ones. Unsigned numbers wrap around.
static Expr flippedIfNegative(const Expr &bits) {
  Halide::Type type = bits.type();
  return bits ^ ((bits >> (type.bits() - 1)) & type.max());
}

// That of -infinity before it is moved.
static Expr lowestOrder(Halide::Type type) {
  return type.bits() == 32 ? Expr(0x807fffffu) : Expr(uint64_t(0x800fffffffffffff));
}

Expr orderOf(Expr x) {
  Halide::Type unsignedType = x.type().with_code(halide_type_uint);
  return reinterpret(unsignedType, flippedIfNegative(bits(x))) - lowestOrder(x.type());
}

Expr fromOrder(Expr order) {
  Halide::Type type = order.type().with_code(halide_type_float);
  return fromBits(flippedIfNegative(reinterpret(order.type().with_code(halide_type_int), order + lowestOrder(type))));
}

// Above 2^23 (2^52) every float is whole; below, adding and taking off that number rounds in the unit's own mode.
// Unlike a call of the C library's function it is the same everywhere and needs no instruction set.
Expr round(Expr x) {
  Expr whole = constant(x.type(), x.type().bits() == 32 ? 0x1p23 : 0x1p52), magnitude = abs(x);
  return select(less(magnitude, whole), copySign(sub(add(magnitude, whole), whole), x), x);
}

static Expr floatToInteger(Halide::Type type, const Expr &x) {
  Expr limit = constant(x.type(), std::ldexp(1.0, type.bits() - 1));
  return select(isNaN(x), Internal::make_zero(type), lessEqual(limit, x), type.max(), less(x, negate(limit)),
                type.min(), cast(type, x));
}

Expr convert(Halide::Type type, Expr x) {
  if (x.type() == type)
    return x;
  if (type.is_bool())
    return !equal(x, Internal::make_zero(x.type()));
  if (x.type().is_float() && type.is_int())
    return floatToInteger(type, x);
  return cast(type, x);
}

} // namespace bmc::codegen::strict
