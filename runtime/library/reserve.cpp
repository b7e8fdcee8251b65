// Memory for the rows of a call: inputs and outputs that are copied, scratch, and the arena.
#include "instance.h"
#include "layout.h"

namespace bmc {

static int64_t arenaBytes(const Instance &instance, const Call &call, int64_t rows) {
  if (!call.function || !call.function->arena_bytes)
    return 0;
  bindSymbols(*instance.program, *call.function, call.symbols, call.fixedRows ? call.fixedRows : rows);
  return call.function->arena_bytes(call.symbols);
}

/// Compiled code counts elements in 32 bits.
static bool fitsKernels(const Instance &instance, int64_t rows) {
  for (int64_t i = 0; i < instance.portCount; ++i)
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
  for (int64_t i = 0; i < instance.portCount; ++i) {
    char *own;
    layout.place(own, multiplySizes(instance.ports[i].rowBytes, rows));
    if (memory)
      instance.ports[i].own = own;
  }
  for (int64_t i = 0; i < countCalls(instance); ++i)
    placeScratch(instance, callAt(instance, i), layout, memory != nullptr, rows);
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
  for (int64_t i = 0; i < countCalls(instance); ++i) {
    Call &call = callAt(instance, i);
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

} // namespace bmc
