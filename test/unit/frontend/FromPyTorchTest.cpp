// docs/from-pytorch.md: the halves of each pair in the model language compile, and give what the Python halves gave
// when test/golden/from_pytorch.py ran them: outputs from the same weights, weights after the same steps.
#include "Compile.h"

#include "dialects/reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "llvm/Support/JSON.h"

#include <gtest/gtest.h>

namespace {

using Tensor = bmc::bm::ReferenceTensor<double>;
using llvm::StringRef;
using llvm::json::Object;

// The page ------------------------------------------------------------------------------------------------------------

struct Pair {
  std::string python, model;
};

std::string textOf(const char *path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// What stands between two marks, from `at` on, which then is behind it.
std::optional<std::string> between(StringRef text, StringRef begin, StringRef end, size_t &at) {
  size_t from = text.find(begin, at);
  size_t to = from == StringRef::npos ? from : text.find(end, from + begin.size());
  if (to == StringRef::npos)
    return std::nullopt;
  at = to + end.size();
  return text.slice(from + begin.size(), to).str();
}

std::vector<Pair> pairs() {
  std::string page = textOf("docs/from-pytorch.md");
  std::vector<Pair> result;
  size_t at = 0;
  while (auto python = between(page, "```python\n", "```\n", at)) {
    auto model = between(page, "```bm\n", "```\n", at);
    EXPECT_TRUE(model) << "a Python block without its counterpart:\n" << *python;
    if (model)
      result.push_back({*python, *model});
  }
  return result;
}

// Values --------------------------------------------------------------------------------------------------------------

Tensor tensorOf(const Object &object) {
  llvm::SmallVector<int64_t> shape;
  for (const auto &extent : *object.getArray("shape"))
    shape.push_back(*extent.getAsInteger());
  Tensor tensor(shape, object.getString("type")->starts_with("f"));
  size_t i = 0;
  for (const auto &value : *object.getArray("data"))
    if (tensor.isReal)
      tensor.reals[i++] = *value.getAsNumber();
    else
      tensor.integers[i++] = *value.getAsInteger();
  return tensor;
}

void expectNear(const Tensor &found, const Object &expected, double tolerance, const std::string &what) {
  Tensor wanted = tensorOf(expected);
  ASSERT_EQ(found.size(), wanted.size()) << what;
  ASSERT_EQ(found.isReal, wanted.isReal) << what;
  EXPECT_EQ(found.integers, wanted.integers) << what;
  if (!found.isReal)
    return;
  for (int64_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found.reals[i], wanted.reals[i], tolerance) << what << "[" << i << "]";
}

// Models --------------------------------------------------------------------------------------------------------------

/// A model that the reference interpreter runs on values by the names of variables and inputs.
class Model {
public:
  explicit Model(const std::string &text) {
    namespace fs = std::filesystem;
    fs::path path = fs::temp_directory_path() / ("bmc-from-pytorch-" + std::to_string(getpid()) + ".bm");
    bool hasNetwork = StringRef(text).contains("network ");
    std::ofstream(path) << text << (hasNetwork ? "" : "network Any { forward(x: f32[N, 3]) { return x } }\n");
    bmc::frontend::SourceManager sources;
    bmc::frontend::Diagnostics diagnostics(sources);
    module = bmc::frontend::compileToModule(context, sources, {path.string(), {}, BMC_TEST_LIBRARY, {}}, diagnostics);
    fs::remove(path);
    std::ostringstream errors;
    diagnostics.print(errors);
    EXPECT_EQ(errors.str(), "");
    mlir::PassManager passes(&context);
    passes.addPass(bmc::createDifferentiate());
    EXPECT_TRUE(module && mlir::succeeded(passes.run(*module)));
  }

  /// PyTorch's name as the model's: what an `nn.Sequential` names `0.weight` is `layers.0.weight` in a network whose
  /// only member is called so.
  std::string nameOf(const std::string &name) {
    std::string inner = "layers." + name;
    return mlir::SymbolTable::lookupSymbolIn(*module, inner) ? inner : name;
  }

  std::vector<Tensor> run(const std::string &name, int step = 0) {
    auto function = module->lookupSymbol<mlir::func::FuncOp>(name);
    std::vector<Tensor> arguments;
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      arguments.push_back(argument(function, i, step));
    auto results = bmc::bm::evaluateFunction<double>(function, arguments);
    EXPECT_TRUE(mlir::succeeded(results)) << name;
    if (mlir::failed(results))
      return {};
    for (unsigned i = 0; i < results->size(); ++i)
      if (auto variable = function.getResultAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable"))
        values[variable.getValue().str()] = (*results)[i];
    return {results->begin(), results->end()};
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::map<std::string, Tensor> values;

private:
  Tensor argument(mlir::func::FuncOp function, unsigned index, int step) {
    auto text = [&](const char *attribute) {
      auto value = function.getArgAttrOfType<mlir::StringAttr>(index, attribute);
      return value ? value.getValue().str() : "";
    };
    auto variable = function.getArgAttrOfType<mlir::FlatSymbolRefAttr>(index, "bm.variable");
    std::string role = text("bm.role"), name = variable ? variable.getValue().str() : text("bm.name");
    if (auto known = values.find(name); role != "hyper" && known != values.end())
      return known->second;
    Tensor value = bmc::bm::zerosOfType<double>(function.getArgumentTypes()[index], {{"N", 1}});
    if (role == "step")
      value.reals[0] = step;
    if (role == "hyper")
      value.reals[0] = hyper(name);
    return value;
  }

  double hyper(const std::string &name) {
    auto program = module->getOperation()->getAttrOfType<mlir::DictionaryAttr>("bm.program");
    for (auto hyper : program.getAs<mlir::ArrayAttr>("hypers").getAsRange<mlir::DictionaryAttr>())
      if (hyper.getAs<mlir::StringAttr>("name").getValue() == name)
        return hyper.getAs<mlir::FloatAttr>("value").getValueAsDouble();
    ADD_FAILURE() << "no number '" << name << "'";
    return 0;
  }
};

void expectSame(Model &model, const Object &golden) {
  int64_t steps = *golden.getInteger("steps");
  if (steps > 0)
    model.run("init"); // states and buffers begin as the program's do
  for (const char *group : {"inputs", "weights"})
    for (const auto &[name, tensor] : *golden.getObject(group))
      model.values[model.nameOf(name.str())] = tensorOf(*tensor.getAsObject());
  if (steps == 0) {
    auto results = model.run("predict");
    ASSERT_FALSE(results.empty());
    return expectNear(results[0], *golden.getObject("value"), 1e-12, "output");
  }
  for (int step = 1; step <= steps; ++step)
    model.run("train", step);
  for (const auto &[name, tensor] : *golden.getObject("last"))
    expectNear(model.values[model.nameOf(name.str())], *tensor.getAsObject(), 1e-9, name.str());
}

TEST(FromPyTorch, PairsGiveTheSame) {
  auto recorded = llvm::json::parse(textOf("test/golden/from_pytorch.json"));
  ASSERT_TRUE(bool(recorded));
  std::map<std::string, const Object *> goldenOf;
  for (const auto &entry : *recorded->getAsArray())
    goldenOf[entry.getAsObject()->getString("python")->str()] = entry.getAsObject();
  unsigned compared = 0;
  for (const Pair &pair : pairs()) {
    SCOPED_TRACE(pair.python + "----\n" + pair.model);
    Model model(pair.model);
    auto golden = goldenOf.find(pair.python);
    if (!model.module || golden == goldenOf.end())
      continue;
    expectSame(model, *golden->second);
    ++compared;
  }
  // Each recorded text stands on the page as it was when it was recorded.
  EXPECT_EQ(compared, goldenOf.size()) << "run test/golden/from_pytorch.py";
  EXPECT_GE(compared, 10u);
}

} // namespace
