// Layers with parameters against PyTorch's: the output with running statistics, and in training the output, the
// gradients of inputs and parameters, and the buffers after the step.
#include "Golden.h"

using namespace golden;
using llvm::json::Object;

namespace {

// The layer's float inputs are parameters too, so that a step of plain gradient descent at rate 1 shows all gradients.
std::string modelText(const Object &golden) {
  std::string fields, arguments, upstream = typeOf(*golden.getObject("upstream"), "f32");
  for (const auto &[name, tensor] : tensorsOf(*golden.getObject("inputs"))) {
    bool isReal = tensor->getString("type")->starts_with("f");
    fields += std::string("  ") + (isReal ? "param " : "buffer ") + name + ": " + typeOf(*tensor, "f32") + " = 0\n";
    arguments += (arguments.empty() ? "" : ", ") + name;
  }
  return "fn total(p, t) { return sum(p) }\nnetwork M {\n" + fields + "  layer = " + golden.getString("layer")->str() +
         "\n  forward(upstream: " + upstream + ") { return upstream * layer(" + arguments + ") }\n}\ntrain M {\n" +
         "  data = table(\"a.csv\", upstream = columns(0.." +
         std::to_string(tensorOf<double>(*golden.getObject("upstream")).size() /
                        (*golden.getObject("upstream")->getArray("shape"))[0].getAsInteger().value()) +
         "), t = column(0))\n  loss = total\n  optimizer = GD(lr = 1)\n}\n";
}

template <class T> void check(const Object &golden, double tolerance) {
  Model model(modelText(golden));
  Tensors<T> variables{{"upstream", tensorOf<T>(*golden.getObject("upstream"))}};
  for (const char *group : {"inputs", "variables"})
    for (const auto &[name, tensor] : tensorsOf(*golden.getObject(group)))
      variables[name] = tensorOf<T>(*tensor);
  auto inference = model.run<T>("predict", variables);
  ASSERT_EQ(inference.size(), 1u);
  expectNear(inference[0], *golden.getObject("inference"), tolerance, "output after training");

  Tensors<T> before = variables;
  Tensor<T> loss({}, true);
  loss.reals[0] = T(model.train(variables, 1));
  expectNear(loss, *golden.getObject("loss"), 10 * tolerance, "sum of the output in training");
  for (const auto &[name, tensor] : tensorsOf(*golden.getObject("buffers")))
    expectNear(variables[name], *tensor, tolerance, name);
  for (const auto &[name, tensor] : tensorsOf(*golden.getObject("gradients"))) {
    ASSERT_TRUE(before.count(name)) << name;
    Tensor<T> gradient = before[name];
    for (size_t i = 0; i < gradient.reals.size(); ++i)
      gradient.reals[i] -= variables[name].reals[i];
    expectNear(gradient, *tensor, 10 * tolerance, "gradient of " + name);
  }
}

TEST(Layers, AgreeWithPyTorch) {
  for (const auto &entry : cases("layers")) {
    const Object &golden = *entry.getAsObject();
    SCOPED_TRACE(golden.getString("layer")->str() + ", " + golden.getString("case")->str());
    check<double>(golden, 1e-7); // numbers in a model of f32 are rounded to f32
    check<float>(golden, 5e-6);
  }
}

} // namespace
