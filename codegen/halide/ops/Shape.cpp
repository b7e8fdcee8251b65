// Ops that move elements, as maps from an index of the result to one of the operand.
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;

namespace bmc::codegen {

static Element broadcast(BroadcastOp op, Algorithm &, ArrayRef<Element> operands) {
  Shape shape = shapeOf(op.getX().getType()), resultShape = shapeOf(op.getType());
  SmallVector<int64_t> dimensions(op.getDimensions());
  return [x = operands[0], shape, resultShape, dimensions](const Index &index) {
    if (shape == resultShape)
      return x(index);
    Index from;
    for (auto [axis, dimension] : llvm::enumerate(dimensions))
      from.axes.push_back(shape[axis] == 1 ? Expr(0) : index.axes[dimension]);
    return x(from);
  };
}

// The axes of extent above 1.
static SmallVector<int64_t> wideAxes(ArrayRef<SymbolicDim> shape) {
  SmallVector<int64_t> axes;
  for (auto [axis, extent] : llvm::enumerate(shape))
    if (extent != 1)
      axes.push_back(axis);
  return axes;
}

// Whether two shapes differ only by axes of extent 1, so that no position has to be divided.
static bool differByUnits(ArrayRef<SymbolicDim> a, ArrayRef<SymbolicDim> b) {
  auto extents = [](ArrayRef<SymbolicDim> shape) {
    Shape wide;
    for (int64_t axis : wideAxes(shape))
      wide.push_back(shape[axis]);
    return wide;
  };
  return extents(a) == extents(b);
}

static Element reshape(ReshapeOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  Shape shape = shapeOf(op.getX().getType()), resultShape = shapeOf(op.getType());
  // The last axes that both have keep their positions.
  size_t same = 0, most = std::min(shape.size(), resultShape.size());
  while (same < most && shape[shape.size() - 1 - same] == resultShape[resultShape.size() - 1 - same])
    ++same;
  return [x = operands[0], shape, resultShape, same, &algorithm](const Index &index) {
    Index from{std::vector<Expr>(shape.size(), Expr(0)), index.linear};
    if (differByUnits(shape, resultShape)) {
      for (auto [to, axis] : llvm::zip_equal(wideAxes(shape), wideAxes(resultShape)))
        from.axes[to] = index.axes[axis];
      return x(from);
    }
    ArrayRef<SymbolicDim> leading = ArrayRef(shape).drop_back(same),
                          resultLeading = ArrayRef(resultShape).drop_back(same);
    Index rows{std::vector<Expr>(index.axes.begin(), index.axes.end() - same), Expr()};
    Index leadingFrom = algorithm.unflatten(algorithm.linear(rows, resultLeading), leading);
    std::copy(leadingFrom.axes.begin(), leadingFrom.axes.end(), from.axes.begin());
    std::copy(index.axes.end() - same, index.axes.end(), from.axes.end() - same);
    return x(from);
  };
}

static Element transpose(TransposeOp op, Algorithm &, ArrayRef<Element> operands) {
  SmallVector<int64_t> permutation(op.getPermutation());
  return [x = operands[0], permutation](const Index &index) {
    Index from;
    from.axes.resize(permutation.size());
    for (auto [axis, source] : llvm::enumerate(permutation))
      from.axes[source] = index.axes[axis];
    return x(from);
  };
}

static Element slice(SliceOp op, Algorithm &, ArrayRef<Element> operands) {
  SmallVector<int64_t> starts(op.getStarts()), strides(op.getStrides());
  return [x = operands[0], starts, strides](const Index &index) {
    Index from;
    for (auto [axis, position] : llvm::enumerate(index.axes))
      from.axes.push_back(position * int(strides[axis]) + int(starts[axis]));
    return x(from);
  };
}

static Element pad(PadOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  Shape shape = shapeOf(op.getX().getType());
  SmallVector<int64_t> low(op.getLow()), strides(op.getStrides());
  return [x = operands[0], value = operands[1], shape, low, strides, &algorithm](const Index &index) {
    Index from;
    Expr isInside = Halide::Internal::const_true();
    for (auto [axis, position] : llvm::enumerate(index.axes)) {
      Expr offset = position - int(low[axis]), element = offset / int(strides[axis]),
           extent = algorithm.size(shape[axis]);
      isInside = isInside && element >= 0 && element < extent && offset % int(strides[axis]) == 0;
      from.axes.push_back(Halide::max(Halide::min(element, extent - 1), 0));
    }
    return Halide::select(isInside, x(from), value({}));
  };
}

static Element concatenate(ConcatenateOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  size_t axis = op.getAxis();
  std::vector<SymbolicDim> extents;
  for (Value input : op.getInputs())
    extents.push_back(shapeOf(input.getType())[axis]);
  return [elements = std::vector<Element>(operands), extents, axis, &algorithm](const Index &index) {
    SymbolicDim begin;
    std::vector<SymbolicDim> begins;
    for (const SymbolicDim &extent : extents) {
      begins.push_back(begin);
      begin = begin + extent;
    }
    Expr result;
    for (size_t input = elements.size(); input-- > 0;) { // the last one is what is left
      Expr position = index.axes[axis] - algorithm.size(begins[input]), last = algorithm.size(extents[input]) - 1;
      Index from{index.axes, Expr()};
      from.axes[axis] = Halide::max(Halide::min(position, last), 0);
      Expr element = elements[input](from);
      result = result.defined() ? Halide::select(position <= last, element, result) : element;
    }
    return result;
  };
}

void attachShape(MLIRContext *context) {
  attach<BroadcastOp, broadcast>(context);
  attach<ReshapeOp, reshape>(context);
  attach<TransposeOp, transpose>(context);
  attach<SliceOp, slice>(context);
  attach<PadOp, pad>(context);
  attach<ConcatenateOp, concatenate>(context);
}

} // namespace bmc::codegen
