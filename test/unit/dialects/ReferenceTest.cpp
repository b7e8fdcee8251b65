// The reference evaluation of every op against values worked out by hand, and the interpreter around it.
#include "Evaluate.h"
#include "dialects/reference/Philox.h"

#include <cmath>

using namespace mlir;
using namespace bmc::bm;
using namespace bmc::bm::test;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
using Tensor = ReferenceTensor<double>;

class Reference : public ::testing::Test {
protected:
  FailureOr<SmallVector<Tensor>> run(std::string text, ArrayRef<Tensor> arguments) {
    module = parseSourceString<ModuleOp>(text, context.get());
    EXPECT_TRUE(module) << text;
    if (!module)
      return failure();
    return evaluateFunction<double>(*module->getOps<func::FuncOp>().begin(), arguments);
  }

  // The result of `op`, whose operands are %a, %b, %c of these types.
  Tensor op(std::string op, std::vector<std::string> types, std::string resultType, ArrayRef<Tensor> arguments) {
    std::string signature;
    for (size_t i = 0; i < types.size(); ++i)
      signature += std::string(i ? ", " : "") + "%" + char('a' + i) + ": " + types[i];
    auto results = run("func.func @f(" + signature + ") -> " + resultType + " { %y = " + op + " return %y : " +
                           resultType + " }",
                       arguments);
    EXPECT_TRUE(succeeded(results)) << op;
    return succeeded(results) ? (*results)[0] : Tensor();
  }

  std::vector<double> unary(std::string name, std::vector<double> x) {
    std::string type = "tensor<" + std::to_string(x.size()) + "xf64>";
    return op("bm." + name + " %a : " + type, {type}, type, {reals({int64_t(x.size())}, x)}).reals;
  }
  std::vector<double> binary(std::string name, std::vector<double> x, std::vector<double> y) {
    std::string type = "tensor<" + std::to_string(x.size()) + "xf64>";
    int64_t size = x.size();
    return op("bm." + name + " %a, %b : " + type, {type, type}, type, {reals({size}, x), reals({size}, y)}).reals;
  }
  std::vector<int64_t> binaryInteger(std::string name, std::vector<int64_t> x, std::vector<int64_t> y) {
    std::string type = "tensor<" + std::to_string(x.size()) + "xi32>";
    int64_t size = x.size();
    return op("bm." + name + " %a, %b : " + type, {type, type}, type, {integers({size}, x), integers({size}, y)})
        .integers;
  }
  std::vector<int64_t> compare(std::string predicate, std::vector<double> x, std::vector<double> y) {
    int64_t size = x.size();
    std::string extent = "tensor<" + std::to_string(size) + "x";
    return op("bm.compare " + predicate + " %a, %b : " + extent + "f64>", {extent + "f64>", extent + "f64>"},
              extent + "i1>", {reals({size}, x), reals({size}, y)})
        .integers;
  }

  std::unique_ptr<MLIRContext> context = makeContext();
  OwningOpRef<ModuleOp> module;
};

// Equal, NaN with NaN, and 0 is not -0.
void expectSame(const std::vector<double> &actual, const std::vector<double> &expected, double tolerance = 0) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    if (std::isnan(expected[i]) || std::isinf(expected[i]) || expected[i] == 0) {
      EXPECT_EQ(std::isnan(actual[i]), std::isnan(expected[i])) << i;
      EXPECT_TRUE(std::isnan(expected[i]) || actual[i] == expected[i]) << i << ": " << actual[i];
      EXPECT_TRUE(std::isnan(expected[i]) || std::signbit(actual[i]) == std::signbit(expected[i])) << i;
    } else {
      EXPECT_NEAR(actual[i], expected[i], tolerance * std::abs(expected[i])) << i;
    }
  }
}

TEST_F(Reference, Unary) {
  expectSame(unary("neg", {0.0, -0.0, 2, nan}), {-0.0, 0.0, -2, nan});
  expectSame(unary("abs", {-0.0, -3, infinity, nan}), {0.0, 3, infinity, nan});
  expectSame(unary("sign", {-0.0, 0.0, -3, 5, nan, -infinity}), {0.0, 0.0, -1, 1, nan, -1});
  expectSame(unary("exp", {0, 1, -infinity, infinity, nan}), {1, M_E, 0.0, infinity, nan}, 1e-15);
  expectSame(unary("log", {1, M_E, 0, -1, infinity}), {0.0, 1, -infinity, nan, infinity}, 1e-15);
  expectSame(unary("log1p", {0.0, 1e-20, -1, -2}), {0.0, 1e-20, -infinity, nan}, 1e-15);
  expectSame(unary("sqrt", {4, 0.0, -1, infinity}), {2, 0.0, nan, infinity});
  expectSame(unary("rsqrt", {4, 0.0, -1, infinity}), {0.5, infinity, nan, 0.0});
  expectSame(unary("sin", {0.0, M_PI / 6, infinity}), {0.0, 0.5, nan}, 1e-15);
  expectSame(unary("cos", {0.0, M_PI / 3, infinity}), {1, 0.5, nan}, 1e-15);
  expectSame(unary("tanh", {-0.0, std::log(2.0), infinity}), {-0.0, 0.6, 1}, 1e-15);
  expectSame(unary("sigmoid", {0, std::log(3.0), infinity, -infinity, nan}), {0.5, 0.75, 1, 0.0, nan}, 1e-15);
  expectSame(unary("floor", {1.5, -1.5, -0.0, 3}), {1, -2, -0.0, 3});
  expectSame(unary("ceil", {1.5, -1.5, -0.5, 3}), {2, -1, -0.0, 3});
  expectSame(unary("round", {0.5, 1.5, 2.5, -0.5, -1.5, 2.4}), {0.0, 2, 2, -0.0, -2, 2});
  expectSame(unary("stop_gradient", {-0.0, nan, 3}), {-0.0, nan, 3});
}

TEST_F(Reference, Binary) {
  expectSame(binary("add", {1, -0.0, infinity}, {2, -0.0, -infinity}), {3, -0.0, nan});
  expectSame(binary("sub", {1, -0.0}, {2, 0.0}), {-1, -0.0});
  expectSame(binary("mul", {3, -0.0, 0}, {2, 5, infinity}), {6, -0.0, nan});
  expectSame(binary("div", {3, 1, -1, 0}, {2, 0.0, 0.0, 0.0}), {1.5, infinity, -infinity, nan});
  expectSame(binary("rem", {7, -7, 7, -7, 1}, {3, 3, -3, -3, 0}), {1, 2, -2, -1, nan});
  expectSame(binary("max", {1, nan, 2, -infinity}, {2, 1, nan, 0}), {2, nan, nan, 0.0});
  expectSame(binary("min", {1, nan, 2, -infinity}, {2, 1, nan, 0}), {1, nan, nan, -infinity});
  expectSame(binary("pow", {2, -2, 0, 4, -8}, {10, 3, 0, 0.5, 0.5}), {1024, -8, 1, 2, nan});
}

TEST_F(Reference, Integers) {
  constexpr int64_t highest = INT32_MAX, lowest = INT32_MIN;
  EXPECT_EQ(binaryInteger("add", {highest, 2}, {1, 3}), (std::vector<int64_t>{lowest, 5}));
  EXPECT_EQ(binaryInteger("sub", {lowest, 2}, {1, 3}), (std::vector<int64_t>{highest, -1}));
  EXPECT_EQ(binaryInteger("mul", {65536, -7}, {65536, 3}), (std::vector<int64_t>{0, -21}));
  EXPECT_EQ(binaryInteger("div", {7, -7, 5, lowest}, {2, 2, 0, -1}), (std::vector<int64_t>{3, -3, 0, lowest}));
  EXPECT_EQ(binaryInteger("rem", {7, -7, 7, -7, 5}, {3, 3, -3, -3, 0}), (std::vector<int64_t>{1, 2, -2, -1, 0}));
  EXPECT_EQ(binaryInteger("max", {3, -2}, {-5, 4}), (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(binaryInteger("min", {3, -2}, {-5, 4}), (std::vector<int64_t>{-5, -2}));
  EXPECT_EQ(binaryInteger("pow", {3, 2, -1, 5}, {4, 31, -3, -1}), (std::vector<int64_t>{81, lowest, -1, 0}));
}

TEST_F(Reference, Conditions) {
  std::vector<double> x = {1, 2, 3, nan}, y = {2, 2, 2, nan};
  EXPECT_EQ(compare("eq", x, y), (std::vector<int64_t>{0, 1, 0, 0}));
  EXPECT_EQ(compare("ne", x, y), (std::vector<int64_t>{1, 0, 1, 1}));
  EXPECT_EQ(compare("lt", x, y), (std::vector<int64_t>{1, 0, 0, 0}));
  EXPECT_EQ(compare("le", x, y), (std::vector<int64_t>{1, 1, 0, 0}));
  EXPECT_EQ(compare("gt", x, y), (std::vector<int64_t>{0, 0, 1, 0}));
  EXPECT_EQ(compare("ge", x, y), (std::vector<int64_t>{0, 1, 1, 0}));

  std::string bools = "tensor<4xi1>";
  Tensor a = integers({4}, {0, 0, 1, 1}), b = integers({4}, {0, 1, 0, 1});
  EXPECT_EQ(op("bm.and %a, %b : " + bools, {bools, bools}, bools, {a, b}).integers, (std::vector<int64_t>{0, 0, 0, 1}));
  EXPECT_EQ(op("bm.or %a, %b : " + bools, {bools, bools}, bools, {a, b}).integers, (std::vector<int64_t>{0, 1, 1, 1}));
  EXPECT_EQ(op("bm.not %a : " + bools, {bools}, bools, {a}).integers, (std::vector<int64_t>{1, 1, 0, 0}));
  std::string numbers = "tensor<3xf64>";
  expectSame(op("bm.select %a, %b, %c : tensor<3xi1>, " + numbers, {"tensor<3xi1>", numbers, numbers}, numbers,
                {integers({3}, {1, 0, 1}), reals({3}, {1, 2, -0.0}), reals({3}, {4, nan, 6})})
                 .reals,
             {1, nan, -0.0});
}

TEST_F(Reference, Casts) {
  auto cast = [&](std::string from, std::string to, Tensor x) {
    std::string extent = "tensor<" + std::to_string(x.size()) + "x";
    from = extent + from + ">", to = extent + to + ">";
    return op("bm.cast %a : " + from + " to " + to, {from}, to, {x});
  };
  EXPECT_EQ(cast("f64", "i32", reals({6}, {1.9, -1.9, nan, 1e20, -infinity, 2147483647.0})).integers,
            (std::vector<int64_t>{1, -1, 0, INT32_MAX, INT32_MIN, INT32_MAX}));
  EXPECT_EQ(cast("f64", "i64", reals({2}, {infinity, -1e30})).integers, (std::vector<int64_t>{INT64_MAX, INT64_MIN}));
  EXPECT_EQ(cast("f64", "i1", reals({4}, {0.0, -0.0, 0.25, nan})).integers, (std::vector<int64_t>{0, 0, 1, 1}));
  EXPECT_EQ(cast("i64", "i32", integers({2}, {int64_t(1) << 32 | 5, 1u << 31})).integers,
            (std::vector<int64_t>{5, INT32_MIN}));
  expectSame(cast("i1", "f64", integers({2}, {0, 1})).reals, {0.0, 1});
}

TEST_F(Reference, Shapes) {
  Tensor x = reals({2, 3}, {1, 2, 3, 4, 5, 6});
  std::string type = "tensor<2x3xf64>";
  expectSame(op("bm.broadcast %a, [2] : tensor<2xf64> to tensor<2x1x2xf64>", {"tensor<2xf64>"}, "tensor<2x1x2xf64>",
                {reals({2}, {1, 2})})
                 .reals,
             {1, 2, 1, 2});
  expectSame(op("bm.broadcast %a, [0, 1] : tensor<2x1xf64> to tensor<2x3xf64>", {"tensor<2x1xf64>"}, type,
                {reals({2, 1}, {1, 2})})
                 .reals,
             {1, 1, 1, 2, 2, 2});
  Tensor reshaped = op("bm.reshape %a : tensor<2x3xf64> to tensor<3x2xf64>", {type}, "tensor<3x2xf64>", {x});
  expectSame(reshaped.reals, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(reshaped.shape, (SmallVector<int64_t>{3, 2}));
  expectSame(op("bm.transpose %a, [1, 0] : tensor<2x3xf64>", {type}, "tensor<3x2xf64>", {x}).reals, {1, 4, 2, 5, 3, 6});
  expectSame(op("bm.transpose %a, [2, 0, 1] : tensor<1x2x3xf64>", {"tensor<1x2x3xf64>"}, "tensor<3x1x2xf64>",
                {reals({1, 2, 3}, {1, 2, 3, 4, 5, 6})})
                 .reals,
             {1, 4, 2, 5, 3, 6});
  expectSame(op("bm.slice %a [1, 0] step [1, 2] : tensor<2x3xf64> to tensor<1x2xf64>", {type}, "tensor<1x2xf64>", {x})
                 .reals,
             {4, 6});
  expectSame(op("bm.pad %a, %b [1, 0] step [1, 2] : tensor<1x2xf64>, tensor<f64> to tensor<2x4xf64>",
                {"tensor<1x2xf64>", "tensor<f64>"}, "tensor<2x4xf64>", {reals({1, 2}, {1, 2}), reals({}, {9})})
                 .reals,
             {9, 9, 9, 9, 1, 9, 2, 9});
  expectSame(op("bm.concatenate %a, %b axis 1 : tensor<2x1xf64>, tensor<2x2xf64>",
                {"tensor<2x1xf64>", "tensor<2x2xf64>"}, type, {reals({2, 1}, {1, 2}), reals({2, 2}, {3, 4, 5, 6})})
                 .reals,
             {1, 3, 4, 2, 5, 6});
}

TEST_F(Reference, Indices) {
  expectSame(op("bm.iota axis 1 : tensor<2x3xf64>", {}, "tensor<2x3xf64>", {}).reals, {0.0, 1, 2, 0.0, 1, 2});
  EXPECT_EQ(op("bm.iota axis 0 : tensor<2x3xi32>", {}, "tensor<2x3xi32>", {}).integers,
            (std::vector<int64_t>{0, 0, 0, 1, 1, 1}));
  expectSame(op("bm.one_hot %a : tensor<3xi32> to tensor<3x2xf64>", {"tensor<3xi32>"}, "tensor<3x2xf64>",
                {integers({3}, {1, -1, 2})})
                 .reals,
             {0.0, 1, 0.0, 0.0, 0.0, 0.0});
  // Indices 7 and -1 are clamped to 2 and 0.
  Tensor indices = integers({3}, {7, -1, 1});
  expectSame(op("bm.gather %a at %b axis 1 : tensor<2x3xf64>, tensor<3xi64>", {"tensor<2x3xf64>", "tensor<3xi64>"},
                "tensor<2x3xf64>", {reals({2, 3}, {1, 2, 3, 4, 5, 6}), indices})
                 .reals,
             {3, 1, 2, 6, 4, 5});
  expectSame(op("bm.gather %a at %b axis 0 : tensor<2x2xf64>, tensor<1x3xi64>", {"tensor<2x2xf64>", "tensor<1x3xi64>"},
                "tensor<1x3x2xf64>", {reals({2, 2}, {1, 2, 3, 4}), integers({1, 3}, {1, 0, 1})})
                 .reals,
             {3, 4, 1, 2, 3, 4});
  expectSame(op("bm.scatter_add %a at %b axis 0 : tensor<3xf64>, tensor<3xi64> to tensor<4xf64>",
                {"tensor<3xf64>", "tensor<3xi64>"}, "tensor<4xf64>", {reals({3}, {1, 2, 4}), integers({3}, {9, 1, 3})})
                 .reals,
             {0.0, 2, 0.0, 5});
}

TEST_F(Reference, Reductions) {
  Tensor x = reals({2, 3}, {1, 5, 3, 4, -2, 6});
  std::string type = "tensor<2x3xf64>";
  expectSame(op("bm.reduce_sum %a, [0] : " + type, {type}, "tensor<3xf64>", {x}).reals, {5, 3, 9});
  expectSame(op("bm.reduce_sum %a, [1] : " + type, {type}, "tensor<2xf64>", {x}).reals, {9, 8});
  expectSame(op("bm.reduce_sum %a, [0, 1] : " + type, {type}, "tensor<f64>", {x}).reals, {17});
  expectSame(op("bm.reduce_max %a, [1] : " + type, {type}, "tensor<2xf64>", {x}).reals, {5, 6});
  expectSame(op("bm.reduce_max %a, [0] : tensor<2x2xf64>", {"tensor<2x2xf64>"}, "tensor<2xf64>",
                {reals({2, 2}, {1, nan, nan, 3})})
                 .reals,
             {nan, nan});
  EXPECT_EQ(op("bm.argmax %a axis 1 : tensor<4x3xf64>", {"tensor<4x3xf64>"}, "tensor<4xi32>",
               {reals({4, 3}, {1, 7, 7, -1, -5, -3, 2, nan, nan, nan, 5, 1})})
                .integers,
            (std::vector<int64_t>{1, 0, 1, 0}));
  EXPECT_EQ(op("bm.argmax %a axis 0 : " + type, {type}, "tensor<3xi32>", {x}).integers,
            (std::vector<int64_t>{1, 0, 1}));
  EXPECT_EQ(op("bm.reduce_sum %a, [0] : tensor<2xi32>", {"tensor<2xi32>"}, "tensor<i32>",
               {integers({2}, {INT32_MAX, 1})})
                .integers,
            (std::vector<int64_t>{INT32_MIN}));
}

TEST_F(Reference, ReductionsOfNothing) {
  std::string none = "tensor<0x2xf64>";
  expectSame(op("bm.reduce_sum %a, [0] : " + none, {none}, "tensor<2xf64>", {reals({0, 2}, {})}).reals, {0.0, 0.0});
  expectSame(op("bm.reduce_max %a, [0] : " + none, {none}, "tensor<2xf64>", {reals({0, 2}, {})}).reals,
             {-infinity, -infinity});
  EXPECT_EQ(op("bm.reduce_max %a, [0] : tensor<0xi32>", {"tensor<0xi32>"}, "tensor<i32>", {integers({0}, {})}).integers,
            (std::vector<int64_t>{INT32_MIN}));
}

// The same product in all four layouts: [[1, 2, 3], [4, 5, 6]] times [[1, 2], [3, 4], [5, 6]].
TEST_F(Reference, Matmul) {
  Tensor a = reals({2, 3}, {1, 2, 3, 4, 5, 6}), aTransposed = reals({3, 2}, {1, 4, 2, 5, 3, 6});
  Tensor b = reals({3, 2}, {1, 2, 3, 4, 5, 6}), bTransposed = reals({2, 3}, {1, 3, 5, 2, 4, 6});
  std::string wide = "tensor<2x3xf64>", high = "tensor<3x2xf64>", result = "tensor<2x2xf64>";
  std::vector<double> expected = {22, 28, 49, 64};
  expectSame(op("bm.matmul %a, %b : " + wide + ", " + high, {wide, high}, result, {a, b}).reals, expected);
  expectSame(op("bm.matmul %a transposed, %b : " + high + ", " + high, {high, high}, result, {aTransposed, b}).reals,
             expected);
  expectSame(op("bm.matmul %a, %b transposed : " + wide + ", " + wide, {wide, wide}, result, {a, bTransposed}).reals,
             expected);
  expectSame(op("bm.matmul %a transposed, %b transposed : " + high + ", " + wide, {high, wide}, result,
                {aTransposed, bTransposed})
                 .reals,
             expected);
  expectSame(op("bm.matmul %a, %b : tensor<2x1x2xf64>, tensor<2x2x1xf64>", {"tensor<2x1x2xf64>", "tensor<2x2x1xf64>"},
                "tensor<2x1x1xf64>", {reals({2, 1, 2}, {1, 2, 3, 4}), reals({2, 2, 1}, {5, 6, 7, 8})})
                 .reals,
             {17, 53});
}

TEST_F(Reference, Random) {
  Tensor key = integers({2}, {-1, 9});
  PhiloxKey words = {0xffffffff, 9};
  Tensor bits = op("bm.random_bits %a : tensor<7xi32>", {"tensor<2xi32>"}, "tensor<7xi32>", {key});
  Tensor wide = op("bm.random_bits %a : tensor<7xi64>", {"tensor<2xi32>"}, "tensor<7xi64>", {key});
  Tensor uniform = op("bm.random_uniform %a : tensor<7xf64>", {"tensor<2xi32>"}, "tensor<7xf64>", {key});
  for (int64_t i = 0; i < 7; ++i) {
    EXPECT_EQ(bits.integers[i], int32_t(randomBits(words, i)));
    EXPECT_EQ(wide.integers[i], int64_t(randomBits(words, i)));
    EXPECT_EQ(uniform.reals[i], double(randomBits(words, i) >> 8) / 16777216);
  }
  Tensor folded = op("bm.fold_in %a, %b : tensor<i64>", {"tensor<2xi32>", "tensor<i64>"}, "tensor<2xi32>",
                     {key, integers({}, {(int64_t(1) << 32) + 5})});
  EXPECT_EQ(folded.integers[0], int32_t(foldIn(words, 5)[0]));
  EXPECT_EQ(folded.integers[1], int32_t(foldIn(words, 5)[1]));
}

TEST_F(Reference, ConstantsAndSizes) {
  expectSame(op("bm.constant dense<[0.5, -0.0]> : tensor<2xf64>", {}, "tensor<2xf64>", {}).reals, {0.5, -0.0});
  EXPECT_EQ(op("bm.constant dense<[-3, 4]> : tensor<2xi64>", {}, "tensor<2xi64>", {}).integers,
            (std::vector<int64_t>{-3, 4}));
  EXPECT_EQ(op("bm.constant dense<[true, false]> : tensor<2xi1>", {}, "tensor<2xi1>", {}).integers,
            (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(op("bm.size \"2*N+1\" : tensor<i64>", {"tensor<?xf64, #bm.dims<N>>"}, "tensor<i64>", {reals({3}, {1, 2, 3})})
                .integers,
            (std::vector<int64_t>{7}));
}

// Functions -----------------------------------------------------------------------------------------------------------

TEST_F(Reference, KernelsAndCalls) {
  auto results = run(R"(
    func.func @f(%x: tensor<?xf64, #bm.dims<N>>) -> tensor<f64> {
      %y = call @g(%x) : (tensor<?xf64, #bm.dims<N>>) -> tensor<f64>
      return %y : tensor<f64>
    }
    func.func @g(%x: tensor<?xf64, #bm.dims<N>>) -> tensor<f64> {
      %y = bm.kernel (%a = %x : tensor<?xf64, #bm.dims<N>>) -> (tensor<f64>) {
        %s = bm.reduce_sum %a, [0] : tensor<?xf64, #bm.dims<N>>
        %m = bm.size "N" : tensor<f64>
        %mean = bm.div %s, %m : tensor<f64>
        bm.yield %mean : tensor<f64>
      }
      return %y : tensor<f64>
    })",
                     {reals({4}, {1, 2, 3, 6})});
  ASSERT_TRUE(succeeded(results));
  expectSame((*results)[0].reals, {3});
}

// The index, a slice, the carried value and a constant in each step; outputs are stored at their index.
TEST_F(Reference, Scans) {
  auto scan = [&](std::string reverse) {
    auto results = run(
        R"(
      func.func @f(%xs: tensor<?x2xf64, #bm.dims<T, 2>>, %h0: tensor<2xf64>, %w: tensor<2xf64>)
          -> (tensor<2xf64>, tensor<?x2xf64, #bm.dims<T, 2>>, tensor<?xi64, #bm.dims<T>>) {
        %r:3 = bm.scan %i in "T" )" +
            reverse + R"( sequences(%x = %xs : tensor<?x2xf64, #bm.dims<T, 2>>)
            carry(%h = %h0 : tensor<2xf64>) constants(%c = %w : tensor<2xf64>)
            -> (tensor<2xf64>, tensor<?x2xf64, #bm.dims<T, 2>>, tensor<?xi64, #bm.dims<T>>) {
          %p = bm.mul %h, %c : tensor<2xf64>
          %s = bm.add %p, %x : tensor<2xf64>
          bm.yield %s, %h, %i : tensor<2xf64>, tensor<2xf64>, tensor<i64>
        }
        return %r#0, %r#1, %r#2 : tensor<2xf64>, tensor<?x2xf64, #bm.dims<T, 2>>, tensor<?xi64, #bm.dims<T>>
      })",
        {reals({3, 2}, {1, 2, 3, 4, 5, 6}), reals({2}, {10, 20}), reals({2}, {2, -1})});
    EXPECT_TRUE(succeeded(results));
    return *results;
  };
  auto forwards = scan("");
  expectSame(forwards[0].reals, {95, -16}); // 2 (2 (2 10 + 1) + 3) + 5, ...
  expectSame(forwards[1].reals, {10, 20, 21, -18, 45, 22});
  EXPECT_EQ(forwards[2].integers, (std::vector<int64_t>{0, 1, 2}));
  auto backwards = scan("reverse");
  expectSame(backwards[0].reals, {107, -16}); // 2 (2 (2 10 + 5) + 3) + 1, ...
  expectSame(backwards[1].reals, {53, 18, 25, -14, 10, 20});
  EXPECT_EQ(backwards[2].integers, (std::vector<int64_t>{0, 1, 2}));
}

TEST_F(Reference, ScansOfNoSteps) {
  auto results = run(R"(
    func.func @f(%xs: tensor<?xf64, #bm.dims<T>>, %h0: tensor<f64>) -> (tensor<f64>, tensor<?xf64, #bm.dims<T>>) {
      %r:2 = bm.scan %i in "T" sequences(%x = %xs : tensor<?xf64, #bm.dims<T>>) carry(%h = %h0 : tensor<f64>)
          -> (tensor<f64>, tensor<?xf64, #bm.dims<T>>) {
        bm.yield %x, %x : tensor<f64>, tensor<f64>
      }
      return %r#0, %r#1 : tensor<f64>, tensor<?xf64, #bm.dims<T>>
    })",
                     {reals({0}, {}), reals({}, {7})});
  ASSERT_TRUE(succeeded(results));
  expectSame((*results)[0].reals, {7});
  EXPECT_EQ((*results)[1].shape, (SmallVector<int64_t>{0}));
}

TEST_F(Reference, ScansNeedALength) {
  std::string error;
  ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &diagnostic) {
    error = diagnostic.str();
    return success();
  });
  EXPECT_TRUE(failed(run("func.func @f() { bm.scan %i in \"T\" -> () { bm.yield } return }", {})));
  EXPECT_EQ(error, "T steps cannot be run here");
}

TEST_F(Reference, SymbolsMustAgree) {
  std::vector<std::string> errors;
  ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &diagnostic) {
    errors.push_back(diagnostic.str());
    return success();
  });
  std::string text = "func.func @f(%x: tensor<?xf64, #bm.dims<N>>, %y: tensor<?xf64, #bm.dims<\"2*N\">>) { return }";
  EXPECT_TRUE(succeeded(run(text, {reals({1}, {1}), reals({2}, {1, 2})})));
  EXPECT_TRUE(failed(run(text, {reals({1}, {1}), reals({3}, {1, 2, 3})})));
  EXPECT_TRUE(failed(run(text, {reals({1}, {1})})));
  EXPECT_TRUE(failed(run(text, {integers({1}, {1}), reals({2}, {1, 2})})));
  EXPECT_EQ(errors, (std::vector<std::string>{"argument 1 is f64[2*N], got the shape [3]", "takes 2 arguments, got 1",
                                              "argument 0 is f64[N], got the shape [1]"}));
}

TEST_F(Reference, SizesWithoutAValueAreErrors) {
  std::string error;
  ScopedDiagnosticHandler handler(context.get(), [&](Diagnostic &diagnostic) {
    error = diagnostic.str();
    return success();
  });
  EXPECT_TRUE(failed(run("func.func @f() { %y = bm.iota axis 0 : tensor<?xf64, #bm.dims<N>> return }", {})));
  EXPECT_EQ(error, "dimension N of f64[N] has no size here");
  EXPECT_TRUE(failed(run("func.func @f() { %y = bm.size \"2*N\" : tensor<i64> return }", {})));
  EXPECT_EQ(error, "2*N has no value here");
}

} // namespace
