// Instances: their options, their memory, their entry functions' arguments.
#include "instance.h"
#include "layout.h"
#include "parallel.h"
#include "preparation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace bmc {

int failWith(Instance &instance, bmc_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(instance.message, sizeof instance.message, format, arguments);
  va_end(arguments);
  return status;
}

// Memory --------------------------------------------------------------------------------------------------------------

static void *allocateFromLibc(void *, size_t bytes, size_t alignment) {
  void *memory = nullptr;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}

static void releaseToLibc(void *, void *memory, size_t) { free(memory); }

void *allocate(const bmc_allocator &allocator, int64_t bytes) {
  return bytes >= mostBytes ? nullptr : allocator.allocate(allocator.context, size_t(bytes), BMC_ALIGNMENT);
}

void release(const bmc_allocator &allocator, void *memory, int64_t bytes) {
  if (memory)
    allocator.release(allocator.context, memory, size_t(bytes));
}

int64_t variableBytes(const bmc_variable &variable) {
  int64_t bytes = elementBytes(variable.element);
  for (int64_t i = 0; i < variable.rank; ++i)
    bytes = multiplySizes(bytes, variable.dims[i]);
  return bytes;
}

static bool holdsVariable(const Instance &instance, const bmc_variable &variable) {
  if (!isWeight(variable))
    return variable.role == bmc_role_metric_state || instance.trains;
  return instance.owner == &instance;
}

static bool isMeasure(const bmc_value &result) {
  return result.role == bmc_role_loss || result.role == bmc_role_metric;
}

/// A loss or a metric has a static shape.
static int64_t measureBytes(const bmc_value &result) {
  int64_t bytes = elementBytes(result.element);
  for (int64_t axis = 0; axis < result.rank; ++axis)
    bytes = multiplySizes(bytes, result.dims[axis].constant);
  return alignSize(bytes);
}

static int64_t measureBytes(const bmc_function &function) {
  int64_t bytes = 0;
  for (int64_t i = 0; i < function.result_count; ++i)
    if (isMeasure(function.results[i]))
      bytes = addSizes(bytes, measureBytes(function.results[i]));
  return bytes;
}

static void placeCall(const Instance &instance, Call &call, Layout &layout) {
  if (!call.function)
    return;
  layout.place(call.buffers, call.function->argument_count + call.function->result_count);
  layout.place(call.symbols, call.function->symbol_count);
  layout.place(call.places, instance.portCount);
  layout.place(call.measures, measureBytes(*call.function));
}

/// The i-th one of `more`, with its function.
static Call anotherCall(const Instance &instance, int64_t i) {
  const Program &program = *instance.program;
  Call call;
  if (i >= program.step_count)
    call.function = program.entries[i - program.step_count].function;
  else if (instance.trains)
    call.function = program.steps[i].function;
  return call;
}

/// Of packed weights, which belong to the owner of the weights.
static int64_t packedBytes(const Instance &instance) {
  int64_t bytes = 0;
  for (int64_t i = 0; instance.owner == &instance && i < instance.program->packed_count; ++i)
    bytes = addSizes(bytes, alignSize(variableBytes(instance.program->packed[i])));
  return bytes;
}

static void fillPacked(Instance &instance, char *memory) {
  bool isOwner = instance.owner == &instance;
  for (int64_t i = 0; i < instance.program->packed_count; ++i) {
    instance.packed[i] = isOwner ? memory : instance.owner->packed[i];
    memory += isOwner ? alignSize(variableBytes(instance.program->packed[i])) : 0;
  }
}

/// All that does not depend on the number of rows; the instance itself is in front, packed weights are at the end.
static char *placeFixed(Instance &instance, Layout &layout) {
  Instance *self;
  layout.place(self, 1);
  layout.place(instance.ports, instance.portCount);
  layout.place(instance.variables, instance.program->variable_count);
  layout.place(instance.packed, instance.program->packed_count);
  layout.place(instance.marks, instance.program->variable_count);
  layout.place(instance.hypers, instance.program->hyper_count * scalarStride);
  layout.place(instance.stepValue, 1);
  layout.place(instance.monitored, 1);
  layout.place(instance.key, 2);
  layout.place(instance.metricBegins, instance.program->metric_count);
  layout.place(instance.learned, learnedNumbers(*instance.program));
  layout.place(instance.more, countCalls(instance) - callCount);
  for (int64_t i = 0; i < countCalls(instance); ++i) {
    Call call = i < callCount ? instance.calls[i] : anotherCall(instance, i - callCount);
    placeCall(instance, call, layout);
    if (instance.more)
      callAt(instance, i) = call;
  }
  int64_t bytes = 0;
  for (int64_t i = 0; i < instance.program->variable_count; ++i)
    if (holdsVariable(instance, instance.program->variables[i]))
      bytes = addSizes(bytes, alignSize(variableBytes(instance.program->variables[i])));
  char *variables, *pool, *packed;
  layout.place(variables, bytes);
  layout.place(pool, instance.pool ? bmc_parallel.poolBytes : 0);
  if (instance.pool && pool) // else it is only measured
    instance.pool = pool;
  layout.place(packed, packedBytes(instance));
  if (instance.packed)
    fillPacked(instance, packed);
  return variables;
}

// Arguments -----------------------------------------------------------------------------------------------------------

/// Only weights may be another instance's.
static void fillVariables(Instance &instance, char *memory) {
  for (int64_t i = 0; i < instance.program->variable_count; ++i) {
    const bmc_variable &variable = instance.program->variables[i];
    instance.variables[i] = nullptr;
    if (holdsVariable(instance, variable)) {
      instance.variables[i] = memory;
      memory += alignSize(variableBytes(variable));
    } else if (isWeight(variable)) {
      instance.variables[i] = instance.owner->variables[i];
    }
  }
}

static void *argumentMemory(Instance &instance, const bmc_value &argument) {
  switch (argument.role) {
  case bmc_role_hyper:
    return instance.hypers + argument.index * scalarStride;
  case bmc_role_step:
    return instance.stepValue;
  case bmc_role_monitored:
    return instance.monitored;
  case bmc_role_key:
    return instance.key;
  case bmc_role_input:
  case bmc_role_prediction:
    return nullptr;
  case bmc_role_packed:
    return instance.packed[argument.index];
  default:
    return instance.variables[argument.index];
  }
}

static void *resultMemory(Instance &instance, const Call &call, int64_t i) {
  const bmc_value &result = call.function->results[i];
  if (result.alias >= 0)
    return call.buffers[result.alias];
  if (result.role == bmc_role_packed)
    return instance.packed[result.index];
  if (!isMeasure(result)) // of what is no variable, ports and scratch follow the number of rows
    return result.role <= bmc_role_metric_state ? instance.variables[result.index] : nullptr;
  char *memory = call.measures;
  for (int64_t before = 0; before < i; ++before)
    if (isMeasure(call.function->results[before]))
      memory += measureBytes(call.function->results[before]);
  return memory;
}

/// Every argument and result but ports is bound once for all calls.
static int fillCall(Instance &instance, Call &call) {
  if (!call.function)
    return BMC_OK;
  const bmc_function &function = *call.function;
  for (int64_t i = 0; i < instance.portCount; ++i)
    call.places[i] = -1;
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    call.buffers[i] = argumentMemory(instance, argument);
    if (argument.role != bmc_role_input)
      continue;
    call.places[portOfField(instance, argument.index)] = i;
    call.rowSymbol = argument.dims[0].symbol;
    call.fixedRows = call.rowSymbol >= 0 ? 0 : argument.dims[0].constant;
  }
  int64_t output = call.firstOutput;
  for (int64_t i = 0; i < function.result_count; ++i) {
    const bmc_value &result = function.results[i];
    call.buffers[function.argument_count + i] = resultMemory(instance, call, i);
    if (result.role != bmc_role_output)
      continue;
    bool hasRows = result.rank > 0 && (call.rowSymbol >= 0 ? result.dims[0].symbol == call.rowSymbol
                                                           : result.dims[0].constant == call.fixedRows);
    if (!hasRows)
      return failWith(instance, BMC_ERROR_ARGUMENT, "output '%s' has no row for each row of the input", result.name);
    call.places[output++] = function.argument_count + i;
  }
  return BMC_OK;
}

// Create and destroy --------------------------------------------------------------------------------------------------

static bmc_options readOptions(const bmc_options *given) {
  bmc_options options = BMC_OPTIONS;
  if (given)
    memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
  return options;
}

static int checkOptions(Instance &instance, const bmc_library *library, const bmc_options &options) {
  if (options.rows < 1)
    return failWith(instance, BMC_ERROR_ROWS, "expected rows of at least 1, found %lld", (long long)options.rows);
  if (options.threads < 0)
    return failWith(instance, BMC_ERROR_ARGUMENT, "expected threads of at least 0, found %d", options.threads);
  if (options.allocator && (!options.allocator->allocate || !options.allocator->release))
    return failWith(instance, BMC_ERROR_ARGUMENT, "the allocator lacks a function");
  if (!options.weights)
    return BMC_OK;
  if (options.weights->library != library)
    return failWith(instance, BMC_ERROR_ARGUMENT, "weights of another model cannot be shared");
  if (options.trains)
    return failWith(instance, BMC_ERROR_ARGUMENT, "an instance that reads another's weights cannot train");
  return BMC_OK;
}

static void chooseFunctions(Instance &instance) {
  const Program &program = *instance.program;
  bool isOwner = instance.owner == &instance;
  instance.calls[callInit].function = isOwner && instance.trains ? program.init : nullptr;
  instance.calls[callTrain].function = instance.trains ? program.train : nullptr;
  instance.calls[callUpdate].function = instance.trains ? program.update : nullptr;
  instance.calls[callEpoch].function = instance.trains ? program.epoch : nullptr;
  instance.calls[callEvaluate].function = program.evaluate;
  instance.calls[callPredict].function = program.predict;
  instance.calls[callReset].function = program.reset;
  instance.calls[callMeasure].function = program.measure;
  instance.calls[callPrepare].function = program.prepare;
}

/// `draft` becomes the instance, in memory of its own.
static Instance *build(Instance &draft) {
  Layout measure(nullptr);
  placeFixed(draft, measure);
  draft.fixedBytes = measure.bytes();
  auto *instance = static_cast<Instance *>(allocate(draft.allocator, draft.fixedBytes));
  if (!instance) {
    failWith(draft, BMC_ERROR_MEMORY, "no memory for the model: %lld bytes", (long long)draft.fixedBytes);
    return nullptr;
  }
  memset(static_cast<void *>(instance), 0, size_t(draft.fixedBytes - packedBytes(draft))); // nobody may ever pack
  *instance = draft;
  if (instance->owner == &draft)
    instance->owner = instance;
  Layout layout(instance);
  fillVariables(*instance, placeFixed(*instance, layout));
  startUnits(*instance);
  for (int64_t i = 0; i < instance->program->hyper_count; ++i)
    instance->hypers[i * scalarStride] = instance->program->hypers[i].value;
  return instance;
}

static int fillMetrics(Instance &instance, const bmc_library *library) {
  int64_t begin = 0;
  for (int64_t i = 0; i < instance.program->metric_count; ++i) {
    bmc_tensor tensor;
    if (describe(library, BMC_METRICS, i, &tensor))
      return failWith(instance, BMC_ERROR_ARGUMENT, "a metric has more than %d dimensions", BMC_MAXIMUM_RANK);
    instance.metricBegins[i] = begin;
    begin += tensor.bytes / int64_t(sizeof(double));
  }
  return BMC_OK;
}

static int finish(Instance &instance, const bmc_library *library, const bmc_options &options) {
  if (int status = fillPorts(instance, library))
    return status;
  if (int status = fillMetrics(instance, library))
    return status;
  for (int64_t i = 0; i < countCalls(instance); ++i)
    if (int status = fillCall(instance, callAt(instance, i)))
      return status;
  if (int status = reserve(&instance.base, options.rows))
    return status;
  if (instance.pool)
    bmc_parallel.start(instance.pool, options.threads);
  return BMC_OK;
}

static int report(const bmc_options &options, int status, const char *message) {
  if (options.message && options.message_bytes)
    snprintf(options.message, options.message_bytes, "%s", message);
  return status;
}

int create(const bmc_library *library, const bmc_options *given, bmc_model **model) {
  bmc_options options = readOptions(given);
  Instance draft = {};
  draft.base.library = library;
  draft.program = library->program;
  draft.allocator = options.allocator ? *options.allocator : bmc_allocator{nullptr, allocateFromLibc, releaseToLibc};
  draft.owner = options.weights ? instanceOf(options.weights).owner : &draft;
  draft.trains = options.trains;
  draft.inputCount = count(library, BMC_INPUTS);
  draft.targetCount = count(library, BMC_TARGETS);
  draft.outputCount = count(library, BMC_OUTPUTS);
  draft.portCount = countPorts(draft);
  draft.pool = &bmc_parallel && options.threads != 1 ? &draft : nullptr; // not null: its memory is placed
  if (int status = checkOptions(draft, library, options))
    return report(options, status, draft.message);
  chooseFunctions(draft);
  Instance *instance = build(draft);
  if (!instance)
    return report(options, BMC_ERROR_MEMORY, draft.message);
  if (int status = finish(*instance, library, options)) {
    report(options, status, instance->message);
    instance->pool = nullptr; // not started
    destroy(&instance->base);
    return status;
  }
  *model = &instance->base;
  return BMC_OK;
}

void destroy(bmc_model *model) {
  Instance &instance = instanceOf(model);
  if (instance.pool)
    bmc_parallel.stop(instance.pool);
  bmc_allocator allocator = instance.allocator;
  releaseKept(instance);
  release(allocator, instance.rowMemory, instance.rowMemoryBytes);
  release(allocator, &instance, instance.fixedBytes);
}

} // namespace bmc
