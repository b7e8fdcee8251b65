// Initial values: their bounds, moments and structure, for a fixed key. Bounds on moments are five standard errors.
#include "Golden.h"

#include <algorithm>
#include <numeric>

using namespace golden;

namespace {

/// The initial value of a parameter of this type.
Tensor<double> initial(const std::string &type, const std::string &value) {
  Model model("network M {\n  param w: " + type + " = " + value +
              "\n  forward(x: f32[N, 1]) { return x + sum(w) }\n}\n");
  Tensor<double> key({2}, false);
  key.integers = {1, 2};
  auto function = model.function("init");
  EXPECT_TRUE(function);
  if (!function)
    return Tensor<double>({}, true);
  std::vector<Tensor<double>> arguments(function.getNumArguments(), key); // one, or none for a constant
  auto results = bmc::bm::evaluateFunction<double>(function, arguments);
  EXPECT_TRUE(mlir::succeeded(results));
  return (*results)[0];
}

struct Moments {
  double mean, deviation, low, high;
};

Moments momentsOf(const Tensor<double> &tensor) {
  const auto &x = tensor.reals;
  double mean = std::accumulate(x.begin(), x.end(), 0.0) / x.size(), squares = 0;
  for (double value : x)
    squares += (value - mean) * (value - mean);
  auto [low, high] = std::minmax_element(x.begin(), x.end());
  return {mean, std::sqrt(squares / x.size()), *low, *high};
}

void expectMoments(const std::string &value, const std::string &type, double mean, double deviation) {
  SCOPED_TRACE(value);
  Tensor<double> tensor = initial(type, value);
  Moments found = momentsOf(tensor);
  double error = 5 * deviation / std::sqrt(double(tensor.size()));
  EXPECT_NEAR(found.mean, mean, error);
  EXPECT_NEAR(found.deviation, deviation, error);
}

void expectUniform(const std::string &value, const std::string &type, double low, double high) {
  expectMoments(value, type, (low + high) / 2, (high - low) / std::sqrt(12));
  Moments found = momentsOf(initial(type, value));
  EXPECT_GE(found.low, low - 1e-7) << value;
  EXPECT_LE(found.high, high + 1e-7) << value;
}

const char matrix[] = "f32[40, 60]"; // 40 outputs, 60 inputs

TEST(Initialisers, Uniform) {
  expectUniform("uniform", matrix, 0, 1);
  expectUniform("uniform(-2, 3)", matrix, -2, 3);
}

TEST(Initialisers, Normal) {
  expectMoments("normal", matrix, 0, 1);
  expectMoments("normal(mean = 3, deviation = 0.5)", matrix, 3, 0.5);
  Moments found = momentsOf(initial(matrix, "normal"));
  EXPECT_LT(found.low, -2.5); // the tails are there
  EXPECT_GT(found.high, 2.5);
}

TEST(Initialisers, XavierHasTheVarianceOfBothSides) {
  double limit = std::sqrt(6.0 / 100);
  expectUniform("xavier_uniform", matrix, -limit, limit);
  expectUniform("xavier_uniform(gain = 2)", matrix, -2 * limit, 2 * limit);
  expectMoments("xavier_normal", matrix, 0, std::sqrt(2.0 / 100));
  expectMoments("xavier_normal(gain = gain_of(\"tanh\"))", matrix, 0, 5 / 3.0 * std::sqrt(2.0 / 100));
}

TEST(Initialisers, KaimingHasTheVarianceOfOneSide) {
  double limit = std::sqrt(6.0 / 60);
  expectUniform("kaiming_uniform", matrix, -limit, limit);
  expectUniform("kaiming_uniform(mode = \"fan_out\")", matrix, -std::sqrt(6.0 / 40), std::sqrt(6.0 / 40));
  expectUniform("kaiming_uniform(slope = sqrt(5))", matrix, -1 / std::sqrt(60.0), 1 / std::sqrt(60.0)); // Linear's
  expectMoments("kaiming_normal(nonlinearity = \"relu\")", matrix, 0, std::sqrt(2.0 / 60));
  expectMoments("kaiming_normal(nonlinearity = \"selu\")", matrix, 0, 0.75 / std::sqrt(60.0));
  expectMoments("kaiming_normal(nonlinearity = \"linear\", mode = \"fan_out\")", matrix, 0, std::sqrt(1.0 / 40));
  // A convolution's inputs are its channels at all places of its window.
  expectMoments("kaiming_normal(nonlinearity = \"linear\")", "f32[10, 4, 3, 5]", 0, std::sqrt(1.0 / 60));
}

TEST(Initialisers, TruncatedNormal) {
  // The deviation of a normal distribution cut at twice its deviation is 0.8796 of it.
  expectMoments("trunc_normal", matrix, 0, 0.8796);
  Moments found = momentsOf(initial(matrix, "trunc_normal(mean = 1, deviation = 0.5, low = 0.5, high = 1.75)"));
  EXPECT_GE(found.low, 0.5);
  EXPECT_LE(found.high, 1.75);
  EXPECT_LT(found.low, 0.51);
  EXPECT_GT(found.high, 1.74);
  EXPECT_NEAR(found.mean, 1 + 0.5 * 0.1452, 0.03); // 0.1452 = (phi(-1) - phi(1.5)) / (Phi(1.5) - Phi(-1))
}

TEST(Initialisers, ConstantsAndEye) {
  EXPECT_EQ(initial("f32[2, 2]", "ones").reals, std::vector<double>(4, 1));
  EXPECT_EQ(initial("f32[2, 2]", "zeros").reals, std::vector<double>(4, 0));
  EXPECT_EQ(initial("f32[2, 2]", "0.5").reals, std::vector<double>(4, 0.5));
  EXPECT_EQ(initial("f32[2, 3]", "eye").reals, (std::vector<double>{1, 0, 0, 0, 1, 0}));
}

/// The product of the rows, or of the columns where `ofColumns`, with one another.
double distanceFromIdentity(const Tensor<double> &x, int64_t rows, int64_t columns, double square, bool ofColumns) {
  int64_t n = ofColumns ? columns : rows, length = ofColumns ? rows : columns;
  double worst = 0;
  for (int64_t i = 0; i < n; ++i)
    for (int64_t j = 0; j < n; ++j) {
      double dot = 0;
      for (int64_t k = 0; k < length; ++k)
        dot += ofColumns ? x.reals[k * columns + i] * x.reals[k * columns + j]
                         : x.reals[i * columns + k] * x.reals[j * columns + k];
      worst = std::max(worst, std::abs(dot - (i == j ? square : 0)));
    }
  return worst;
}

TEST(Initialisers, OrthogonalRowsOrColumns) {
  EXPECT_LT(distanceFromIdentity(initial("f32[20, 20]", "orthogonal"), 20, 20, 1, true), 1e-9);
  EXPECT_LT(distanceFromIdentity(initial("f32[30, 8]", "orthogonal"), 30, 8, 1, true), 1e-9);
  EXPECT_LT(distanceFromIdentity(initial("f32[8, 30]", "orthogonal(gain = 2)"), 8, 30, 4, false), 1e-9);
  EXPECT_LT(distanceFromIdentity(initial("f32[6, 2, 5]", "orthogonal"), 6, 10, 1, false), 1e-9);
  expectMoments("orthogonal", "f32[30, 30]", 0, 1 / std::sqrt(30.0));
}

TEST(Initialisers, SparseColumns) {
  Tensor<double> x = initial("f32[10, 200]", "sparse(sparsity = 0.25, deviation = 0.1)");
  std::vector<double> others;
  std::vector<int> zerosOfRows(10);
  for (int64_t column = 0; column < 200; ++column) {
    int zeros = 0;
    for (int64_t row = 0; row < 10; ++row) {
      double value = x.reals[row * 200 + column];
      zeros += value == 0;
      zerosOfRows[row] += value == 0;
      if (value != 0)
        others.push_back(value);
    }
    EXPECT_EQ(zeros, 3) << "column " << column; // 0.25 * 10, rounded up
  }
  for (int zeros : zerosOfRows)
    EXPECT_NEAR(zeros, 60, 5 * std::sqrt(200 * 0.3 * 0.7)); // any row may be the one
  Tensor<double> rest({int64_t(others.size())}, true);
  rest.reals = others;
  EXPECT_NEAR(momentsOf(rest).deviation, 0.1, 5 * 0.1 / std::sqrt(1400.0));
}

} // namespace
