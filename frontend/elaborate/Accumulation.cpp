// Gradients of several batches that make one update (`accumulate = 4`): `@train` adds them up, weighted by their rows,
// and
// `@update` makes a step of their mean.
#include "Program.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

/// A state that begins as zeros. A colon is in no name of the model's own.
unsigned Program::declareSum(std::string name, RankedTensorType type) {
  static const NumberExpr zero{Range()};
  static const Scope empty;
  Variable sum;
  sum.name = std::move(name);
  sum.role = "state";
  sum.type = type;
  sum.initialiser = &zero;
  sum.scope = &empty;
  sum.module = e.module;
  sum.range = network->decl->name.range;
  order.push_back(e.variables.size());
  e.variables.push_back(std::move(sum));
  return order.back();
}

void Program::prepareAccumulation() {
  if (training->accumulate == 0)
    return;
  auto scalar = RankedTensorType::get({}, e.builder.getF64Type());
  accumulation.emplace();
  for (unsigned index : trainedVariables(training->objectives.front()))
    accumulation->sums[index] = declareSum("accumulated:" + e.variables[index].name, e.variables[index].type);
  accumulation->rows = declareSum("accumulated:rows", scalar);
  accumulation->batches = declareSum("accumulated:batches", scalar);
  accumulation->updates = declareSum("accumulated:updates", scalar);
}

void Program::accumulate(Body &body, llvm::ArrayRef<Value> gradients) {
  Range range = training->objectives.front().losses.front().range;
  auto &values = body.emission.variables;
  auto arithmetic = [&](Operator op, const Object &left, const Object &right) {
    return e.tensor(e.binary(op, left, right, range), range);
  };
  const Input &input = inputs.front();
  Value rows = e.size(bm::shapeOf(input.type)[0], e.builder.getF64Type(), range);
  for (auto [index, gradient] : llvm::zip_equal(trainedVariables(training->objectives.front()), gradients)) {
    unsigned sum = accumulation->sums[index];
    Value weighted = arithmetic(Operator::Mul, Object(gradient), Object(rows));
    values[sum] = arithmetic(Operator::Add, Object(values[sum]), Object(weighted));
  }
  values[accumulation->rows] = arithmetic(Operator::Add, Object(values[accumulation->rows]), Object(rows));
  values[accumulation->batches] = arithmetic(Operator::Add, Object(values[accumulation->batches]), Object(1.0));
}

/// A step of the mean gradient of all rows since the last one. Steps count updates here, not batches.
void Program::emitUpdate() {
  if (!accumulation)
    return;
  Body body;
  begin(body, "update", Variables | States | Hypers);
  const Emission before = body.emission;
  Range range = training->objectives.front().losses.front().range;
  auto &values = body.emission.variables;
  auto scalar = llvm::cast<RankedTensorType>(values[accumulation->rows].getType());
  body.step = e.tensor(e.binary(Operator::Add, Object(values[accumulation->updates]), Object(1.0), range), range);
  values[accumulation->updates] = body.step;
  std::vector<Value> means;
  for (unsigned index : trainedVariables(training->objectives.front())) {
    Value &sum = values[accumulation->sums[index]];
    means.push_back(e.tensor(e.binary(Operator::Div, Object(sum), Object(values[accumulation->rows]), range), range));
    sum = bm::splat(e.builder, e.location(range), 0, llvm::cast<RankedTensorType>(sum.getType()));
  }
  for (unsigned index : {accumulation->rows, accumulation->batches})
    values[index] = bm::splat(e.builder, e.location(range), 0, scalar);
  update(body, training->objectives.front(), std::move(means));
  addResults(body, before);
  finish(body, true);
}

} // namespace bmc::frontend
