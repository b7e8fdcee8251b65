// Recurrent layers against PyTorch's: all steps' outputs, the last states, and the gradients of the input and of all
// parameters.
#include "Golden.h"

using namespace golden;
using llvm::json::Object;

namespace {

// A network that gives the layer's results, then the gradients of sum(upstream * outputs) plus the sum of all states.
std::string modelText(const Object &golden, const std::vector<std::string> &wanted) {
  std::string results = "all[0]", total = "sum(upstream * all[0])", gradients;
  for (size_t i = 1; i <= golden.getArray("states")->size(); ++i) {
    std::string state = "all[" + std::to_string(i) + "]";
    results += ", " + state;
    total += " + sum(" + state + ")";
  }
  for (const std::string &name : wanted)
    gradients += ", grad(total, " + name + ")";
  return "network M {\n  layer = " + golden.getString("layer")->str() +
         "\n  forward(x: " + typeOf(*golden.getObject("inputs")->getObject("x"), "f32") +
         ", upstream: " + typeOf(*golden.getObject("upstream"), "f32") +
         ") {\n    let all = layer(x)\n    let total = " + total + "\n    return (" + results + gradients +
         ")\n  }\n}\n";
}

template <class T> void check(const Object &golden, double tolerance) {
  Tensors<T> given{{"upstream", tensorOf<T>(*golden.getObject("upstream"))}};
  for (const auto &[name, tensor] : tensorsOf(*golden.getObject("inputs")))
    given[name] = tensorOf<T>(*tensor);
  std::vector<std::string> wanted;
  for (const auto &[name, tensor] : tensorsOf(*golden.getObject("gradients")))
    wanted.push_back(name);
  Model model(modelText(golden, wanted));
  auto results = model.run<T>("predict", given);
  const llvm::json::Array &states = *golden.getArray("states");
  ASSERT_EQ(results.size(), 1 + states.size() + wanted.size());
  expectNear(results[0], *golden.getObject("value"), tolerance, "all steps' outputs");
  for (size_t i = 0; i < states.size(); ++i)
    expectNear(results[1 + i], *states[i].getAsObject(), tolerance, "last state " + std::to_string(i));
  for (size_t i = 0; i < wanted.size(); ++i)
    expectNear(results[1 + states.size() + i], *golden.getObject("gradients")->getObject(wanted[i]), 10 * tolerance,
               "gradient of " + wanted[i]);
}

TEST(Recurrent, AgreesWithPyTorch) {
  for (const auto &entry : cases("recurrent")) {
    const Object &golden = *entry.getAsObject();
    SCOPED_TRACE(golden.getString("layer")->str() + ", " + golden.getString("case")->str());
    check<double>(golden, 1e-12);
    check<float>(golden, 2e-6);
  }
}

} // namespace
