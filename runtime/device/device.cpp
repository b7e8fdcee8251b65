// The device of a program: see device.h.
#include "device.h"

#include "../errors.h"
#include "../memory.h"

namespace bmc {

static bool isOpen = false;

void openDevice() {
  const bmc_driver &driver = *bmc_device_program.driver;
  if (const char *why = driver.open())
    fail(exitCannot, "%s: no %s device: %s; --device=cpu goes on without one", bmc_program.name, driver.name, why);
  isOpen = true;
}

bool isDeviceOpen() { return isOpen; }
const bmc_driver &deviceDriver() { return *bmc_device_program.driver; }

const bmc_function &functionInUse(const bmc_function &function) {
  for (int64_t i = 0; isOpen && function.name && i < bmc_device_program.function_count; ++i)
    if (!strcmp(bmc_device_program.functions[i]->name, function.name))
      return *bmc_device_program.functions[i];
  return function;
}

// Memory --------------------------------------------------------------------------------------------------------------

namespace {
/// Alignment of a piece, and the least that the driver is asked for at once.
enum : int64_t { pieceAlignment = 256, leastPart = int64_t(32) << 20 };

struct Piece {
  uint64_t address;
  int64_t bytes;
};

/// The arena: parts of the device's memory, of which the last one is not used up, and pieces that were given back.
struct DeviceMemory {
  uint64_t next = 0;
  int64_t left = 0;
  Array<Piece> released;
};

struct Constant {
  const void *value;
  uint64_t address;
};
} // namespace

/// Never destroyed: the end of the program ends the device's memory too.
static DeviceMemory &memory() {
  static DeviceMemory *memory = create<DeviceMemory>();
  return *memory;
}

static int64_t pieceBytes(int64_t bytes) {
  return (bytes + bufferSlack + pieceAlignment - 1) / pieceAlignment * pieceAlignment;
}

uint64_t allocateOnDevice(int64_t bytes, const char *purpose) {
  int64_t size = pieceBytes(bytes);
  Array<Piece> &released = memory().released;
  for (Piece &piece : released)
    if (piece.bytes == size) {
      uint64_t address = piece.address;
      piece = released[released.size() - 1];
      released.resize(released.size() - 1);
      return address;
    }
  if (size > memory().left) {
    int64_t part = size > leastPart ? size : int64_t(leastPart);
    memory().next = deviceDriver().allocate(part);
    if (!memory().next)
      fail(exitCannot, "out of memory: the device has no %lld bytes for %s", static_cast<long long>(part), purpose);
    memory().left = part;
  }
  uint64_t address = memory().next;
  memory().next += size;
  memory().left -= size;
  return address;
}

void releaseOnDevice(uint64_t address, int64_t bytes) {
  if (address)
    memory().released.push({address, pieceBytes(bytes)});
}

uint64_t sharedDeviceArena(int64_t bytes) {
  static Piece arena = {0, -1};
  if (bytes > arena.bytes) {
    releaseOnDevice(arena.address, arena.bytes);
    arena = {allocateOnDevice(bytes, "intermediate values"), bytes};
  }
  return arena.address;
}

// Values of the host's ------------------------------------------------------------------------------------------------

uint64_t constantOnDevice(const void *value, int64_t bytes) {
  static Array<Constant> &known = *create<Array<Constant>>();
  for (const Constant &constant : known)
    if (constant.value == value)
      return constant.address;
  uint64_t address = allocateOnDevice(bytes, "constants");
  deviceDriver().upload(address, value, bytes);
  known.push({value, address});
  return address;
}

/// Indices of loops, so many in a piece.
enum : int64_t { indicesOfPiece = 4096 };

uint64_t indexOnDevice(int64_t index) {
  static Array<uint64_t> &pieces = *create<Array<uint64_t>>();
  while (pieces.size() * indicesOfPiece <= index) {
    Array<int64_t> numbers;
    for (int64_t i = 0; i < indicesOfPiece; ++i)
      numbers.push(pieces.size() * indicesOfPiece + i);
    int64_t bytes = numbers.size() * static_cast<int64_t>(sizeof(int64_t));
    uint64_t address = allocateOnDevice(bytes, "indices of loops");
    deviceDriver().upload(address, numbers.data(), bytes);
    pieces.push(address);
  }
  return pieces[index / indicesOfPiece] + static_cast<uint64_t>(index % indicesOfPiece) * sizeof(int64_t);
}

} // namespace bmc
