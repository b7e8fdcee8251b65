// Functions of random ops, loops among them, for tests that compare what they compute at two stages.
#ifndef BMC_TEST_UNIT_PASSES_RANDOM_FUNCTION_H
#define BMC_TEST_UNIT_PASSES_RANDOM_FUNCTION_H

#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

#include <random>

namespace bmc::test {

using namespace mlir;
using namespace bmc::bm;

/// Makes a function of random ops on f64 tensors: no rounding hides a difference. All ops keep values small.
class RandomFunction {
public:
  RandomFunction(MLIRContext *context, unsigned seed) : builder(context), loc(builder.getUnknownLoc()), random(seed) {}

  OwningOpRef<ModuleOp> make(int ops) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    auto target = TargetAttr::get(builder.getContext(), "x86_64-linux-musl", "znver4", 512, 32, "", MachineAttr());
    (*module)->setAttr("bm.target", target);
    builder.setInsertionPointToStart(module->getBody());
    SmallVector<Type> types = {type({N, 4}), type({N, 4}), type({4}), type({N}), type({4, 4}), type({4, 4}), type({})};
    auto function = func::FuncOp::create(builder, loc, "f", builder.getFunctionType(types, {}));
    Block *body = function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    values.assign(body->getArguments().begin(), body->getArguments().end());
    for (int i = 0; i < ops; ++i)
      if (Value value = randomOp())
        values.push_back(value);
    finish(function);
    return module;
  }

private:
  static inline const SymbolicDim N = SymbolicDim::symbol("N");

  RankedTensorType type(ArrayRef<SymbolicDim> shape) { return tensorType(shape, builder.getF64Type()); }

  int below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random); }

  // Late values more often: so chains get long.
  Value any() {
    int size = values.size();
    return values[below(2) ? size - 1 - below(std::min(size, 6)) : below(size)];
  }

  Value anyOfType(Type wanted) {
    SmallVector<Value> found;
    for (Value value : values)
      if (value.getType() == wanted)
        found.push_back(value);
    return found.empty() ? Value() : found[below(found.size())];
  }

  Value randomOp() {
    Value x = any();
    auto xType = cast<RankedTensorType>(x.getType());
    Shape shape = shapeOf(xType);
    switch (below(13)) {
    case 0:
      return TanhOp::create(builder, loc, x);
    case 1:
      return SinOp::create(builder, loc, x);
    case 2:
      return MulOp::create(builder, loc, TanhOp::create(builder, loc, x), anyOfType(xType));
    case 3:
      return TanhOp::create(builder, loc, AddOp::create(builder, loc, x, anyOfType(xType)));
    case 4:
      return MaxOp::create(builder, loc, x, splat(builder, loc, 0.125, xType));
    case 5:
      return reduce(x, shape);
    case 6:
      return broadcast(x, shape);
    case 7:
      return shape.size() == 2 ? Value(TransposeOp::create(builder, loc, x, ArrayRef<int64_t>{1, 0})) : Value();
    case 8:
      return product(x, shape);
    case 9:
      return ReshapeOp::create(builder, loc, type(elementCount(shape)), x);
    case 10:
      if (shape.size() != 1 || shape[0] != 4)
        return {};
      return SliceOp::create(builder, loc, type({2}), x, ArrayRef<int64_t>{below(2)}, ArrayRef<int64_t>{2});
    case 11:
      return loopDepth < 2 && below(2) ? loop(x, shape) : Value();
    default:
      return SubOp::create(builder, loc, x, anyOfType(xType));
    }
  }

  // A loop over the slices of one or two values, or of a few steps. All its results but the one returned are added to
  // the values here.
  Value loop(Value x, ArrayRef<SymbolicDim> shape) {
    static const SymbolicDim lengths[] = {0, 1, 3, N};
    SymbolicDim length = shape.empty() ? lengths[below(4)] : shape[0];
    SmallVector<Value> sequences, inits{any()}, constants;
    if (!shape.empty()) {
      sequences = {x, anyOfType(x.getType())};
      sequences.resize(1 + below(2));
    }
    for (int i = below(3); i > 0; --i)
      inits.push_back(any());
    for (int i = below(3); i > 0; --i)
      constants.push_back(any());

    // What the steps yield decides the loop's results: the body is made first, in a block of its own.
    ScanOp model = ScanOp::create(builder, loc, length, false, sequences, inits, constants, TypeRange());
    SmallVector<Value> nexts, outputs;
    std::vector<Value> outside = std::move(values);
    {
      OpBuilder::InsertionGuard guard(builder);
      ++loopDepth;
      builder.setInsertionPointToStart(&model.getBody().front());
      Value index = CastOp::create(builder, loc, type({}), model.getIndex());
      values = {TanhOp::create(builder, loc, index)};
      values.insert(values.end(), model.getBody().getArguments().begin() + 1, model.getBody().getArguments().end());
      for (int i = 3 + below(8); i > 0; --i)
        if (Value value = randomOp())
          values.push_back(value);
      for (Value carry : model.getCarries()) {
        Value next = anyOfType(carry.getType());
        nexts.push_back(isa<BlockArgument>(next) ? next : Value(TanhOp::create(builder, loc, next)));
      }
      if (below(3) == 0) // a sum over all steps
        nexts[0] = AddOp::create(builder, loc, model.getCarries()[0], TanhOp::create(builder, loc, nexts[0]));
      for (int i = 1 + below(3); i > 0; --i)
        outputs.push_back(below(3) ? any() : nexts[below(nexts.size())]);
      --loopDepth;
    }
    values = std::move(outside);
    auto scan = ScanOp::create(builder, loc, length, below(2) == 0, sequences, inits, constants,
                               ValueRange(outputs).getTypes());
    scan.getBody().takeBody(model.getBody());
    model.erase();
    OpBuilder inBody = OpBuilder::atBlockEnd(&scan.getBody().front());
    nexts.append(outputs);
    YieldOp::create(inBody, loc, nexts);
    // Maxima of nothing are infinite: what a loop without steps stacks is not used.
    auto results = length == SymbolicDim(0) ? scan.getFinals() : scan.getResults();
    for (Value result : results.drop_back())
      values.push_back(result);
    return results.back();
  }

  Value reduce(Value x, ArrayRef<SymbolicDim> shape) {
    if (shape.empty())
      return {};
    SmallVector<int64_t> axes;
    for (size_t axis = 0; axis < shape.size(); ++axis)
      if (below(2))
        axes.push_back(axis);
    if (axes.empty())
      axes.push_back(shape.size() - 1);
    if (below(2))
      return ReduceMaxOp::create(builder, loc, x, axes);
    return TanhOp::create(builder, loc, ReduceSumOp::create(builder, loc, x, axes));
  }

  // Back to a matrix: along rows, along columns or from a scalar.
  Value broadcast(Value x, ArrayRef<SymbolicDim> shape) {
    SmallVector<SymbolicDim> target = {below(2) ? N : SymbolicDim(4), 4};
    if (shape.empty())
      return BroadcastOp::create(builder, loc, type(target), x, ArrayRef<int64_t>());
    if (shape.size() != 1)
      return {};
    for (int64_t axis : {below(2), 0, 1})
      if (shape[0] == target[axis])
        return BroadcastOp::create(builder, loc, type(target), x, axis);
    return {};
  }

  Value product(Value x, ArrayRef<SymbolicDim> shape) {
    if (shape.size() != 2 || shape[1] != 4)
      return {};
    Value matrix = anyOfType(type({4, 4}));
    if (!matrix)
      return {};
    Value product = below(3) || shape[0] != 4 ? MatmulOp::create(builder, loc, x, matrix, false, below(2))
                                              : MatmulOp::create(builder, loc, x, matrix, true, below(2));
    return TanhOp::create(builder, loc, product);
  }

  // Some values are returned; those that have an argument's type may be its new value.
  void finish(func::FuncOp function) {
    SmallVector<Value> results;
    SmallVector<std::optional<unsigned>> donated;
    for (unsigned argument = 0; argument < function.getNumArguments(); ++argument) {
      results.push_back(anyOfType(function.getArgument(argument).getType()));
      donated.push_back(argument);
    }
    for (int i = 0; i < 3; ++i) {
      results.push_back(any());
      donated.push_back(std::nullopt);
    }
    func::ReturnOp::create(builder, loc, results);
    function.setType(builder.getFunctionType(function.getArgumentTypes(), ValueRange(results).getTypes()));
    for (auto [number, argument] : llvm::enumerate(donated))
      if (argument && below(3)) {
        auto variable = FlatSymbolRefAttr::get(builder.getContext(), "v" + std::to_string(*argument));
        function.setArgAttr(*argument, "bm.variable", variable);
        function.setResultAttr(number, "bm.variable", variable);
      }
  }

  OpBuilder builder;
  Location loc;
  std::mt19937 random;
  std::vector<Value> values;
  int loopDepth = 0;
};

} // namespace bmc::test

#endif
