// A program table written by hand, for the tests of the runtime: a linear model y = x w + b with three inputs, trained
// by gradient descent with momentum. It stands for what the compiler generates. `w` is donated (written in place), `b`
// is a result of its own, so that both ways of replacing a variable are run. Macros make variants:
//   FAKE_CLASSES=N   the target is a class of N, one-hot     FAKE_FIXED_ROWS=N  compiled for N rows at a time
//   FAKE_BROKEN      a kernel that differs from its plain form
//   FAKE_NO_TRAIN    only `predict`                           FAKE_KERNEL_ERROR  a kernel that fails
//   FAKE_ILLEGAL     an instruction that no processor has
#include "../../runtime/halide_buffer.h"
#include "bmc/program.h"

#include <stddef.h>

#ifndef FAKE_CLASSES
#define FAKE_CLASSES 0
#endif
#ifndef FAKE_FIXED_ROWS
#define FAKE_FIXED_ROWS 0
#endif

extern "C" const bmc_format bmc_format_table;
extern "C" const bmc_encoding bmc_encoding_one_hot;
extern "C" int halide_do_par_for(void *, int (*task)(void *, int, uint8_t *), int min, int size, uint8_t *closure);

namespace {

enum { inputs = 3, outputs = FAKE_CLASSES ? FAKE_CLASSES : 1 };

bool isAligned(const void *pointer) { return reinterpret_cast<uintptr_t>(pointer) % 64 == 0; }

struct Product {
  const float *x, *w, *b;
  float *y;
};

int productRow(void *, int row, uint8_t *closure) {
  const Product &p = *reinterpret_cast<Product *>(closure);
  for (int j = 0; j < outputs; ++j) {
    float sum = p.b[j];
    for (int k = 0; k < inputs; ++k)
      sum += p.x[row * inputs + k] * p.w[k * outputs + j];
    p.y[row * outputs + j] = sum;
  }
  return 0;
}

void product(const float *x, const float *w, const float *b, float *y, int64_t rows) {
  Product p = {x, w, b, y};
  halide_do_par_for(nullptr, productRow, 0, static_cast<int>(rows), reinterpret_cast<uint8_t *>(&p));
}

/// The mean squared error and the mean absolute one; the gradient of the first overwrites `y`.
void losses(float *y, const float *target, int64_t rows, float *loss, float *absolute) {
  double squares = 0, distances = 0;
  for (int64_t i = 0; i < rows * outputs; ++i) {
    float error = y[i] - target[i];
    squares += double(error) * error;
    distances += error < 0 ? -error : error;
    y[i] = 2 * error / static_cast<float>(rows * outputs);
  }
  *loss = static_cast<float>(squares / double(rows * outputs));
  *absolute = static_cast<float>(distances / double(rows * outputs));
}

int64_t rowsOf(const int64_t *symbols) { return FAKE_FIXED_ROWS ? FAKE_FIXED_ROWS : symbols[0]; }

int64_t arenaBytes(const int64_t *symbols) { return rowsOf(symbols) * outputs * 4; }

// (key) -> (w, b, w.velocity, b.velocity)
int32_t initRun(void *const *buffers, const int64_t *, char *) {
  const int32_t *key = static_cast<const int32_t *>(buffers[0]);
  float *w = static_cast<float *>(buffers[1]), *b = static_cast<float *>(buffers[2]);
  float *wVelocity = static_cast<float *>(buffers[3]), *bVelocity = static_cast<float *>(buffers[4]);
  for (int i = 0; i < inputs * outputs; ++i) {
    w[i] = 0.01f * static_cast<float>(i + 1) + 0.001f * static_cast<float>(key[0] % 100) + static_cast<float>(key[1]);
    wVelocity[i] = 0;
  }
  for (int j = 0; j < outputs; ++j)
    b[j] = bVelocity[j] = 0;
  return 0;
}

// (w, b, w.velocity, b.velocity, x, y, lr, momentum, step, key) -> (w, b, w.velocity, b.velocity, loss, mae)
int32_t trainRun(void *const *buffers, const int64_t *symbols, char *arena) {
#ifdef FAKE_KERNEL_ERROR
  return -11;
#endif
#ifdef FAKE_ILLEGAL
  __builtin_trap();
#endif
  for (int i = 0; i < 16; ++i)
    if (!isAligned(buffers[i]))
      return 1000 + i;
  if (!isAligned(arena))
    return 2000;
  int64_t rows = rowsOf(symbols);
  auto *w = static_cast<float *>(buffers[0]), *b = static_cast<float *>(buffers[1]);
  auto *wVelocity = static_cast<float *>(buffers[2]), *bVelocity = static_cast<float *>(buffers[3]);
  auto *x = static_cast<float *>(buffers[4]);
  auto rate = static_cast<float>(*static_cast<double *>(buffers[6]));
  auto momentum = static_cast<float>(*static_cast<double *>(buffers[7]));
  double step = *static_cast<double *>(buffers[8]);
  auto *newB = static_cast<float *>(buffers[11]), *newBVelocity = static_cast<float *>(buffers[13]);
  auto *gradient = reinterpret_cast<float *>(arena);
  product(x, w, b, gradient, rows);
  losses(gradient, static_cast<float *>(buffers[5]), rows, static_cast<float *>(buffers[14]),
         static_cast<float *>(buffers[15]));
  // The step matters, so that a resumed run with a wrong one is seen.
  rate *= static_cast<float>(1 / (1 + 0.001 * step));
  for (int j = 0; j < outputs; ++j) {
    float sum = 0;
    for (int64_t i = 0; i < rows; ++i)
      sum += gradient[i * outputs + j];
    newBVelocity[j] = momentum * bVelocity[j] + sum;
    newB[j] = b[j] - rate * newBVelocity[j];
    for (int k = 0; k < inputs; ++k) {
      float &velocity = wVelocity[k * outputs + j];
      velocity *= momentum;
      for (int64_t i = 0; i < rows; ++i)
        velocity += gradient[i * outputs + j] * x[i * inputs + k];
      w[k * outputs + j] -= rate * velocity;
    }
  }
  return 0;
}

// (w, b, x, y) -> (loss, mae)
int32_t evaluateRun(void *const *buffers, const int64_t *symbols, char *arena) {
  auto *y = reinterpret_cast<float *>(arena);
  product(static_cast<float *>(buffers[2]), static_cast<float *>(buffers[0]), static_cast<float *>(buffers[1]), y,
          rowsOf(symbols));
  losses(y, static_cast<float *>(buffers[3]), rowsOf(symbols), static_cast<float *>(buffers[4]),
         static_cast<float *>(buffers[5]));
  return 0;
}

// (w, b, x) -> (y)
int32_t predictRun(void *const *buffers, const int64_t *symbols, char *) {
  product(static_cast<float *>(buffers[2]), static_cast<float *>(buffers[0]), static_cast<float *>(buffers[1]),
          static_cast<float *>(buffers[3]), rowsOf(symbols));
  return 0;
}

const int64_t wDims[] = {inputs, outputs}, bDims[] = {outputs};
constexpr bmc_dim rowDim = FAKE_FIXED_ROWS ? bmc_dim{FAKE_FIXED_ROWS, -1} : bmc_dim{0, 0};
const bmc_dim wShape[] = {{inputs, -1}, {outputs, -1}}, bShape[] = {{outputs, -1}}, keyShape[] = {{2, -1}};
const bmc_dim xShape[] = {rowDim, {inputs, -1}}, yShape[] = {rowDim, {outputs, -1}};

// Only `predict` has a result that is not a variable or a number.
void predictDims(const int64_t *symbols, int64_t *dims) {
  dims[0] = rowsOf(symbols);
  dims[1] = outputs;
}

void variableDims(const int64_t *, int64_t *dims) {
  const int64_t all[] = {inputs, outputs, outputs, inputs, outputs, outputs};
  for (int i = 0; i < 6; ++i)
    dims[i] = all[i];
}

void noDims(const int64_t *, int64_t *) {}

constexpr bmc_value wValue(int32_t alias) { return {"w", bmc_role_parameter, bmc_f32, 2, wShape, 0, alias}; }
constexpr bmc_value bValue = {"b", bmc_role_parameter, bmc_f32, 1, bShape, 1, -1};
constexpr bmc_value wState(int32_t alias) { return {"w.velocity", bmc_role_state, bmc_f32, 2, wShape, 2, alias}; }
constexpr bmc_value bState = {"b.velocity", bmc_role_state, bmc_f32, 1, bShape, 3, -1};
constexpr bmc_value xValue = {"x", bmc_role_input, bmc_f32, 2, xShape, 0, -1};
constexpr bmc_value yValue = {"y", bmc_role_input, bmc_f32, 2, yShape, 1, -1};
constexpr bmc_value keyValue = {"key", bmc_role_key, bmc_i32, 1, keyShape, 0, -1};
constexpr bmc_value lossValue = {"loss", bmc_role_loss, bmc_f32, 0, nullptr, 0, -1};
constexpr bmc_value maeValue = {"mae", bmc_role_metric, bmc_f32, 0, nullptr, 0, -1};

const char *const symbolNames[] = {"N"};
enum { symbolCount = FAKE_FIXED_ROWS ? 0 : 1 };

const bmc_value initArguments[] = {keyValue};
const bmc_value initResults[] = {wValue(-1), bValue, wState(-1), bState};
const bmc_function init = {"init", initRun, nullptr, variableDims, 1, initArguments, 4, initResults, 0, nullptr, 0};

const bmc_value trainArguments[] = {wValue(-1),
                                    bValue,
                                    wState(-1),
                                    bState,
                                    xValue,
                                    yValue,
                                    {"lr", bmc_role_hyper, bmc_f64, 0, nullptr, 0, -1},
                                    {"momentum", bmc_role_hyper, bmc_f64, 0, nullptr, 1, -1},
                                    {"step", bmc_role_step, bmc_f64, 0, nullptr, 0, -1},
                                    keyValue};
const bmc_value trainResults[] = {wValue(0), bValue, wState(2), bState, lossValue, maeValue};
const bmc_function trainFunction = {"train", trainRun,     arenaBytes,  variableDims, 10, trainArguments,
                                    6,       trainResults, symbolCount, symbolNames,  3};

const bmc_value evaluateArguments[] = {wValue(-1), bValue, xValue, yValue};
const bmc_value evaluateResults[] = {lossValue, maeValue};
const bmc_function evaluateFunction = {"evaluate", evaluateRun,     arenaBytes,  noDims,      4, evaluateArguments,
                                       2,          evaluateResults, symbolCount, symbolNames, 2};

const bmc_value predictArguments[] = {wValue(-1), bValue, xValue};
const bmc_value predictResults[] = {{"prediction", bmc_role_output, bmc_f32, 2, yShape, 1, -1}};
const bmc_function predictFunction = {"predict", predictRun,     nullptr,     predictDims, 3, predictArguments,
                                      1,         predictResults, symbolCount, symbolNames, 1};

#ifdef FAKE_NO_TRAIN
enum { hasTrain = 0 };
const bmc_function *const functions[] = {&predictFunction};
#else
enum { hasTrain = 1 };
const bmc_function *const functions[] = {&init, &trainFunction, &evaluateFunction, &predictFunction};
#endif

const bmc_variable variables[] = {{"linear.weight", bmc_role_parameter, bmc_f32, 2, 1, wDims},
                                  {"linear.bias", bmc_role_parameter, bmc_f32, 1, 1, bDims},
                                  {"linear.weight.velocity", bmc_role_state, bmc_f32, 2, 0, wDims},
                                  {"linear.bias.velocity", bmc_role_state, bmc_f32, 1, 0, bDims}};

const int64_t xColumns[] = {0, 1, 2}, yColumns[] = {3}, xDims[] = {inputs}, yDims[] = {outputs};
const bmc_feature xFeature = {"x.0",    bmc_select_numbers,
                              inputs,   inputs,
                              xColumns, 0,
                              nullptr,  0,
                              nullptr,  nullptr,
                              0,        nullptr,
                              0,        0,
                              nullptr,  1,
                              0,        0,
                              0};
const bmc_feature yFeature = {"y.0",
                              bmc_select_numbers,
                              1,
                              1,
                              yColumns,
                              0,
                              nullptr,
                              0,
                              nullptr,
                              FAKE_CLASSES ? &bmc_encoding_one_hot : nullptr,
                              FAKE_CLASSES,
                              nullptr,
                              0,
                              0,
                              nullptr,
                              FAKE_CLASSES ? FAKE_CLASSES : 1,
                              0,
                              0,
                              0};
const bmc_field fields[] = {{"x", bmc_f32, 1, 1, xDims, 1, &xFeature, 0, -1, 0, -1},
                            {"y", bmc_f32, 0, 1, yDims, 1, &yFeature, 0, -1, 0, -1}};

constexpr bmc_dataset dataset(const char *name, const bmc_file *file) {
  return {name, &bmc_format_table, file ? 1 : 0, file, 0, -1, 0, nullptr, 0, 0, nullptr, 0, nullptr, nullptr};
}
#ifdef FAKE_NO_TRAIN
const bmc_dataset datasets[] = {dataset("input", nullptr)};
#else
const bmc_file trainFile = {nullptr, "train.csv"}, testFile = {nullptr, "test.csv"};
const bmc_dataset datasets[] = {dataset("train", &trainFile), dataset("test", &testFile)};
#endif
const bmc_hyper hypers[] = {{"lr", 0.01}, {"momentum", 0.5}};
const char *const metricNames[] = {"mae"};
const bmc_monitor monitor = {"", 0, 0, 0, bmc_keep_automatic};

const bmc_layer layers[] = {{"", 0, "Fake()", "f32[N, 1]", 4, 7, 20},
                            {"linear", 1, "Linear(in = 3, out = 1)", "f32[N, 1]", 4, 7, 20},
                            {"spare", 1, "Linear(in = 1, out = 1)", "", 2, 0, 8}};

// A kernel (x, y) -> (z, y in place): z = 2 x, y += x.
float *tensor(void *buffer) { return static_cast<float *>(static_cast<bmc::HalideBuffer *>(buffer)->host); }

int32_t kernelRun(void *const *arguments) {
  int32_t size = *static_cast<int32_t *>(arguments[0]);
  float *x = tensor(arguments[1]), *z = tensor(arguments[2]), *y = tensor(arguments[3]);
  for (int32_t i = 0; i < size; ++i) {
    z[i] = 2 * x[i];
    y[i] += x[i];
  }
#ifdef FAKE_BROKEN
  if (size == 33)
    z[32] += 0.5f;
#endif
  return 0;
}

int32_t kernelPlain(void *const *arguments) {
  int32_t size = *static_cast<int32_t *>(arguments[0]);
  float *x = tensor(arguments[1]), *z = tensor(arguments[2]), *y = tensor(arguments[3]);
  for (int32_t i = 0; i < size; ++i) {
    z[i] = x[i] + x[i];
    y[i] = x[i] + y[i];
  }
  return 0;
}

void kernelDims(const int64_t *symbols, int64_t *dims) { dims[0] = dims[1] = dims[2] = dims[3] = symbols[0]; }

const bmc_dim kernelShape[] = {{0, 0}};
const bmc_value kernelArguments[] = {{"x", 0, bmc_f32, 1, kernelShape, 0, -1},
                                     {"y", 0, bmc_f32, 1, kernelShape, 0, -1}};
const bmc_value kernelResults[] = {{"z", 0, bmc_f32, 1, kernelShape, 0, -1}, {"y", 0, bmc_f32, 1, kernelShape, 0, 1}};
const bmc_kernel kernels[] = {{"double_and_add", "vectorize(i, 8)", "fake.bm:5:14", kernelRun, kernelPlain, 1, 3, 2,
                               kernelArguments, 2, kernelResults, kernelDims, 3}};

} // namespace

extern "C" const struct bmc_program bmc_program = {BMC_PROGRAM_VERSION,
                                                   "fake",
                                                   "fake.bm",
                                                   3,
                                                   layers,
                                                   4,
                                                   variables,
                                                   0,
                                                   nullptr,
                                                   2,
                                                   fields,
                                                   hasTrain ? 2 : 1,
                                                   datasets,
                                                   2,
                                                   hypers,
                                                   1,
                                                   metricNames,
                                                   10,
                                                   0,
                                                   0,
                                                   FAKE_CLASSES != 0,
                                                   0,
                                                   &monitor,
                                                   hasTrain ? &init : nullptr,
                                                   hasTrain ? &trainFunction : nullptr,
                                                   hasTrain ? &evaluateFunction : nullptr,
                                                   &predictFunction,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr,
                                                   -1,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr,
                                                   nullptr,
                                                   0,
                                                   nullptr,
                                                   0,
                                                   nullptr,
                                                   sizeof functions / sizeof *functions,
                                                   functions,
                                                   1,
                                                   kernels,
                                                   0,
                                                   nullptr};
