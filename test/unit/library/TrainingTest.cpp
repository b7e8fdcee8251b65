// Optimizers over twenty steps of a small network, and schedules over their steps, against PyTorch's.
#include "Golden.h"

using namespace golden;
using llvm::json::Object;

namespace {

TEST(Optimizers, TrainLikePyTorch) {
  for (const auto &entry : cases("optimizers")) {
    const Object &golden = *entry.getAsObject();
    std::string optimizer = golden.getString("case")->str();
    SCOPED_TRACE(optimizer);
    Model model("network M {\n  fc1 = Linear(3, 4)\n  fc2 = Linear(4, 1)\n"
                "  forward(x: f32[N, 3]) { return fc2(tanh(fc1(x))) }\n}\ntrain M {\n"
                "  data = table(\"a.csv\", x = columns(0..3), y = column(3))\n  loss = mse\n  optimizer = " +
                optimizer + "\n}\n");
    // States begin as the program's do; they do not depend on random numbers.
    Tensors<double> variables;
    auto initial = model.run<double>("init", {});
    for (unsigned i = 0; i < initial.size(); ++i)
      variables
          [model.function("init").getResultAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable").getValue().str()] =
              initial[i];
    for (const char *group : {"inputs", "first"})
      for (const auto &[name, tensor] : tensorsOf(*golden.getObject(group)))
        variables[name] = tensorOf<double>(*tensor);
    Tensor<double> losses({20}, true);
    for (int step = 1; step <= 20; ++step)
      losses.reals[step - 1] = model.train(variables, step);
    expectNear(losses, *golden.getObject("losses"), 1e-9, "loss");
    for (const auto &[name, tensor] : tensorsOf(*golden.getObject("last")))
      expectNear(variables[name], *tensor, 1e-9, name);
  }
}

/// The loss is the parameter, so that a step of gradient descent takes the rate off it.
TEST(Schedules, GivePyTorchsRates) {
  for (const auto &entry : cases("schedules")) {
    const Object &golden = *entry.getAsObject();
    std::string schedule = golden.getString("case")->str();
    SCOPED_TRACE(schedule);
    Model model("fn total(p, t) { return sum(p) }\nnetwork M {\n  param w: f64[1] = 0\n"
                "  forward(x: f64[1, 1]) { return w + 0 * x }\n}\ntrain M {\n"
                "  data = table(\"a.csv\", x = column(0), y = column(1))\n  loss = total\n  optimizer = GD(lr = " +
                schedule + ")\n}\n");
    Tensor<double> rates = tensorOf<double>(*golden.getObject("value"));
    for (int64_t step = 1; step <= rates.size(); ++step) {
      Tensors<double> variables{{"w", Tensor<double>({1}, true)}};
      model.train(variables, step);
      rates.reals[step - 1] = -variables["w"].reals[0];
    }
    expectNear(rates, *golden.getObject("value"), 1e-12, "rate");
  }
}

/// Puts the variables that a function gives into `variables`; its other result, if there is one.
Tensor<double> runAndKeep(Model &model, const std::string &function, Tensors<double> &variables) {
  Tensor<double> other;
  auto results = model.run(function, variables);
  for (unsigned i = 0; i < results.size(); ++i)
    if (auto variable = model.function(function).getResultAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable"))
      variables[variable.getValue().str()] = results[i];
    else
      other = results[i];
  return other;
}

TEST(Steps, DrawOtherRandomNumbers) {
  Model model("loss noise(p) { return uniform(0, 1, []) + 0 * sum(p) }\nnetwork M {\n  fc = Linear(1, 1)\n"
              "  forward(x: f32[N, 1]) { return fc(x) }\n}\ntrain M {\n"
              "  data = table(\"a.csv\", x = column(0), y = column(1))\n  loss = noise\n  optimizer = GD\n}\n");
  Tensors<double> variables;
  double first = model.train(variables, 1), second = model.train(variables, 2);
  EXPECT_NE(first, second);
  EXPECT_EQ(model.train(variables, 1), first);
}

TEST(Schedules, PlateauGivesPyTorchsRates) {
  for (const auto &entry : cases("plateaus")) {
    const Object &golden = *entry.getAsObject();
    std::string schedule = golden.getString("case")->str(), goal = *golden.getBoolean("maximize") ? "max" : "min";
    SCOPED_TRACE(schedule + " " + goal);
    Model model("network M {\n  fc = Linear(1, 1)\n  forward(x: f32[N, 1]) { return fc(x) }\n}\ntrain M {\n"
                "  data = table(\"a.csv\", x = column(0), y = column(1))\n  loss = mse\n  monitor = " +
                goal + "imize(\"loss\")\n  optimizer = GD(lr = " + schedule + ")\n}\n");
    Tensor<double> values = tensorOf<double>(*golden.getObject("values")), rates = values;
    Tensors<double> variables;
    runAndKeep(model, "init", variables);
    for (int64_t epoch = 0; epoch < values.size(); ++epoch) {
      rates.reals[epoch] = runAndKeep(model, "rates", variables).reals[0];
      variables["monitored"] = Tensor<double>({}, true);
      variables["monitored"].reals[0] = values.reals[epoch];
      runAndKeep(model, "epoch", variables);
    }
    expectNear(rates, *golden.getObject("rates"), 1e-12, "rate");
  }
}

// What is kept grows, so that the mean stays.
TEST(Dropout, KeepsAShareThatGrows) {
  golden::Model model(
      "network M {\n  param w: f32[1] = 1\n  drop = Dropout(0.75)\n  buffer seen: f32[1000] = 0\n"
      "  forward(x: f32[N, 1]) {\n    if training { seen = drop(ones([1000])) }\n    return x * w\n  }\n}\n"
      "train M {\n  data = table(\"a.csv\", x = column(0), y = column(1))\n  loss = mse\n"
      "  optimizer = GD\n}\n");
  golden::Tensors<float> variables;
  model.train(variables, 1);
  int kept = 0;
  for (float element : variables.at("seen").reals) {
    EXPECT_TRUE(element == 0 || element == 4) << element;
    kept += element != 0;
  }
  EXPECT_NEAR(kept, 250, 50);
}

} // namespace
