// Calls of the compiled entry functions: see entry.h.
#include "entry.h"

#include "errors.h"
#ifdef BMC_DEVICE
#include "device/device.h"
#endif

namespace bmc {

enum { scalarBytes = 64 };

const bmc_function &functionOrNone(const bmc_function *function) {
  static const bmc_function none = {};
  return function ? *function : none;
}

#ifdef BMC_DEVICE
Entry::Entry(const bmc_function &called, Variables &variables) : function(functionInUse(called)), variables(variables) {
  if (const bmc_device_function *device = deviceFunction(function))
    onDevice = create<DeviceEntry>(*device, variables);
#else
Entry::Entry(const bmc_function &function, Variables &variables) : function(function), variables(variables) {
#endif
  symbols.resize(function.symbol_count);
  preparedSymbols.resize(function.symbol_count);
  buffers.resize(function.argument_count + function.result_count);
  ownedScalars.resize(function.argument_count);
  ownedResults.resize(function.result_count);
  ownedBytes.resize(function.result_count);
  int64_t dimCount = 0;
  for (int64_t i = 0; i < function.result_count; ++i) {
    dimsBegin.push(dimCount);
    dimCount += function.results[i].rank;
  }
  dims.resize(dimCount);
}

Entry::~Entry() {
#ifdef BMC_DEVICE
  if (onDevice)
    destroy(onDevice);
#endif
  for (void *buffer : ownedScalars)
    free(buffer);
  for (void *buffer : ownedResults)
    free(buffer);
  free(arena);
}

int64_t Entry::fixedRows() const {
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    if (argument.role == bmc_role_input && argument.dims[0].symbol < 0)
      return argument.dims[0].constant;
  }
  return 0;
}

bool Entry::overwritesRows() const {
  for (int64_t i = 0; i < function.result_count; ++i)
    if (function.results[i].alias >= 0 && function.arguments[function.results[i].alias].role == bmc_role_input)
      return true;
  return false;
}

void Entry::run(Rows *rows, const Scalars &scalars) {
  bindSymbols(rows, scalars.given);
#ifdef BMC_DEVICE
  if (onDevice) {
    computeDims(function.results, function.result_count, symbols.data(), function.result_dims, dims.data());
    return onDevice->run(symbols, dims, rows, scalars);
  }
#endif
  prepare();
  bindArguments(rows, scalars);
  bindResults();
  int32_t status = function.run(buffers.data(), symbols.data(), arena);
  if (status != 0)
    fail(exitCannot, "%s: a kernel failed with code %d", function.name, status);
  replaceVariables();
}

/// The symbols' values follow from the fields' dims; the first one is the number of rows.
void Entry::bindSymbols(const Rows *rows, const GivenTensor *given) {
  for (int64_t &symbol : symbols)
    symbol = -1;
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    if (argument.role != bmc_role_input && argument.role != bmc_role_prediction && argument.role != bmc_role_given)
      continue;
    for (int64_t axis = 0; axis < argument.rank; ++axis)
      bindDim(argument, axis,
              !rows       ? given[i].dims[axis]
              : axis == 0 ? rows->count
                          : bmc_program.fields[argument.index].dims[axis - 1]);
  }
  for (int64_t i = 0; i < symbols.size(); ++i)
    if (symbols[i] < 0)
      fail(exitBadInput, "%s: no data tells the size of %s", function.name, function.symbol_names[i]);
}

void Entry::bindDim(const bmc_value &value, int64_t axis, int64_t size) {
  const bmc_dim &dim = value.dims[axis];
  int64_t expected = dim.constant;
  if (dim.symbol >= 0) {
    if (symbols[dim.symbol] < 0)
      symbols[dim.symbol] = size;
    expected = symbols[dim.symbol];
  }
  if (size != expected)
    fail(exitBadInput, "%s: '%s' has %lld values along axis %lld, expected %lld", function.name, value.name,
         (long long)size, (long long)axis, (long long)expected);
}

/// Sizes the results and the arena for the symbols. Memory only grows, so that a short last batch costs nothing.
void Entry::prepare() {
  if (prepared && !memcmp(symbols.data(), preparedSymbols.data(), symbols.size() * sizeof(int64_t)))
    return;
  prepared = true;
  if (symbols.size())
    memcpy(preparedSymbols.data(), symbols.data(), symbols.size() * sizeof(int64_t));
  computeDims(function.results, function.result_count, symbols.data(), function.result_dims, dims.data());
  for (int64_t i = 0; i < function.result_count; ++i) {
    const bmc_value &result = function.results[i];
    int64_t bytes = multiplySizes(elementCount(resultDims(i), result.rank), elementBytes(result.element), result.name);
    if (result.alias >= 0 || result.role == bmc_role_packed || (ownedResults[i] && bytes <= ownedBytes[i]))
      continue;
    free(ownedResults[i]);
    ownedResults[i] = allocateBuffer(bytes, result.name);
    ownedBytes[i] = bytes;
  }
  int64_t needed = function.arena_bytes ? function.arena_bytes(symbols.data()) : 0;
  if (arena && needed <= arenaBytes)
    return;
  free(arena);
  arena = static_cast<char *>(allocateBuffer(needed, "intermediate values"));
  arenaBytes = needed;
}

static void *scalarBuffer(void *&owned) {
  if (!owned)
    owned = allocateBuffer(scalarBytes, "a number");
  return owned;
}

void Entry::bindArguments(Rows *rows, const Scalars &scalars) {
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    switch (argument.role) {
    case bmc_role_input:
    case bmc_role_prediction:
    case bmc_role_given:
      buffers[i] = rows ? rows->field(argument.index).data : scalars.given[i].data;
      break;
    case bmc_role_hyper:
      buffers[i] = scalarBuffer(ownedScalars[i]);
      *static_cast<double *>(buffers[i]) = scalars.hypers[argument.index];
      break;
    case bmc_role_step:
      buffers[i] = scalarBuffer(ownedScalars[i]);
      *static_cast<double *>(buffers[i]) = static_cast<double>(scalars.step);
      break;
    case bmc_role_monitored:
      buffers[i] = scalarBuffer(ownedScalars[i]);
      *static_cast<double *>(buffers[i]) = scalars.monitored;
      break;
    case bmc_role_key:
      buffers[i] = scalarBuffer(ownedScalars[i]);
      static_cast<int32_t *>(buffers[i])[0] = static_cast<int32_t>(scalars.seed);
      static_cast<int32_t *>(buffers[i])[1] = static_cast<int32_t>(scalars.seed >> 32);
      break;
    case bmc_role_packed:
      buffers[i] = variables.packed(argument.index);
      break;
    default:
      buffers[i] = variables[argument.index];
    }
  }
}

void Entry::bindResults() {
  for (int64_t i = 0; i < function.result_count; ++i) {
    const bmc_value &result = function.results[i];
    buffers[function.argument_count + i] = result.alias >= 0                ? buffers[result.alias]
                                           : result.role == bmc_role_packed ? variables.packed(result.index)
                                                                            : ownedResults[i];
  }
}

/// A new value of a variable that was not written in place changes buffers with the old one.
void Entry::replaceVariables() {
  for (int64_t i = 0; i < function.result_count; ++i) {
    const bmc_value &result = function.results[i];
    if (result.role > bmc_role_metric_state || result.alias >= 0)
      continue;
    ownedResults[i] = variables[result.index];
    variables[result.index] = buffers[function.argument_count + i];
  }
}

int64_t Entry::findResult(int32_t role, int64_t index) const {
  for (int64_t i = 0; i < function.result_count; ++i)
    if (function.results[i].role == role && (role == bmc_role_loss || function.results[i].index == index))
      return i;
  return -1;
}

double Entry::scalarResult(int32_t role, int64_t index) const {
  int64_t i = findResult(role, index);
  return i < 0 ? 0 : elementAsDouble(resultData(i), function.results[i].element, 0);
}

} // namespace bmc
