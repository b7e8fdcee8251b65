// The compiled code is linked into a shared object and loaded; each entry function of its table runs on made-up values,
// for several batches, and its results are compared with what the reference interpreter computes in double precision.
#include "tools/bmc/Check.h"

#include "bmc/program.h"
#include "dialects/Dialect.h"
#include "dialects/reference/Interpreter.h"
#include "runtime/threads.h"
#include "runtime/values.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/LoadedProgram.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>
#include <random>

using namespace llvm;

namespace bmc {

using bm::ReferenceTensor;

static constexpr int64_t batches[] = {1, 2, 7, 16, 33};

namespace {
/// One entry function for one batch.
class FunctionCheck {
public:
  FunctionCheck(const struct bmc_program &program, const bmc_function &compiled, mlir::func::FuncOp reference,
                int64_t batch)
      : program(program), compiled(compiled), reference(reference), symbols(compiled.symbol_count, batch),
        random(uint32_t(batch)) {}

  /// Runs both; false if the reference interpreter or a compiled function fails.
  bool run(std::string &error);
  /// The largest difference of each result since the check began, over 1 and the largest value.
  void compare(MutableArrayRef<double> worst);

private:
  void *make(const bmc_value &value, ReferenceTensor<double> &tensor);
  void *makeVariable(const bmc_value &value);
  void makeArguments();
  bool packWeights(std::string &error);
  bool call(const bmc_function &function, const std::vector<void *> &bound, std::string &error);
  bool agreesOnShapes();
  double element(const bmc_value &value, int64_t position, int64_t width);
  SmallVector<int64_t> shapeOf(const bmc_value &value);

  const struct bmc_program &program;
  const bmc_function &compiled;
  mlir::func::FuncOp reference;
  std::vector<int64_t> symbols;
  std::mt19937 random;
  std::vector<AlignedMemory> owned;
  StringMap<void *> variables;
  std::vector<void *> buffers; // arguments, then results
  SmallVector<ReferenceTensor<double>> arguments, expected;
};
} // namespace

// Elements in memory --------------------------------------------------------------------------------------------------

static bool isReal(int32_t element) { return element == bmc_f32 || element == bmc_f64; }

static void store(void *memory, int32_t element, int64_t i, double value) {
  switch (element) {
  case bmc_f32:
    static_cast<float *>(memory)[i] = float(value);
    break;
  case bmc_f64:
    static_cast<double *>(memory)[i] = value;
    break;
  case bmc_i32:
    static_cast<int32_t *>(memory)[i] = int32_t(value);
    break;
  case bmc_i64:
    static_cast<int64_t *>(memory)[i] = int64_t(value);
    break;
  default:
    static_cast<uint8_t *>(memory)[i] = value != 0;
  }
}

// One function --------------------------------------------------------------------------------------------------------

SmallVector<int64_t> FunctionCheck::shapeOf(const bmc_value &value) {
  SmallVector<int64_t> shape;
  for (const bmc_dim &dim : ArrayRef(value.dims, value.rank))
    shape.push_back(dim.symbol >= 0 ? symbols[dim.symbol] : dim.constant);
  return shape;
}

static bool isOneHot(const bmc_field &field) {
  return field.feature_count == 1 && field.rank == 1 && field.features[0].category_count == field.dims[0];
}

// State may be a sum of squares, so it is positive. Class labels and one-hot rows are what they are. Matrices are about
// as large as initial ones: a loop over many steps of larger ones would multiply every rounding error.
double FunctionCheck::element(const bmc_value &value, int64_t position, int64_t width) {
  std::uniform_real_distribution<double> signedValues(-1, 1), positiveValues(0.01, 1);
  switch (value.role) {
  case bmc_role_hyper:
    return program.hypers[value.index].value;
  case bmc_role_step:
    return 3;
  case bmc_role_key:
    return position == 0 ? 42 : 0;
  case bmc_role_state:
  case bmc_role_metric_state:
    return positiveValues(random);
  case bmc_role_parameter:
    return value.rank < 2 ? signedValues(random) : signedValues(random) / std::sqrt(double(width));
  case bmc_role_input:
    if (const bmc_field &field = program.fields[value.index]; field.classes > 0)
      return double(random() % field.classes);
    else if (isOneHot(field))
      return position % width == (position / width) % width;
  }
  return isReal(value.element) ? signedValues(random) : double(random() % 2);
}

void *FunctionCheck::make(const bmc_value &value, ReferenceTensor<double> &tensor) {
  SmallVector<int64_t> shape = shapeOf(value);
  tensor = ReferenceTensor<double>(shape, isReal(value.element));
  AlignedMemory &buffer = owned.emplace_back(tensor.size() * elementBytes(value.element));
  int64_t width = shape.empty() ? 1 : shape.back();
  for (int64_t i = 0; i < tensor.size(); ++i) {
    store(buffer.data(), value.element, i, element(value, i, width));
    double stored = elementAsDouble(buffer.data(), value.element, i);
    if (tensor.isReal)
      tensor.reals[i] = stored;
    else
      tensor.integers[i] = int64_t(stored);
  }
  return buffer.data();
}

// One that `prepare` takes for other functions.
void *FunctionCheck::makeVariable(const bmc_value &value) {
  void *&memory = variables[value.name];
  ReferenceTensor<double> unread({}, true);
  return memory ? memory : memory = make(value, unread);
}

static bool isNamed(const bmc_value &value, StringRef variable) {
  return value.role <= bmc_role_metric_state && variable == value.name;
}

// In the reference's order: the compiled function has packed weights too, and may have left to `prepare` what they are
// made of.
void FunctionCheck::makeArguments() {
  buffers.resize(compiled.argument_count);
  int64_t next = 0;
  for (unsigned number = 0; number < reference.getNumArguments(); ++number) {
    while (next < compiled.argument_count && compiled.arguments[next].role == bmc_role_packed)
      ++next;
    auto variable = reference.getArgAttrOfType<mlir::FlatSymbolRefAttr>(number, "bm.variable");
    const bmc_value *value = compiled.arguments + next;
    bool isTaken = next < compiled.argument_count && (!variable || isNamed(*value, variable.getValue()));
    if (!isTaken)
      value = find_if(ArrayRef(program.prepare->arguments, program.prepare->argument_count),
                      [&](const bmc_value &argument) { return isNamed(argument, variable.getValue()); });
    void *memory = make(*value, arguments.emplace_back(ArrayRef<int64_t>(), true));
    if (variable)
      variables[variable.getValue()] = memory;
    if (isTaken)
      buffers[next++] = memory;
  }
}

bool FunctionCheck::packWeights(std::string &error) {
  ArrayRef taken(compiled.arguments, compiled.argument_count);
  if (none_of(taken, [](const bmc_value &argument) { return argument.role == bmc_role_packed; }))
    return true;
  const bmc_function &prepare = *program.prepare;
  std::vector<void *> bound;
  for (const bmc_value &argument : ArrayRef(prepare.arguments, prepare.argument_count))
    bound.push_back(makeVariable(argument));
  for (const bmc_value &result : ArrayRef(prepare.results, prepare.result_count)) {
    bound.push_back(
        owned.emplace_back(ReferenceTensor<double>(shapeOf(result), true).size() * elementBytes(result.element))
            .data());
    for (auto [number, argument] : enumerate(taken))
      if (argument.role == bmc_role_packed && argument.index == result.index)
        buffers[number] = bound.back();
  }
  return call(prepare, bound, error);
}

bool FunctionCheck::call(const bmc_function &function, const std::vector<void *> &bound, std::string &error) {
  AlignedMemory arena(function.arena_bytes(symbols.data()));
  int status = function.run(bound.data(), symbols.data(), static_cast<char *>(arena.data()));
  if (status)
    error = "a kernel of @" + std::string(function.name) + " failed with status " + std::to_string(status);
  return status == 0;
}

// Whether the table tells the same shapes of the results as the reference interpreter.
bool FunctionCheck::agreesOnShapes() {
  SmallVector<int64_t> shapes;
  for (const ReferenceTensor<double> &tensor : expected)
    shapes.append(tensor.shape.begin(), tensor.shape.end());
  SmallVector<int64_t> dims(shapes.size(), -1);
  computeDims(compiled.results, compiled.result_count, symbols.data(), compiled.result_dims, dims.data());
  return dims == shapes;
}

bool FunctionCheck::run(std::string &error) {
  makeArguments();
  auto results = bm::evaluateFunction<double>(reference, arguments);
  if (mlir::failed(results)) {
    error = "the reference interpreter cannot evaluate it";
    return false;
  }
  expected = std::move(*results);
  if (!agreesOnShapes()) {
    error = "the shapes of its results differ from the reference interpreter's";
    return false;
  }
  for (auto [number, result] : enumerate(ArrayRef(compiled.results, compiled.result_count))) {
    if (result.alias < 0)
      owned.emplace_back(expected[number].size() * elementBytes(result.element));
    buffers.push_back(result.alias < 0 ? owned.back().data() : buffers[result.alias]);
  }
  return packWeights(error) && call(compiled, buffers, error);
}

void FunctionCheck::compare(MutableArrayRef<double> worst) {
  for (auto [number, result] : enumerate(ArrayRef(compiled.results, compiled.result_count))) {
    const ReferenceTensor<double> &tensor = expected[number];
    auto value = [&](int64_t i) { return tensor.isReal ? tensor.reals[i] : double(tensor.integers[i]); };
    double scale = 1, difference = 0;
    for (int64_t i = 0; i < tensor.size(); ++i) {
      double found = elementAsDouble(buffers[compiled.argument_count + number], result.element, i);
      scale = std::max(scale, std::abs(value(i)));
      if (std::isnan(found) != std::isnan(value(i)))
        difference = INFINITY;
      else if (found != value(i) && !std::isnan(found))
        difference = std::max(difference, std::abs(found - value(i)));
    }
    worst[number] = std::max(worst[number], difference / scale);
  }
}

// All of them ---------------------------------------------------------------------------------------------------------

// Whether an f32 was computed on the way to a value: then an f64 is no more exact than one.
static bool comesFromSingles(mlir::Value result) {
  SmallVector<mlir::Value> pending = {result};
  DenseSet<mlir::Value> seen;
  while (!pending.empty()) {
    mlir::Value value = pending.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (cast<mlir::RankedTensorType>(value.getType()).getElementType().isF32())
      return true;
    if (mlir::Operation *op = value.getDefiningOp())
      pending.append(op->operand_begin(), op->operand_end());
  }
  return false;
}

// Rounding of f32 through a few layers; a wrong kernel is wrong by far more.
static double tolerance(const bmc_value &result, mlir::Value reference) {
  if (!isReal(result.element))
    return 0;
  return comesFromSingles(reference) ? 1e-4 : 1e-9;
}

static bool checkFunction(Compilation &compilation, const struct bmc_program &program, const bmc_function &compiled,
                          mlir::func::FuncOp reference, std::string &report) {
  std::vector<double> worst(compiled.result_count, 0);
  for (int64_t batch : batches) {
    if (compiled.symbol_count == 0 && batch != batches[0])
      break;
    FunctionCheck check(program, compiled, reference, batch);
    std::string error;
    if (!check.run(error)) {
      compilation.error("@" + std::string(compiled.name) + " for " + std::to_string(batch) + " rows: " + error);
      return false;
    }
    check.compare(worst);
  }
  bool agrees = true;
  mlir::OperandRange returned = reference.getBody().front().getTerminator()->getOperands();
  for (auto [result, difference, value] :
       zip_equal(ArrayRef(compiled.results, compiled.result_count), worst, returned)) {
    bool isClose = difference <= tolerance(result, value);
    agrees &= isClose;
    report += formatv("{0,-8} {1,-10} {2,-32} max error {3:e2}\n", isClose ? "ok" : "DIFFERS", compiled.name,
                      result.name, difference);
  }
  return agrees;
}

ExitCode checkCompiled(Compilation &compilation) {
  if (!compilation.target.isHost()) {
    compilation.error("--check runs the compiled code, but " + compilation.target.triple + " with " +
                      compilation.target.cpu + " is not this machine");
    return ExitBadInput;
  }
  setThreadCount(1);
  // The reference evaluates the ops as they are before fusion.
  std::vector<std::string> objects;
  if (!compilation.read() || !compilation.runPasses(Stage::Grad))
    return ExitBadInput;
  mlir::OwningOpRef<mlir::ModuleOp> reference = compilation.module->clone();
  if (!compilation.runPasses(Stage::Plan) || !compilation.generateObjects(objects))
    return ExitBadInput;
  Expected<LoadedProgram> loaded = LoadedProgram::load(compilation.target, std::move(objects));
  if (!loaded) {
    compilation.error(toString(loaded.takeError()));
    return ExitCannot;
  }
  const struct bmc_program &program = loaded->table();
  std::string report;
  bool agrees = true;
  // What `prepare` gives is seen in the results of the functions that take it.
  for (const bmc_function *function : ArrayRef(program.functions, program.function_count))
    agrees &= function == program.prepare ||
              checkFunction(compilation, program, *function,
                            reference->lookupSymbol<mlir::func::FuncOp>(function->name), report);
  if (Error error = writeOutput("-", report))
    compilation.error(toString(std::move(error)));
  if (!agrees)
    compilation.error("the compiled functions differ from the reference interpreter");
  return agrees ? ExitDone : ExitBadInput;
}

} // namespace bmc
