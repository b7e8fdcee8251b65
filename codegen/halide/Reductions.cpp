// A reduction is one Func that is updated over the reduced axes; with `partial` vectors of lanes it is two: the
// innermost reduced axis is dealt out to the lanes, element i to lane i modulo their number, and the lanes are combined
// by halves at the end.
#include "codegen/halide/Reductions.h"
#include "codegen/halide/Domain.h"
#include "llvm/ADT/bit.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

namespace bmc::codegen {

ReducedAxes::ReducedAxes(Value operand, ArrayRef<int64_t> reduced)
    : shape(shapeOf(operand.getType())), reduced(reduced) {
  for (int64_t axis = 0; axis < int64_t(shape.size()); ++axis)
    if (!llvm::is_contained(reduced, axis))
      kept.push_back(axis);
}

Shape ReducedAxes::keptShape() const {
  Shape result;
  for (int64_t axis : kept)
    result.push_back(shape[axis]);
  return result;
}

Index ReducedAxes::operandIndex(const std::vector<Expr> &keptPositions,
                                const std::vector<Expr> &reducedPositions) const {
  Index index{std::vector<Expr>(shape.size()), Expr()};
  for (auto [position, axis] : llvm::zip_equal(keptPositions, kept))
    index.axes[axis] = position;
  for (auto [position, axis] : llvm::zip_equal(reducedPositions, reduced))
    index.axes[axis] = position;
  return index;
}

std::vector<Expr> ReducedAxes::keptPositions(const Algorithm &algorithm, const std::vector<Var> &axes) const {
  std::vector<Expr> positions(axes.begin(), axes.end());
  ScheduleAttr schedule = algorithm.schedule();
  if (schedule && schedule.getKind() == "columns" && !positions.empty())
    positions.back() =
        algorithm.inside(positions.back(), shape[kept.back()], schedule.getVector() * schedule.getUnroll());
  if (schedule && schedule.getKind() == "gpu_columns" && !positions.empty())
    positions.back() =
        algorithm.inside(positions.back(), shape[kept.back()], schedule.getThreads() / schedule.getPartial());
  return positions;
}

// A domain over the reduced axes, `innermost` iterations of the last one.
static RDom domainOver(const Algorithm &algorithm, const ReducedAxes &axes, Expr innermost) {
  std::vector<Halide::Range> ranges{{0, std::move(innermost)}}; // Halide's first dimension is the innermost loop
  for (int64_t axis : llvm::reverse(ArrayRef(axes.reduced).drop_back()))
    ranges.emplace_back(0, algorithm.size(axes.shape[axis]));
  return RDom(ranges);
}

static std::vector<Expr> positionsIn(const RDom &domain) {
  std::vector<Expr> positions;
  for (int dimension = domain.dimensions(); dimension-- > 0;)
    positions.push_back(domain[dimension]);
  return positions;
}

std::vector<Expr> withLane(Expr lane, const std::vector<Var> &axes) {
  std::vector<Expr> arguments{std::move(lane)};
  for (const Var &var : innermostFirst(axes))
    arguments.push_back(var);
  return arguments;
}

namespace {
// The partial sums of a reduction, those added down to a short vector, and their combination.
struct LaneSums {
  Func lanes, wideFolded, folded, total;
};
} // namespace

Expr combineLanes(const Func &lanes, const std::vector<Var> &axes, int count,
                  const std::function<Expr(Expr, Expr)> &combine, const Expr &first, int step) {
  std::vector<Expr> values;
  for (int i = 0; i < count; ++i)
    values.push_back(lanes(withLane(first + i * step, axes)));
  while (values.size() > 1) {
    size_t half = (values.size() + 1) / 2;
    for (size_t i = half; i < values.size(); ++i)
      values[i - half] = combine(values[i - half], values[i]);
    values.resize(half);
  }
  return values[0];
}

// The lanes combined down to `few` of them. The same order as all at once: halves of all lanes are halves of those of
// each fold.
static Func fold(const Func &lanes, const std::string &name, const std::vector<Var> &vars, int partial, int few,
                 const ReductionRule &rule) {
  Var lane("lane");
  Func folded(name);
  folded(withLane(lane, vars)) = combineLanes(lanes, vars, partial / few, rule.combine, lane, few);
  return folded;
}

// Combines the lanes, down to `few` of them as vectors.
static void combine(LaneSums &sums, const std::string &name, const std::vector<Var> &vars, int partial, int few,
                    const ReductionRule &rule) {
  Func lanes = sums.lanes;
  if (partial > few) {
    if (few < wideFoldedLaneCount && partial > wideFoldedLaneCount && partial % wideFoldedLaneCount == 0) {
      lanes = sums.wideFolded = fold(lanes, name + "_wide", vars, partial, wideFoldedLaneCount, rule);
      partial = wideFoldedLaneCount;
    }
    lanes = sums.folded = fold(lanes, name + "_folded", vars, partial, few, rule);
    partial = few;
  }
  sums.total(innermostFirst(vars)) = combineLanes(lanes, vars, partial, rule.combine);
}

// The elements behind the last whole round of lanes, in pieces that are as long as a vector: each is added without a
// condition, so that the lanes stay in registers. One piece if their number is not known.
static std::vector<std::pair<Expr, Expr>> piecesOf(const Expr &rest, int vector) {
  std::optional<int64_t> count = Halide::Internal::as_const_int(rest);
  if (!count)
    return {{0, rest}};
  std::vector<std::pair<Expr, Expr>> pieces;
  for (int64_t start = 0; start < *count;) {
    int64_t left = *count - start,
            size = left >= vector ? left / vector * vector : int64_t(llvm::bit_floor(uint64_t(left)));
    pieces.emplace_back(int(start), int(size));
    start += size;
  }
  return pieces;
}

static LaneSums sumInLanes(Algorithm &algorithm, const std::string &name, const ReducedAxes &axes,
                           const Element &operand, const ReductionRule &rule, const std::vector<Var> &vars,
                           int partial) {
  LaneSums sums{Func(name + "_lanes"), Func(), Func(), Func(name)};
  Var lane("lane");
  std::vector<Expr> kept(vars.begin(), vars.end());
  Expr extent = algorithm.size(axes.shape[axes.reduced.back()]), whole = Halide::Internal::simplify(extent / partial),
       rest = Halide::Internal::simplify(extent % partial);
  sums.lanes(withLane(lane, vars)) = rule.identity;
  // Adds the elements of a domain whose innermost position is `place` of its innermost variable.
  auto accumulate = [&](const RDom &domain, Expr laneOf, Expr place) {
    std::vector<Expr> positions = positionsIn(domain);
    positions.back() = std::move(place);
    Expr soFar = sums.lanes(withLane(laneOf, vars));
    sums.lanes(withLane(laneOf, vars)) = rule.combine(soFar, over(domain, operand(axes.operandIndex(kept, positions))));
  };
  RDom blocks = domainOver(algorithm, axes, whole);
  accumulate(blocks, lane, blocks[0] * partial + lane);
  for (auto [start, size] : piecesOf(rest, algorithm.schedule().getVector())) {
    RDom piece = domainOver(algorithm, axes, size);
    Expr laneOf = start + piece[0];
    accumulate(piece, laneOf, whole * partial + laneOf);
  }
  combine(sums, name, vars, partial, foldedLaneCount, rule);
  return sums;
}

// The same with threads for lanes, which deal out all reduced elements among them. All do the same number of steps; the
// last one is no addition where the elements have ended.
static LaneSums sumInThreads(Algorithm &algorithm, const std::string &name, const ReducedAxes &axes,
                             const Element &operand, const ReductionRule &rule, const std::vector<Var> &vars,
                             int partial) {
  LaneSums sums{Func(name + "_lanes"), Func(), Func(), Func(name)};
  Var lane("lane");
  Shape reducedShape;
  for (int64_t axis : axes.reduced)
    reducedShape.push_back(axes.shape[axis]);
  SymbolicDim count = elementCount(reducedShape);
  int unroll = int(algorithm.schedule().getUnroll()), perRound = partial * unroll;
  RDom steps(0, unroll, 0, Halide::Internal::simplify((algorithm.size(count) + perRound - 1) / perRound));
  Expr place = (steps.y * unroll + steps.x) * partial + lane;
  Index reduced = algorithm.unflatten(algorithm.inside(place, count, perRound), reducedShape);
  sums.lanes(withLane(lane, vars)) = rule.identity;
  Expr soFar = sums.lanes(withLane(lane, vars));
  Expr element = over(steps, operand(axes.operandIndex(axes.keptPositions(algorithm, vars), reduced.axes)));
  Expr more = rule.combine(soFar, element);
  bool isWhole = count.isConstant() && *count.constant() % perRound == 0;
  sums.lanes(withLane(lane, vars)) = isWhole ? more : Halide::select(place < algorithm.size(count), more, soFar);
  combine(sums, name, vars, partial, foldedThreadCount, rule);
  return sums;
}

static Func sumInOrder(Algorithm &algorithm, const std::string &name, const ReducedAxes &axes, const Element &operand,
                       const ReductionRule &rule, const std::vector<Var> &vars) {
  Func total(name);
  std::vector<Var> arguments = innermostFirst(vars);
  RDom domain = domainOver(algorithm, axes, algorithm.size(axes.shape[axes.reduced.back()]));
  Index index = axes.operandIndex(axes.keptPositions(algorithm, vars), positionsIn(domain));
  total(arguments) = rule.identity;
  total(arguments) = rule.combine(total(arguments), over(domain, operand(index)));
  return total;
}

// How many partial sums the schedule asks for.
static int64_t laneCount(const Algorithm &algorithm) {
  ScheduleAttr schedule = algorithm.schedule();
  if (schedule.isOnDevice())
    return schedule.getPartial();
  return schedule.getKind() == "rows" ? std::max<int64_t>(schedule.getPartial() * schedule.getVector(), 1) : 1;
}

Element reduce(Algorithm &algorithm, StringRef name, const ReducedAxes &axes, Element operand,
               const ReductionRule &rule) {
  if (axes.reduced.empty())
    return operand;
  std::vector<Var> vars = axisVars(axes.kept.size());
  int64_t partial = laneCount(algorithm);
  LaneSums sums;
  if (partial > 1 && algorithm.schedule().isOnDevice())
    sums = sumInThreads(algorithm, name.str(), axes, operand, rule, vars, partial);
  else if (partial > 1)
    sums = sumInLanes(algorithm, name.str(), axes, operand, rule, vars, partial);
  else
    sums.total = sumInOrder(algorithm, name.str(), axes, operand, rule, vars);
  algorithm.add({AccessPattern::Reduction, axes.keptShape(), sums.total, vars, partial > 1 ? sums.lanes : Func(),
                 sums.folded, sums.wideFolded});
  return [total = sums.total](const Index &index) { return at(total, index); };
}

} // namespace bmc::codegen
