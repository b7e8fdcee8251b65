// Every gradient rule against central finite differences in quad precision, and again for the gradient of the gradient.
// The step's own error is about 1e-20 and rounding gives about 1e-24, so that a rule that passes is right.
#include "Evaluate.h"
#include "dialects/ReverseMode.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace bmc::bm;
using namespace bmc::bm::test;

namespace {

using Tensor = ReferenceTensor<Quad>;
constexpr double difference = 1e-10, tolerance = 1e-15;

struct Range {
  double low, high;
};

struct GradientCase {
  std::string name;
  std::string function; // its float results are differentiated by its float arguments
  std::vector<Range> ranges = {}; // where arguments are drawn from; the last one counts for all that follow
  bool smooth = true;             // the gradient is differentiable too
};
void PrintTo(const GradientCase &gradientCase, std::ostream *stream) { *stream << gradientCase.name; }

const SymbolValues sizes = {{"N", 5}, {"M", 3}, {"T", 2}};

// Differentiation -----------------------------------------------------------------------------------------------------

// Makes a function of (x.., c..) that gives the gradients of the sum of all results times c with respect to the x that
// are floats.
void differentiate(func::FuncOp function) {
  Block &block = function.getBody().front();
  Operation *terminator = block.getTerminator();
  auto arguments = llvm::filter_to_vector(llvm::to_vector_of<Value>(block.getArguments()), isFloat);
  SmallVector<Operation *> forward;
  for (Operation &op : block.without_terminator())
    forward.push_back(&op);

  OpBuilder builder(terminator);
  Cotangents cotangents;
  for (Value result : terminator->getOperands())
    addCotangent(builder, result.getLoc(), cotangents, result, block.addArgument(result.getType(), result.getLoc()));
  ASSERT_TRUE(succeeded(pushBack(builder, forward, valuesThatDependOn(arguments, forward), cotangents)));

  SmallVector<Value> gradients;
  for (Value argument : arguments) {
    Value gradient = cotangents.lookup(argument);
    gradients.push_back(gradient ? gradient
                                 : splat(builder, function.getLoc(), 0, cast<RankedTensorType>(argument.getType())));
  }
  terminator->setOperands(gradients);
  eraseUnread(forward);
  function.setType(builder.getFunctionType(block.getArgumentTypes(), ValueRange(gradients).getTypes()));
}

// Finite differences --------------------------------------------------------------------------------------------------

// The next of a fixed sequence of numbers in [0, 1).
double nextNumber() {
  static uint64_t state = 1;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return double(state >> 11) * 0x1p-53;
}

Tensor drawTensor(Type type, Range range) {
  auto tensor = zerosOfType<Quad>(type, sizes);
  for (Quad &x : tensor.reals)
    x = range.low + (range.high - range.low) * nextNumber();
  for (int64_t &x : tensor.integers)
    x = int64_t(std::floor(range.low + (range.high - range.low) * nextNumber()));
  return tensor;
}

Quad weightedSum(func::FuncOp function, ArrayRef<Tensor> arguments, ArrayRef<Tensor> weights) {
  auto results = evaluateFunction<Quad>(function, arguments, sizes);
  Quad sum = 0;
  for (auto [result, weight] : llvm::zip_equal(*results, weights))
    for (auto [x, w] : llvm::zip_equal(result.reals, weight.reals))
      sum += x * w;
  return sum;
}

void expectNear(Quad actual, Quad expected, const std::string &where) {
  Quad difference = actual - expected, magnitude = expected < 0 ? -expected : expected;
  Quad bound = Quad(tolerance) * (magnitude > 1 ? magnitude : 1);
  EXPECT_TRUE(difference <= bound && -difference <= bound)
      << where << ": " << double(actual) << " instead of " << double(expected);
}

// Checks the gradient of a function, and leaves that gradient in its place.
void checkGradient(func::FuncOp function, SmallVector<Tensor> &arguments, const std::string &where) {
  OwningOpRef<func::FuncOp> original = function.clone();
  SmallVector<Tensor> weights;
  for (Type type : function.getResultTypes())
    weights.push_back(drawTensor(type, {-2, 2}));
  differentiate(function);
  ASSERT_TRUE(succeeded(verify(function))) << where;

  SmallVector<Tensor> all = arguments;
  all.append(weights);
  auto gradients = evaluateFunction<Quad>(function, all, sizes);
  ASSERT_TRUE(succeeded(gradients)) << where;
  size_t number = 0;
  for (size_t argument = 0; argument < arguments.size(); ++argument) {
    if (!arguments[argument].isReal)
      continue;
    const Tensor &gradient = (*gradients)[number++];
    for (size_t i = 0; i < gradient.reals.size(); ++i) {
      Quad &x = arguments[argument].reals[i], before = x;
      x = before + difference;
      Quad above = weightedSum(*original, arguments, weights);
      x = before - difference;
      Quad below = weightedSum(*original, arguments, weights);
      x = before;
      expectNear(gradient.reals[i], (above - below) / (2 * Quad(difference)),
                 where + ", argument " + std::to_string(argument) + ", element " + std::to_string(i));
    }
  }
  arguments = all;
}

class Gradient : public ::testing::TestWithParam<GradientCase> {};

TEST_P(Gradient, EqualsFiniteDifferences) {
  const GradientCase &parameters = GetParam();
  std::unique_ptr<MLIRContext> context = makeContext();
  auto module = parseSourceString<ModuleOp>(parameters.function, context.get());
  ASSERT_TRUE(module) << parameters.function;
  func::FuncOp function = *module->getOps<func::FuncOp>().begin();
  SmallVector<Tensor> arguments;
  for (auto [number, type] : llvm::enumerate(function.getArgumentTypes())) {
    const std::vector<Range> &ranges = parameters.ranges;
    arguments.push_back(
        drawTensor(type, ranges.empty() ? Range{-2, 2} : ranges[std::min(number, ranges.size() - 1)]));
  }
  checkGradient(function, arguments, "gradient");
  if (parameters.smooth && !HasFailure())
    checkGradient(function, arguments, "gradient of the gradient");
}

// The table -----------------------------------------------------------------------------------------------------------

// A function whose result is one op of its arguments %a, %b, ...
GradientCase oneOp(std::string name, std::vector<std::string> types, std::string op, std::string resultType,
                   std::vector<Range> ranges = {}, bool smooth = true) {
  std::string signature;
  for (size_t i = 0; i < types.size(); ++i)
    signature += std::string(i ? ", " : "") + "%" + char('a' + i) + ": " + types[i];
  return {name,
          "func.func @f(" + signature + ") -> " + resultType + " { %y = " + op + " return %y : " + resultType + " }",
          ranges, smooth};
}

const std::string rows = "tensor<?x3xf32, #bm.dims<N, 3>>", bools = "tensor<?x3xi1, #bm.dims<N, 3>>";

GradientCase unary(std::string op, Range range = {-2, 2}) {
  return oneOp(op, {rows}, "bm." + op + " %a : " + rows, rows, {range});
}
GradientCase binary(std::string op, Range x = {-2, 2}, Range y = {-2, 2}) {
  return oneOp(op, {rows, rows}, "bm." + op + " %a, %b : " + rows, rows, {x, y});
}
// max or min of arguments that are all equal: each has half of the gradient.
GradientCase tie(std::string op) {
  return oneOp(op + "_tie", {rows, rows}, "bm." + op + " %a, %b : " + rows, rows, {{1, 1}}, false);
}

// A power whose exponent has no gradient, which would be NaN for a negative number.
GradientCase power(std::string name, int exponent, Range range, bool smooth = true) {
  return {"pow_" + name, "func.func @f(%x: tensor<7xf64>) -> tensor<7xf64> { %y = bm.constant dense<" +
                             std::to_string(exponent) +
                             ".0> : tensor<7xf64> %z = bm.pow %x, %y : tensor<7xf64> return %z : tensor<7xf64> }",
          {range}, smooth};
}

GradientCase broadcast(std::string name, std::string from, std::string dimensions, std::string to) {
  return oneOp("broadcast_" + name, {from}, "bm.broadcast %a, " + dimensions + " : " + from + " to " + to, to);
}
GradientCase reshape(std::string name, std::string from, std::string to) {
  return oneOp("reshape_" + name, {from}, "bm.reshape %a : " + from + " to " + to, to);
}
GradientCase matmul(std::string name, std::string lhs, std::string rhs, std::string result) {
  std::string op = "bm.matmul %a" + std::string(name.find("lhs") != name.npos ? " transposed" : "") + ", %b" +
                   std::string(name.find("rhs") != name.npos ? " transposed" : "");
  return oneOp("matmul_" + name, {lhs, rhs}, op + " : " + lhs + ", " + rhs, result);
}
GradientCase reduce(std::string op, std::string name, std::string axes, std::string result) {
  std::string type = "tensor<?x3x7xf64, #bm.dims<N, 3, 7>>";
  return oneOp(op + "_" + name, {type}, "bm." + op + " %a, " + axes + " : " + type, result);
}

const GradientCase elementwise[] = {
    unary("neg"), unary("abs"), unary("sign"), unary("exp"), unary("expm1"), unary("log", {0.3, 3}), unary("log1p", {-0.7, 3}),
    unary("sqrt", {0.3, 3}), unary("rsqrt", {0.3, 3}), unary("sin"), unary("cos"), unary("tanh"), unary("sigmoid"), oneOp("erf", {"tensor<7xf64>"}, "bm.erf %a : tensor<7xf64>", "tensor<7xf64>"), // 2 / sqrt(pi) to f64
    oneOp("gelu", {"tensor<7xf64>"}, "bm.gelu %a : tensor<7xf64>", "tensor<7xf64>"), // sqrt(1/2) to f64
    unary("floor"), unary("ceil"), unary("round"),
    binary("add"), binary("sub"), binary("mul"), binary("div", {-2, 2}, {0.3, 3}), binary("rem", {-5, 5}, {1, 2}),
    binary("max"), binary("min"), tie("max"), tie("min"), binary("pow", {0.3, 3}, {-2, 3}),
    oneOp("abs_of_zero", {rows}, "bm.abs %a : " + rows, rows, {{0, 0}}, false),
    oneOp("select", {bools, rows, rows}, "bm.select %a, %b, %c : " + bools + ", " + rows, rows, {{0, 2}, {-2, 2}}),
    oneOp("cast", {rows}, "bm.cast %a : " + rows + " to tensor<?x3xf64, #bm.dims<N, 3>>",
          "tensor<?x3xf64, #bm.dims<N, 3>>"),
    power("negative", 3, {-2, -1}), power("zero_of_zero", 0, {0, 0}, false),
};

const GradientCase shapes[] = {
    broadcast("scalar", "tensor<f32>", "[]", rows),
    broadcast("new_axes", "tensor<3xf32>", "[1]", "tensor<?x3x2xf32, #bm.dims<N, 3, 2>>"),
    broadcast("extent_1", "tensor<1x3xf32>", "[0, 1]", rows),
    broadcast("both", "tensor<?x1xf64, #bm.dims<N, 1>>", "[1, 2]", "tensor<2x?x7xf64, #bm.dims<2, N, 7>>"),
    broadcast("kept_extent_1", "tensor<1x3xf64>", "[0, 2]", "tensor<1x5x3xf64>"),
    reshape("static", "tensor<2x3x5xf64>", "tensor<5x6xf64>"),
    reshape("symbolic", rows, "tensor<?xf32, #bm.dims<\"3*N\">>"),
    oneOp("transpose", {"tensor<?x3x2xf64, #bm.dims<N, 3, 2>>"},
          "bm.transpose %a, [2, 0, 1] : tensor<?x3x2xf64, #bm.dims<N, 3, 2>>", "tensor<2x?x3xf64, #bm.dims<2, N, 3>>"),
    oneOp("slice", {"tensor<?x11xf64, #bm.dims<N, 11>>"},
          "bm.slice %a [0, 1] step [1, 3] : tensor<?x11xf64, #bm.dims<N, 11>> to tensor<?x3xf64, #bm.dims<N, 3>>",
          "tensor<?x3xf64, #bm.dims<N, 3>>"),
    oneOp("pad", {"tensor<?x3xf64, #bm.dims<N, 3>>", "tensor<f64>"},
          "bm.pad %a, %b [0, 1] step [1, 3] : tensor<?x3xf64, #bm.dims<N, 3>>, tensor<f64> to "
          "tensor<?x11xf64, #bm.dims<N, 11>>",
          "tensor<?x11xf64, #bm.dims<N, 11>>"),
    oneOp("concatenate", {"tensor<2x3xf64>", "tensor<2x2xf64>", "tensor<2x?xf64, #bm.dims<2, N>>"},
          "bm.concatenate %a, %b, %c axis 1 : tensor<2x3xf64>, tensor<2x2xf64>, tensor<2x?xf64, #bm.dims<2, N>>",
          "tensor<2x?xf64, #bm.dims<2, \"N+5\">>"),
    oneOp("concatenate_symbolic", {"tensor<?x2xf64, #bm.dims<N, 2>>", "tensor<?x2xf64, #bm.dims<M, 2>>"},
          "bm.concatenate %a, %b axis 0 : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<?x2xf64, #bm.dims<M, 2>>",
          "tensor<?x2xf64, #bm.dims<\"M+N\", 2>>"),
};

// Indices are drawn from beyond both ends, and repeat.
const GradientCase indices[] = {
    oneOp("gather", {"tensor<2x3x?xf64, #bm.dims<2, 3, N>>", "tensor<?x2xi32, #bm.dims<M, 2>>"},
          "bm.gather %a at %b axis 1 : tensor<2x3x?xf64, #bm.dims<2, 3, N>>, tensor<?x2xi32, #bm.dims<M, 2>>",
          "tensor<2x?x2x?xf64, #bm.dims<2, M, 2, N>>", {{-2, 2}, {-1, 5}}),
    oneOp("scatter_add", {"tensor<?x2xf64, #bm.dims<N, 2>>", "tensor<?xi64, #bm.dims<N>>"},
          "bm.scatter_add %a at %b axis 0 : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<?xi64, #bm.dims<N>> to "
          "tensor<3x2xf64>",
          "tensor<3x2xf64>", {{-2, 2}, {-1, 5}}),
};

const GradientCase sums[] = {
    reduce("reduce_sum", "first", "[0]", "tensor<3x7xf64>"),
    reduce("reduce_sum", "last", "[2]", "tensor<?x3xf64, #bm.dims<N, 3>>"),
    reduce("reduce_sum", "two", "[0, 2]", "tensor<3xf64>"),
    reduce("reduce_sum", "all", "[0, 1, 2]", "tensor<f64>"),
    reduce("reduce_max", "middle", "[1]", "tensor<?x7xf64, #bm.dims<N, 7>>"),
    reduce("reduce_max", "all", "[0, 1, 2]", "tensor<f64>"),
    oneOp("reduce_max_tie", {"tensor<3x2xf64>"}, "bm.reduce_max %a, [1] : tensor<3x2xf64>", "tensor<3xf64>", {{1, 1}},
          false),
    matmul("plain", "tensor<?x3xf32, #bm.dims<N, 3>>", "tensor<3x7xf32>", "tensor<?x7xf32, #bm.dims<N, 7>>"),
    matmul("lhs", "tensor<3x?xf32, #bm.dims<3, N>>", "tensor<3x7xf32>", "tensor<?x7xf32, #bm.dims<N, 7>>"),
    matmul("rhs", "tensor<?x3xf32, #bm.dims<N, 3>>", "tensor<7x3xf32>", "tensor<?x7xf32, #bm.dims<N, 7>>"),
    matmul("lhs_rhs", "tensor<3x?xf32, #bm.dims<3, N>>", "tensor<7x3xf32>", "tensor<?x7xf32, #bm.dims<N, 7>>"),
    matmul("batched", "tensor<?x2x5x3xf64, #bm.dims<T, 2, 5, 3>>", "tensor<?x2x3x1xf64, #bm.dims<T, 2, 3, 1>>",
           "tensor<?x2x5x1xf64, #bm.dims<T, 2, 5, 1>>"),
    matmul("batched_rhs", "tensor<?x5x3xf64, #bm.dims<T, 5, 3>>", "tensor<?x2x3xf64, #bm.dims<T, 2, 3>>",
           "tensor<?x5x2xf64, #bm.dims<T, 5, 2>>"),
};

// A softmax and its logarithm's loss, as a whole: rules must fit together.
const GradientCase whole[] = {{"log_softmax", R"(
  func.func @f(%x: tensor<?x3xf64, #bm.dims<N, 3>>, %target: tensor<?xi64, #bm.dims<N>>) -> tensor<f64> {
    %highest = bm.reduce_max %x, [1] : tensor<?x3xf64, #bm.dims<N, 3>>
    %over = bm.broadcast %highest, [0] : tensor<?xf64, #bm.dims<N>> to tensor<?x3xf64, #bm.dims<N, 3>>
    %shifted = bm.sub %x, %over : tensor<?x3xf64, #bm.dims<N, 3>>
    %exp = bm.exp %shifted : tensor<?x3xf64, #bm.dims<N, 3>>
    %sum = bm.reduce_sum %exp, [1] : tensor<?x3xf64, #bm.dims<N, 3>>
    %log = bm.log %sum : tensor<?xf64, #bm.dims<N>>
    %hot = bm.one_hot %target : tensor<?xi64, #bm.dims<N>> to tensor<?x3xf64, #bm.dims<N, 3>>
    %picked = bm.mul %shifted, %hot : tensor<?x3xf64, #bm.dims<N, 3>>
    %chosen = bm.reduce_sum %picked, [1] : tensor<?x3xf64, #bm.dims<N, 3>>
    %losses = bm.sub %log, %chosen : tensor<?xf64, #bm.dims<N>>
    %loss = bm.reduce_sum %losses, [0] : tensor<?xf64, #bm.dims<N>>
    return %loss : tensor<f64>
  })",
                               {{-2, 2}, {0, 3}}}};

// A step whose parts have to be saved, computed again, or read as they come: products of carried values, sums of them,
// a slice, a constant, what only the index decides; with outputs that are read and one that is not.
const std::string step = R"(
        %p = bm.matmul %h, %v : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2x2xf64>
        %s = bm.add %p, %x : tensor<?x2xf64, #bm.dims<N, 2>>
        %t = bm.tanh %s : tensor<?x2xf64, #bm.dims<N, 2>>
        %r = bm.reduce_sum %t, [0] : tensor<?x2xf64, #bm.dims<N, 2>>
        %o = bm.broadcast %r, [1] : tensor<2xf64> to tensor<?x2xf64, #bm.dims<N, 2>>
        %f = bm.cast %i : tensor<i64> to tensor<f64>
        %g = bm.broadcast %f, [] : tensor<f64> to tensor<?x2xf64, #bm.dims<N, 2>>
        %c = bm.mul %o, %g : tensor<?x2xf64, #bm.dims<N, 2>>
        %n = bm.mul %c, %t : tensor<?x2xf64, #bm.dims<N, 2>>
        %k = bm.add %e, %r : tensor<2xf64>
        bm.yield %t, %k, %n, %f : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2xf64>, tensor<?x2xf64, #bm.dims<N, 2>>, tensor<f64>
)";

GradientCase scan(std::string name, std::string length, std::string extent, std::string reverse = "") {
  std::string dims = length == "T" ? ", #bm.dims<T, N, 2>" : ", #bm.dims<" + length + ", N, 2>";
  std::string sequence = "tensor<" + extent + "x?x2xf64" + dims + ">";
  std::string numbers = "tensor<" + extent + "xf64" + (length == "T" ? ", #bm.dims<T>" : "") + ">";
  std::string row = "tensor<?x2xf64, #bm.dims<N, 2>>";
  return {"scan_" + name, "func.func @f(%xs: " + sequence + ", %h0: " + row +
                              ", %e0: tensor<2xf64>, %w: tensor<2x2xf64>) -> (" + row + ", tensor<2xf64>, " + sequence +
                              R"() {
      %y:4 = bm.scan %i in ")" + length + "\" " + reverse + " sequences(%x = %xs : " + sequence + ") carry(%h = %h0 : " +
                              row + ", %e = %e0 : tensor<2xf64>) constants(%v = %w : tensor<2x2xf64>) -> (" + row +
                              ", tensor<2xf64>, " + sequence + ", " + numbers + ") {" + step + R"(
      }
      return %y#0, %y#1, %y#2 : )" + row + ", tensor<2xf64>, " + sequence + "\n}"};
}

// A loop in a loop, whose constants are the outer one's carried value, slice and constant.
const GradientCase loops[] = {
    scan("forwards", "3", "3"),
    scan("backwards", "3", "3", "reverse"),
    scan("symbolic", "T", "?"),
    scan("no_steps", "0", "0"),
    scan("one_step", "1", "1"),
    {"scan_nested", R"(
  func.func @f(%xs: tensor<3x2xf64>, %h0: tensor<2xf64>, %w: tensor<2xf64>) -> (tensor<2xf64>, tensor<3x2x2xf64>) {
    %h, %ys = bm.scan %i in "3" sequences(%x = %xs : tensor<3x2xf64>) carry(%c = %h0 : tensor<2xf64>)
        constants(%v = %w : tensor<2xf64>) -> (tensor<2xf64>, tensor<3x2x2xf64>) {
      %d, %zs = bm.scan %j in "2" reverse carry(%e = %c : tensor<2xf64>)
          constants(%y = %x : tensor<2xf64>, %u = %v : tensor<2xf64>, %b = %c : tensor<2xf64>)
          -> (tensor<2xf64>, tensor<2x2xf64>) {
        %0 = bm.mul %e, %u : tensor<2xf64>
        %1 = bm.sin %0 : tensor<2xf64>
        %2 = bm.mul %1, %y : tensor<2xf64>
        %3 = bm.add %2, %b : tensor<2xf64>
        bm.yield %3, %1 : tensor<2xf64>, tensor<2xf64>
      }
      bm.yield %d, %zs : tensor<2xf64>, tensor<2x2xf64>
    }
    return %h, %ys : tensor<2xf64>, tensor<3x2x2xf64>
  })"},
    // The carried value only passes through; another is only read by itself, and gives nothing to what is returned.
    {"scan_idle", R"(
  func.func @f(%h0: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
    %h, %k = bm.scan %i in "3" carry(%c = %h0 : tensor<2xf64>, %d = %w : tensor<2xf64>) -> (tensor<2xf64>, tensor<2xf64>) {
      %0 = bm.exp %d : tensor<2xf64>
      bm.yield %c, %0 : tensor<2xf64>, tensor<2xf64>
    }
    return %h : tensor<2xf64>
  })"},
    {"scan_stopped", R"(
  func.func @f(%h0: tensor<2xf64>, %w: tensor<2xf64>) -> tensor<2xf64> {
    %z = bm.scan %i in "3" carry(%c = %h0 : tensor<2xf64>) constants(%v = %w : tensor<2xf64>) -> (tensor<2xf64>) {
      %0 = bm.mul %c, %v : tensor<2xf64>
      %1 = bm.sign %0 : tensor<2xf64>
      %2 = bm.stop_gradient %1 : tensor<2xf64>
      %3 = bm.mul %2, %c : tensor<2xf64>
      bm.yield %3 : tensor<2xf64>
    }
    return %z : tensor<2xf64>
  })"},
    {"checkpoint", R"(
  func.func @f(%x: tensor<?x2xf64, #bm.dims<N, 2>>, %w: tensor<2x2xf64>) -> (tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2xf64>) {
    %y:2 = bm.checkpoint (%a = %x : tensor<?x2xf64, #bm.dims<N, 2>>, %b = %w : tensor<2x2xf64>)
        -> (tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2xf64>) {
      %0 = bm.matmul %a, %b : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2x2xf64>
      %1 = bm.sin %0 : tensor<?x2xf64, #bm.dims<N, 2>>
      %2 = bm.mul %1, %a : tensor<?x2xf64, #bm.dims<N, 2>>
      %3 = bm.reduce_sum %2, [0] : tensor<?x2xf64, #bm.dims<N, 2>>
      bm.yield %2, %3 : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2xf64>
    }
    return %y#0, %y#1 : tensor<?x2xf64, #bm.dims<N, 2>>, tensor<2xf64>
  })"},
    {"checkpoint_in_scan", R"(
  func.func @f(%xs: tensor<3x2xf64>, %h0: tensor<2xf64>, %w: tensor<2xf64>) -> (tensor<2xf64>, tensor<3x2xf64>) {
    %h, %ys = bm.scan %i in "3" sequences(%x = %xs : tensor<3x2xf64>) carry(%c = %h0 : tensor<2xf64>)
        constants(%v = %w : tensor<2xf64>) -> (tensor<2xf64>, tensor<3x2xf64>) {
      %y = bm.checkpoint (%a = %c : tensor<2xf64>, %b = %x : tensor<2xf64>, %d = %v : tensor<2xf64>) -> (tensor<2xf64>) {
        %0 = bm.mul %a, %d : tensor<2xf64>
        %1 = bm.sin %0 : tensor<2xf64>
        %2 = bm.mul %1, %b : tensor<2xf64>
        bm.yield %2 : tensor<2xf64>
      }
      bm.yield %y, %y : tensor<2xf64>, tensor<2xf64>
    }
    return %h, %ys : tensor<2xf64>, tensor<3x2xf64>
  })"},
};

std::string nameOf(const ::testing::TestParamInfo<GradientCase> &info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Elementwise, Gradient, ::testing::ValuesIn(elementwise), nameOf);
INSTANTIATE_TEST_SUITE_P(Shape, Gradient, ::testing::ValuesIn(shapes), nameOf);
INSTANTIATE_TEST_SUITE_P(Index, Gradient, ::testing::ValuesIn(indices), nameOf);
INSTANTIATE_TEST_SUITE_P(ReduceAndMatmul, Gradient, ::testing::ValuesIn(sums), nameOf);
INSTANTIATE_TEST_SUITE_P(Whole, Gradient, ::testing::ValuesIn(whole), nameOf);
INSTANTIATE_TEST_SUITE_P(Loops, Gradient, ::testing::ValuesIn(loops), nameOf);

} // namespace
