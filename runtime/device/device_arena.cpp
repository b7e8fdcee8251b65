// The device's arena: see device_arena.h.
#include "device_arena.h"

#include "../errors.h"
#include "../memory.h"
#include "device.h"

namespace bmc {

/// Where parts begin: as devicePlaceAlignment of passes/DeviceArena.h.
enum : int64_t { partAlignment = 256 };

static int64_t aligned(int64_t bytes) { return (bytes + partAlignment - 1) / partAlignment * partAlignment; }

static int64_t savedBytes() { return bmc_device_program.saved_end - bmc_device_program.constants_end; }

namespace {
/// Where the parts of unknown size begin.
struct Parts {
  explicit Parts(const ArenaDemand &demand)
      : indices(bmc_device_program.variables_end + (demand.keepsWeights ? savedBytes() : 0)),
        call(indices + aligned(demand.steps * static_cast<int64_t>(sizeof(int64_t)))),
        intermediate(call + aligned(demand.call)), end(intermediate + aligned(demand.intermediate) + bufferSlack) {}

  int64_t indices, call, intermediate, end;
};
} // namespace

void ArenaDemand::include(const ArenaDemand &other) {
  keepsWeights |= other.keepsWeights;
  steps = other.steps > steps ? other.steps : steps;
  call = other.call > call ? other.call : call;
  intermediate = other.intermediate > intermediate ? other.intermediate : intermediate;
}

int64_t arenaBytes(const ArenaDemand &demand) { return Parts(demand).end; }

DeviceArena &deviceArena() {
  static DeviceArena arena; // the end of the program ends the device's memory too
  return arena;
}

bool DeviceArena::holds(const ArenaDemand &demand) const {
  return base && demand.keepsWeights <= size.keepsWeights && demand.steps <= size.steps && demand.call <= size.call &&
         demand.intermediate <= size.intermediate;
}

void DeviceArena::reserve(const ArenaDemand &demand) {
  if (holds(demand))
    return;
  uint64_t oldBase = base;
  int64_t oldBytes = indicesBegin;
  size.include(demand);
  Parts parts(size);
  base = deviceDriver().allocate(parts.end);
  if (!base)
    fail(exitCannot,
         "out of memory: the device has no %lld bytes for weights, state and a call's values; a smaller batch needs "
         "less",
         static_cast<long long>(parts.end));
  indicesBegin = parts.indices;
  callBegin = parts.call;
  intermediateBegin = parts.intermediate;
  end = parts.end;
  fill(oldBase, oldBytes);
}

/// What is there before any call: of the old arena, or the program's constants; and the loops' indices.
void DeviceArena::fill(uint64_t oldBase, int64_t oldBytes) {
  const bmc_driver &driver = deviceDriver();
  if (oldBase) {
    driver.copy(base, oldBase, oldBytes);
    driver.release(oldBase);
  } else {
    for (int64_t i = 0; i < bmc_device_program.constant_count; ++i) {
      const bmc_device_constant &constant = bmc_device_program.constants[i];
      driver.upload(at(constant.offset), constant.value, constant.bytes);
    }
  }
  Array<int64_t> indices;
  for (int64_t step = 0; step < size.steps; ++step)
    indices.push(step);
  if (size.steps)
    driver.upload(at(indicesBegin), indices.data(), size.steps * static_cast<int64_t>(sizeof(int64_t)));
}

uint64_t DeviceArena::variable(int64_t number) const { return at(bmc_device_program.variable_offsets[number]); }

uint64_t DeviceArena::keptVariable(int64_t number) const {
  return variable(number) + static_cast<uint64_t>(bmc_device_program.variables_end - bmc_device_program.constants_end);
}

uint64_t DeviceArena::index(int64_t step) const {
  return at(indicesBegin + step * static_cast<int64_t>(sizeof(int64_t)));
}

} // namespace bmc
