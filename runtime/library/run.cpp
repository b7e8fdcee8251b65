// Calls of the entry functions: initial values, training, evaluation, prediction.
#include "../float_mode.h"
#include "instance.h"
#include "layout.h"
#include "packing.h"
#include "parallel.h"

#include <string.h>

namespace bmc {

namespace {
/// The thread's parallel loops run on the instance's pool as long as this lives.
class PoolInUse {
public:
  explicit PoolInUse(const Instance &instance) : isUsed(instance.pool) {
    if (isUsed)
      bmc_parallel.use(instance.pool);
  }
  ~PoolInUse() {
    if (isUsed)
      bmc_parallel.use(nullptr);
  }

private:
  bool isUsed;
};
} // namespace

static int checkRows(Instance &instance, const Call &call, int64_t rows) {
  if (call.fixedRows && rows != call.fixedRows)
    return failWith(instance, BMC_ERROR_ROWS, "expected %lld rows, which the model was compiled for, found %lld",
                    (long long)call.fixedRows, (long long)rows);
  if (rows < 1 || rows > instance.rows)
    return failWith(instance, BMC_ERROR_ROWS, "expected 1 to %lld rows, which are reserved, found %lld",
                    (long long)instance.rows, (long long)rows);
  return BMC_OK;
}

/// Sizes for another number of rows than in the call before.
static int prepare(Instance &instance, Call &call, int64_t rows) {
  if (call.rows == rows)
    return BMC_OK;
  if (int status = checkRows(instance, call, rows))
    return status;
  bindSymbols(*instance.program, *call.function, call.symbols, rows);
  if (call.function->arena_bytes && call.function->arena_bytes(call.symbols) > instance.arenaBytes)
    return failWith(instance, BMC_ERROR_MEMORY, "%lld rows need more memory than is reserved", (long long)rows);
  call.rows = rows;
  return BMC_OK;
}

static bool isAligned(const void *pointer) { return reinterpret_cast<uintptr_t>(pointer) % BMC_ALIGNMENT == 0; }

/// Whether a call may write over its argument.
static bool overwrites(const bmc_function &function, int64_t argument) {
  for (int64_t i = 0; i < function.result_count; ++i)
    if (function.results[i].alias == argument)
      return true;
  return false;
}

static int bindInput(Instance &instance, Call &call, int64_t port, const void *pointer, const char *what) {
  int64_t place = call.places[port];
  if (!pointer)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected a pointer to %s '%s', found null", what,
                    call.function->arguments[place].name);
  if (isAligned(pointer) && !overwrites(*call.function, place)) {
    call.buffers[place] = const_cast<void *>(pointer);
  } else {
    memcpy(instance.ports[port].own, pointer, size_t(instance.ports[port].rowBytes * call.rows));
    call.buffers[place] = instance.ports[port].own;
  }
  return BMC_OK;
}

/// Those of the ports that the call takes.
static int bindInputs(Instance &instance, Call &call, const void *const *pointers, int64_t first, int64_t number,
                      const char *what) {
  for (int64_t i = 0; i < number; ++i)
    if (call.places[first + i] >= 0)
      if (int status = bindInput(instance, call, first + i, pointers ? pointers[i] : nullptr, what))
        return status;
  return BMC_OK;
}

int runCall(Instance &instance, Call &call) {
  PoolInUse pool(instance);
  int32_t code = call.function->run(call.buffers, call.symbols, instance.arena);
  return code == 0
             ? BMC_OK
             : failWith(instance, BMC_ERROR_KERNEL, "%s: a kernel failed with code %d", call.function->name, code);
}

/// Whether there is a function to call, compiled from the model's `function`, and weights to call it with.
static int checkCall(Instance &instance, const Call &call, const bmc_function *function, const char *what) {
  if (!function)
    return failWith(instance, BMC_ERROR_STATE, "the model cannot %s", what);
  if (!call.function)
    return failWith(instance, BMC_ERROR_STATE, "the instance cannot %s: it was made with `trains` 0", what);
  if (!instance.owner->hasWeights)
    return failWith(instance, BMC_ERROR_STATE, "the instance has no weights yet: bmc_init or bmc_load_file first");
  return BMC_OK;
}

int init(bmc_model *model, uint64_t seed) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (!instance.program->init)
    return failWith(instance, BMC_ERROR_STATE, "the model has no initial values");
  if (!instance.calls[callInit].function)
    return failWith(instance, BMC_ERROR_STATE, "the instance has no initial values: it was made with `trains` 0");
  instance.key[0] = int32_t(seed);
  instance.key[1] = int32_t(seed >> 32);
  noteChange(instance);
  if (int status = runCall(instance, instance.calls[callInit]))
    return status;
  instance.seed = seed;
  instance.step = 0;
  instance.hasWeights = true;
  return BMC_OK;
}

/// What the network gave for the rows waits for `measure` where an output would be written.
static void bindPredictions(const Instance &instance, Call &call) {
  const Port *outputs = instance.ports + instance.inputCount + instance.targetCount;
  const bmc_function &function = *call.function;
  for (int64_t i = 0; i < function.argument_count; ++i)
    if (function.arguments[i].role == bmc_role_prediction)
      call.buffers[i] = outputs[function.arguments[i].index].own;
  for (int64_t i = 0; i < function.result_count; ++i)
    if (function.results[i].role == bmc_role_prediction)
      call.buffers[function.argument_count + i] = outputs[function.results[i].index].own;
}

static void readResults(const Instance &instance, const Call &call, double *loss, double *metrics) {
  const bmc_function &function = *call.function;
  for (int64_t i = 0; i < function.result_count; ++i) {
    const bmc_value &result = function.results[i];
    const void *found = call.buffers[function.argument_count + i];
    if (result.role == bmc_role_loss && loss)
      *loss = elementAsDouble(found, result.element, 0);
    if (result.role != bmc_role_metric || !metrics)
      continue;
    int64_t count = 1;
    for (int64_t axis = 0; axis < result.rank; ++axis)
      count *= result.dims[axis].constant;
    for (int64_t element = 0; element < count; ++element)
      metrics[instance.metricBegins[result.index] + element] = elementAsDouble(found, result.element, element);
  }
}

static int bindRows(Instance &instance, Call &call, const void *const *inputs, const void *const *targets,
                    int64_t rows) {
  if (int status = prepare(instance, call, rows))
    return status;
  if (int status = bindInputs(instance, call, inputs, 0, instance.inputCount, "input"))
    return status;
  bindPredictions(instance, call);
  return bindInputs(instance, call, targets, instance.inputCount, instance.targetCount, "target");
}

/// The metrics that need all rows of a pass: here those of one call.
static int measure(Instance &instance, const void *const *inputs, const void *const *targets, int64_t rows,
                   double *metrics) {
  Call &call = instance.calls[callMeasure];
  if (int status = bindRows(instance, call, inputs, targets, rows))
    return status;
  if (int status = runCall(instance, call))
    return status;
  readResults(instance, call, nullptr, metrics);
  return BMC_OK;
}

static int runMeasured(Instance &instance, Call &call, const void *const *inputs, const void *const *targets,
                       int64_t rows, double *loss, double *metrics, bool isFirstStep = true) {
  if (int status = bindRows(instance, call, inputs, targets, rows))
    return status;
  bool measures = isFirstStep && metrics && instance.calls[callMeasure].function;
  if (measures && instance.calls[callReset].function)
    if (int status = runCall(instance, instance.calls[callReset]))
      return status;
  if (int status = runCall(instance, call))
    return status;
  readResults(instance, call, loss, metrics);
  return measures ? measure(instance, inputs, targets, rows, metrics) : int(BMC_OK);
}

/// Where calls add gradients up, they make a step behind the number of calls that the model file says.
static int update(Instance &instance) {
  Call &call = instance.calls[callUpdate];
  if (!call.function)
    return BMC_OK;
  double done = *static_cast<double *>(instance.variables[instance.program->accumulated]);
  return done < double(instance.program->accumulate) ? int(BMC_OK) : runCall(instance, call);
}

/// The steps that have names, one behind the other. What a step measures that is not made is not a number.
static int trainSteps(Instance &instance, const void *const *inputs, const void *const *targets, int64_t rows,
                      double *loss, double *metrics) {
  const Program &program = *instance.program;
  double sum = 0, own = 0;
  for (int64_t i = 0; metrics && i < program.metric_count; ++i)
    metrics[instance.metricBegins[i]] = __builtin_nan("");
  for (int64_t i = 0; i < program.step_count; ++i) {
    if ((instance.step + 1) % program.steps[i].every != 0)
      continue;
    if (int status = runMeasured(instance, instance.more[i], inputs, targets, rows, &own, metrics, i == 0))
      return status;
    sum += own;
  }
  if (loss)
    *loss = sum;
  return BMC_OK;
}

int trainStep(bmc_model *model, const void *const *inputs, const void *const *targets, int64_t rows, double *loss,
              double *metrics) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  const Program &program = *instance.program;
  const Call &call = program.step_count ? instance.more[0] : instance.calls[callTrain];
  const bmc_function *function = program.step_count ? program.steps[0].function : program.train;
  if (int status = checkCall(instance, call, function, "train"))
    return status;
  noteChange(instance);
  SubnormalsAreZeros mode;
  *instance.stepValue = double(instance.step + 1);
  int status = program.step_count
                   ? trainSteps(instance, inputs, targets, rows, loss, metrics)
                   : runMeasured(instance, instance.calls[callTrain], inputs, targets, rows, loss, metrics);
  if (status)
    return status;
  ++instance.step;
  return update(instance);
}

int endEpoch(bmc_model *model, double value) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (!instance.trains || !instance.owner->hasWeights)
    return failWith(instance, BMC_ERROR_STATE, "the instance does not train");
  *instance.monitored = value;
  return instance.calls[callEpoch].function ? runCall(instance, instance.calls[callEpoch]) : int(BMC_OK);
}

int evaluate(bmc_model *model, const void *const *inputs, const void *const *targets, int64_t rows, double *loss,
             double *metrics) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (int status = checkCall(instance, instance.calls[callEvaluate], instance.program->evaluate, "evaluate"))
    return status;
  PackedInUse packed(instance);
  if (packed.status)
    return packed.status;
  *instance.stepValue = 1;
  return runMeasured(instance, instance.calls[callEvaluate], inputs, targets, rows, loss, metrics);
}

/// Outputs that can be written in place get the caller's memory.
static void bindOutputs(Instance &instance, Call &call, void *const *outputs) {
  for (int64_t i = 0; i < call.outputCount; ++i) {
    int64_t place = call.places[call.firstOutput + i], result = place - call.function->argument_count;
    int64_t alias = call.function->results[result].alias;
    bool inPlace = outputs[i] && isAligned(outputs[i]);
    char *own = instance.ports[call.firstOutput + i].own;
    call.buffers[place] = alias >= 0 ? call.buffers[alias] : inPlace ? outputs[i] : own;
  }
}

static void copyOutputs(Instance &instance, const Call &call, void *const *outputs) {
  for (int64_t i = 0; i < call.outputCount; ++i) {
    const void *found = call.buffers[call.places[call.firstOutput + i]];
    if (outputs[i] && outputs[i] != found)
      memcpy(outputs[i], found, size_t(instance.ports[call.firstOutput + i].rowBytes * call.rows));
  }
}

static int checkAnswering(Instance &instance, Call &call, const bmc_function *function, int64_t rows,
                          void *const *outputs) {
  if (int status = checkCall(instance, call, function, "predict"))
    return status;
  if (!outputs)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected pointers to the outputs, found null");
  return prepare(instance, call, rows);
}

static int answer(Instance &instance, Call &call, void *const *outputs) {
  PackedInUse packed(instance);
  if (packed.status)
    return packed.status;
  bindOutputs(instance, call, outputs);
  if (int status = runCall(instance, call))
    return status;
  copyOutputs(instance, call, outputs);
  return BMC_OK;
}

int predict(bmc_model *model, const void *const *inputs, int64_t rows, void *const *outputs) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  Call &call = instance.calls[callPredict];
  if (int status = checkAnswering(instance, call, instance.program->predict, rows, outputs))
    return status;
  if (int status = bindInputs(instance, call, inputs, 0, instance.inputCount, "input"))
    return status;
  return answer(instance, call, outputs);
}

/// Null where the model has no such entry.
static Call *findEntry(Instance &instance, const char *name) {
  const Program &program = *instance.program;
  for (int64_t i = 0; name && i < program.entry_count; ++i)
    if (!strcmp(program.entries[i].name, name))
      return &instance.more[program.step_count + i];
  return nullptr;
}

int callEntry(bmc_model *model, const char *entry, const void *const *inputs, int64_t rows, void *const *outputs) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  Call *call = findEntry(instance, entry);
  if (!call)
    return failWith(instance, BMC_ERROR_ARGUMENT, "the model has no entry '%s'", entry ? entry : "");
  if (int status = checkAnswering(instance, *call, call->function, rows, outputs))
    return status;
  const bmc_function &function = *call->function;
  for (int64_t i = 0, number = 0; i < function.argument_count; ++i)
    if (function.arguments[i].role == bmc_role_input) {
      const void *pointer = inputs ? inputs[number++] : nullptr;
      if (int status = bindInput(instance, *call, portOfField(instance, function.arguments[i].index), pointer, "input"))
        return status;
    }
  return answer(instance, *call, outputs);
}

} // namespace bmc
