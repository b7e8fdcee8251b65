// Metrics over batches, the last one short, against scikit-learn's over all rows.
#include "Golden.h"

using namespace golden;
using llvm::json::Object;

namespace {

/// What the train block needs besides the metric, for each kind of target.
std::string modelText(const Object &golden, const std::string &metric) {
  int64_t columns = *(*golden.getObject("prediction")->getArray("shape"))[1].getAsInteger();
  std::string kind = golden.getString("kind")->str(), first = std::to_string(columns);
  std::string loss = kind == "classes"  ? "cross_entropy"
                     : kind == "binary" ? "binary_cross_entropy_with_logits"
                                        : "mse";
  std::string target =
      kind == "numbers" ? "columns(" + first + ".." + std::to_string(2 * columns) + ")" : "column(" + first + ")";
  return "network M {\n  param w: f32[1] = 0\n  forward(x: f32[N, " + first + "]) { return x + w }\n}\ntrain M {\n" +
         "  data = table(\"a.csv\", x = columns(0.." + first + "), y = " + target + ")\n  loss = " + loss +
         "\n  optimizer = GD\n  metrics = " + metric + "\n}\n";
}

template <class T> Tensor<T> rowsOf(const Tensor<T> &all, int64_t begin, int64_t count) {
  int64_t width = all.size() / all.shape[0];
  llvm::SmallVector<int64_t> shape = all.shape;
  shape[0] = count;
  Tensor<T> rows(shape, all.isReal);
  if (all.isReal)
    std::copy_n(all.reals.begin() + begin * width, count * width, rows.reals.begin());
  else
    std::copy_n(all.integers.begin() + begin * width, count * width, rows.integers.begin());
  return rows;
}

/// The results of a function that have this role, or that are new values of variables, by name.
template <class T>
Tensors<T> resultsOf(Model &model, const std::string &function, const std::string &role, const Tensors<T> &given) {
  Tensors<T> named;
  auto results = model.run(function, given);
  for (unsigned i = 0; i < results.size(); ++i) {
    auto func = model.function(function);
    auto variable = func.getResultAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable");
    auto found = func.getResultAttrOfType<mlir::StringAttr>(i, "bm.role");
    if (role == "variable" && variable)
      named[variable.getValue().str()] = results[i];
    else if (found && found.getValue() == role)
      named[func.getResultAttrOfType<mlir::StringAttr>(i, "bm.name").getValue().str()] = results[i];
  }
  return named;
}

template <class T> void check(const Object &golden, const Object &metric, double tolerance) {
  Model model(modelText(golden, metric.getString("call")->str()));
  ASSERT_TRUE(model.module);
  Tensor<T> prediction = tensorOf<T>(*golden.getObject("prediction")),
            target = tensorOf<T>(*golden.getObject("target"));
  Tensors<T> states = model.function("reset") ? resultsOf<T>(model, "reset", "variable", {}) : Tensors<T>();
  Tensors<T> batchMeans;
  int64_t begin = 0;
  for (const auto &size : *golden.getArray("batches")) {
    int64_t count = *size.getAsInteger();
    Tensors<T> given = states;
    given["x"] = rowsOf(prediction, begin, count);
    given["y"] = rowsOf(target, begin, count);
    for (auto &[name, value] : resultsOf(model, "evaluate", "metric", given)) {
      auto [mean, isFirst] = batchMeans.try_emplace(name, Tensor<T>({}, true));
      mean->second.reals[0] += value.reals[0] * T(count) / T(prediction.shape[0]);
    }
    for (auto &[name, value] : resultsOf(model, "evaluate", "variable", given))
      states[name] = value;
    begin += count;
  }
  Tensors<T> found = batchMeans;
  if (model.function("measure")) {
    Tensors<T> given = states;
    given["output.0"] = prediction;
    given["y"] = target;
    found = resultsOf(model, "measure", "metric", given);
  }
  ASSERT_EQ(found.size(), 1u);
  expectNear(found.begin()->second, *metric.getObject("value"), tolerance, "value");
}

TEST(Metrics, AgreeWithScikitLearn) {
  for (const auto &entry : cases("metrics")) {
    const Object &golden = *entry.getAsObject();
    for (const auto &element : *golden.getArray("metrics")) {
      const Object &metric = *element.getAsObject();
      SCOPED_TRACE(metric.getString("call")->str() + ", " + golden.getString("kind")->str());
      check<double>(golden, metric, 1e-7);
      check<float>(golden, metric, 2e-6);
    }
  }
}

} // namespace
