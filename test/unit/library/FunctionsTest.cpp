// Functions and losses of the library against PyTorch's values and gradients, in f64 and in f32.
#include "Golden.h"

using namespace golden;
using llvm::json::Object;

namespace {

/// `value = call`, its gradients, and its second derivative where the case has one.
template <class T> class Case {
public:
  Case(const Object &golden, double tolerance) : golden(golden), tolerance(tolerance) {}

  void check() {
    Model model(text());
    auto results = model.run<T>("predict", values);
    ASSERT_EQ(results.size(), expected.size());
    for (size_t i = 0; i < results.size(); ++i)
      expectNear(results[i], *expected[i].second, tolerance, expected[i].first);
  }

private:
  std::string text() {
    std::string real = sizeof(T) == 8 ? "f64" : "f32", parameters, outputs;
    auto take = [&](const std::string &name, const Object &tensor) {
      bool isScalar = tensor.getArray("shape")->empty(); // an input of a network has rows
      parameters += (parameters.empty() ? "" : ", ") + name + ": " + (isScalar ? real + "[1]" : typeOf(tensor, real));
      values[name] = tensorOf<T>(tensor);
      if (isScalar)
        values[name].shape.push_back(1);
    };
    auto give = [&](const std::string &what, const std::string &expression, const Object &tensor) {
      bool isScalar = tensor.getArray("shape")->empty();
      outputs += (outputs.empty() ? "" : ", ") + (isScalar ? "reshape(" + expression + ", [1])" : expression);
      expected.push_back({what, &tensor});
    };
    for (const auto &[name, tensor] : tensorsOf(*golden.getObject("inputs")))
      take(name, *tensor);
    give("value", "value", *golden.getObject("value"));
    if (const Object *gradients = golden.getObject("gradients"); gradients && !gradients->empty()) {
      take("upstream", *golden.getObject("upstream"));
      for (const auto &[name, tensor] : tensorsOf(*gradients))
        give("gradient of " + name, "grad(sum(upstream * value), " + name + ")", *tensor);
    }
    if (const Object *second = golden.getObject("second_derivative"))
      give("second derivative", "grad(sum(grad(sum(value), x)), x)", *second);
    return "network M {\n  forward(" + parameters + ") {\n    let value = " + golden.getString("call")->str() +
           "\n    return (" + outputs + ",)\n  }\n}\n";
  }

  const Object &golden;
  double tolerance;
  Tensors<T> values;
  std::vector<std::pair<std::string, const Object *>> expected;
};

class Library : public testing::TestWithParam<const char *> {};

TEST_P(Library, AgreesWithPyTorch) {
  for (const auto &entry : cases(GetParam())) {
    const Object &golden = *entry.getAsObject();
    SCOPED_TRACE(golden.getString("call")->str() + ", " + golden.getString("case")->str());
    Case<double>(golden, 1e-12).check();
    Case<float>(golden, 2e-6).check();
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Library,
                         testing::Values("activations", "softmaxes", "statistics", "regression_losses",
                                         "distance_losses", "cross_entropies", "binary_losses", "einsums", "gradients"),
                         [](const auto &info) { return info.param; });

} // namespace
