// What a model has: inputs, targets, outputs, variables, metrics, hyperparameters.
#include "instance.h"
#include "layout.h"
#include "preparation.h"

namespace bmc {

static bool isListed(const bmc_field &field, bool isInput) {
  return isInput ? field.is_input : !field.is_input && !field.is_outside;
}

static int64_t countFields(const Program &program, bool isInput) {
  int64_t number = 0;
  for (int64_t i = 0; i < program.field_count; ++i)
    number += isListed(program.fields[i], isInput);
  return number;
}

int64_t countOutputs(const bmc_function *function) {
  int64_t number = 0;
  for (int64_t i = 0; function && i < function->result_count; ++i)
    number += function->results[i].role == bmc_role_output;
  return number;
}

void bindSymbols(const Program &program, const bmc_function &function, int64_t *symbols, int64_t rows) {
  for (int64_t i = 0; i < function.symbol_count; ++i)
    symbols[i] = rows;
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    for (int64_t axis = 1; argument.role == bmc_role_input && axis < argument.rank; ++axis)
      if (argument.dims[axis].symbol >= 0)
        symbols[argument.dims[axis].symbol] = program.fields[argument.index].dims[axis - 1];
  }
}

int64_t count(const bmc_library *library, int list) {
  const Program &program = *library->program;
  switch (list) {
  case BMC_INPUTS:
    return countFields(program, true);
  case BMC_TARGETS:
    return countFields(program, false);
  case BMC_OUTPUTS:
    return countOutputs(program.predict);
  case BMC_VARIABLES:
    return program.variable_count;
  case BMC_METRICS:
    return program.metric_count;
  case BMC_HYPERS:
    return program.hyper_count;
  case BMC_LAYERS:
    return program.layer_count;
  case BMC_ENTRIES:
    return program.entry_count;
  case BMC_COLUMNS:
    return countColumns(program);
  default:
    return 0;
  }
}

static int fill(bmc_tensor &tensor, const char *name, int32_t element, int32_t kind, const int64_t *dims,
                int64_t rank) {
  if (rank < 0 || rank > BMC_MAXIMUM_RANK)
    return BMC_ERROR_ARGUMENT;
  tensor = {name, element, kind, int32_t(rank), 0, {}, elementBytes(element)};
  for (int64_t i = 0; i < rank; ++i) {
    tensor.dims[i] = dims[i];
    tensor.bytes = multiplySizes(tensor.bytes, dims[i]);
  }
  return BMC_OK;
}

int describeField(const bmc_field &field, bmc_tensor &tensor) {
  int status = fill(tensor, field.name, field.element, BMC_VALUE, field.dims, field.rank);
  tensor.only_predict = int32_t(field.is_outside);
  return status;
}

static int describeField(const Program &program, bool isInput, int64_t index, bmc_tensor &tensor) {
  for (int64_t i = 0; i < program.field_count; ++i)
    if (isListed(program.fields[i], isInput) && index-- == 0)
      return describeField(program.fields[i], tensor);
  return BMC_ERROR_ARGUMENT;
}

static int kindOf(const bmc_variable &variable) {
  if (variable.role == bmc_role_parameter)
    return variable.trainable ? BMC_PARAMETER : BMC_FROZEN;
  if (variable.role == bmc_role_buffer)
    return BMC_BUFFER;
  return variable.role == bmc_role_state ? BMC_STATE : BMC_METRIC;
}

int describeOutput(const Program &program, const bmc_function &function, int64_t index, bmc_tensor &tensor) {
  enum { mostSymbols = 64, mostDims = 256 };
  int64_t symbols[mostSymbols], dims[mostDims], at = 0, rank = 0;
  for (int64_t i = 0; i < function.result_count; ++i)
    rank += function.results[i].rank;
  if (function.symbol_count > mostSymbols || rank > mostDims)
    return BMC_ERROR_ARGUMENT;
  bindSymbols(program, function, symbols, 1);
  computeDims(function.results, function.result_count, symbols, function.result_dims, dims);
  for (int64_t i = 0; i < function.result_count; at += function.results[i++].rank) {
    const bmc_value &result = function.results[i];
    if (result.role == bmc_role_output && index-- == 0)
      return fill(tensor, result.name, result.element, BMC_VALUE, dims + at + 1, result.rank - 1);
  }
  return BMC_ERROR_ARGUMENT;
}

/// A metric's elements are handed out as f64. Only one that is computed for all rows is not a scalar.
static int describeMetric(const Program &program, int64_t index, bmc_tensor &tensor) {
  int64_t dims[BMC_MAXIMUM_RANK] = {}, rank = 0;
  for (int64_t i = 0; program.measure && i < program.measure->result_count; ++i) {
    const bmc_value &result = program.measure->results[i];
    if (result.role != bmc_role_metric || result.index != index || result.rank > BMC_MAXIMUM_RANK)
      continue;
    rank = result.rank;
    for (int64_t axis = 0; axis < rank; ++axis)
      dims[axis] = result.dims[axis].constant;
  }
  return fill(tensor, program.metric_names[index], bmc_f64, BMC_VALUE, dims, rank);
}

/// A column by its name in a header, where it has one; several by the place of their feature.
static int describeColumn(const bmc_feature &feature, bmc_tensor &tensor) {
  bool isOne = feature.column_count == 1;
  const char *name = isOne && feature.selection == bmc_select_names ? feature.names[0] : feature.name;
  fill(tensor, name, bmc_f64, BMC_VALUE, &feature.column_count, !isOne);
  if (feature.encoding)
    tensor.type = BMC_TEXT; // a pointer is as large as an f64
  return BMC_OK;
}

int describe(const bmc_library *library, int list, int64_t index, bmc_tensor *tensor) {
  const Program &program = *library->program;
  if (!tensor || index < 0 || index >= count(library, list))
    return BMC_ERROR_ARGUMENT;
  switch (list) {
  case BMC_INPUTS:
  case BMC_TARGETS:
    return describeField(program, list == BMC_INPUTS, index, *tensor);
  case BMC_OUTPUTS:
    return describeOutput(program, *program.predict, index, *tensor);
  case BMC_VARIABLES: {
    const bmc_variable &variable = program.variables[index];
    return fill(*tensor, variable.name, variable.element, kindOf(variable), variable.dims, variable.rank);
  }
  case BMC_METRICS:
    return describeMetric(program, index, *tensor);
  case BMC_ENTRIES:
    return fill(*tensor, program.entries[index].name, bmc_f64, BMC_VALUE, nullptr, 0);
  case BMC_HYPERS:
    return fill(*tensor, program.hypers[index].name, bmc_f64, BMC_VALUE, nullptr, 0);
  case BMC_COLUMNS:
    return describeColumn(*columnAt(program, index), *tensor);
  default:
    return BMC_ERROR_ARGUMENT;
  }
}

/// An entry's inputs are those of its function's arguments that are fields, in their order.
static int64_t fieldOfEntry(const bmc_function &function, int64_t index) {
  for (int64_t i = 0; i < function.argument_count; ++i)
    if (function.arguments[i].role == bmc_role_input && index-- == 0)
      return function.arguments[i].index;
  return -1;
}

int64_t countOfEntry(const bmc_library *library, int64_t entry, int list) {
  const Program &program = *library->program;
  if (entry < 0 || entry >= program.entry_count)
    return 0;
  const bmc_function &function = *program.entries[entry].function;
  int64_t number = 0;
  while (list == BMC_INPUTS && fieldOfEntry(function, number) >= 0)
    ++number;
  return list == BMC_OUTPUTS ? countOutputs(&function) : number;
}

int describeOfEntry(const bmc_library *library, int64_t entry, int list, int64_t index, bmc_tensor *tensor) {
  const Program &program = *library->program;
  if (!tensor || index < 0 || index >= countOfEntry(library, entry, list))
    return BMC_ERROR_ARGUMENT;
  const bmc_function &function = *program.entries[entry].function;
  return list == BMC_OUTPUTS ? describeOutput(program, function, index, *tensor)
                             : describeField(program.fields[fieldOfEntry(function, index)], *tensor);
}

int describeLayer(const bmc_library *library, int64_t index, bmc_layer_description *layer) {
  const Program &program = *library->program;
  if (!layer || index < 0 || index >= program.layer_count)
    return BMC_ERROR_ARGUMENT;
  const bmc_layer &found = program.layers[index];
  *layer = {found.name, found.kind, found.output, found.depth, found.parameter_count, found.flops, found.bytes};
  return BMC_OK;
}

} // namespace bmc
