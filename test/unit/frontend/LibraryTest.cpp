// The standard library against PyTorch: values, gradients and optimizer steps of test/golden/library, computed by the
// reference interpreter in double precision from what the frontend and the differentiation pass make of a small model.
#include "Compile.h"

#include "dialects/Ops.h"
#include "dialects/reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using Tensor = bmc::bm::ReferenceTensor<double>;
using llvm::json::Array;
using llvm::json::Object;

Array goldenCases(const std::string &group) {
  auto file = llvm::MemoryBuffer::getFile("test/golden/library/" + group + ".json");
  EXPECT_TRUE(bool(file)) << group;
  auto parsed = llvm::json::parse((*file)->getBuffer());
  EXPECT_TRUE(bool(parsed));
  return std::move(*parsed->getAsArray());
}

double number(const llvm::json::Value &value) {
  if (auto number = value.getAsNumber())
    return *number;
  auto text = *value.getAsString();
  return text == "nan" ? NAN : text == "inf" ? INFINITY : -INFINITY;
}

Tensor tensorOf(const Object &object) {
  llvm::SmallVector<int64_t> shape;
  for (const auto &extent : *object.getArray("shape"))
    shape.push_back(*extent.getAsInteger());
  bool isReal = object.getString("type")->starts_with("f");
  Tensor tensor(shape, isReal);
  size_t i = 0;
  for (const auto &value : *object.getArray("data"))
    if (isReal)
      tensor.reals[i++] = number(value);
    else
      tensor.integers[i++] = *value.getAsInteger();
  return tensor;
}

std::string typeOf(const Object &object) {
  std::string text = object.getString("type")->str() + "[";
  for (const auto &extent : *object.getArray("shape"))
    text += (text.back() == '[' ? "" : ", ") + std::to_string(*extent.getAsInteger());
  return text + "]";
}

void expectNear(const std::vector<double> &found, const Tensor &expected, const std::string &what) {
  ASSERT_EQ(found.size(), expected.reals.size()) << what;
  for (size_t i = 0; i < found.size(); ++i) {
    double want = expected.reals[i];
    if (std::isnan(want) || std::isinf(want))
      EXPECT_TRUE(std::isnan(want) ? std::isnan(found[i]) : found[i] == want)
          << what << "[" << i << "] is " << found[i] << ", not " << want;
    else
      EXPECT_NEAR(found[i], want, 1e-12 * std::max(1.0, std::abs(want))) << what << "[" << i << "]";
  }
}

/// The model text, compiled and differentiated.
struct Model {
  mlir::MLIRContext context;
  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics{sources};
  mlir::OwningOpRef<mlir::ModuleOp> module;

  explicit Model(const std::string &text) {
    namespace fs = std::filesystem;
    fs::path path = fs::temp_directory_path() / ("bmc-library-test-" + std::to_string(getpid()) + ".bm");
    std::ofstream(path) << text;
    module = bmc::frontend::compileToModule(context, sources, {path.string(), {}, BMC_TEST_LIBRARY, {}}, diagnostics);
    fs::remove(path);
    std::ostringstream errors;
    diagnostics.print(errors);
    EXPECT_EQ(errors.str(), "") << text;
    if (!module)
      return;
    mlir::PassManager passes(&context);
    passes.addPass(bmc::createDifferentiate());
    EXPECT_TRUE(mlir::succeeded(passes.run(*module))) << text;
  }

  std::vector<Tensor> run(const std::string &function, const std::vector<Tensor> &arguments) {
    auto func = module ? module->lookupSymbol<mlir::func::FuncOp>(function) : nullptr;
    if (!func)
      return {};
    auto results = bmc::bm::evaluateFunction<double>(func, arguments);
    EXPECT_TRUE(mlir::succeeded(results));
    if (mlir::failed(results))
      return {};
    return {results->begin(), results->end()};
  }
};

class Library : public testing::TestWithParam<const char *> {};

/// `y = f(inputs)`, and the gradients of sum(upstream * y).
TEST_P(Library, AgreesWithPyTorch) {
  for (const auto &entry : goldenCases(GetParam())) {
    const Object &golden = *entry.getAsObject();
    std::string op = golden.getString("op")->str();
    SCOPED_TRACE(op + ", " + golden.getString("case")->str());
    const Object &inputs = *golden.getObject("inputs");
    // The order of parameters is that of the function; JSON keeps none. The target comes last everywhere.
    std::vector<std::string> names;
    for (const auto &[name, value] : inputs)
      names.push_back(name.str());
    std::sort(names.begin(), names.end(), [](auto &a, auto &b) { return (a == "target") < (b == "target"); });

    std::string parameters, arguments, gradients;
    std::vector<Tensor> values;
    for (const std::string &name : names) {
      const Object &input = *inputs.getObject(name);
      parameters += name + ": " + typeOf(input) + ", ";
      arguments += (arguments.empty() ? "" : ", ") + name;
      values.push_back(tensorOf(input));
    }
    std::vector<std::string> differentiated;
    if (const Object *known = golden.getObject("gradients")) {
      for (const auto &[name, value] : *known)
        differentiated.push_back(name.str());
      parameters +=
          "upstream: " +
          (golden.getObject("upstream")->getArray("shape")->empty() ? "f64[1]" : typeOf(*golden.getObject("upstream")));
      values.push_back(tensorOf(*golden.getObject("upstream")));
      if (values.back().shape.empty())
        values.back().shape.push_back(1);
      for (const std::string &name : differentiated)
        gradients += ", grad(sum(upstream * value), " + name + ")";
    }
    if (golden.getObject("second_derivative"))
      gradients += ", grad(sum(grad(sum(value), x)), x)";
    // An output of a network has rows, so a scalar becomes one.
    bool isScalar = golden.getObject("value")->getArray("shape")->empty();
    std::string output = isScalar ? "reshape(value, [1])" : "value";
    Model model("network M {\n  forward(" + parameters + ") {\n    let value = " + op + "(" + arguments +
                ")\n    return (" + output + gradients + ",)\n  }\n}\n");
    auto results = model.run("predict", values);
    ASSERT_EQ(results.size(), 1 + differentiated.size() + (golden.getObject("second_derivative") ? 1 : 0));
    expectNear(results[0].reals, tensorOf(*golden.getObject("value")), "value");
    for (size_t i = 0; i < differentiated.size(); ++i)
      expectNear(results[1 + i].reals, tensorOf(*golden.getObject("gradients")->getObject(differentiated[i])),
                 "gradient of " + differentiated[i]);
    if (const Object *second = golden.getObject("second_derivative"))
      expectNear(results.back().reals, tensorOf(*second), "second derivative");
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, Library, testing::Values("activations", "softmaxes", "losses", "metrics"),
                         [](const auto &info) { return info.param; });

/// Five steps of `@train` for the parameter w of the loss sum(w * x): its gradient is x.
TEST(Library, OptimizersStepLikePyTorch) {
  for (const auto &entry : goldenCases("optimizers")) {
    const Object &golden = *entry.getAsObject();
    SCOPED_TRACE(golden.getString("case")->str());
    std::string arguments;
    for (const auto &[name, value] : *golden.getObject("arguments"))
      arguments += (arguments.empty() ? "" : ", ") + name.str() + " = " + fmt::format("{}", number(value));
    Model model("fn total(p, t) { return sum(p) }\nnetwork M {\n  param w: f64[6] = 0\n  forward(x: f64[1, 6]) { "
                "return w * x }\n}\ntrain M {\n"
                "  data = table(\"a.csv\", x = columns(0..6), y = column(6))\n  loss = total\n  optimizer = " +
                golden.getString("op")->str() + "(" + arguments + ")\n}\n");
    auto train = model.module ? model.module->lookupSymbol<mlir::func::FuncOp>("train") : nullptr;
    ASSERT_TRUE(train);
    Tensor start = tensorOf(*golden.getObject("inputs")->getObject("parameter"));
    Tensor gradients = tensorOf(*golden.getObject("inputs")->getObject("gradients"));
    Tensor expected = tensorOf(*golden.getObject("value"));
    std::map<std::string, Tensor> variables{{"w", start}};
    auto hypers = model.module->getOperation()
                      ->getAttrOfType<mlir::DictionaryAttr>("bm.program")
                      .getAs<mlir::ArrayAttr>("hypers");
    for (int step = 0; step < 5; ++step) {
      std::vector<double> gradient(gradients.reals.begin() + 6 * step, gradients.reals.begin() + 6 * step + 6);
      std::vector<Tensor> values;
      size_t hyper = 0;
      for (unsigned i = 0; i < train.getNumArguments(); ++i) {
        if (auto path = train.getArgAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable")) {
          auto [known, isNew] = variables.try_emplace(path.getValue().str(), Tensor({6}, true));
          values.push_back(known->second);
          continue;
        }
        auto role = train.getArgAttrOfType<mlir::StringAttr>(i, "bm.role").getValue();
        Tensor value = bmc::bm::zerosOfType<double>(train.getArgumentTypes()[i], {});
        if (role == "input" && value.reals.size() == 6)
          value.reals = gradient;
        else if (role == "hyper")
          value.reals[0] = llvm::cast<mlir::FloatAttr>(llvm::cast<mlir::DictionaryAttr>(hypers[hyper++]).get("value"))
                               .getValueAsDouble();
        else if (role == "step")
          value.reals[0] = step + 1;
        values.push_back(value);
      }
      auto results = model.run("train", values);
      ASSERT_EQ(results.size(), train.getNumResults());
      for (unsigned i = 0; i < train.getNumResults(); ++i)
        if (auto path = train.getResultAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable"))
          variables[path.getValue().str()] = results[i];
      auto row = [&](const Tensor &all) {
        Tensor one({6}, true);
        std::copy_n(all.reals.begin() + 6 * step, 6, one.reals.begin());
        return one;
      };
      expectNear(variables["w"].reals, row(expected), "parameter");
      for (const auto &[name, state] : *golden.getObject("state"))
        expectNear(variables["w." + name.str()].reals, row(tensorOf(*state.getAsObject())), "state " + name.str());
    }
  }
}

} // namespace
