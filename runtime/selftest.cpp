// `PROGRAM selftest`: runs every kernel beside its plain form, on the same made-up values and for several sizes, and
// compares. It tells whether the compiled code is right on this very machine. A device's kernels run there, and their
// plain forms on the processor.
#include "errors.h"
#include "halide_buffer.h"
#include "numbers.h"
#include "random.h"
#include "tensor.h"
#include "verbs.h"
#ifdef BMC_DEVICE
#include "device/device.h"
#include "device/run_kernel.h"
#endif

#include <math.h>
#include <stdio.h>

namespace bmc {

#ifdef BMC_DEVICE
/// Whether the kernels under test are the device's.
static bool testsDevice = false;
#endif

/// Sizes around the vector widths and tile sizes of schedules.
static const int64_t sizes[] = {1, 2, 3, 7, 16, 33, 64};
enum { sizeCount = sizeof sizes / sizeof *sizes };

/// Some kernels take roots and logarithms, others need both signs.
enum Values { positiveValues, signedValues };

/// The buffers of one kernel for one choice of sizes: the ones that `run` gets and the ones that `plain` gets.
class Case {
public:
  Case(const bmc_kernel &kernel, const int64_t *symbols);
  ~Case();
  Case(const Case &) = delete;
  Case &operator=(const Case &) = delete;

  void fill(Values values);
  /// Runs both; false when they differ. `worst` grows to the largest difference seen.
  bool compare(double &worst);

private:
  const bmc_value &value(int64_t i) const {
    return i < kernel.argument_count ? kernel.arguments[i] : kernel.results[i - kernel.argument_count];
  }
  bool isAliased(int64_t i) const { return i >= kernel.argument_count && value(i).alias >= 0; }
  bool isPassed(int64_t i) const;
  int32_t call(int32_t (*code)(void *const *arguments), Array<void *> &tensors);
  int64_t bytes(int64_t i) const { return counts[i] * elementBytes(value(i).element); }
  bool sameResult(int64_t i, double &worst) const;

  const bmc_kernel &kernel;
  const int64_t *symbols;
  Array<int64_t> dims; // of all values
  Array<void *> compiled, plain;
  Array<int64_t> counts;
};

static int64_t rankSum(const bmc_value *values, int64_t count) {
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += values[i].rank;
  return sum;
}

static void dimsOf(const bmc_kernel &kernel, const int64_t *symbols, Array<int64_t> &dims) {
  int64_t ofArguments = rankSum(kernel.arguments, kernel.argument_count);
  dims.resize(ofArguments + rankSum(kernel.results, kernel.result_count));
  if (kernel.value_dims)
    return kernel.value_dims(symbols, dims.data());
  computeDims(kernel.arguments, kernel.argument_count, symbols, nullptr, dims.data());
  computeDims(kernel.results, kernel.result_count, symbols, nullptr, dims.data() + ofArguments);
}

Case::Case(const bmc_kernel &kernel, const int64_t *symbols) : kernel(kernel), symbols(symbols) {
  dimsOf(kernel, symbols, dims);
  const int64_t *next = dims.data();
  for (int64_t i = 0; i < kernel.argument_count + kernel.result_count; ++i) {
    counts.push(elementCount(next, value(i).rank));
    next += value(i).rank;
    if (isAliased(i)) {
      compiled.push(compiled[value(i).alias]);
      plain.push(plain[value(i).alias]);
      continue;
    }
    int64_t bytes = multiplySizes(counts[i], elementBytes(value(i).element), value(i).name);
    compiled.push(allocateBuffer(bytes, value(i).name));
    plain.push(allocateBuffer(bytes, value(i).name));
  }
}

Case::~Case() {
  for (int64_t i = 0; i < compiled.size(); ++i)
    if (!isAliased(i)) {
      free(compiled[i]);
      free(plain[i]);
    }
}

/// Integers are indices most of the time: 0 and 1 are valid ones for all but the smallest tensors.
static void storeRandom(void *data, int32_t element, int64_t index, uint64_t bits, Values values) {
  double unit = static_cast<double>(bits >> 40) / (1 << 24);
  double real = values == positiveValues ? unit + 0x1p-25 : 2 * unit - 1;
  switch (element) {
  case bmc_f32:
    static_cast<float *>(data)[index] = static_cast<float>(real);
    return;
  case bmc_f64:
    static_cast<double *>(data)[index] = real;
    return;
  case bmc_i32:
    static_cast<int32_t *>(data)[index] = bits & 1;
    return;
  case bmc_i64:
    static_cast<int64_t *>(data)[index] = bits & 1;
    return;
  default:
    static_cast<uint8_t *>(data)[index] = bits & 1;
  }
}

/// Results start with different bits on both sides, so that one that is never written is seen.
void Case::fill(Values values) {
  for (int64_t i = 0; i < compiled.size(); ++i) {
    if (isAliased(i))
      continue;
    if (i < kernel.argument_count) {
      for (int64_t k = 0; k < counts[i]; ++k)
        storeRandom(compiled[i], value(i).element, k, randomBits(0, i, k), values);
      memcpy(plain[i], compiled[i], bytes(i));
    } else {
      memset(compiled[i], 0x55, bytes(i));
      memset(plain[i], 0x2a, bytes(i));
    }
  }
}

/// Whether the code takes a buffer for it: an argument that a result is written into is that result's.
bool Case::isPassed(int64_t i) const {
  for (int64_t k = 0; i < kernel.argument_count && k < kernel.result_count; ++k)
    if (kernel.results[k].alias == i)
      return false;
  return true;
}

int32_t Case::call(int32_t (*code)(void *const *arguments), Array<void *> &tensors) {
  Array<HalideBuffer> buffers;
  Array<HalideDimension> dimensions;
  Array<void *> arguments;
  buffers.resize(tensors.size());
  dimensions.resize(dims.size());
  for (int64_t s = 0; s < kernel.symbol_count; ++s)
    arguments.push(const_cast<int64_t *>(symbols + s)); // the low half is the i32
  for (int64_t i = 0, first = 0; i < tensors.size(); first += value(i++).rank) {
    buffers[i].host = tensors[i];
    buffers[i].dim = dimensions.data() + first;
    for (int64_t axis = value(i).rank, stride = 1; axis-- > 0; stride *= dims[first + axis])
      buffers[i].dim[value(i).rank - 1 - axis].stride = static_cast<int32_t>(stride);
    if (isPassed(i))
      arguments.push(&buffers[i]);
  }
#ifdef BMC_DEVICE
  if (testsDevice && code == kernel.run) {
    Array<int64_t> sizes;
    for (int64_t i = 0; i < tensors.size(); ++i)
      sizes.push(bytes(i));
    return runOnDevice(code, arguments, buffers, sizes);
  }
#endif
  return code(arguments.data());
}

bool Case::compare(double &worst) {
  int32_t status = call(kernel.run, compiled), plainStatus = call(kernel.plain, plain);
  if (status != 0 || plainStatus != 0)
    return false;
  bool same = true;
  for (int64_t i = kernel.argument_count; i < compiled.size(); ++i)
    same &= sameResult(i, worst);
  return same;
}

bool Case::sameResult(int64_t i, double &worst) const {
  const double relative = 1e-4, absolute = 1e-5;
  int32_t element = value(i).element;
  if (element != bmc_f32 && element != bmc_f64)
    return !memcmp(compiled[i], plain[i], bytes(i));
  // Where a long sum's terms cancel, what is left is small and the error is that of the terms: as of a large element.
  double largest = 1;
  for (int64_t k = 0; k < counts[i]; ++k)
    if (double size = fabs(elementAsDouble(plain[i], element, k)); isfinite(size))
      largest = size > largest ? size : largest;
  bool same = true;
  for (int64_t k = 0; k < counts[i]; ++k) {
    double a = elementAsDouble(compiled[i], element, k), b = elementAsDouble(plain[i], element, k);
    if (a == b || (isnan(a) && isnan(b)))
      continue;
    double difference = fabs(a - b);
    if (!(difference <= worst))
      worst = difference;
    same &= difference <= absolute * largest + relative * fabs(b);
  }
  return same;
}

static bool testKernel(const bmc_kernel &kernel) {
  double worst = 0;
  bool same = true;
  int rounds = kernel.symbol_count ? sizeCount : 1;
  for (int round = 0; round < rounds; ++round) {
    Array<int64_t> symbols;
    for (int64_t s = 0; s < kernel.symbol_count; ++s)
      symbols.push(sizes[(round + s) % sizeCount]);
    Case test(kernel, symbols.data());
    static const Values both[] = {positiveValues, signedValues};
    for (Values values : both) {
      test.fill(values);
      same &= test.compare(worst);
    }
  }
  Text line;
  line.format("%-6s %-32s max error ", same ? "ok" : "FAILED", kernel.name);
  appendNumber(line, worst);
  printf("%s  %s\n", line.get(), kernel.location);
  return same;
}

static int64_t testKernels(const bmc_kernel *kernels, int64_t count) {
  int64_t failed = 0;
  for (int64_t i = 0; i < count; ++i)
    failed += !testKernel(kernels[i]);
  return failed;
}

int selftest(Options &) {
  int64_t failed = testKernels(bmc_program.kernels, bmc_program.kernel_count);
  printf("%lld kernels, %lld failed\n", (long long)bmc_program.kernel_count, (long long)failed);
#ifdef BMC_DEVICE
  if ((testsDevice = isDeviceOpen())) {
    int64_t failedThere = testKernels(bmc_device_program.kernels, bmc_device_program.kernel_count);
    printf("%lld kernels on the device, %lld failed\n", (long long)bmc_device_program.kernel_count,
           (long long)failedThere);
    failed += failedThere;
  }
#endif
  return failed ? exitBadInput : exitDone;
}

} // namespace bmc
