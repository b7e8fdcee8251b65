// See explain_gradients.h.
#include "explain_gradients.h"

#include "errors.h"

namespace bmc {

static const bmc_function &explainFunction() {
  for (int64_t i = 0; i < bmc_program.function_count; ++i)
    if (!strcmp(bmc_program.functions[i]->name, "explain"))
      return *bmc_program.functions[i];
  fail(exitCannot, "%s: its table has no function 'explain'", bmc_program.name);
}

Gradients::Gradients(Variables &variables) : function(explainFunction()), entry(function, variables), given(function) {
  for (int64_t field = 0; field < bmc_program.field_count; ++field)
    results.push(entry.findResult(bmc_role_gradient, field));
  for (int64_t i = 0; i < function.result_count; ++i)
    if (function.results[i].role == bmc_role_output)
      scoreResult = i;
}

void Gradients::begin(Rows &explained, const int64_t *chosen) {
  rows = &explained;
  choice = chosen;
  offsets.clear();
  int64_t count = 0;
  for (int64_t field = 0; field < bmc_program.field_count; ++field) {
    const bmc_field &known = bmc_program.fields[field];
    offsets.push(count);
    count += results[field] < 0 ? 0 : multiplySizes(rows->count, elementCount(known.dims, known.rank), known.name);
  }
  sums.clear();
  sums.resize(count);
}

/// Copies: a call may write over its arguments. Without data it is zeros.
void Gradients::bind(int64_t argument, const void *data, int64_t bytes) {
  given.grow(argument, 0, bytes);
  if (data)
    memcpy(given[argument].data, data, static_cast<size_t>(bytes));
  else
    memset(given[argument].data, 0, static_cast<size_t>(bytes));
}

/// The field that an input or its shadow belongs to.
static int64_t fieldOf(const bmc_value &argument) {
  static const char prefix[] = "shadow.";
  if (argument.role == bmc_role_input)
    return argument.index;
  int64_t field = bmc_program.field_count;
  while (--field >= 0)
    if (!strncmp(argument.name, prefix, sizeof prefix - 1) &&
        !strcmp(argument.name + sizeof prefix - 1, bmc_program.fields[field].name))
      break;
  return field;
}

void Gradients::run(double scale) {
  Array<int32_t> choices;
  for (int64_t row = 0; row < rows->count; ++row)
    choices.push(static_cast<int32_t>(choice[row]));
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    if (argument.role != bmc_role_input && argument.role != bmc_role_given)
      continue;
    int64_t field = fieldOf(argument);
    if (argument.rank > 0)
      given[i].dims[0] = rows->count;
    for (int64_t axis = 1; axis < argument.rank; ++axis)
      given[i].dims[axis] = bmc_program.fields[field].dims[axis - 1];
    int64_t bytes = elementCount(given[i].dims, argument.rank) * elementBytes(argument.element);
    bool isInput = argument.role == bmc_role_input;
    bind(i,
         isInput         ? rows->field(field).data
         : field >= 0    ? nullptr
         : argument.rank ? (const void *)choices.data()
                         : &scale,
         bytes);
  }
  Scalars scalars;
  scalars.given = given.data();
  entry.run(nullptr, scalars);
}

void Gradients::accumulate() {
  for (int64_t field = 0; field < bmc_program.field_count; ++field) {
    if (results[field] < 0)
      continue;
    const bmc_value &result = entry.result(results[field]);
    int64_t count = elementCount(entry.resultDims(results[field]), result.rank);
    for (int64_t i = 0; i < count; ++i)
      sums[offsets[field] + i] += elementAsDouble(entry.resultData(results[field]), result.element, i);
  }
}

double Gradients::score(int64_t row) const {
  return elementAsDouble(entry.resultData(scoreResult), entry.result(scoreResult).element, row);
}

} // namespace bmc
