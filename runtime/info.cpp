// `PROGRAM info`: what was compiled in.
#include "info.h"

#include "errors.h"
#include "json.h"
#include "layers.h"
#include "tensor.h"
#include "variables.h"
#include "verbs.h"
#ifdef BMC_DEVICE
#include "device/device_info.h"
#endif

#include <stdio.h>

namespace bmc {

static int64_t variableElements(const bmc_variable &variable) { return elementCount(variable.dims, variable.rank); }

static int64_t totalElements() {
  int64_t total = 0;
  for (int64_t i = 0; i < bmc_program.variable_count; ++i)
    if (isSaved(bmc_program.variables[i]))
      total += variableElements(bmc_program.variables[i]);
  return total;
}

/// The arena with every symbol at the batch's rows; where the batch is all rows, at one row.
static int64_t rowsForInfo() { return bmc_program.batch ? bmc_program.batch : 1; }

static int64_t arenaBytes(const bmc_function &function) {
  Array<int64_t> symbols;
  for (int64_t i = 0; i < function.symbol_count; ++i)
    symbols.push(rowsForInfo());
  return function.arena_bytes ? function.arena_bytes(symbols.data()) : 0;
}

static const char *roleName(const bmc_variable &variable) {
  return variable.role == bmc_role_buffer ? "buffer" : variable.trainable ? "parameter" : "frozen";
}

/// `x: f32[N, 4]`, a dimension that only the code tells as `?`.
static void appendValue(Text &out, const bmc_function &function, const bmc_value &value) {
  out.append(value.name).append(": ").append(elementName(value.element)).append("[");
  for (int64_t axis = 0; axis < value.rank; ++axis) {
    const bmc_dim &dim = value.dims[axis];
    out.append(axis ? ", " : "");
    if (dim.symbol == -1)
      out.format("%lld", (long long)dim.constant);
    else
      out.append(dim.symbol >= 0 ? function.symbol_names[dim.symbol] : "?");
  }
  out.append("]");
}

/// `encode(x: f32[N, 4]) -> output: f32[N, 2]`
static void appendEntry(Text &out, const bmc_entry &entry) {
  const bmc_function &function = *entry.function;
  out.append(entry.name).append("(");
  bool isFirst = true;
  for (int64_t i = 0; i < function.argument_count; ++i)
    if (function.arguments[i].role == bmc_role_input) {
      appendValue(out.append(isFirst ? "" : ", "), function, function.arguments[i]);
      isFirst = false;
    }
  for (int64_t i = 0; i < function.result_count; ++i)
    appendValue(out.append(i ? ", " : ") -> "), function, function.results[i]);
}

namespace {
// What a program plans to have: all but what it reads from files, and of its own code.
struct Memory {
  int64_t variables = 0, intermediate = 0;
};
} // namespace

static Memory plannedMemory() {
  Memory memory;
  for (int64_t i = 0; i < bmc_program.variable_count; ++i)
    memory.variables += variableBytes(bmc_program.variables[i]);
  for (int64_t i = 0; i < bmc_program.function_count; ++i)
    if (int64_t bytes = arenaBytes(*bmc_program.functions[i]); bytes > memory.intermediate)
      memory.intermediate = bytes;
  return memory;
}

static void printEntries() {
  Text out;
  for (int64_t i = 0; i < bmc_program.entry_count; ++i)
    appendEntry(out.append(i ? "\n  " : "\nentries\n  "), bmc_program.entries[i]);
  if (out.size())
    puts(out.get());
}

static void appendJsonEntries(Text &out) {
  out.append(",\"entries\":[");
  for (int64_t i = 0; i < bmc_program.entry_count; ++i) {
    Text entry;
    appendEntry(entry, bmc_program.entries[i]);
    appendJsonString(out.append(i ? "," : ""), entry.get());
  }
  out.append("]");
}

static void printText() {
  printf("%s, compiled from %s by bmc %s\n\n", bmc_program.name, bmc_program.source, BMC_VERSION);
  Text layers;
  appendLayerTable(layers);
  fputs(layers.get(), stdout);
  printEntries();
  printf("\nparameters\n");
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    if (!isSaved(variable))
      continue;
    Text shape;
    appendDims(shape, variable.dims, variable.rank);
    printf("  %-32s %-4s %-20s %12lld  %s\n", variable.name, elementName(variable.element), shape.get(),
           (long long)variableElements(variable), roleName(variable));
  }
  printf("  total %lld\n\nmemory for intermediate values, batches of %lld\n", (long long)totalElements(),
         (long long)rowsForInfo());
  for (int64_t i = 0; i < bmc_program.function_count; ++i) {
    const bmc_function &function = *bmc_program.functions[i];
    printf("  %-10s %12lld bytes, %lld kernel calls\n", function.name, (long long)arenaBytes(function),
           (long long)function.kernel_call_count);
  }
  Memory memory = plannedMemory();
  printf("  in all     %12lld bytes, with %lld of weights and state\n",
         (long long)(memory.variables + memory.intermediate), (long long)memory.variables);
  printf("\nkernels\n");
  for (int64_t i = 0; i < bmc_program.kernel_count; ++i) {
    const bmc_kernel &kernel = bmc_program.kernels[i];
    printf("  %-32s %4lld calls  %s  %s\n", kernel.name, (long long)kernel.call_count, kernel.location,
           kernel.schedule);
  }
#ifdef BMC_DEVICE
  Text device;
  appendDeviceText(device, rowsForInfo());
  fputs(device.get(), stdout);
#endif
}

static void appendJsonVariables(Text &out) {
  bool first = true;
  out.append(",\"parameters\":[");
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    if (!isSaved(variable))
      continue;
    out.append(first ? "{" : ",{");
    first = false;
    appendJsonField(out, "name", variable.name);
    out.append(",");
    appendJsonField(out, "element", elementName(variable.element));
    out.append(",\"shape\":");
    appendDims(out, variable.dims, variable.rank);
    out.format(",\"count\":%lld,", (long long)variableElements(variable));
    appendJsonField(out, "role", roleName(variable));
    out.append("}");
  }
  out.format("],\"total\":%lld", (long long)totalElements());
}

static void appendJsonMemory(Text &out) {
  out.format(",\"rows\":%lld,\"functions\":{", (long long)rowsForInfo());
  for (int64_t i = 0; i < bmc_program.function_count; ++i) {
    const bmc_function &function = *bmc_program.functions[i];
    out.append(i ? "," : "");
    appendJsonString(out, function.name);
    out.format(":{\"arena_bytes\":%lld,\"kernel_calls\":%lld}", (long long)arenaBytes(function),
               (long long)function.kernel_call_count);
  }
  Memory memory = plannedMemory();
  out.format("},\"variable_bytes\":%lld,\"planned_bytes\":%lld", (long long)memory.variables,
             (long long)(memory.variables + memory.intermediate));
}

static void appendJsonKernels(Text &out) {
  out.append(",\"kernels\":[");
  for (int64_t i = 0; i < bmc_program.kernel_count; ++i) {
    const bmc_kernel &kernel = bmc_program.kernels[i];
    out.append(i ? ",{" : "{");
    appendJsonField(out, "name", kernel.name);
    out.append(",");
    appendJsonField(out, "schedule", kernel.schedule);
    out.append(",");
    appendJsonField(out, "location", kernel.location);
    out.format(",\"calls\":%lld}", (long long)kernel.call_count);
  }
  out.append("]");
}

void appendJsonInfo(Text &out) {
  out.append("{");
  appendJsonField(out, "name", bmc_program.name);
  out.append(",");
  appendJsonField(out, "source", bmc_program.source);
  out.append(",");
  appendJsonField(out, "version", BMC_VERSION);
  out.append(",\"layers\":");
  appendJsonLayers(out);
  appendJsonVariables(out);
  appendJsonEntries(out);
  appendJsonMemory(out);
  appendJsonKernels(out);
#ifdef BMC_DEVICE
  appendDeviceJson(out.append(",\"device\":"), rowsForInfo());
#endif
  out.append("}");
}

static void printJson() {
  Text out;
  appendJsonInfo(out);
  puts(out.get());
}

int info(Options &options) {
  options.json ? printJson() : printText();
  return exitDone;
}

} // namespace bmc
