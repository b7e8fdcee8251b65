// The gradients of whole networks, first and second ones, against central differences in quad precision.
#include "Networks.h"

using namespace mlir;
using namespace bmc;
using namespace bmc::bm;
using namespace bmc::test;

namespace {

constexpr double step = 1e-10, tolerance = 1e-12;

// A function that returns a scalar and then its gradients with respect to its first arguments.
void expectGradients(const char *text, size_t gradients) {
  auto context = makeContext();
  auto module = parseSourceString<ModuleOp>(text, context.get());
  ASSERT_TRUE(module);
  ASSERT_TRUE(succeeded(runPass(*module, createDifferentiate())));
  func::FuncOp function = functionsOf(*module)[0];
  auto arguments = randomArguments<Quad>(function);
  auto results = *evaluateFunction<Quad>(function, arguments);
  ASSERT_EQ(results.size(), gradients + 1);
  for (size_t argument = 0; argument < gradients; ++argument)
    for (size_t i = 0; i < arguments[argument].reals.size(); ++i) {
      auto valueAt = [&](double offset) {
        auto moved = arguments;
        moved[argument].reals[i] += offset;
        return (*evaluateFunction<Quad>(function, moved))[0].reals[0];
      };
      double difference = double((valueAt(step) - valueAt(-step)) / (2 * Quad(step)));
      EXPECT_NEAR(double(results[argument + 1].reals[i]), difference, tolerance * std::max(1.0, std::abs(difference)))
          << "argument " << argument << ", element " << i;
    }
}

TEST(Gradient, OfClassifier) {
  expectGradients(R"(
    func.func @f(%w: tensor<3x4xf32>, %b: tensor<3xf32>, %x: tensor<?x4xf32, #bm.dims<N, 4>>,
                 %y: tensor<?xi32, #bm.dims<N>>)
        -> (tensor<f32>, tensor<3x4xf32>, tensor<3xf32>, tensor<?x4xf32, #bm.dims<N, 4>>) {
      %0 = bm.matmul %x, %w transposed : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<3x4xf32>
      %1 = bm.broadcast %b, [1] : tensor<3xf32> to tensor<?x3xf32, #bm.dims<N, 3>>
      %2 = bm.add %0, %1 : tensor<?x3xf32, #bm.dims<N, 3>>
      %3 = bm.sigmoid %2 : tensor<?x3xf32, #bm.dims<N, 3>>
      %4 = bm.exp %3 : tensor<?x3xf32, #bm.dims<N, 3>>
      %5 = bm.reduce_sum %4, [1] : tensor<?x3xf32, #bm.dims<N, 3>>
      %6 = bm.log %5 : tensor<?xf32, #bm.dims<N>>
      %7 = bm.one_hot %y : tensor<?xi32, #bm.dims<N>> to tensor<?x3xf32, #bm.dims<N, 3>>
      %8 = bm.mul %7, %3 : tensor<?x3xf32, #bm.dims<N, 3>>
      %9 = bm.reduce_sum %8, [1] : tensor<?x3xf32, #bm.dims<N, 3>>
      %10 = bm.sub %6, %9 : tensor<?xf32, #bm.dims<N>>
      %11 = bm.reduce_sum %10, [0] : tensor<?xf32, #bm.dims<N>>
      %g:3 = bm.grad %11 wrt %w, %b, %x : tensor<f32>, tensor<3x4xf32>, tensor<3xf32>, tensor<?x4xf32, #bm.dims<N, 4>>
          to tensor<3x4xf32>, tensor<3xf32>, tensor<?x4xf32, #bm.dims<N, 4>>
      return %11, %g#0, %g#1, %g#2 : tensor<f32>, tensor<3x4xf32>, tensor<3xf32>, tensor<?x4xf32, #bm.dims<N, 4>>
    })",
                  3);
}

// A value that is read many times, in ops of different shapes.
TEST(Gradient, OfReusedValues) {
  expectGradients(R"(
    func.func @f(%x: tensor<?x4xf32, #bm.dims<N, 4>>) -> (tensor<f32>, tensor<?x4xf32, #bm.dims<N, 4>>) {
      %0 = bm.transpose %x, [1, 0] : tensor<?x4xf32, #bm.dims<N, 4>>
      %1 = bm.matmul %0, %x : tensor<4x?xf32, #bm.dims<4, N>>, tensor<?x4xf32, #bm.dims<N, 4>>
      %2 = bm.reshape %1 : tensor<4x4xf32> to tensor<16xf32>
      %3 = bm.concatenate %2, %2 axis 0 : tensor<16xf32>, tensor<16xf32>
      %4 = bm.slice %3 [1] step [5] : tensor<32xf32> to tensor<7xf32>
      %5 = bm.mul %4, %4 : tensor<7xf32>
      %6 = bm.reduce_sum %5, [0] : tensor<7xf32>
      %7 = bm.sin %x : tensor<?x4xf32, #bm.dims<N, 4>>
      %8 = bm.mul %7, %x : tensor<?x4xf32, #bm.dims<N, 4>>
      %9 = bm.reduce_sum %8, [0, 1] : tensor<?x4xf32, #bm.dims<N, 4>>
      %10 = bm.mul %9, %6 : tensor<f32>
      %11 = bm.grad %10 wrt %x : tensor<f32>, tensor<?x4xf32, #bm.dims<N, 4>> to tensor<?x4xf32, #bm.dims<N, 4>>
      return %10, %11 : tensor<f32>, tensor<?x4xf32, #bm.dims<N, 4>>
    })",
                  1);
}

// The loss holds a gradient itself.
TEST(Gradient, OfGradientPenalty) {
  expectGradients(R"(
    func.func @f(%w: tensor<4x4xf32>, %x: tensor<?x4xf32, #bm.dims<N, 4>>)
        -> (tensor<f32>, tensor<4x4xf32>, tensor<?x4xf32, #bm.dims<N, 4>>) {
      %0 = bm.matmul %x, %w transposed : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x4xf32>
      %1 = bm.tanh %0 : tensor<?x4xf32, #bm.dims<N, 4>>
      %2 = bm.reduce_sum %1, [0, 1] : tensor<?x4xf32, #bm.dims<N, 4>>
      %3 = bm.grad %2 wrt %x : tensor<f32>, tensor<?x4xf32, #bm.dims<N, 4>> to tensor<?x4xf32, #bm.dims<N, 4>>
      %4 = bm.mul %3, %3 : tensor<?x4xf32, #bm.dims<N, 4>>
      %5 = bm.reduce_sum %4, [0, 1] : tensor<?x4xf32, #bm.dims<N, 4>>
      %6 = bm.add %5, %2 : tensor<f32>
      %7:2 = bm.grad %6 wrt %w, %x : tensor<f32>, tensor<4x4xf32>, tensor<?x4xf32, #bm.dims<N, 4>>
          to tensor<4x4xf32>, tensor<?x4xf32, #bm.dims<N, 4>>
      return %6, %7#0, %7#1 : tensor<f32>, tensor<4x4xf32>, tensor<?x4xf32, #bm.dims<N, 4>>
    })",
                  2);
}

// A recurrence over symbolic steps: tanh(x[t] + h u) with an output of all steps that the loss reads.
const std::string recurrence = R"(
      %h, %ys = bm.scan %i in "T" sequences(%x = %xs : tensor<?x?x3xf32, #bm.dims<T, N, 3>>)
          carry(%c = %h0 : tensor<?x3xf32, #bm.dims<N, 3>>) constants(%v = %u : tensor<3x3xf32>)
          -> (tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x?x3xf32, #bm.dims<T, N, 3>>) {
        %0 = bm.matmul %c, %v : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<3x3xf32>
        %1 = bm.add %0, %x : tensor<?x3xf32, #bm.dims<N, 3>>
        %2 = bm.tanh %1 : tensor<?x3xf32, #bm.dims<N, 3>>
        %3 = bm.mul %2, %c : tensor<?x3xf32, #bm.dims<N, 3>>
        bm.yield %2, %3 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x3xf32, #bm.dims<N, 3>>
      }
      %4 = bm.reduce_sum %ys, [0, 1, 2] : tensor<?x?x3xf32, #bm.dims<T, N, 3>>
      %5 = bm.mul %h, %h : tensor<?x3xf32, #bm.dims<N, 3>>
      %6 = bm.reduce_sum %5, [0, 1] : tensor<?x3xf32, #bm.dims<N, 3>>
      %7 = bm.add %4, %6 : tensor<f32>
)";
const std::string recurrenceArguments =
    "%u: tensor<3x3xf32>, %xs: tensor<?x?x3xf32, #bm.dims<T, N, 3>>, %h0: tensor<?x3xf32, #bm.dims<N, 3>>";

TEST(Gradient, OfRecurrence) {
  expectGradients(("func.func @f(" + recurrenceArguments + R"()
        -> (tensor<f32>, tensor<3x3xf32>, tensor<?x?x3xf32, #bm.dims<T, N, 3>>, tensor<?x3xf32, #bm.dims<N, 3>>) {)" +
                   recurrence + R"(
      %g:3 = bm.grad %7 wrt %u, %xs, %h0 : tensor<f32>, tensor<3x3xf32>, tensor<?x?x3xf32, #bm.dims<T, N, 3>>,
          tensor<?x3xf32, #bm.dims<N, 3>> to tensor<3x3xf32>, tensor<?x?x3xf32, #bm.dims<T, N, 3>>,
          tensor<?x3xf32, #bm.dims<N, 3>>
      return %7, %g#0, %g#1, %g#2 : tensor<f32>, tensor<3x3xf32>, tensor<?x?x3xf32, #bm.dims<T, N, 3>>,
          tensor<?x3xf32, #bm.dims<N, 3>>
    })")
                      .c_str(),
                  3);
}

// The gradient of a loop is a loop, whose gradient is a loop.
TEST(Gradient, OfPenaltyThroughRecurrence) {
  expectGradients(("func.func @f(" + recurrenceArguments + R"() -> (tensor<f32>, tensor<3x3xf32>) {)" + recurrence + R"(
      %g = bm.grad %7 wrt %xs : tensor<f32>, tensor<?x?x3xf32, #bm.dims<T, N, 3>> to tensor<?x?x3xf32, #bm.dims<T, N, 3>>
      %8 = bm.mul %g, %g : tensor<?x?x3xf32, #bm.dims<T, N, 3>>
      %9 = bm.reduce_sum %8, [0, 1, 2] : tensor<?x?x3xf32, #bm.dims<T, N, 3>>
      %10 = bm.grad %9 wrt %u : tensor<f32>, tensor<3x3xf32> to tensor<3x3xf32>
      return %9, %10 : tensor<f32>, tensor<3x3xf32>
    })")
                      .c_str(),
                  1);
}

// Steps of gradient descent in a loop, differentiated by where they begin and by what decides the descent.
TEST(Gradient, OfDescentInLoop) {
  expectGradients(R"(
    func.func @f(%a: tensor<3xf32>, %x0: tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>, tensor<3xf32>) {
      %x = bm.scan %i in "4" carry(%c = %x0 : tensor<3xf32>) constants(%b = %a : tensor<3xf32>) -> (tensor<3xf32>) {
        %0 = bm.mul %c, %b : tensor<3xf32>
        %1 = bm.sin %0 : tensor<3xf32>
        %2 = bm.reduce_sum %1, [0] : tensor<3xf32>
        %3 = bm.grad %2 wrt %c : tensor<f32>, tensor<3xf32> to tensor<3xf32>
        %4 = bm.sub %c, %3 : tensor<3xf32>
        bm.yield %4 : tensor<3xf32>
      }
      %5 = bm.mul %x, %x : tensor<3xf32>
      %6 = bm.reduce_sum %5, [0] : tensor<3xf32>
      %g:2 = bm.grad %6 wrt %a, %x0 : tensor<f32>, tensor<3xf32>, tensor<3xf32> to tensor<3xf32>, tensor<3xf32>
      return %6, %g#0, %g#1 : tensor<f32>, tensor<3xf32>, tensor<3xf32>
    })",
                  2);
}

// A checkpoint holds a loop, whose gradient is then computed behind the loop's second run.
TEST(Gradient, OfCheckpointAroundLoop) {
  expectGradients(R"(
    func.func @f(%x: tensor<3xf32>, %w: tensor<3xf32>) -> (tensor<f32>, tensor<3xf32>, tensor<3xf32>) {
      %y = bm.checkpoint (%a = %x : tensor<3xf32>, %b = %w : tensor<3xf32>) -> (tensor<3xf32>) {
        %h = bm.scan %i in "3" carry(%c = %a : tensor<3xf32>) constants(%v = %b : tensor<3xf32>) -> (tensor<3xf32>) {
          %0 = bm.mul %c, %v : tensor<3xf32>
          %1 = bm.tanh %0 : tensor<3xf32>
          bm.yield %1 : tensor<3xf32>
        }
        bm.yield %h : tensor<3xf32>
      }
      %2 = bm.reduce_sum %y, [0] : tensor<3xf32>
      %g:2 = bm.grad %2 wrt %x, %w : tensor<f32>, tensor<3xf32>, tensor<3xf32> to tensor<3xf32>, tensor<3xf32>
      return %2, %g#0, %g#1 : tensor<f32>, tensor<3xf32>, tensor<3xf32>
    })",
                  2);
}

} // namespace
