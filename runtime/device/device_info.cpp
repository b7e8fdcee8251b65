// What `info` tells of the device: see device_info.h.
#include "device_info.h"

#include "../json.h"
#include "call_layout.h"

namespace bmc {

/// What the functions need whose sizes the number of rows decides, and those that have no open sizes.
static ArenaDemand demandOfAll(int64_t rows) {
  ArenaDemand demand;
  for (int64_t i = 0; i < bmc_device_program.function_count; ++i)
    demand.include(demandOf(bmc_device_program.functions[i], {rows, rows}));
  return demand;
}

static const char *describe(DeviceDescription &device) {
  const char *why = isDeviceOpen() ? nullptr : tryToOpenDevice(false);
  if (!why)
    deviceDriver().describe(device);
  return why;
}

void appendDeviceText(Text &out, int64_t rows) {
  DeviceDescription device = {};
  const char *why = describe(device);
  out.format("\n%s device\n  ", deviceDriver().name);
  if (why)
    out.append("none: ").append(why).append("\n");
  else
    out.format("%s, driver %s, %lld bytes of memory\n", device.name, device.driver, (long long)device.memoryBytes);
  ArenaDemand demand = demandOfAll(rows);
  long long constants = bmc_device_program.constants_end, variables = bmc_device_program.variables_end;
  out.format("  arena %lld bytes, batches of %lld: %lld of constants, %lld of weights and state, %lld of a call's "
             "arguments and results, %lld of intermediate values\n",
             (long long)arenaBytes(demand), (long long)rows, constants, variables - constants, (long long)demand.call,
             (long long)demand.intermediate);
  demand.keepsWeights = true;
  out.format("  arena %lld bytes where the best epoch's weights are kept\n", (long long)arenaBytes(demand));
  out.format("\nkernels on the device\n");
  for (int64_t i = 0; i < bmc_device_program.kernel_count; ++i) {
    const bmc_kernel &kernel = bmc_device_program.kernels[i];
    out.format("  %-32s %4lld calls  %s  %s\n", kernel.name, (long long)kernel.call_count, kernel.location,
               kernel.schedule);
  }
}

void appendDeviceJson(Text &out, int64_t rows) {
  DeviceDescription device = {};
  const char *why = describe(device);
  appendJsonField(out.append("{"), "api", deviceDriver().name);
  if (why) {
    appendJsonField(out.append(","), "missing", why);
  } else {
    appendJsonField(out.append(","), "name", device.name);
    appendJsonField(out.append(","), "driver", device.driver);
    out.format(",\"memory_bytes\":%lld", (long long)device.memoryBytes);
  }
  ArenaDemand demand = demandOfAll(rows);
  out.format(",\"arena_bytes\":%lld", (long long)arenaBytes(demand));
  demand.keepsWeights = true;
  out.format(",\"arena_bytes_with_kept_weights\":%lld}", (long long)arenaBytes(demand));
}

} // namespace bmc
