// The matrix product: one Func of accumulators. Its sum is fast-math, so that it becomes fused multiply-adds. With
// lanes along the inner axis it is two Funcs: partial sums in lanes, and their combination. Where the schedule loads
// the operand that is broadcast in vectors, these are a Func too. A packed operand is an index map.
#include "codegen/halide/Domain.h"
#include "codegen/halide/Reductions.h"
#include "codegen/halide/Strict.h"
#include "codegen/halide/gpu/DeviceProduct.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;
using Halide::Func;
using Halide::Var;

namespace bmc::codegen {

namespace {
// Builds one product. `outer` is an operand's axis that the result has too: rows of the left one, columns of the right.
class Product {
public:
  Product(ProductOpInterface op, Algorithm &algorithm, ArrayRef<Element> operands)
      : op(op), algorithm(algorithm), operands(operands), type(op->getResult(0).getType()), shape(shapeOf(type)),
        rank(shape.size()), vars(axisVars(rank)), sliceLength(op.getSliceLength()),
        batch(vars.begin() + (sliceLength ? 1 : 0), vars.end() - 2) {}

  Element define() {
    ScheduleAttr schedule = algorithm.schedule();
    if (schedule && schedule.getKind() == "gpu_matmul")
      return defineForDevice();
    Func sums = sumTiles(schedule ? schedule.getTile() : ArrayRef<int64_t>());
    if (!schedule || schedule.getFewRowsTile().empty())
      return orNotANumber([sums](const Index &index) { return at(sums, index); });
    Func sumsOfFewRows = sumTiles(schedule.getFewRowsTile());
    Expr hasFewRows = algorithm.size(shape[rank - 2]) <= int(schedule.getFewRowsTile()[0]);
    return orNotANumber(
        [=](const Index &index) { return Halide::select(hasFewRows, at(sumsOfFewRows, index), at(sums, index)); });
  }

private:
  // LLVM takes the result of fast-math for a number, and would decide what follows by that. It cannot for a choice of
  // which one arm is NaN.
  static Element orNotANumber(Element sums) {
    return [sums = std::move(sums)](const Index &index) {
      Expr sum = sums(index);
      return Halide::select(strict::isNaN(sum), strict::notANumber(sum.type()), sum);
    };
  }

  Element defineForDevice() {
    bool lhsAlongInner = op.layoutOfLhs() == OperandLayout::Rows,
         rhsAlongInner = op.layoutOfRhs() == OperandLayout::Transposed;
    auto operand = [&](size_t number, bool isAlongInner) {
      auto element = [this, number, isAlongInner](const Expr &outer, const Expr &inner) {
        return matrixElement(number, outer, inner, isAlongInner);
      };
      return DeviceOperand{element, shape[rank - 2 + number], isAlongInner};
    };
    std::vector<Var> leading(vars.begin(), vars.end() - 2);
    DeviceInner inner{op.getInner(), sliceLength, sliceLength ? Expr(vars[0]) : Expr()};
    return orNotANumber(
        deviceProduct(algorithm, shape, leading, operand(0, lhsAlongInner), operand(1, rhsAlongInner), inner));
  }

  // The same sums in the same order, whatever the tile.
  Func sumTiles(ArrayRef<int64_t> rowsAndColumns) {
    tile = rowsAndColumns;
    bool inLanes = algorithm.schedule() && algorithm.schedule().getLanes() == "inner";
    Anchor anchor = inLanes ? sumInLanes() : sumInOrder();
    anchor.rows = algorithm.size(shape[rank - 2]);
    anchor.columns = algorithm.size(shape[rank - 1]);
    algorithm.add(anchor);
    return anchor.result;
  }

  // The positions that an element sums.
  Expr innerCount() { return sliceLength ? Expr(int(sliceLength)) : algorithm.size(op.getInner()); }

  // The term of the sum at one of them: nothing behind the end of the last slice.
  Expr term(const Expr &position) {
    if (!sliceLength)
      return factor(0, position) * factor(1, position);
    Expr inner = vars[0] * int(sliceLength) + position, count = algorithm.size(op.getInner());
    Expr inside = min(inner, count - 1), value = factor(0, inside) * factor(1, inside);
    return Halide::select(inner < count, value, Halide::Internal::make_zero(value.type()));
  }

  Expr factor(size_t operand, const Expr &inner) {
    OperandLayout layout = operand == 0 ? op.layoutOfLhs() : op.layoutOfRhs();
    return element(operand, layout, inner, isAlongInner(operand));
  }

  // Whether the inner axis is contiguous in memory.
  bool isAlongInner(size_t operand) {
    return operand == 0 ? op.layoutOfLhs() == OperandLayout::Rows : op.layoutOfRhs() == OperandLayout::Transposed;
  }

  Expr element(size_t operand, OperandLayout layout, const Expr &inner, bool innerIsLast) {
    size_t axis = rank - 2 + operand;
    int width = tile.size() == 2 ? tile[operand] : 1;
    return layout == OperandLayout::Panels ? inPanels(operand, vars[axis], inner, width)
                                           : inMatrix(operand, axis, inner, width, innerIsLast);
  }

  // The rest of the last panel is there to be read; a tile of several panels may end behind the last.
  Expr inPanels(size_t operand, const Expr &outer, const Expr &inner, int width) {
    Shape panels = shapeOf(op->getOperand(operand).getType());
    int block = *panels.back().constant();
    const SymbolicDim &count = panels[panels.size() - 3];
    Index index{batch, Expr()};
    index.axes.insert(index.axes.end(), {algorithm.inside(outer / block, count, width / block), inner, outer % block});
    return algorithm.orZeroOutside(operands[operand](index), outer / block, count, width / block);
  }

  // Where the tile ends behind the last row or column that one is read, but not multiplied: LLVM would multiply once
  // for two sums, and then add, where it fuses both otherwise. An element's bits would depend on where in a tile it is.
  Expr inMatrix(size_t operand, size_t axis, const Expr &inner, int width, bool innerIsLast) {
    Expr outer = algorithm.inside(vars[axis], shape[axis], width);
    return algorithm.orZeroOutside(matrixElement(operand, outer, inner, innerIsLast), vars[axis], shape[axis], width);
  }

  Expr matrixElement(size_t operand, const Expr &outer, const Expr &inner, bool innerIsLast) {
    Index index{batch, Expr()};
    index.axes.push_back(innerIsLast ? outer : inner);
    index.axes.push_back(innerIsLast ? inner : outer);
    return operands[operand](index);
  }

  Anchor sumInOrder() {
    ScheduleAttr schedule = algorithm.schedule();
    if (schedule && schedule.getUnroll() > 1)
      return sumOfVectors(schedule.getLanes() == "rows" ? 1 : 0, schedule.getUnroll());
    Func product = zeros();
    Halide::RDom inner(0, innerCount(), "k");
    product(innermostFirst(vars)) += over(inner, term(inner));
    return {AccessPattern::Contraction, shape, product, vars, Func()};
  }

  Func zeros() {
    Func product("product");
    product(innermostFirst(vars)) = Halide::Internal::make_zero(elementType(type));
    return product;
  }

  // The same sums, with one operand's elements loaded as vectors of which each lane is a factor in turn: along the
  // inner axis or across it. Steps are added so many at a time, and the last few one by one.
  Anchor sumOfVectors(size_t operand, int count) {
    Func product = zeros(), staged("staged");
    Var step("step"), axis = vars[rank - 2 + operand];
    bool alongInner = isAlongInner(operand);
    std::vector<Var> arguments(vars.begin(), vars.end() - 2);
    arguments.insert(arguments.end(), {alongInner ? axis : step, alongInner ? step : axis});
    staged(innermostFirst(arguments)) = factor(operand, step);
    auto stagedFactor = [&](const Expr &inner) {
      Index index{batch, Expr()};
      index.axes.insert(index.axes.end(), {alongInner ? Expr(axis) : inner, alongInner ? inner : Expr(axis)});
      return at(staged, index);
    };
    Anchor anchor{AccessPattern::Contraction, shape, product, vars, Func()};
    Expr inner = algorithm.size(op.getInner()), whole = Halide::Internal::simplify(inner / count),
         rest = Halide::Internal::simplify(inner % count);
    if (!Halide::Internal::is_const_zero(whole)) {
      Halide::RDom steps(0, count, 0, whole, "k");
      Expr k = steps.y * count + steps.x;
      product(innermostFirst(vars)) += stagedFactor(k) * factor(1 - operand, k);
      anchor.staged = {staged};
      anchor.isAlongInner = {alongInner};
    }
    if (!Halide::Internal::is_const_zero(rest)) {
      Halide::RDom tail(0, rest, "tail");
      product(innermostFirst(vars)) += over(tail, term(whole * count + tail));
    }
    return anchor;
  }

  Anchor sumInLanes() {
    Func product("product"), lanes("product_lanes");
    Var lane("lane");
    int count = std::max<int64_t>(algorithm.schedule().getPartial() * algorithm.schedule().getVector(), 1);
    Expr inner = innerCount(), whole = Halide::Internal::simplify(inner / count),
         rest = Halide::Internal::simplify(inner % count);
    std::vector<Expr> arguments = withLane(lane, vars);
    lanes(arguments) = Halide::Internal::make_zero(elementType(type));
    if (!Halide::Internal::is_const_zero(whole)) {
      Halide::RDom rounds(0, whole, "k");
      lanes(arguments) += over(rounds, term(rounds * count + lane));
    }
    if (!Halide::Internal::is_const_zero(rest)) {
      Halide::RDom tail(0, rest, "tail");
      lanes(withLane(tail, vars)) += over(tail, term(whole * count + tail));
    }
    // The same order of additions as all at once, but down to a few lanes they are vectors'.
    Func folded;
    if (count > foldedLaneCount && count % foldedLaneCount == 0) {
      folded = Func("product_folded");
      folded(arguments) = combineLanes(lanes, vars, count / foldedLaneCount, strict::add, lane, foldedLaneCount);
    }
    product(innermostFirst(vars)) = folded.defined() ? combineLanes(folded, vars, foldedLaneCount, strict::add)
                                                     : combineLanes(lanes, vars, count, strict::add);
    return {AccessPattern::Contraction, shape, product, vars, lanes, folded};
  }

  ProductOpInterface op;
  Algorithm &algorithm;
  ArrayRef<Element> operands;
  Type type;
  Shape shape;
  size_t rank;
  std::vector<Var> vars;
  int64_t sliceLength; // 0: the inner axis is in one piece; otherwise the first axis counts its slices
  std::vector<Expr> batch;
  ArrayRef<int64_t> tile; // of the sums that are being defined
};
} // namespace

template <class Op> static Element product(Op op, Algorithm &algorithm, ArrayRef<Element> operands) {
  return Product(op, algorithm, operands).define();
}

// Element (panel, k, i) is row panel * block + i at k. What lies along k in memory is read so first: see `panels` in
// the scheduler.
static Element pack(PackOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  Shape shape = shapeOf(op.getX().getType());
  size_t rank = shape.size();
  bool transposed = op.getTransposed();
  const SymbolicDim rows = shape[rank - (transposed ? 1 : 2)], inner = shape[rank - (transposed ? 2 : 1)];
  int block = op.getBlock();
  auto read = [x = operands[0], transposed](std::vector<Expr> index, const Expr &row, const Expr &k) {
    index.push_back(transposed ? k : row);
    index.push_back(transposed ? row : k);
    return x({std::move(index), Expr()});
  };
  Func matrix("matrix");
  std::vector<Var> vars = axisVars(rank); // leading axes, row, k
  bool isStaged = !transposed && algorithm.schedule() && algorithm.schedule().getKind() == "panels";
  if (isStaged) {
    std::vector<Expr> leading(vars.begin(), vars.end() - 2);
    matrix(innermostFirst(vars)) = read(leading, algorithm.inside(vars[rank - 2], rows, block),
                                        algorithm.inside(vars[rank - 1], inner, panelStep));
    algorithm.add({AccessPattern::Packing, shape, matrix, vars, Func()});
  }
  bool isPadded = !rows.isConstant() || *rows.constant() % block != 0;
  return [=, &algorithm](const Index &index) {
    std::vector<Expr> leading(index.axes.begin(), index.axes.end() - 3);
    Expr row = index.axes[rank - 2] * block + index.axes[rank], k = index.axes[rank - 1];
    Expr value;
    if (isStaged) {
      std::vector<Expr> staged = leading;
      staged.insert(staged.end(), {row, k});
      value = at(matrix, {staged, Expr()});
    } else {
      value = read(leading, algorithm.inside(row, rows, block), k);
    }
    return isPadded ? Halide::select(row < algorithm.size(rows), value, Halide::Internal::make_zero(value.type()))
                    : value;
  };
}

void attachMatmul(MLIRContext *context) {
  attach<MatmulOp, product<MatmulOp>>(context);
  attach<PanelMatmulOp, product<PanelMatmulOp>>(context);
  attach<SlicedMatmulOp, product<SlicedMatmulOp>>(context);
  attach<PackOp, pack>(context);
}

} // namespace bmc::codegen
