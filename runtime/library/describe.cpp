// What a model has: inputs, targets, outputs, variables, metrics, hyperparameters.
#include "instance.h"
#include "layout.h"

namespace bmc {

static int64_t countFields(const Program &program, bool isInput) {
  int64_t number = 0;
  for (int64_t i = 0; i < program.field_count; ++i)
    number += (program.fields[i].is_input != 0) == isInput;
  return number;
}

static int64_t countOutputs(const bmc_function *predict) {
  int64_t number = 0;
  for (int64_t i = 0; predict && i < predict->result_count; ++i)
    number += predict->results[i].role == bmc_role_output;
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

static int describeField(const Program &program, bool isInput, int64_t index, bmc_tensor &tensor) {
  for (int64_t i = 0; i < program.field_count; ++i) {
    const bmc_field &field = program.fields[i];
    if ((field.is_input != 0) == isInput && index-- == 0)
      return fill(tensor, field.name, field.element, BMC_VALUE, field.dims, field.rank);
  }
  return BMC_ERROR_ARGUMENT;
}

static int kindOf(const bmc_variable &variable) {
  if (variable.role == bmc_role_parameter)
    return variable.trainable ? BMC_PARAMETER : BMC_FROZEN;
  if (variable.role == bmc_role_buffer)
    return BMC_BUFFER;
  return variable.role == bmc_role_state ? BMC_STATE : BMC_METRIC;
}

static int describeOutput(const Program &program, int64_t index, bmc_tensor &tensor) {
  enum { mostSymbols = 64, mostDims = 256 };
  const bmc_function &predict = *program.predict;
  int64_t symbols[mostSymbols], dims[mostDims], at = 0, rank = 0;
  for (int64_t i = 0; i < predict.result_count; ++i)
    rank += predict.results[i].rank;
  if (predict.symbol_count > mostSymbols || rank > mostDims)
    return BMC_ERROR_ARGUMENT;
  bindSymbols(program, predict, symbols, 1);
  computeDims(predict.results, predict.result_count, symbols, predict.result_dims, dims);
  for (int64_t i = 0; i < predict.result_count; at += predict.results[i++].rank) {
    const bmc_value &result = predict.results[i];
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

int describe(const bmc_library *library, int list, int64_t index, bmc_tensor *tensor) {
  const Program &program = *library->program;
  if (!tensor || index < 0 || index >= count(library, list))
    return BMC_ERROR_ARGUMENT;
  switch (list) {
  case BMC_INPUTS:
  case BMC_TARGETS:
    return describeField(program, list == BMC_INPUTS, index, *tensor);
  case BMC_OUTPUTS:
    return describeOutput(program, index, *tensor);
  case BMC_VARIABLES: {
    const bmc_variable &variable = program.variables[index];
    return fill(*tensor, variable.name, variable.element, kindOf(variable), variable.dims, variable.rank);
  }
  case BMC_METRICS:
    return describeMetric(program, index, *tensor);
  case BMC_HYPERS:
    return fill(*tensor, program.hypers[index].name, bmc_f64, BMC_VALUE, nullptr, 0);
  default:
    return BMC_ERROR_ARGUMENT;
  }
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
