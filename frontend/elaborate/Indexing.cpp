// `x[0]`, `x[:, a:b]`, `x[indices]`, and lists.
#include "Evaluator.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

/// The last elements of an axis that is open at compile time, `x[:, T - 3:]`: their positions are computed. Where there
/// are fewer, the first one stands in for those in front of it, as for any position outside.
mlir::Value Evaluator::sliceOfEnd(mlir::Value value, unsigned axis, const Dim &start, const Dim &extent, Range range) {
  auto outside = (bm::shapeOf(value.getType())[axis] - start - extent).constant();
  if (!outside || *outside < 0 || !extent.constant())
    fail(range,
         fmt::format("a slice must start at a number that is known at compile time, or have a size that is and end "
                     "within its axis; found {} to {} of {}",
                     start.text(), (start + extent).text(), bm::describe(value.getType())));
  mlir::Type number = builder.getI32Type();
  auto type = bm::tensorType({extent}, number);
  mlir::Value steps = bm::IotaOp::create(builder, location(range), type, 0),
              first = broadcast(size(start, number, range), {extent}, range),
              positions = bm::AddOp::create(builder, location(range), first, steps);
  return bm::GatherOp::create(builder, location(range), value, positions, axis);
}

mlir::Value Evaluator::slice(mlir::Value value, unsigned axis, const Dim &start, const Dim &extent, Range range) {
  bm::Shape shape = bm::shapeOf(value.getType());
  auto from = start.constant();
  if (!from)
    return sliceOfEnd(value, axis, start, extent, range);
  auto outside = (shape[axis] - start - extent).constant();
  if (*from < 0 || (outside && *outside < 0) || (extent.constant() && *extent.constant() < 0))
    fail(range, fmt::format("the elements {} to {} are not within dimension {} of {}", start.text(),
                            (start + extent).text(), axis, bm::describe(value.getType())));
  std::vector<int64_t> starts(shape.size(), 0), strides(shape.size(), 1);
  starts[axis] = *from;
  shape[axis] = extent;
  auto type = bm::tensorType(shape, llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType());
  if (type == value.getType())
    return value;
  return bm::SliceOp::create(builder, location(range), type, value, starts, strides);
}

/// A position from the end, `-1`, as one from the start.
static Dim fromStart(const Dim &position, const Dim &extent) {
  auto constant = position.constant();
  return constant && *constant < 0 ? extent + position : position;
}

Object Evaluator::index(const Object &base, const IndexExpr &expr, Scope &scope) {
  if (auto list = base.get<ListObject>()) {
    if (expr.items.size() != 1)
      fail(expr.range, "a list has one index");
    int64_t size = list->elements->size();
    int64_t at = integer(evaluate(*expr.items[0], scope), expr.items[0]->range, "the index of a list");
    if (at < -size || at >= size)
      fail(expr.items[0]->range, fmt::format("the index {} is outside of a list of {} elements", at, size));
    return (*list->elements)[at < 0 ? at + size : at];
  }
  // `zeros[N, 3]` is `zeros([N, 3])`.
  if (base.is<const Builtin *>() || base.is<DeclaredObject>()) {
    std::vector<Object> dims;
    for (const ExprPtr &item : expr.items)
      dims.push_back(evaluate(*item, scope));
    Object shape(ListObject{std::make_shared<std::vector<Object>>(std::move(dims)), false});
    return call(base, {expr.range, expr.base->range, {{"", shape, expr.range}}});
  }
  mlir::Value value = tensor(base, expr.range);
  size_t ellipses = 0;
  for (const ExprPtr &item : expr.items)
    ellipses += item->kind == ExprKind::Pack;
  size_t rank = bm::shapeOf(value.getType()).size();
  if (ellipses > 1 || expr.items.size() - ellipses > rank)
    fail(expr.range, fmt::format("too many indices for {}", bm::describe(value.getType())));
  unsigned axis = 0;
  for (const ExprPtr &item : expr.items) {
    bm::Shape shape = bm::shapeOf(value.getType());
    if (item->kind == ExprKind::Pack) {
      axis += rank - (expr.items.size() - 1);
      continue;
    }
    if (item->kind == ExprKind::Slice) {
      const auto &node = as<SliceExpr>(*item);
      Dim low = node.low ? dimension(evaluate(*node.low, scope), node.low->range, "the start of a slice") : Dim(0);
      Dim high =
          node.high ? dimension(evaluate(*node.high, scope), node.high->range, "the end of a slice") : shape[axis];
      low = fromStart(low, shape[axis]);
      value = slice(value, axis, low, fromStart(high, shape[axis]) - low, item->range);
      ++axis;
      continue;
    }
    Object object = evaluate(*item, scope);
    if (auto interval = object.get<RangeObject>()) {
      Dim high = interval->high ? *interval->high : shape[axis];
      value = slice(value, axis, interval->low, high - interval->low, item->range);
      ++axis;
    } else if (object.is<Dim>()) {
      value = slice(value, axis, fromStart(*object.get<Dim>(), shape[axis]), Dim(1), item->range);
      shape.erase(shape.begin() + axis);
      value = reshape(value, shape, item->range);
    } else {
      mlir::Value indices = tensor(object, item->range);
      if (!llvm::cast<mlir::RankedTensorType>(indices.getType()).getElementType().isInteger(32) &&
          !llvm::cast<mlir::RankedTensorType>(indices.getType()).getElementType().isInteger(64))
        fail(item->range, fmt::format("an index must be of integers, found {}", bm::describe(indices.getType())));
      mlir::Value slice = sliceAtStep(value, indices, axis, item->range);
      value = slice ? slice : bm::GatherOp::create(builder, location(item->range), value, indices, axis);
      axis += bm::shapeOf(indices.getType()).size();
    }
  }
  return Object(value);
}

/// A key of its own for each random op of a function.
mlir::Value Evaluator::randomKey(Range range) {
  if (!emission || !emission->key)
    fail(range, "random numbers are only to be had while training, in losses and metrics, and in initial values");
  auto type = mlir::RankedTensorType::get({}, builder.getI32Type());
  mlir::Value count = bm::splat(builder, location(range), static_cast<double>(emission->keysUsed++), type);
  return bm::FoldInOp::create(builder, location(range), emission->key.getType(), emission->key, count);
}

} // namespace bmc::frontend
