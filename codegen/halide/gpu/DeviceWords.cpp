// OpenCL C overloads a function's name for f32 and f64; CUDA's library of device functions, which Halide links into
// PTX, has the C library's names behind `__nv_`. Halide's name for counting zeros is one that OpenCL C does not have,
// and vectors of some lengths are none there. Sines and cosines are the processor's: those of CUDA's library keep the
// bits of large angles in local memory.
// See the header.
#include "codegen/halide/gpu/DeviceWords.h"
#include "codegen/halide/Angles.h"
#include "codegen/halide/Gelu.h"
#include "codegen/halide/Philox.h"
#include "codegen/halide/ProcessorWords.h"
#include "codegen/halide/Strict.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MathExtras.h"

#include <bit>

using Halide::Expr;
using Halide::Internal::Call;
using Halide::Internal::EQ;
using Halide::Internal::FloatImm;
using Halide::Internal::LE;
using Halide::Internal::Let;
using Halide::Internal::LetStmt;
using Halide::Internal::Load;
using Halide::Internal::LT;
using Halide::Internal::Ramp;
using Halide::Internal::Shuffle;
using Halide::Internal::Stmt;
using Halide::Internal::Variable;

namespace bmc::codegen {

static constexpr llvm::StringLiteral libraryFunctions[] = {"cos", "erf",   "erfc", "exp", "expm1",
                                                           "log", "log1p", "pow",  "sin", "tanh"};

// What Halide's back end for OpenCL C has no words for; undefined: all the rest. Its comparisons of vectors are only
// those that are not strict, but nothing rewrites them any more, and in C they are IEEE's.
static Expr inOpenCl(const Call *call) {
  bool isOfConstants = llvm::all_of(call->args, [](const Expr &argument) { return is_const(argument); });
  if (isOfConstants && Call::as_intrinsic(call, {Call::saturating_cast, Call::saturating_sub}))
    return simplify(lower_intrinsics(call)); // it would take the constant's name for that of a vector of it
  if (call->is_intrinsic(Call::count_leading_zeros))
    return Call::make(call->type, "clz", call->args, Call::PureExtern);
  if (call->is_intrinsic(Call::strict_lt))
    return LT::make(call->args[0], call->args[1]);
  if (call->is_intrinsic(Call::strict_le))
    return LE::make(call->args[0], call->args[1]);
  if (call->is_intrinsic(Call::strict_eq))
    return EQ::make(call->args[0], call->args[1]);
  return {};
}

// The integer at or below x if `direction` is 1, at or above it if it is -1.
static Expr wholeBeyond(const Expr &x, int direction) {
  Expr nearest = strict::round(x), isBeyond = direction > 0 ? strict::less(x, nearest) : strict::less(nearest, x);
  return Halide::select(isBeyond, strict::sub(nearest, strict::constant(x.type(), direction)), nearest);
}

// CUDA's library takes subnormal numbers for zeros here, and Halide compares with zero for an absolute value, which
// leaves -0 as it is.
static Expr inCuda(const Call *call) {
  llvm::StringRef name = call->name;
  if (name.starts_with("floor_f") || name.starts_with("ceil_f"))
    return wholeBeyond(call->args[0], name.starts_with("floor") ? 1 : -1);
  if (!call->is_intrinsic(Call::abs) || !call->type.is_float())
    return {};
  Expr bits = strict::bits(call->args[0]);
  return strict::fromBits(bits & bits.type().max());
}

Expr DeviceWords::visit(const Call *call) {
  Expr mutated = IRMutator::visit(call);
  const auto *same = mutated.as<Call>();
  if (Expr other = !same ? Expr() : isCuda ? inCuda(same) : inOpenCl(same); other.defined())
    return other;
  if (!same || same->call_type != Call::PureExtern)
    return mutated;
  llvm::StringRef name = same->name, base = name;
  if (name == "geluf")
    return mutate(elementary::geluOf(same->args));
  if (isRandomBits(same))
    return mutate(computedRandomBits(same));
  // Vectors, which only products have, are left to the library: OpenCL C cannot ask whether any of them is large.
  if ((name == "sinf" || name == "cosf") && same->type.is_scalar())
    return mutate(computedInPlace(name == "sinf" ? elementary::sinOf : elementary::cosOf, same->args));
  if (same->type.bits() == 32)
    base.consume_back("f");
  if (!llvm::is_contained(libraryFunctions, base))
    return mutated;
  return Call::make(same->type, isCuda ? "__nv_" + name.str() : base.str(), same->args, Call::PureExtern);
}

// Halide writes the constants of OpenCL C with the digits of f32.
Expr DeviceWords::visit(const FloatImm *number) {
  if (isCuda || number->type.bits() < 64)
    return IRMutator::visit(number);
  auto bits = std::bit_cast<uint64_t>(number->value);
  return Halide::reinterpret(number->type, Halide::Internal::UIntImm::make(Halide::UInt(64), bits));
}

// Halide loads all that lies between the elements of a vector at once. OpenCL C has vectors of few lengths; this is an
// input's load of another.
static bool isLong(const Expr &value) {
  const auto *load = value.as<Load>();
  int lanes = value.type().lanes();
  bool isVector = lanes == 3 || (lanes <= 16 && llvm::isPowerOf2_32(lanes));
  return load && !isVector && load->param.defined() && load->index.as<Ramp>() && is_const_one(load->predicate);
}

// A vector of three is as long as one of four in OpenCL C, and so are the steps of a pointer to it.
Expr DeviceWords::visit(const Load *load) {
  if (isCuda || load->type.lanes() != 3)
    return IRMutator::visit(load);
  return Load::make(load->type, load->name, mutate(load->index), load->image, load->param, mutate(load->predicate), {});
}

// The elements that are wanted are loaded by themselves.
Expr DeviceWords::visit(const Shuffle *shuffle) {
  if (isCuda || !shuffle->is_slice() || shuffle->vectors.size() != 1)
    return IRMutator::visit(shuffle);
  Expr vector = shuffle->vectors[0];
  if (const auto *variable = vector.as<Variable>())
    if (auto named = longLoads.find(variable->name); named != longLoads.end())
      vector = named->second;
  if (!isLong(vector))
    return IRMutator::visit(shuffle);
  const auto *load = vector.as<Load>();
  const auto *ramp = load->index.as<Ramp>();
  Expr first = ramp->base + ramp->stride * shuffle->slice_begin(), step = ramp->stride * shuffle->slice_stride();
  int lanes = shuffle->type.lanes();
  return mutate(Load::make(shuffle->type, load->name, lanes == 1 ? first : Ramp::make(first, step, lanes), load->image,
                           load->param, Halide::Internal::const_true(lanes), {}));
}

template <class LetOrLetStmt> auto DeviceWords::withoutLong(const LetOrLetStmt *let) {
  if (isCuda || !isLong(let->value))
    return IRMutator::visit(let);
  longLoads[let->name] = let->value;
  return mutate(let->body);
}

Expr DeviceWords::visit(const Let *let) { return withoutLong(let); }
Stmt DeviceWords::visit(const LetStmt *let) { return withoutLong(let); }

} // namespace bmc::codegen
