// The layout of a call: see call_layout.h.
#include "call_layout.h"

#include "../tensor.h"

namespace bmc {

/// Larger arguments go up on their own, from where they are; copying the others together is cheaper than one more call.
enum : int64_t { largeArgumentBytes = 1 << 20 };

const bmc_value &valueOf(const bmc_function &function, int64_t number) {
  return number < function.argument_count ? function.arguments[number]
                                          : function.results[number - function.argument_count];
}

static bool isVariable(const bmc_value &value) { return value.role <= bmc_role_metric_state; }

static CallLayout::Kind kindOf(const bmc_value &value, bool isArgument, int64_t bytes) {
  using Kind = CallLayout::Kind;
  if (isVariable(value))
    return Kind::variable;
  if (isArgument)
    return bytes <= largeArgumentBytes ? Kind::smallArgument : Kind::largeArgument;
  if (value.alias >= 0)
    return Kind::alias;
  return value.rank == 0 ? Kind::number : Kind::tensor;
}

static void findSizes(const bmc_function &function, const Array<int64_t> &symbols, const int64_t *nextResultDim,
                      Array<CallLayout::Place> &places) {
  places.clear();
  for (int64_t i = 0; i < function.argument_count + function.result_count; ++i) {
    const bmc_value &value = valueOf(function, i);
    bool isArgument = i < function.argument_count;
    int64_t elements = 1;
    for (int64_t axis = 0; axis < value.rank; ++axis) {
      const bmc_dim &dim = value.dims[axis];
      int64_t size = !isArgument ? *nextResultDim++ : dim.symbol >= 0 ? symbols[dim.symbol] : dim.constant;
      elements = multiplySizes(elements, size, value.name);
    }
    int64_t bytes = multiplySizes(elements, elementBytes(value.element), value.name);
    places.push({kindOf(value, isArgument, bytes), 0, bytes});
  }
}

void CallLayout::layOut(const bmc_function &function, const Array<int64_t> &symbols, const Array<int64_t> &resultDims) {
  findSizes(function, symbols, resultDims.data(), places);
  int64_t next = 0, begins[static_cast<int>(Kind::alias) + 2] = {};
  for (int kind = 0; kind <= static_cast<int>(Kind::alias); ++kind) {
    begins[kind] = next;
    for (Place &place : places) {
      if (static_cast<int>(place.kind) != kind || place.kind == Kind::variable)
        continue;
      place.offset = next;
      next += (place.bytes + bufferAlignment - 1) / bufferAlignment * bufferAlignment;
    }
    begins[kind + 1] = next;
  }
  smallEnd = begins[static_cast<int>(Kind::largeArgument)];
  numbersBegin = begins[static_cast<int>(Kind::number)];
  numbersEnd = begins[static_cast<int>(Kind::tensor)];
  bytes = next;
}

ArenaDemand demandOf(const bmc_device_function &function, const Array<int64_t> &symbols, const CallLayout &layout) {
  ArenaDemand demand;
  const bmc_function &code = *function.function;
  demand.steps = function.loop_steps ? function.loop_steps(symbols.data()) : 0;
  demand.call = layout.bytes;
  demand.intermediate = code.arena_bytes ? code.arena_bytes(symbols.data()) : 0;
  return demand;
}

/// The sizes of a call with so many rows; false where the fields do not tell one.
static bool bindRows(const bmc_function &function, int64_t rows, Array<int64_t> &symbols) {
  for (int64_t i = 0; i < function.symbol_count; ++i)
    symbols.push(-1);
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const bmc_value &argument = function.arguments[i];
    bool isField = argument.role == bmc_role_input;
    for (int64_t axis = 0; axis < argument.rank; ++axis)
      if (int64_t symbol = argument.dims[axis].symbol; symbol >= 0 && (axis == 0 || isField))
        symbols[symbol] = axis == 0 ? rows : bmc_program.fields[argument.index].dims[axis - 1];
  }
  for (int64_t symbol : symbols)
    if (symbol < 0)
      return false;
  return true;
}

ArenaDemand demandOf(const bmc_device_function &function, const ExpectedRows &rows) {
  const bmc_function &code = *function.function;
  Array<int64_t> symbols, dims;
  bool isOfPass = bmc_program.measure && !strcmp(code.name, bmc_program.measure->name);
  if (!bindRows(code, isOfPass ? rows.ofPass : rows.ofCall, symbols))
    return {};
  int64_t count = 0;
  for (int64_t i = 0; i < code.result_count; ++i)
    count += code.results[i].rank;
  dims.resize(count);
  computeDims(code.results, code.result_count, symbols.data(), code.result_dims, dims.data());
  CallLayout layout;
  layout.layOut(code, symbols, dims);
  return demandOf(function, symbols, layout);
}

} // namespace bmc
