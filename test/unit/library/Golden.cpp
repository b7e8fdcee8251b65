// See the header.
#include "Golden.h"

#include "dialects/Ops.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "llvm/Support/MemoryBuffer.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace golden {

using llvm::json::Object;

llvm::json::Array cases(const std::string &group) {
  auto file = llvm::MemoryBuffer::getFile("test/golden/library/" + group + ".json");
  EXPECT_TRUE(bool(file)) << group;
  auto parsed = llvm::json::parse((*file)->getBuffer());
  EXPECT_TRUE(bool(parsed)) << group;
  return std::move(*parsed->getAsArray());
}

static double number(const llvm::json::Value &value) {
  if (auto number = value.getAsNumber())
    return *number;
  auto text = *value.getAsString();
  return text == "nan" ? NAN : text == "inf" ? INFINITY : -INFINITY;
}

static bool isReal(const Object &object) { return object.getString("type")->starts_with("f"); }

template <class T> Tensor<T> tensorOf(const Object &object) {
  llvm::SmallVector<int64_t> shape;
  for (const auto &extent : *object.getArray("shape"))
    shape.push_back(*extent.getAsInteger());
  Tensor<T> tensor(shape, isReal(object));
  size_t i = 0;
  for (const auto &value : *object.getArray("data"))
    if (tensor.isReal)
      tensor.reals[i++] = T(number(value));
    else
      tensor.integers[i++] = *value.getAsInteger();
  return tensor;
}

std::string typeOf(const Object &object, const std::string &real) {
  std::string text = isReal(object) ? real : object.getString("type")->str(), separator = "[";
  for (const auto &extent : *object.getArray("shape")) {
    text += separator + std::to_string(*extent.getAsInteger());
    separator = ", ";
  }
  return separator == "[" ? text : text + "]";
}

std::map<std::string, const Object *> tensorsOf(const Object &object) {
  std::map<std::string, const Object *> result;
  for (const auto &[name, value] : object)
    result[name.str()] = value.getAsObject();
  return result;
}

template <class T>
void expectNear(const Tensor<T> &found, const Object &expected, double tolerance, const std::string &what) {
  Tensor<double> wanted = tensorOf<double>(expected);
  ASSERT_EQ(found.size(), wanted.size()) << what;
  ASSERT_EQ(found.isReal, wanted.isReal) << what;
  for (int64_t i = 0; i < found.size(); ++i) {
    std::string place = what + "[" + std::to_string(i) + "]";
    if (!found.isReal) {
      EXPECT_EQ(found.integers[i], wanted.integers[i]) << place;
      continue;
    }
    double want = wanted.reals[i], is = found.reals[i];
    if (std::isnan(want) || std::isinf(want))
      EXPECT_TRUE(std::isnan(want) ? std::isnan(is) : is == want) << place << " is " << is << ", not " << want;
    else
      EXPECT_NEAR(is, want, tolerance * std::max(1.0, std::abs(want))) << place;
  }
}

// One for all models of a test: to make one takes longer than to compile a model.
mlir::MLIRContext &Model::context() {
  static mlir::MLIRContext context;
  return context;
}

Model::Model(const std::string &text) {
  namespace fs = std::filesystem;
  fs::path path = fs::temp_directory_path() / ("bmc-library-test-" + std::to_string(getpid()) + ".bm");
  std::ofstream(path) << text;
  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics(sources);
  module = bmc::frontend::compileToModule(context(), sources, {path.string(), {}, BMC_TEST_LIBRARY, {}}, diagnostics);
  fs::remove(path);
  std::ostringstream errors;
  diagnostics.print(errors);
  EXPECT_EQ(errors.str(), "") << text;
  if (!module)
    return;
  mlir::PassManager passes(&context());
  passes.addPass(bmc::createDifferentiate());
  EXPECT_TRUE(mlir::succeeded(passes.run(*module))) << text;
}

mlir::func::FuncOp Model::function(const std::string &name) {
  return module ? module->lookupSymbol<mlir::func::FuncOp>(name) : nullptr;
}

template <class T>
Tensor<T> Model::argument(mlir::func::FuncOp function, unsigned index, const Tensors<T> &given, int step) {
  auto text = [&](const char *attribute) {
    auto value = function.getArgAttrOfType<mlir::StringAttr>(index, attribute);
    return value ? value.getValue().str() : "";
  };
  std::string role = text("bm.role"), name = text("bm.name");
  if (auto variable = function.getArgAttrOfType<mlir::FlatSymbolRefAttr>(index, "bm.variable"))
    name = variable.getValue().str();
  if (role == "monitored")
    name = role;
  if (auto found = given.find(name); role != "hyper" && found != given.end())
    return found->second;
  auto type = llvm::cast<mlir::RankedTensorType>(function.getArgumentTypes()[index]);
  Tensor<T> value = bmc::bm::zerosOfType<T>(type, {{"N", 1}});
  if (role == "step")
    value.reals[0] = step;
  if (role == "hyper")
    for (auto hyper : (*module)
                          ->getAttrOfType<mlir::DictionaryAttr>("bm.program")
                          .getAs<mlir::ArrayAttr>("hypers")
                          .getAsRange<mlir::DictionaryAttr>())
      if (hyper.getAs<mlir::StringAttr>("name").getValue() == name)
        value.reals[0] = T(hyper.getAs<mlir::FloatAttr>("value").getValueAsDouble());
  return value;
}

template <class T> std::vector<Tensor<T>> Model::run(const std::string &name, const Tensors<T> &given, int step) {
  auto func = function(name);
  EXPECT_TRUE(func) << name;
  if (!func)
    return {};
  std::vector<Tensor<T>> arguments;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    arguments.push_back(argument(func, i, given, step));
  auto results = bmc::bm::evaluateFunction<T>(func, arguments);
  EXPECT_TRUE(mlir::succeeded(results)) << name;
  if (mlir::failed(results))
    return {};
  return {results->begin(), results->end()};
}

template <class T> double Model::train(Tensors<T> &variables, int step) {
  auto results = run("train", variables, step);
  double loss = NAN;
  for (unsigned i = 0; i < results.size(); ++i) {
    auto role = function("train").getResultAttrOfType<mlir::StringAttr>(i, "bm.role");
    if (auto variable = function("train").getResultAttrOfType<mlir::FlatSymbolRefAttr>(i, "bm.variable"))
      variables[variable.getValue().str()] = results[i];
    else if (role && role.getValue() == "loss")
      loss = results[i].reals[0];
  }
  return loss;
}

#define BMC_INSTANTIATE(T)                                                                                             \
  template Tensor<T> tensorOf(const Object &);                                                                         \
  template void expectNear(const Tensor<T> &, const Object &, double, const std::string &);                            \
  template std::vector<Tensor<T>> Model::run(const std::string &, const Tensors<T> &, int);                            \
  template double Model::train(Tensors<T> &, int);
BMC_INSTANTIATE(float)
BMC_INSTANTIATE(double)
#undef BMC_INSTANTIATE

} // namespace golden
