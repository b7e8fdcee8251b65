// Bodies of ops with a region. See the header.
#include "Bodies.h"

namespace bmc::frontend {

OpenBody::OpenBody(Evaluator &evaluator)
    : evaluator(evaluator), outer(evaluator.builder.saveInsertionPoint()), outerEmission(*evaluator.emission) {
  region.emplaceBlock();
  evaluator.builder.setInsertionPointToEnd(&block());
  evaluator.bodies.push_back(this);
}

OpenBody::~OpenBody() {
  if (!isOpen)
    return;
  leave();
  evaluator.emission->keysUsed = outerEmission.keysUsed;
}

void OpenBody::leave() {
  isOpen = false;
  evaluator.bodies.pop_back();
  evaluator.builder.restoreInsertionPoint(outer);
  evaluator.emission->variables = outerEmission.variables;
  evaluator.emission->key = outerEmission.key;
}

std::map<unsigned, mlir::Value> OpenBody::changedVariables() const {
  std::map<unsigned, mlir::Value> changed;
  for (auto [index, value] : evaluator.emission->variables)
    if (value != outerEmission.variables.at(index))
      changed[index] = value;
  return changed;
}

llvm::SetVector<mlir::Value> OpenBody::captured(mlir::ValueRange results) {
  llvm::SetVector<mlir::Value> values;
  auto note = [&](mlir::Value value) {
    if (isOutside(value))
      values.insert(value);
  };
  for (mlir::Operation &op : block())
    llvm::for_each(op.getOperands(), note);
  llvm::for_each(results, note);
  return values;
}

void OpenBody::moveTo(mlir::Block &target, mlir::ValueRange outside, mlir::ValueRange arguments) {
  target.getOperations().splice(target.end(), block().getOperations());
  for (auto [value, argument] : llvm::zip_equal(outside, arguments)) {
    mlir::Value replacement = argument;
    value.replaceUsesWithIf(replacement, [&](mlir::OpOperand &use) { return use.getOwner()->getBlock() == &target; });
  }
}

mlir::Block *outerBlock(Evaluator &evaluator, mlir::Value scalar, mlir::ValueRange values) {
  // How far inside a value is: 0 for the function's own.
  auto level = [&](mlir::Value value) {
    size_t level = evaluator.bodies.size();
    while (level > 0 && evaluator.bodies[level - 1]->isOutside(value))
      --level;
    return level;
  };
  size_t own = level(scalar);
  bool isInside = own == evaluator.bodies.size();
  if (isInside || llvm::any_of(values, [&](mlir::Value value) { return level(value) > own; }))
    return nullptr;
  return scalar.getParentBlock();
}

/// Calls `visit` with all that a value is computed from; it says whether to go on behind that.
static void visitSources(mlir::Value value, llvm::function_ref<bool(mlir::Value)> visit) {
  llvm::SetVector<mlir::Value> seen;
  seen.insert(value);
  for (size_t i = 0; i < seen.size(); ++i)
    if (mlir::Operation *op = seen[i].getDefiningOp(); op && visit(seen[i]))
      seen.insert(op->operand_begin(), op->operand_end());
    else if (!op)
      visit(seen[i]);
}

bool reachesBehindBody(Evaluator &evaluator, mlir::Value scalar, mlir::ValueRange values) {
  if (evaluator.bodies.empty() || evaluator.bodies.back()->isOutside(scalar))
    return false;
  OpenBody &body = *evaluator.bodies.back();
  bool reaches = false;
  visitSources(scalar, [&](mlir::Value source) {
    if (!body.isOutside(source))
      return true;
    if (!llvm::is_contained(values, source))
      visitSources(source, [&](mlir::Value behind) {
        reaches |= llvm::is_contained(values, behind) && body.isOutside(behind);
        return true;
      });
    return false;
  });
  return reaches;
}

Object mapLeaves(const Object &object, llvm::function_ref<Object(const Object &)> replace) {
  if (auto list = object.get<ListObject>()) {
    std::vector<Object> elements;
    for (const Object &element : *list->elements)
      elements.push_back(mapLeaves(element, replace));
    return makeList(std::move(elements), list->isTuple);
  }
  if (auto record = object.get<RecordObject>()) {
    RecordObject result = *record;
    result.fields = std::make_shared<std::vector<std::pair<std::string, Object>>>();
    for (const auto &[name, value] : *record->fields)
      result.fields->emplace_back(name, mapLeaves(value, replace));
    return Object(result);
  }
  return replace(object);
}

} // namespace bmc::frontend
