// Random graphs of ops through all passes: whatever is put together, the results stay, and so do the values in memory.
// The seeds are fixed, so a failure can be looked at again.
#include "Machine.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

// Makes a function of random ops on f64 tensors: no rounding hides a difference. All ops keep values small.
class RandomFunction {
public:
  RandomFunction(MLIRContext *context, unsigned seed) : builder(context), loc(builder.getUnknownLoc()), random(seed) {}

  OwningOpRef<ModuleOp> make(int ops) {
    OwningOpRef<ModuleOp> module = ModuleOp::create(loc);
    auto target = TargetAttr::get(builder.getContext(), "x86_64-linux-musl", "znver4", 512, 32);
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
    return found[below(found.size())];
  }

  Value randomOp() {
    Value x = any();
    auto xType = cast<RankedTensorType>(x.getType());
    Shape shape = shapeOf(xType);
    switch (below(12)) {
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
    default:
      return SubOp::create(builder, loc, x, anyOfType(xType));
    }
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
    Value product = MatmulOp::create(builder, loc, x, anyOfType(type({4, 4})), false, below(2));
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
};

void expectEqual(const Tensors &results, const Tensors &expected, const std::string &where) {
  for (size_t number = 0; number < expected.size(); ++number)
    for (size_t i = 0; i < expected[number].reals.size(); ++i)
      ASSERT_NEAR(results[number].reals[i], expected[number].reals[i], 1e-9)
          << where << ", result " << number << ", element " << i;
}

TEST(RandomGraphs, KeepResultsAndMemory) {
  auto context = makeContext();
  for (unsigned seed = 0; seed < 1000; ++seed) {
    auto module = RandomFunction(context.get(), seed).make(10 + seed % 60);
    std::string where = "seed " + std::to_string(seed);
    ASSERT_TRUE(succeeded(verify(*module))) << where;
    auto function = functionsOf(*module)[0];
    auto arguments = randomArguments<double>(function);
    Tensors expected = *evaluateFunction<double>(function, arguments);
    bool simplifies = seed % 2;
    for (auto create : {createSimplify, createFuse, createSchedule, createPlanMemory}) {
      if (create == createSimplify && !simplifies)
        continue;
      ASSERT_TRUE(succeeded(runPass(*module, create()))) << where;
      function = functionsOf(*module)[0];
      ASSERT_NO_FATAL_FAILURE(expectEqual(*evaluateFunction<double>(function, arguments), expected, where));
    }
    ASSERT_NO_FATAL_FAILURE(expectEqual(Machine(function, arguments).run(), expected, where + " in memory"));
  }
}

} // namespace
