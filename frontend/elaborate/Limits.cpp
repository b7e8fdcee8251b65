// What a model may ask for at compile time. A model file may be hostile or just mistaken: whatever it says, it is
// refused or compiled in bounded time and memory.
#include "Limits.h"
#include "Evaluator.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

void Evaluator::exhausted(Range range, std::string message) {
  if (!trial)
    report(range, std::move(message));
  throw Exhausted();
}

void Evaluator::countSteps(Range range, uint64_t count) {
  steps = count > mostSteps ? mostSteps + 1 : steps + count;
  if (steps > mostSteps)
    exhausted(range, fmt::format("the model takes more than {} steps at compile time", mostSteps));
}

void Evaluator::countOperation(Range range) {
  if (++operations > mostOperations)
    exhausted(range, fmt::format("the program has more than {} operations", mostOperations));
}

void Evaluator::checkRank(size_t rank, Range range) {
  if (rank > mostDimensions)
    fail(range, fmt::format("a tensor has at most {} dimensions, found {}", mostDimensions, rank));
}

void Evaluator::checkType(mlir::RankedTensorType type, Range range) {
  checkRank(type.getRank(), range);
  double elements = 1;
  for (int64_t extent : type.getShape())
    if (!mlir::ShapedType::isDynamic(extent))
      elements *= static_cast<double>(extent);
  if (elements > mostElements)
    fail(range, fmt::format("a tensor of {} elements is too large", elements));
}

/// A polynomial with an overflow has no value; one of many terms makes every later step slow.
static std::optional<std::string> excess(const Dim &dim) {
  size_t factors = 0;
  for (const auto &[monomial, coefficient] : dim.coefficients()) {
    if (coefficient == INT64_MAX || coefficient <= -INT64_MAX)
      return "this integer is too large: it must be below 2^63 - 1";
    for (const std::string &atom : monomial)
      factors += 1 + atom.size() / 16;
  }
  if (factors > mostFactors)
    return "this dimension is too complicated: a polynomial with too many factors";
  return std::nullopt;
}

void Evaluator::checkSize(const Object &object, Range range) {
  if (auto tensor = object.get<Tensor>())
    checkType(llvm::cast<mlir::RankedTensorType>(tensor->value.getType()), range);
  else if (auto dim = object.get<Dim>(); dim && excess(*dim))
    fail(range, *excess(*dim));
  else if (depthOf(object) > deepestValue)
    fail(range, fmt::format("lists, records and layers are nested more than {} levels deep", deepestValue));
  else if (sizeOf(object) > mostSteps)
    fail(range, fmt::format("a list has at most {} elements, with those of the lists in it", mostSteps));
}

Object makeList(std::vector<Object> elements, bool isTuple) {
  unsigned depth = 0;
  uint64_t size = elements.size();
  for (const Object &element : elements) {
    depth = std::max(depth, depthOf(element));
    size += sizeOf(element);
  }
  return Object(ListObject{std::make_shared<std::vector<Object>>(std::move(elements)), isTuple, depth + 1, size});
}

uint64_t sizeOf(const Object &object) {
  if (auto list = object.get<ListObject>())
    return list->size;
  auto record = object.get<RecordObject>();
  return record ? record->size : 0;
}

unsigned depthOf(const Object &object) {
  if (auto list = object.get<ListObject>())
    return list->depth;
  if (auto record = object.get<RecordObject>())
    return record->depth;
  auto instance = object.get<std::shared_ptr<Instance>>();
  return instance ? (*instance)->depth : 0;
}

} // namespace bmc::frontend
