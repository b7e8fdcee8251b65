// Ops on positions. Gathers clamp their indices; a scatter adds its updates one after the other.
#include "codegen/halide/Domain.h"
#include "codegen/halide/Strict.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;
using Halide::Func;
using Halide::RDom;
using Halide::Var;

namespace bmc::codegen {

static Element iota(IotaOp op, Algorithm &, ArrayRef<Element>) {
  return [type = elementType(op.getType()), axis = op.getAxis()](const Index &index) {
    return Halide::cast(type, index.axes[axis]);
  };
}

static Element oneHot(OneHotOp op, Algorithm &, ArrayRef<Element> operands) {
  return [indices = operands[0], type = elementType(op.getType())](const Index &index) {
    Expr label = indices({{index.axes.begin(), index.axes.end() - 1}, Expr()});
    return Halide::cast(type, label == Halide::cast(label.type(), index.axes.back()));
  };
}

static Expr clampedPosition(const Expr &index, const Expr &extent) {
  return Halide::cast<int32_t>(
      Halide::clamp(index, Halide::Internal::make_zero(index.type()), Halide::cast(index.type(), extent - 1)));
}

static Element gather(GatherOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  size_t axis = op.getAxis(), indexRank = op.getIndices().getType().getRank();
  Expr extent = algorithm.extent(op.getX(), axis);
  return [x = operands[0], indices = operands[1], axis, indexRank, extent](const Index &index) {
    auto first = index.axes.begin() + axis, behind = first + indexRank;
    Index from{{index.axes.begin(), first}, Expr()};
    from.axes.push_back(clampedPosition(indices({{first, behind}, Expr()}), extent));
    from.axes.insert(from.axes.end(), behind, index.axes.end());
    return x(from);
  };
}

static std::vector<Expr> domainPositions(const RDom &domain, size_t first, size_t count) {
  std::vector<Expr> positions;
  for (size_t i = 0; i < count; ++i)
    positions.push_back(domain[domain.dimensions() - 1 - (first + i)]);
  return positions;
}

// The positions of all updates, in row-major order.
static RDom updateDomain(const Algorithm &algorithm, ArrayRef<SymbolicDim> indexShape) {
  std::vector<Halide::Range> ranges;
  for (const SymbolicDim &extent : llvm::reverse(indexShape))
    ranges.emplace_back(0, algorithm.size(extent));
  if (ranges.empty())
    ranges.emplace_back(0, 1);
  return RDom(ranges);
}

// For a device, a table that is larger than its updates are many: each of them adds up, in their order, all that belong
// to its place, and stores the sum. Updates of one place store the same, so it does not matter which is the last.
static Element scatterBySums(ScatterAddOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  Shape shape = shapeOf(op.getType()), indexShape = shapeOf(op.getIndices().getType());
  size_t axis = op.getAxis(), rank = shape.size();
  std::vector<Var> vars = axisVars(rank), update;
  for (size_t i = 0; i < indexShape.size(); ++i)
    update.emplace_back("update" + std::to_string(i));
  auto placeOf = [&](const std::vector<Expr> &position) {
    return clampedPosition(operands[1]({position, Expr()}), algorithm.size(shape[axis]));
  };
  // Arguments of the sums: the position of the update, then that in its slice.
  auto argumentsOf = [&](std::vector<Expr> position) {
    for (size_t i = 0; i < rank; ++i)
      if (i != axis)
        position.push_back(vars[i]);
    return innermostFirst(position);
  };
  RDom others = updateDomain(algorithm, indexShape);
  std::vector<Expr> own(update.begin(), update.end()), other = domainPositions(others, 0, indexShape.size());
  others.where(placeOf(other) == placeOf(own));
  Index from{{vars.begin(), vars.begin() + axis}, Expr()};
  from.axes.insert(from.axes.end(), other.begin(), other.end());
  from.axes.insert(from.axes.end(), vars.begin() + axis + 1, vars.end());
  Func total("scatter_sum"), sum("scatter");
  total(argumentsOf(own)) = Halide::Internal::make_zero(elementType(op.getType()));
  total(argumentsOf(own)) = strict::add(total(argumentsOf(own)), over(others, operands[0](from)));

  RDom all = updateDomain(algorithm, indexShape);
  std::vector<Expr> position = domainPositions(all, 0, indexShape.size()), to(vars.begin(), vars.end());
  to[axis] = placeOf(position);
  sum(innermostFirst(vars)) = Halide::Internal::make_zero(elementType(op.getType()));
  sum(innermostFirst(to)) = total(argumentsOf(position));
  Anchor anchor{AccessPattern::Scatter, shape, sum, vars, Func()};
  anchor.staged = {total};
  algorithm.add(anchor);
  return [sum](const Index &index) { return at(sum, index); };
}

// All updates in row-major order: a slice's own axes are pure variables, the axes of the indices the domain.
static Element scatterAdd(ScatterAddOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  if (algorithm.schedule().getKind() == "gpu_scatter")
    return scatterBySums(op, algorithm, operands);
  Shape shape = shapeOf(op.getType()), indexShape = shapeOf(op.getIndices().getType());
  size_t axis = op.getAxis();
  std::vector<Var> vars = axisVars(shape.size());
  RDom domain = updateDomain(algorithm, indexShape);
  std::vector<Expr> position = domainPositions(domain, 0, indexShape.size());
  Index from{{vars.begin(), vars.begin() + axis}, Expr()}, to = from;
  from.axes.insert(from.axes.end(), position.begin(), position.end());
  to.axes.push_back(clampedPosition(operands[1]({position, Expr()}), algorithm.size(shape[axis])));
  for (Index *index : {&from, &to})
    index->axes.insert(index->axes.end(), vars.begin() + axis + 1, vars.end());
  Func sum("scatter");
  sum(innermostFirst(vars)) = Halide::Internal::make_zero(elementType(op.getType()));
  if (algorithm.schedule().isOnDevice()) {
    // An element looks for its updates, in the same order: threads need not wait for each other.
    domain.where(to.axes[axis] == vars[axis]);
    to.axes[axis] = vars[axis];
  }
  sum(innermostFirst(to.axes)) = strict::add(sum(innermostFirst(to.axes)), over(domain, operands[0](from)));
  algorithm.add({AccessPattern::Scatter, shape, sum, vars, Func()});
  return [sum](const Index &index) { return at(sum, index); };
}

void attachIndex(MLIRContext *context) {
  attach<IotaOp, iota>(context);
  attach<OneHotOp, oneHot>(context);
  attach<GatherOp, gather>(context);
  attach<ScatterAddOp, scatterAdd>(context);
}

} // namespace bmc::codegen
