// `checkpoint(expression)`: what the expression computes is not kept for the backward pass but computed again in it.
#include "Bodies.h"

#include "dialects/Ops.h"

namespace bmc::frontend {

Object Evaluator::checkpoint(const CallExpr &expr, Scope &scope) {
  if (expr.arguments.size() != 1 || !expr.arguments[0].name.text.empty())
    fail(expr.range, "checkpoint takes one expression: checkpoint(f(x))");
  const Expr &expression = *expr.arguments[0].value;
  if (!emission)
    return evaluate(expression, scope);

  OpenBody body(*this);
  Object value = evaluate(expression, scope);
  std::vector<mlir::Value> results;
  auto collect = [&](mlir::Value result) {
    if (!body.isOutside(result))
      results.push_back(result);
  };
  mapLeaves(value, [&](const Object &leaf) {
    if (auto tensor = leaf.get<Tensor>())
      collect(tensor->value);
    return leaf;
  });
  std::map<unsigned, mlir::Value> changed = body.changedVariables();
  for (auto [index, assigned] : changed)
    collect(assigned);
  llvm::SetVector<mlir::Value> inputs = body.captured(results);
  body.leave();

  auto op = bm::CheckpointOp::create(builder, location(expr.range), mlir::ValueRange(results).getTypes(),
                                     inputs.getArrayRef());
  mlir::Block &block = op.getBody().emplaceBlock();
  for (mlir::Value input : inputs)
    block.addArgument(input.getType(), input.getLoc());
  body.moveTo(block, inputs.getArrayRef(), block.getArguments());
  mlir::OpBuilder inBlock = mlir::OpBuilder::atBlockEnd(&block);
  bm::YieldOp::create(inBlock, location(expr.range), results);

  auto outputOf = [&](mlir::Value result) {
    auto found = std::find(results.begin(), results.end(), result);
    return found == results.end() ? result : mlir::Value(op.getOutputs()[found - results.begin()]);
  };
  for (auto [index, assigned] : changed)
    emission->variables[index] = outputOf(assigned);
  return mapLeaves(value, [&](const Object &leaf) {
    auto tensor = leaf.get<Tensor>();
    return tensor ? Object(Tensor{outputOf(tensor->value), tensor->isHyper}) : leaf;
  });
}

} // namespace bmc::frontend
