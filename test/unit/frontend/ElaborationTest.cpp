// What elaboration emits for good models: names and order of variables, the four functions, weak numbers, broadcasting,
// compile-time control flow. The whole text of small modules is tested by test/frontend/*.bm.
#include "Compile.h"
#include "frontend/syntax/Parser.h"

#include <gtest/gtest.h>

namespace {

std::string moduleOf(const std::string &text) {
  Compiled compiled = compileText(text);
  EXPECT_EQ(compiled.diagnostics, "");
  return compiled.module;
}

/// The body of a function of the module.
std::string functionOf(const std::string &module, const std::string &name) {
  size_t begin = module.find("func.func @" + name + "(");
  if (begin == std::string::npos)
    return "";
  return module.substr(begin, module.find("\n  }", begin) - begin);
}

void expectInOrder(const std::string &text, const std::vector<std::string> &parts) {
  size_t at = 0;
  for (const std::string &part : parts) {
    size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << "no \"" << part << "\" after byte " << at << " in:\n" << text;
    at = found + part.size();
  }
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

std::string predictOf(const std::string &statements) {
  return functionOf(moduleOf("network M {\n  forward(x: f32[N, 3]) {\n" + statements + "\n  }\n}\n"), "predict");
}

std::string trained(const std::string &optimizer, const std::string &more = "") {
  return moduleOf("network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n"
                  "  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n  loss = mse\n  optimizer = " +
                  optimizer + "\n" + more + "}\n");
}

TEST(Variables, AreNamedByTheirPlace) {
  expectInOrder(moduleOf("layer Block(d: dim) {\n  attn = Linear(d, d, bias = false)\n  mlp = Sequential(Linear(d, 8), "
                         "relu, Linear(8, d))\n"
                         "  forward(x) { return mlp(attn(x)) }\n}\n"
                         "network M {\n  blocks = [Block(3) for i in 0..2]\n  forward(x: f32[N, 3]) {\n    for b in "
                         "blocks { x = b(x) }\n    return x\n  }\n}\n"),
                {"bm.variable \"parameter\" @blocks.0.attn.weight : tensor<3x3xf32> trainable",
                 "@blocks.0.mlp.0.weight", "@blocks.0.mlp.0.bias", "@blocks.0.mlp.2.weight", "@blocks.0.mlp.2.bias",
                 "@blocks.1.attn.weight", "@blocks.1.mlp.2.bias"});
}

TEST(Variables, OfARecordHaveItsNames) {
  expectInOrder(moduleOf("network M {\n  parts = {first = Linear(3, 4), rest = "
                         "[Linear(4, 3)]}\n  forward(x: f32[N, 3]) "
                         "{\n    let r = {act = relu, scale = 2}\n    return "
                         "r.act(parts.rest[0](parts.first(x))) * "
                         "r.scale\n  }\n}\n"),
                {"@parts.first.weight", "@parts.first.bias", "@parts.rest.0.weight", "@parts.rest.0.bias"});
}

TEST(Variables, TiedWeightsAreOne) {
  std::string module =
      moduleOf("network M {\n  a = Linear(3, 3)\n  b = a\n  forward(x: f32[N, 3]) { return b(a(x)) @ a.weight }\n}\n");
  EXPECT_TRUE(has(module, "@a.weight"));
  EXPECT_FALSE(has(module, "@b.weight"));
}

TEST(Variables, AbsentOnesAreNotThere) {
  std::string module = moduleOf("network M {\n  a = Linear(3, 3, bias = false)\n  b = Linear(3, 3) if false\n  "
                                "forward(x: f32[N, 3]) { return b(a(x)) if b else a(x) }\n}\n");
  EXPECT_FALSE(has(module, "bias\""));
  EXPECT_FALSE(has(module, "@a.bias"));
  EXPECT_FALSE(has(module, "@b."));
}

TEST(Variables, BuffersChangeInTrainingOnly) {
  std::string module =
      moduleOf("network M {\n  fc = Linear(3, 3)\n  buffer seen: f32[3] = 0\n  forward(x: f32[N, 3]) {\n"
               "    if training { seen = 0.9 * seen + 0.1 * mean(x, axes = 0) }\n    return fc(x) - seen\n  }\n}\n"
               "train M {\n  data = table(\"a.csv\", x = columns(0..3), y = columns(3..6))\n  loss = mse\n  optimizer "
               "= GD\n}\n");
  expectInOrder(module, {"bm.variable \"buffer\" @seen : tensor<3xf32>\n", "func.func @train", "{bm.variable = @seen}",
                         ") -> (", "{bm.variable = @seen}"});
  EXPECT_FALSE(has(functionOf(module, "evaluate"), "reduce_sum %arg3, [0]"));
  EXPECT_TRUE(has(functionOf(module, "predict"), "{bm.variable = @seen}"));
}

TEST(Functions, TakeWhatTheyNeed) {
  std::string module = trained("Adam(lr = 0.01)", "  metrics = [mean_absolute_error]\n");
  expectInOrder(functionOf(module, "train"),
                {"@fc.weight", "@fc.bias", "@fc.weight.m", "@fc.weight.v", "bm.name = \"x\", bm.role = \"input\"",
                 "bm.name = \"y\", bm.role = \"input\"", "bm.name = \"lr\", bm.role = \"hyper\"", "bm.role = \"step\"",
                 "bm.role = \"key\"", ") -> (", "@fc.weight.m", "bm.role = \"loss\"",
                 "bm.name = \"mean_absolute_error\", bm.role = \"metric\"", "bm.grad"});
  EXPECT_FALSE(has(functionOf(module, "evaluate"), "fc.weight.m"));
  EXPECT_FALSE(has(functionOf(module, "predict"), "bm.name = \"y\""));
  EXPECT_TRUE(has(functionOf(module, "predict"), "bm.name = \"output\", bm.predicts = \"y\", bm.role = \"output\""));
  expectInOrder(functionOf(module, "init"), {"bm.role = \"key\"", "@fc.bias.v", "bm.fold_in", "bm.random_uniform"});
}

TEST(Metrics, AccumulateInStatesOfTheProgram) {
  std::string module =
      moduleOf("metric hits {\n  state right: f64[C] = 0, n = 1\n  add(p: f32[N, C], y) {\n    right = right + "
               "sum(cast(p, f64), axes = 0)\n    n = n + sum(y)\n  }\n  value { return right / n }\n}\n"
               "network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n"
               "  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n  loss = mse\n  "
               "metrics = [hits, mean_absolute_error]\n  optimizer = GD\n}\n");
  expectInOrder(module,
                {"metrics = [\"hits\", \"mean_absolute_error\"]", "bm.variable \"metric\" @hits.right : tensor<2xf64>",
                 "bm.variable \"metric\" @hits.n : tensor<f64>"});
  for (const char *name : {"train", "evaluate"})
    expectInOrder(functionOf(module, name), {"{bm.variable = @hits.right}", "{bm.variable = @hits.n}", ") -> (",
                                             "{bm.variable = @hits.right}", "{bm.variable = @hits.n}"});
  // Between two scalars f64 wins.
  EXPECT_TRUE(has(functionOf(module, "evaluate"), "tensor<f32> to tensor<f64>"));
  EXPECT_FALSE(has(functionOf(module, "evaluate"), "tensor<f64> to tensor<f32>"));
  expectInOrder(functionOf(module, "reset"), {"reset() -> (", "@hits.right", "@hits.n"});
  expectInOrder(functionOf(module, "measure"),
                {"@hits.right", ") -> (tensor<2xf64> {bm.name = \"hits\", bm.role = \"metric\"})"});
  EXPECT_FALSE(has(functionOf(module, "init"), "@hits"));
  EXPECT_FALSE(has(functionOf(module, "predict"), "@hits"));
}

TEST(Metrics, MayAskForAllRows) {
  std::string module = trained("GD", "  metrics = largest\n}\nmetric largest { whole(p, y) { return max(p - y) }\n");
  for (const char *name : {"train", "evaluate"})
    expectInOrder(functionOf(module, name), {") -> (", "{bm.name = \"output.0\", bm.role = \"prediction\"}"});
  expectInOrder(functionOf(module, "measure"),
                {"bm.name = \"output.0\", bm.role = \"prediction\"", "bm.name = \"y\", bm.role = \"input\"", ") -> (",
                 "bm.name = \"largest\""});
  EXPECT_FALSE(has(module, "@reset"));
}

TEST(Functions, WithoutATrainBlockOnlyPredict) {
  std::string module = moduleOf("network M { forward(x: f32[N, 3]) { return x } }\n");
  EXPECT_TRUE(has(module, "@predict") && has(module, "@init"));
  EXPECT_FALSE(has(module, "@train") || has(module, "@evaluate"));
}

TEST(Optimizers, HaveOnlyTheStateThatTheyUse) {
  EXPECT_FALSE(has(trained("SGD(lr = 0.1)"), "@fc.weight.velocity"));
  std::string module = trained("SGD(lr = 0.1, momentum = 0.9)");
  EXPECT_TRUE(has(module, "bm.variable \"state\" @fc.weight.velocity"));
  EXPECT_TRUE(has(module, "{name = \"momentum\", value = 9.000000e-01 : f64}"));
  // A momentum of 0 that was given can be changed by --set, so its state is there.
  EXPECT_TRUE(has(trained("SGD(lr = 0.1, momentum = 0)"), "@fc.weight.velocity"));
}

TEST(Optimizers, ComputeScalarsInDoublePrecision) {
  expectInOrder(functionOf(trained("Adam"), "train"),
                {"bm.pow %arg", ": tensor<f64>", "bm.div", ": tensor<f64>", "bm.cast", "tensor<f64> to tensor<f32>"});
}

TEST(Optimizers, HaveStatesOfTheirOwnShape) {
  EXPECT_TRUE(has(trained("NAdam"), "bm.variable \"state\" @fc.weight.momentum_product : tensor<f64>"));
}

TEST(Optimizers, TrainWhatTheyName) {
  auto train = [](const std::string &entries) {
    return moduleOf(
        "layer Part { frozen param scale: f32[3] = 1\n  fc = Linear(3, 3)\n  forward(x) { return fc(x * scale) } }\n"
        "network M {\n  a = Part()\n  b = Part()\n  c = Linear(3, 2)\n  forward(x: f32[N, 3]) { return c(b(a(x))) "
        "}\n}\n"
        "train M {\n  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n  loss = mse\n" +
        entries + "}\n");
  };
  std::string module =
      train("  optimizer = [SGD(lr = 0.1, momentum = 0.9) over [a, b.fc.weight], Adam(lr = 0.01) over c]\n");
  expectInOrder(module, {"@a.scale : tensor<3xf32>\n", "@a.fc.weight : tensor<3x3xf32> trainable",
                         "@b.fc.weight : tensor<3x3xf32> trainable", "@b.fc.bias : tensor<3xf32>\n",
                         "@c.weight : tensor<2x3xf32> trainable", "@a.fc.weight.velocity", "@b.fc.weight.velocity",
                         "@c.weight.m"});
  EXPECT_FALSE(has(module, "@b.fc.bias.velocity") || has(module, "@c.weight.velocity") ||
               has(module, "@a.scale.velocity"));
  // Numbers of one name are known by what they train, or by the optimizer's number.
  EXPECT_TRUE(has(module, "{name = \"0.lr\", ") && has(module, "{name = \"c.lr\", ") &&
              has(module, "{name = \"momentum\", "));
  EXPECT_TRUE(has(train("  optimizer = GD\n  freeze = [b, a.fc.bias]\n"), "@b.fc.weight : tensor<3x3xf32>\n"));
}

TEST(Optimizers, StepByChangedGradients) {
  std::string module = trained("GD", "  gradients = [clip_by_value(limit = 0.5), clip_by_norm]\n");
  expectInOrder(functionOf(module, "train"), {"bm.grad", "bm.max", "bm.min", "bm.reduce_sum", "bm.sqrt"});
  EXPECT_TRUE(has(module, "{name = \"clip_by_value.limit\", value = 5.000000e-01 : f64}"));
  EXPECT_TRUE(has(module, "{name = \"clip_by_norm.limit\", value = 1.000000e+00 : f64}"));
}

TEST(Losses, AreSumsOfParts) {
  std::string module =
      moduleOf("network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return (fc(x), x) }\n}\ntrain M {\n"
               "  data = table(\"a.csv\", x = columns(0..3), y = column(3), mask = columns(4..6))\n"
               "  loss = {class = cross_entropy(prediction[0], y), rest = 0.1 * mean(mask * fc.bias)}\n"
               "  metrics = [accuracy(prediction[0], y)]\n  optimizer = GD\n}\n");
  EXPECT_TRUE(has(module, "metrics = [\"class\", \"rest\", \"accuracy\"]"));
  EXPECT_TRUE(has(module, "name = \"y\", type = tensor<i32>"));
  expectInOrder(functionOf(module, "evaluate"), {"bm.role = \"loss\"", "bm.name = \"class\", bm.role = \"metric\"",
                                                 "bm.name = \"rest\"", "bm.name = \"accuracy\""});
}

TEST(Losses, GetFieldsByNameAndThenInOrder) {
  std::string module = moduleOf(
      "loss weighted(p: float[N, 2], t: float[N, 2], weight: float[N, 1]) { return mean(weight * (p - t)^2) }\n"
      "network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n"
      "  data = table(\"a.csv\", x = columns(0..3), weight = column(3), y = columns(4..6))\n"
      "  loss = weighted\n  metrics = mse(prediction, y)\n  optimizer = GD\n}\n");
  EXPECT_TRUE(has(module, "name = \"weight\", type = tensor<1xf32>") &&
              has(module, "name = \"y\", type = tensor<2xf32>"));
}

TEST(Optimizers, TakeSchedules) {
  std::string train = functionOf(trained("GD(lr = cosine(0.1, total = 100))"), "train");
  expectInOrder(train, {"bm.min", ": tensor<f64>", "bm.cos"});
  EXPECT_FALSE(has(train, "\"lr\""));
}

TEST(Optimizers, ShowTheNumbersOfTheirSchedules) {
  std::string module = trained("Adam(lr = warmup(step_decay(0.1, every = 10), steps = 5, start = 0.25))");
  // A default with a fraction is one of them; a whole number is known at compile time.
  expectInOrder(module, {"{name = \"lr.after.rate\", value = 1.000000e-01 : f64}",
                         "{name = \"lr.after.factor\", value = 1.000000e-01 : f64}",
                         "{name = \"lr.start\", value = 2.500000e-01 : f64}", "{name = \"beta1\""});
  EXPECT_FALSE(has(module, "lr.after.every"));
  expectInOrder(functionOf(module, "train"), {"{bm.name = \"lr.after.rate\", bm.role = \"hyper\"}",
                                              "{bm.name = \"lr.start\", bm.role = \"hyper\"}", "bm.pow"});
}

TEST(Numbers, TakeTheTypeOfTheirTensor) {
  EXPECT_TRUE(has(predictOf("return x * 2"), "dense<2.000000e+00> : tensor<f32>"));
  EXPECT_TRUE(has(functionOf(moduleOf("network M { forward(x: i32[N]) { return x * 2 } }"), "predict"),
                  "dense<2> : tensor<i32>"));
  EXPECT_TRUE(has(functionOf(moduleOf("network M { forward(x: f64[N]) { return x / N } }"), "predict"),
                  "bm.size \"N\" : tensor<f64>"));
}

TEST(Numbers, InListsAreTensors) {
  std::string text = "fn scale(x: float[N, C], by: float[C] = none) {\n  return x if by == none else x * by\n}\n"
                     "network M { forward(x: f32[N, 3]) { return scale(x";
  EXPECT_TRUE(has(moduleOf(text + ", [1, 2, 0.5]) } }"), "dense<[1.000000e+00, 2.000000e+00, 5.000000e-01]>"));
  EXPECT_FALSE(has(moduleOf(text + ") } }"), "bm.mul"));
  EXPECT_TRUE(has(moduleOf("fn add(x: i32[N, 2, 2], y: i32[2, 2]) { return x + y }\n"
                           "network M { forward(x: i32[N, 2, 2]) { return add(x, [[1, 2], [3, 4]]) } }"),
                  "dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>"));
}

TEST(Numbers, TakeTheTypeThatFloatMet) {
  std::string text = "fn shares(x: float[N, C], w: float[C] = 1) { return x * w / cast(N, float) }\n"
                     "network M { forward(x: f64[N, 3]) { return shares(x) } }";
  EXPECT_FALSE(has(functionOf(moduleOf(text), "predict"), "f32"));
}

TEST(Buffers, KeepTheirValueInAName) {
  std::string module =
      moduleOf("network M {\n  buffer b: f32[3] = 0\n  fc = Linear(3, 1)\n  forward(x: f32[N, 3]) {\n    let old = b\n"
               "    b = mean(x, axes = 0)\n    old = old * 2\n    return fc(x - old)\n  }\n}\n");
  std::string predict = functionOf(module, "predict");
  expectInOrder(predict, {"bm.mul %arg"}); // the argument, not what was assigned to the buffer
}

TEST(Numbers, AreComputedAtCompileTime) {
  EXPECT_TRUE(has(predictOf("let h = 1 / sqrt(16) + max(1, 2) - 7 % 4\nreturn x * h"), "dense<-7.500000e-01>"));
  EXPECT_TRUE(has(predictOf("return reshape(x, [N * 3 / 3, 6 / 2, 2^0])"), "#bm.dims<N, 3, 1>"));
}

TEST(Tensors, BroadcastLikeNumPy) {
  std::string predict = predictOf("let column = sum(x, axes = 1, keep = true)\nreturn x / column + x[0]");
  expectInOrder(predict, {"bm.reduce_sum", "[1]", "bm.broadcast", "[0]", "bm.div", "bm.broadcast",
                          "[1] : tensor<3xf32>", "bm.add"});
}

TEST(Tensors, MultiplyLikeNumPy) {
  EXPECT_TRUE(has(predictOf("return x @ x[0]"), "tensor<?x3xf32, #bm.dims<N, 3>>, tensor<3x1xf32>"));
  std::string batched = functionOf(
      moduleOf("network M { forward(q: f32[N, T, 4], k: f32[N, T, 4]) { return q @ transpose(k) } }"), "predict");
  EXPECT_TRUE(
      has(batched, "bm.matmul %arg0, %0 : tensor<?x?x4xf32, #bm.dims<N, T, 4>>, tensor<?x4x?xf32, #bm.dims<N, 4, T>>"));
  std::string rows = functionOf(
      moduleOf("network M {\n  fc = Linear(4, 5)\n  forward(x: f32[N, T, 4]) { return fc(x) }\n}"), "predict");
  EXPECT_TRUE(has(rows, "tensor<?x4xf32, #bm.dims<\"N*T\", 4>>, tensor<4x5xf32>"));
}

TEST(Tensors, AreIndexed) {
  EXPECT_TRUE(has(predictOf("return x[:, 1:]"), "bm.slice %arg0 [0, 1] step [1, 1]"));
  EXPECT_TRUE(has(predictOf("return x[.., -1]"), "bm.slice %arg0 [0, 2]"));
  EXPECT_TRUE(has(predictOf("return x[iota(2)]"), "bm.gather %arg0 at %"));
}

TEST(Gradients, AreExpressions) {
  expectInOrder(predictOf("let g = grad(sum(x^3), x)\nreturn grad(sum(g), x)"),
                {"bm.pow", "bm.grad", "wrt %arg0", "bm.grad", "wrt %arg0"});
}

TEST(Functions, OfTheDialectAreFoundByName) { EXPECT_TRUE(has(predictOf("return rsqrt(abs(x) + 1)"), "bm.rsqrt")); }

TEST(Definitions, MayHideTheLibrarys) {
  EXPECT_FALSE(
      has(moduleOf("fn relu(x) { return x }\nnetwork M { forward(x: f32[N, 3]) { return relu(x) } }"), "bm.select"));
}

TEST(Targets, FollowFromTheLoss) {
  auto fields = [](const std::string &y, const std::string &loss) {
    return moduleOf("network M {\n  fc = Linear(3, 4)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n  data "
                    "= table(\"a.csv\", x = columns(0..3), y = " +
                    y + ")\n  loss = " + loss + "\n  optimizer = GD\n  metrics = accuracy\n}\n");
  };
  EXPECT_TRUE(has(fields("column(3)", "cross_entropy"),
                  "{classes = 4 : i64, features = [{column_count = 1 : i64, name = \"y.0\", numbers = array<i64: 3>, "
                  "selection = 0 : i64, width = 1 : i64}], is_input = false, name = \"y\", type = tensor<i32>}"));
  EXPECT_TRUE(has(fields("one_hot(column(3), 4)", "cross_entropy"), "type = tensor<4xf32>}"));
  EXPECT_TRUE(has(fields("columns(3..7)", "mse"), "type = tensor<4xf32>}"));
}

TEST(Inputs, MayBeBounded) {
  std::string module =
      moduleOf("network M {\n  table = Embedding(5, 2)\n  forward(k: i32[N] < 5) { return table(k) }\n}\ntrain M {\n"
               "  data = table(\"a.csv\", k = column(0), y = columns(1..3))\n  loss = mse\n  optimizer = GD\n}\n");
  EXPECT_TRUE(has(module, "classes = 5 : i64")) << module;
}

TEST(Locations, NameTheLibraryAndTheCaller) {
  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics(sources);
  mlir::MLIRContext context;
  auto module =
      bmc::frontend::compileToModule(context, sources, {"examples/simple.bm", {}, BMC_TEST_LIBRARY, {}}, diagnostics);
  ASSERT_TRUE(module);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->walk([&](mlir::Operation *op) {
    if (op->getName().getStringRef() == "bm.select")
      stream << op->getLoc() << "\n";
  });
  EXPECT_TRUE(has(text, "activations.bm\":6:47 at \"examples/simple.bm\":7:16)")) << text;
}

TEST(Methods, OfOneLayerCallEachOther) {
  std::string predict =
      functionOf(moduleOf("network M {\n  fc = Linear(3, 3)\n  twice(x) { return once(once(x)) }\n"
                          "  once(x) { return fc(x) }\n  forward(x: f32[N, 3]) { return twice(x) }\n}\n"),
                 "predict");
  expectInOrder(predict, {"bm.matmul", "bm.matmul"});
}

TEST(Methods, AreValues) {
  std::string predict =
      functionOf(moduleOf("layer L {\n  fc = Linear(3, 3)\n  other(x) { return fc(x) }\n  forward(x) { "
                          "return x }\n}\nfn apply(f: fn, x) { return f(x) }\nnetwork M {\n  l = L()\n  "
                          "forward(x: f32[N, 3]) { return apply(l.other, x) }\n}\n"),
                 "predict");
  EXPECT_TRUE(has(predict, "bm.matmul"));
}

TEST(ElementTypes, ConvertWhenCalled) {
  EXPECT_TRUE(has(predictOf("return f32(i32(x))"), "bm.cast"));
  EXPECT_TRUE(has(predictOf("return f32(i32(x))"), "xi32"));
}

// A buffer is the layer's: a second call of it in one step meets what the first has left.
TEST(Buffers, KeepChangingWithinAStep) {
  std::string train = functionOf(
      moduleOf(
          "layer Count {\n  buffer n: f32[1] = 0\n  forward(x) {\n    if training { n = n + 1 }\n    return x * n\n  "
          "}\n}\nlayer Outer {\n  count = Count()\n  forward(x) { return count(count(x)) }\n}\nnetwork M {\n  outer = "
          "Outer()\n  fc = Linear(3, 1)\n  forward(x: f32[N, 3]) { return fc(outer(outer(x))) }\n}\ntrain M {\n  data "
          "= table(\"a.csv\", x = columns(0..3), y = column(3))\n  loss = mse\n  optimizer = GD\n}\n"),
      "train");
  size_t additions = 0;
  std::istringstream lines(train);
  for (std::string line; std::getline(lines, line);)
    additions += has(line, "bm.add") && has(line, "tensor<1xf32>");
  EXPECT_EQ(additions, 4u) << train;
}

const std::string importing = "network M { forward(x: f32[N, 3]) { return f(x) } }\n";

TEST(Imports, AreFoundInTheFoldersOfI) {
  auto found = [](const std::vector<std::string> &folders) {
    return compileText("import \"a.bm\"\n" + importing, {},
                       {{"one/a.bm", "fn f(x) { return exp(x) }\n"}, {"two/a.bm", "fn f(x) { return log(x) }\n"}},
                       folders);
  };
  EXPECT_TRUE(has(found({"one", "two"}).module, "bm.exp"));
  EXPECT_TRUE(has(found({"two", "one"}).module, "bm.log"));
  EXPECT_TRUE(has(found({}).diagnostics, "there is no file 'a.bm'"));
}

TEST(Imports, HideTheLibrary) {
  EXPECT_TRUE(has(compileText("import \"a.bm\"\nnetwork M { forward(x: f32[N, 3]) { return relu(x) } }\n", {},
                              {{"a.bm", "fn relu(x) { return sin(x) }\n"}})
                      .module,
                  "bm.sin"));
}

TEST(Imports, MayMeetAgain) {
  Compiled compiled = compileText("import \"a.bm\"\nimport \"b.bm\"\n" + importing, {},
                                  {{"a.bm", "import \"c.bm\"\nfn f(x) { return g(x) + h(x) }\n"},
                                   {"b.bm", "import \"c.bm\"\nfn h2(x) { return g(x) }\n"},
                                   {"c.bm", "fn g(x) { return x }\nfn h(x) { return x }\n"}});
  EXPECT_EQ(compiled.diagnostics, "");
}

TEST(Imports, OfALibraryFileByItsName) {
  EXPECT_EQ(
      compileText("import layers\n" + std::string("network M { forward(x: f32[N, 3]) { return x } }\n")).diagnostics,
      "");
}

TEST(Documentation, StaysInTheTree) {
  namespace fe = bmc::frontend;
  fe::SourceManager sources;
  fe::Diagnostics diagnostics(sources);
  fe::FileId file =
      sources.add("t.bm", "/// What f does,\n/// in two lines.\nfn f(x) { return x }\nlayer L {\n  /// A weight.\n"
                          "  param w: f32[2] = 0\n  /// Applies it.\n  forward(x) { return x }\n}\n");
  fe::File tree = fe::parse(sources, file, diagnostics);
  ASSERT_EQ(tree.declarations.size(), 2u);
  EXPECT_EQ(tree.declarations[0].documentation, "What f does,\nin two lines.\n");
  EXPECT_EQ(tree.declarations[1].members[0].documentation, "A weight.\n");
  EXPECT_EQ(tree.declarations[1].members[1].documentation, "Applies it.\n");
}

} // namespace
