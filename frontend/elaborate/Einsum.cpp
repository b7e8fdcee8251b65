// An einsum is written as what it is: transposes, one matrix product for each further operand, and sums; so it has a
// gradient and the products' speed. Operands are taken from the left to the right, and an axis is summed as soon as
// nobody behind needs it. The rules are PyTorch's: axes of extent 1 repeat, `...` are axes that broadcast, a letter
// that an operand has twice is its diagonal, and without `->` the result has the letters that occur once, sorted.
#include "Einsum.h"

#include "EinsumEquation.h"
#include "dialects/Ops.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {
namespace {

using mlir::Value;
using Labels = std::vector<int>;

bool contains(const Labels &labels, int label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

Labels where(const Labels &labels, llvm::function_ref<bool(int)> holds) {
  Labels result;
  std::copy_if(labels.begin(), labels.end(), std::back_inserter(result), holds);
  return result;
}

Labels operator+(Labels left, const Labels &right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// A tensor and what its axes are called.
struct Operand {
  Value value;
  Labels labels;
};

class Einsum {
public:
  Einsum(Evaluator &e, Call &call, const Bound &text) : e(e), range(call.range), equation(e, text) {
    for (const Bound &argument : call.arguments)
      if (&argument != &text)
        given.push_back(argument);
  }

  Object run();

private:
  struct Extent {
    Dim dim;
    size_t operand; // that says so
  };

  void nameAxes();
  Labels labelsOf(const EinsumTerm &term, size_t rank);
  void findExtents();
  [[noreturn]] void failExtents(int label, const Extent &known, const Extent &found);
  void takeDiagonal(Operand &operand);
  void dropUnits(Operand &operand);
  Operand contract(Operand left, Operand right, const Labels &needed);
  Operand product(const Operand &left, const Operand &right, const Labels &batch, const Labels &inner);
  Operand matrixProduct(const Operand &left, const Operand &right, const Labels &batch, const Labels &inner);
  Value matrix(const Operand &operand, const Labels &batch, const Labels &rows, const Labels &columns);
  Operand summed(Operand operand, const Labels &kept);
  Operand permuted(Operand operand, const Labels &labels);

  Value transpose(Value value, const std::vector<int64_t> &permutation);
  Value reshape(Value value, const std::vector<Dim> &shape) { return e.reshape(value, shape, range); }
  std::vector<Dim> extentsOf(const Labels &labels) const;
  bm::Shape shapeOf(Value value) const { return bm::shapeOf(value.getType()); }
  bool isFloat(Value value) const {
    return llvm::isa<mlir::FloatType>(llvm::cast<mlir::RankedTensorType>(value.getType()).getElementType());
  }

  Evaluator &e;
  Range range;
  EinsumEquation equation;
  std::vector<Bound> given;
  size_t broadcastAxes = 0; // how many `...` stands for at most
  std::vector<Operand> operands;
  std::map<int, Extent> extents; // by label
};

// The operands --------------------------------------------------------------------------------------------------------

Object Einsum::run() {
  nameAxes();
  findExtents();
  for (Operand &operand : operands) {
    takeDiagonal(operand);
    dropUnits(operand);
  }

  Labels output = labelsOf(equation.output(), equation.output().letters() + broadcastAxes);
  e.checkRank(output.size(), range);
  Operand result = operands[0];
  for (size_t next = 1; next < operands.size(); ++next) {
    Labels needed = output;
    for (size_t later = next + 1; later < operands.size(); ++later)
      needed = needed + operands[later].labels;
    result = contract(result, operands[next], needed);
  }
  return Object(permuted(summed(result, output), output).value);
}

void Einsum::nameAxes() {
  if (given.size() != equation.inputs().size())
    e.fail(range, fmt::format("the text of einsum is for {} tensor{}, found {}", equation.inputs().size(),
                              equation.inputs().size() == 1 ? "" : "s", given.size()));
  std::vector<Object> objects;
  for (const Bound &argument : given) {
    if (!argument.name.empty())
      e.fail(argument.range, fmt::format("'einsum' has no parameter '{}'; its tensors have no names", argument.name));
    objects.push_back(Object(e.tensor(argument.object, argument.range)));
  }
  std::vector<Value> values = e.withCommonElement(objects, range);
  for (size_t i = 0; i < values.size(); ++i) {
    const EinsumTerm &term = equation.inputs()[i];
    size_t rank = shapeOf(values[i]).size();
    if (term.hasEllipsis() ? rank < term.letters() : rank != term.letters())
      e.fail(term.range, fmt::format("'{}' names {}{} dimension{}, but operand {} is {}", term.text,
                                     term.hasEllipsis() ? "at least " : "", term.letters(),
                                     term.letters() == 1 ? "" : "s", i + 1, bm::describe(values[i].getType())));
    broadcastAxes = std::max(broadcastAxes, rank - term.letters());
  }
  for (size_t i = 0; i < values.size(); ++i)
    operands.push_back({values[i], labelsOf(equation.inputs()[i], shapeOf(values[i]).size())});
}

/// The letters, and numbers from 256 on for the axes of `...`, of which the last ones are common to all.
Labels Einsum::labelsOf(const EinsumTerm &term, size_t rank) {
  Labels labels;
  for (const EinsumTerm::Item &item : term.items) {
    if (item.letter)
      labels.push_back(item.letter);
    else
      for (size_t axis = broadcastAxes - (rank - term.letters()); axis < broadcastAxes; ++axis)
        labels.push_back(256 + static_cast<int>(axis));
  }
  return labels;
}

void Einsum::findExtents() {
  for (size_t i = 0; i < operands.size(); ++i) {
    bm::Shape shape = shapeOf(operands[i].value);
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      int label = operands[i].labels[axis];
      auto [place, isNew] = extents.try_emplace(label, Extent{shape[axis], i});
      Extent &known = place->second;
      if (isNew || known.dim == shape[axis])
        continue;
      bool isRepeated =
          known.operand == i && contains({operands[i].labels.begin(), operands[i].labels.begin() + axis}, label);
      if (!isRepeated && shape[axis] == Dim(1))
        continue;
      if (isRepeated || known.dim != Dim(1))
        failExtents(label, known, {shape[axis], i});
      known = {shape[axis], i};
    }
  }
}

void Einsum::failExtents(int label, const Extent &known, const Extent &found) {
  std::string name = label < 256 ? fmt::format("'{}'", char(label)) : "an axis of '...'";
  auto operand = [&](const Extent &extent) {
    return fmt::format("operand {} ({})", extent.operand + 1, bm::describe(operands[extent.operand].value.getType()));
  };
  e.fail(equation.placeOf(found.operand, label),
         known.operand == found.operand
             ? fmt::format("{} is {} and {} in {}", name, known.dim.text(), found.dim.text(), operand(found))
             : fmt::format("{} is {} in {} and {} in {}", name, known.dim.text(), operand(known), found.dim.text(),
                           operand(found)));
}

/// Of two axes of one name, the elements where both positions are the same; until each name is there once.
void Einsum::takeDiagonal(Operand &operand) {
  Labels &labels = operand.labels;
  for (size_t second = 1; second < labels.size(); ++second) {
    size_t first = std::find(labels.begin(), labels.end(), labels[second]) - labels.begin();
    if (first == second)
      continue;
    std::vector<int64_t> permutation;
    std::vector<Dim> shape;
    Labels rest;
    for (size_t axis = 0; axis < labels.size(); ++axis)
      if (axis != first && axis != second) {
        permutation.push_back(axis);
        shape.push_back(shapeOf(operand.value)[axis]);
        rest.push_back(labels[axis]);
      }
    Dim size = shapeOf(operand.value)[first];
    permutation.insert(permutation.end(), {int64_t(first), int64_t(second)});
    Value square = transpose(operand.value, permutation);
    mlir::Type element = llvm::cast<mlir::RankedTensorType>(square.getType()).getElementType();
    mlir::Location location = e.location(range);
    if (size.constant()) {
      shape.push_back(size * size);
      Value flat = reshape(square, shape);
      shape.back() = size;
      std::vector<int64_t> starts(shape.size(), 0), strides(shape.size(), 1);
      strides.back() = *size.constant() + 1;
      operand.value = bm::SliceOp::create(e.builder, location, bm::tensorType(shape, element), flat, starts, strides);
    } else {
      auto positions = bm::tensorType({size, size}, e.builder.getI32Type());
      Value row = bm::IotaOp::create(e.builder, location, positions, 0);
      Value column = bm::IotaOp::create(e.builder, location, positions, 1);
      Value isDiagonal = bm::CompareOp::create(e.builder, location, bm::ComparePredicate::eq, row, column);
      std::vector<Value> parts = {isDiagonal, square, e.constant(0, element, range)};
      e.toCommonShape(parts, range);
      Value diagonal = bm::SelectOp::create(e.builder, location, square.getType(), parts[0], parts[1], parts[2]);
      operand.value = bm::ReduceSumOp::create(e.builder, location, diagonal, {int64_t(shape.size()) + 1});
    }
    rest.push_back(labels[second]);
    labels = rest;
    second = 0;
  }
}

/// An axis of extent 1 that is longer elsewhere is not needed: what has no such axis repeats along it.
void Einsum::dropUnits(Operand &operand) {
  bm::Shape shape = shapeOf(operand.value);
  Labels kept;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] == extents.at(operand.labels[axis]).dim)
      kept.push_back(operand.labels[axis]);
  operand = {reshape(operand.value, extentsOf(kept)), kept};
}

// Products ------------------------------------------------------------------------------------------------------------

/// Two operands become one, whose axes are those that are needed.
Operand Einsum::contract(Operand left, Operand right, const Labels &needed) {
  left = summed(left, needed + right.labels);
  right = summed(right, needed + left.labels);
  Labels common = where(left.labels, [&](int label) { return contains(right.labels, label); });
  Labels batch = where(common, [&](int label) { return contains(needed, label); });
  Labels inner = where(common, [&](int label) { return !contains(needed, label); });
  bool isMatrix = left.labels.size() > common.size() || right.labels.size() > common.size();
  return isMatrix && !inner.empty() && isFloat(left.value) ? matrixProduct(left, right, batch, inner)
                                                           : product(left, right, batch, inner);
}

static Labels freeOf(const Operand &operand, const Labels &batch, const Labels &inner) {
  return where(operand.labels, [&](int label) { return !contains(batch, label) && !contains(inner, label); });
}

Operand Einsum::product(const Operand &left, const Operand &right, const Labels &batch, const Labels &inner) {
  Labels all = batch + freeOf(left, batch, inner) + freeOf(right, batch, inner) + inner;
  e.checkRank(all.size(), range);
  auto aligned = [&](const Operand &operand) {
    auto isOwn = [&](int label) { return contains(operand.labels, label); };
    std::vector<Dim> shape;
    for (int label : all)
      shape.push_back(isOwn(label) ? extents.at(label).dim : Dim(1));
    return Object(reshape(permuted(operand, where(all, isOwn)).value, shape));
  };
  Value elements = e.tensor(e.elementwise("mul", {aligned(left), aligned(right)}, range), range);
  return summed({elements, all}, where(all, [&](int label) { return !contains(inner, label); }));
}

Operand Einsum::matrixProduct(const Operand &left, const Operand &right, const Labels &batch, const Labels &inner) {
  Labels rows = freeOf(left, batch, inner), columns = freeOf(right, batch, inner);
  Labels all = batch + rows + columns;
  e.checkRank(all.size(), range);
  Value product = e.matmul(matrix(left, batch, rows, inner), matrix(right, batch, inner, columns), range);
  return {reshape(product, extentsOf(all)), all};
}

/// As matrices of many rows and columns. What lies the other way is transposed last: products take that in.
Value Einsum::matrix(const Operand &operand, const Labels &batch, const Labels &rows, const Labels &columns) {
  auto size = [&](const Labels &labels) { return bm::elementCount(extentsOf(labels)); };
  std::vector<Dim> shape = extentsOf(batch);
  if (operand.labels == batch + columns + rows && !rows.empty()) {
    shape.insert(shape.end(), {size(columns), size(rows)});
    std::vector<int64_t> permutation;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      permutation.push_back(axis);
    std::swap(permutation.back(), permutation[permutation.size() - 2]);
    return transpose(reshape(operand.value, shape), permutation);
  }
  shape.insert(shape.end(), {size(rows), size(columns)});
  return reshape(permuted(operand, batch + rows + columns).value, shape);
}

// Steps ---------------------------------------------------------------------------------------------------------------

Operand Einsum::summed(Operand operand, const Labels &kept) {
  std::vector<int64_t> axes;
  for (size_t axis = 0; axis < operand.labels.size(); ++axis)
    if (!contains(kept, operand.labels[axis]))
      axes.push_back(axis);
  if (axes.empty())
    return operand;
  return {bm::ReduceSumOp::create(e.builder, e.location(range), operand.value, axes),
          where(operand.labels, [&](int label) { return contains(kept, label); })};
}

Operand Einsum::permuted(Operand operand, const Labels &labels) {
  std::vector<int64_t> permutation;
  for (int label : labels)
    permutation.push_back(std::find(operand.labels.begin(), operand.labels.end(), label) - operand.labels.begin());
  return {transpose(operand.value, permutation), labels};
}

Value Einsum::transpose(Value value, const std::vector<int64_t> &permutation) {
  if (std::is_sorted(permutation.begin(), permutation.end()))
    return value;
  return bm::TransposeOp::create(e.builder, e.location(range), value, permutation);
}

std::vector<Dim> Einsum::extentsOf(const Labels &labels) const {
  std::vector<Dim> result;
  for (int label : labels)
    result.push_back(extents.at(label).dim);
  return result;
}

} // namespace

Object einsum(Evaluator &evaluator, Call &call, std::vector<const Bound *> &arguments) {
  return Einsum(evaluator, call, *arguments[0]).run();
}

} // namespace bmc::frontend
