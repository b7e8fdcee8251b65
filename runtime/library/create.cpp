// Instances: their options, their memory, their entry functions' arguments.
#include "instance.h"
#include "layout.h"
#include "parallel.h"

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

static int64_t portCount(const Instance &instance) {
  return instance.inputCount + instance.targetCount + instance.outputCount;
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
  layout.place(call.places, portCount(instance));
  layout.place(call.measures, measureBytes(*call.function));
}

/// All that does not depend on the number of rows; the instance itself is in front.
static char *placeFixed(Instance &instance, Layout &layout) {
  Instance *self;
  layout.place(self, 1);
  layout.place(instance.ports, portCount(instance));
  layout.place(instance.variables, instance.program->variable_count);
  layout.place(instance.marks, instance.program->variable_count);
  layout.place(instance.hypers, instance.program->hyper_count * scalarStride);
  layout.place(instance.stepValue, 1);
  layout.place(instance.key, 2);
  layout.place(instance.metricBegins, instance.program->metric_count);
  for (Call &call : instance.calls)
    placeCall(instance, call, layout);
  int64_t bytes = 0;
  for (int64_t i = 0; i < instance.program->variable_count; ++i)
    if (holdsVariable(instance, instance.program->variables[i]))
      bytes = addSizes(bytes, alignSize(variableBytes(instance.program->variables[i])));
  char *variables, *pool;
  layout.place(variables, bytes);
  layout.place(pool, instance.pool ? bmc_parallel.poolBytes : 0);
  if (instance.pool)
    instance.pool = pool;
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

/// Lines that change nothing: the caller's numbers have their units.
static void fillUnits(Instance &instance) {
  for (int64_t f = 0; f < instance.program->field_count; ++f) {
    int64_t index = instance.program->fields[f].units;
    if (index < 0)
      continue;
    const int64_t *dims = instance.program->variables[index].dims;
    auto *numbers = static_cast<double *>(instance.variables[index]);
    for (int64_t i = 0; i < dims[0] * dims[1] * dims[2]; ++i)
      numbers[i] = i / dims[2] % 2 ? 1 : 0; // shifts, then scales
  }
}

static int fillPorts(Instance &instance, const bmc_library *library) {
  Port *port = instance.ports;
  for (int list = BMC_INPUTS; list <= BMC_OUTPUTS; ++list)
    for (int64_t i = 0; i < count(library, list); ++i, ++port) {
      bmc_tensor tensor;
      if (int status = describe(library, list, i, &tensor))
        return failWith(instance, bmc_status(status), "an input or output has more than %d dimensions",
                        BMC_MAXIMUM_RANK);
      *port = {tensor.bytes, nullptr};
    }
  return BMC_OK;
}

/// The port of a field: inputs come first, then targets, each in the fields' order.
static int64_t portOfField(const Instance &instance, int64_t index) {
  const bmc_field *fields = instance.program->fields;
  int64_t port = fields[index].is_input ? 0 : instance.inputCount;
  for (int64_t i = 0; i < index; ++i)
    port += (fields[i].is_input != 0) == (fields[index].is_input != 0);
  return port;
}

static void *argumentMemory(Instance &instance, const bmc_value &argument) {
  switch (argument.role) {
  case bmc_role_hyper:
    return instance.hypers + argument.index * scalarStride;
  case bmc_role_step:
    return instance.stepValue;
  case bmc_role_key:
    return instance.key;
  case bmc_role_input:
  case bmc_role_prediction:
    return nullptr;
  default:
    return instance.variables[argument.index];
  }
}

static void *resultMemory(Instance &instance, const Call &call, int64_t i) {
  const bmc_value &result = call.function->results[i];
  if (result.alias >= 0)
    return call.buffers[result.alias];
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
  for (int64_t i = 0; i < portCount(instance); ++i)
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
  int64_t output = instance.inputCount + instance.targetCount;
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

// Rows ----------------------------------------------------------------------------------------------------------------

static int64_t arenaBytes(const Instance &instance, const Call &call, int64_t rows) {
  if (!call.function || !call.function->arena_bytes)
    return 0;
  bindSymbols(*instance.program, *call.function, call.symbols, call.fixedRows ? call.fixedRows : rows);
  return call.function->arena_bytes(call.symbols);
}

/// Compiled code counts elements in 32 bits.
static bool fitsKernels(const Instance &instance, int64_t rows) {
  for (int64_t i = 0; i < portCount(instance); ++i)
    if (multiplySizes(instance.ports[i].rowBytes, rows) > INT32_MAX)
      return false;
  return rows <= INT32_MAX;
}

/// Results that no function of the library hands out, such as the probabilities behind an output's scores.
static bool isScratch(const bmc_value &result) { return result.alias < 0 && result.role == bmc_role_probabilities; }

/// The bytes of a result; `mostBytes` where it has too many dimensions to tell.
static int64_t resultBytes(const Instance &instance, const Call &call, int64_t index, int64_t rows) {
  enum { mostDims = 256 };
  const bmc_function &function = *call.function;
  int64_t dims[mostDims], rank = 0, begin = 0;
  for (int64_t i = 0; i < function.result_count; ++i) {
    begin = i == index ? rank : begin;
    rank += function.results[i].rank;
  }
  if (rank > mostDims)
    return mostBytes;
  bindSymbols(*instance.program, function, call.symbols, call.fixedRows ? call.fixedRows : rows);
  computeDims(function.results, function.result_count, call.symbols, function.result_dims, dims);
  int64_t bytes = elementBytes(function.results[index].element);
  for (int64_t axis = 0; axis < function.results[index].rank; ++axis)
    bytes = multiplySizes(bytes, dims[begin + axis]);
  return bytes;
}

static void placeScratch(Instance &instance, Call &call, Layout &layout, bool isReal, int64_t rows) {
  for (int64_t i = 0; call.function && i < call.function->result_count; ++i) {
    if (!isScratch(call.function->results[i]))
      continue;
    char *scratch;
    layout.place(scratch, resultBytes(instance, call, i, rows));
    if (isReal)
      call.buffers[call.function->argument_count + i] = scratch;
  }
}

/// Returns the bytes that it takes. Where `memory` is null, nothing is changed.
static int64_t placeRows(Instance &instance, char *memory, int64_t rows, int64_t arenaBytes) {
  Layout layout(memory);
  for (int64_t i = 0; i < portCount(instance); ++i) {
    char *own;
    layout.place(own, multiplySizes(instance.ports[i].rowBytes, rows));
    if (memory)
      instance.ports[i].own = own;
  }
  for (Call &call : instance.calls)
    placeScratch(instance, call, layout, memory != nullptr, rows);
  char *arena;
  layout.place(arena, arenaBytes);
  if (memory)
    instance.arena = arena;
  return addSizes(layout.bytes(), BMC_ALIGNMENT); // vectors may reach behind the end
}

int reserve(bmc_model *model, int64_t rows) {
  Instance &instance = instanceOf(model);
  clearMessage(instance);
  if (rows < 1)
    return failWith(instance, BMC_ERROR_ROWS, "expected at least 1 row, found %lld", (long long)rows);
  if (!fitsKernels(instance, rows))
    return failWith(instance, BMC_ERROR_MEMORY, "no memory for %lld rows", (long long)rows);
  int64_t arena = 0;
  for (Call &call : instance.calls) {
    int64_t bytes = arenaBytes(instance, call, rows);
    arena = bytes > arena ? bytes : arena;
    call.rows = -1;
  }
  int64_t bytes = placeRows(instance, nullptr, rows, arena);
  auto *memory = static_cast<char *>(allocate(instance.allocator, bytes));
  if (!memory)
    return failWith(instance, BMC_ERROR_MEMORY, "no memory for %lld rows: %lld bytes", (long long)rows,
                    (long long)bytes);
  placeRows(instance, memory, rows, arena);
  release(instance.allocator, instance.rowMemory, instance.rowMemoryBytes);
  instance.rowMemory = memory;
  instance.rowMemoryBytes = bytes;
  instance.arenaBytes = arena;
  instance.rows = rows;
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
  instance.calls[callEvaluate].function = program.evaluate;
  instance.calls[callPredict].function = program.predict;
  instance.calls[callReset].function = program.reset;
  instance.calls[callMeasure].function = program.measure;
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
  memset(static_cast<void *>(instance), 0, size_t(draft.fixedBytes));
  *instance = draft;
  if (instance->owner == &draft)
    instance->owner = instance;
  Layout layout(instance);
  fillVariables(*instance, placeFixed(*instance, layout));
  fillUnits(*instance);
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
  for (Call &call : instance.calls)
    if (int status = fillCall(instance, call))
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
  release(allocator, instance.rowMemory, instance.rowMemoryBytes);
  release(allocator, &instance, instance.fixedBytes);
}

} // namespace bmc
