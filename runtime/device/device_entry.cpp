// A call of an entry function on the device: see device_entry.h.
#include "device_entry.h"

#include "../entry.h"
#include "../errors.h"
#include "device.h"

namespace bmc {

/// Larger arguments go up on their own, from where they are; copying the others together is cheaper than one more call.
enum : int64_t { largeArgumentBytes = 1 << 20 };

/// Sizes that a function keeps what it recorded for: a batch, the last one of an epoch, texts of many lengths.
enum { mostRecordings = 64 };

DeviceEntry::DeviceEntry(const bmc_function &function, Variables &variables)
    : function(function), variables(variables) {
  places.resize(valueCount());
  buffers.resize(valueCount());
  isDown.resize(function.result_count);
}

DeviceEntry::~DeviceEntry() {
  for (Recording *recording : recordings)
    destroy(recording);
  releaseOnDevice(block, capacity);
  free(copy);
}

const bmc_value &DeviceEntry::value(int64_t i) const {
  return i < function.argument_count ? function.arguments[i] : function.results[i - function.argument_count];
}

static bool isVariable(const bmc_value &value) { return value.role <= bmc_role_metric_state; }

DeviceEntry::Kind DeviceEntry::kindOf(int64_t i) const {
  if (isVariable(value(i)))
    return Kind::variable;
  if (i < function.argument_count)
    return places[i].bytes <= largeArgumentBytes ? Kind::smallArgument : Kind::largeArgument;
  if (value(i).alias >= 0)
    return Kind::alias;
  return value(i).rank == 0 ? Kind::number : Kind::tensor;
}

void DeviceEntry::findSizes(const Array<int64_t> &symbols, const Array<int64_t> &resultDims) {
  const int64_t *nextResult = resultDims.data();
  for (int64_t i = 0; i < valueCount(); ++i) {
    int64_t elements = 1;
    for (int64_t axis = 0; axis < value(i).rank; ++axis) {
      bool isResult = i >= function.argument_count;
      const bmc_dim &dim = value(i).dims[axis];
      int64_t size = isResult ? *nextResult++ : dim.symbol >= 0 ? symbols[dim.symbol] : dim.constant;
      elements = multiplySizes(elements, size, value(i).name);
    }
    places[i].bytes = multiplySizes(elements, elementBytes(value(i).element), value(i).name);
    places[i].kind = kindOf(i);
  }
}

/// The places of one kind follow each other, in the order of the kinds.
void DeviceEntry::layOut() {
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
  smallBytes = begins[static_cast<int>(Kind::largeArgument)];
  numbersBegin = begins[static_cast<int>(Kind::number)];
  numbersEnd = begins[static_cast<int>(Kind::tensor)];
  blockBytes = next;
  if (block && blockBytes <= capacity)
    return;
  releaseOnDevice(block, capacity);
  free(copy);
  capacity = blockBytes > 2 * capacity ? blockBytes : 2 * capacity;
  block = allocateOnDevice(capacity, function.name);
  copy = static_cast<char *>(allocateBuffer(capacity, function.name));
}

/// A variable that is only a result is written where it lives; one that is both is written in place.
void DeviceEntry::bindVariable(int64_t i) {
  bool isResult = i >= function.argument_count, isWritten = isResult;
  for (int64_t r = 0; r < function.result_count; ++r)
    isWritten |= function.results[r].alias == i;
  int64_t index = value(i).index;
  buffers[i] = reinterpret_cast<void *>(variables.bringToDevice(index, !isResult, isWritten));
}

void DeviceEntry::bind() {
  for (int64_t i = 0; i < valueCount(); ++i)
    if (i >= function.argument_count && value(i).alias >= 0)
      buffers[i] = buffers[value(i).alias];
    else if (places[i].kind == Kind::variable)
      bindVariable(i);
    else
      buffers[i] = reinterpret_cast<void *>(block + static_cast<uint64_t>(places[i].offset));
}

const void *DeviceEntry::hostValue(int64_t i, Rows *rows, const Scalars &scalars) {
  const bmc_value &argument = function.arguments[i];
  switch (argument.role) {
  case bmc_role_hyper:
    number = scalars.hypers[argument.index];
    return &number;
  case bmc_role_step:
    number = static_cast<double>(scalars.step);
    return &number;
  case bmc_role_monitored:
    number = scalars.monitored;
    return &number;
  case bmc_role_key:
    key[0] = static_cast<int32_t>(scalars.seed);
    key[1] = static_cast<int32_t>(scalars.seed >> 32);
    return key;
  default:
    return rows ? rows->field(argument.index).data : scalars.given[i].data;
  }
}

void DeviceEntry::upload(Rows *rows, const Scalars &scalars) {
  for (int64_t i = 0; i < function.argument_count; ++i) {
    const Place &place = places[i];
    if (place.kind == Kind::smallArgument)
      memcpy(copy + place.offset, hostValue(i, rows, scalars), place.bytes);
    else if (place.kind == Kind::largeArgument)
      deviceDriver().upload(block + static_cast<uint64_t>(place.offset), hostValue(i, rows, scalars), place.bytes);
  }
  if (smallBytes)
    deviceDriver().upload(block, copy, smallBytes);
}

template <typename T> static bool isSame(const Array<T> &a, const Array<T> &b) {
  return a.size() == b.size() && (a.size() == 0 || !memcmp(a.data(), b.data(), a.size() * sizeof(T)));
}

template <typename T> static void assign(Array<T> &to, const Array<T> &from) {
  to.clear();
  to.append(from.data(), from.size());
}

DeviceEntry::Recording &DeviceEntry::recordingFor(const Array<int64_t> &symbols) {
  for (Recording *recording : recordings)
    if (isSame(recording->symbols, symbols))
      return *recording;
  if (recordings.size() < mostRecordings) {
    recordings.push(create<Recording>());
    return *recordings[recordings.size() - 1];
  }
  nextToReplace = (nextToReplace + 1) % mostRecordings;
  return *recordings[nextToReplace];
}

/// The arena is shared and may have grown for another function: it is the last of the buffers that a tape depends on.
Tape &DeviceEntry::record(const Array<int64_t> &symbols) {
  int64_t bytes = function.arena_bytes ? function.arena_bytes(symbols.data()) : 0;
  buffers.resize(valueCount() + 1);
  buffers[valueCount()] = reinterpret_cast<void *>(sharedDeviceArena(bytes));
  Recording &recording = recordingFor(symbols);
  if (isSame(buffers, recording.buffers) && isSame(symbols, recording.symbols))
    return recording.tape;
  recording.tape.clear();
  recordOn(&recording.tape);
  int32_t status = function.run(buffers.data(), symbols.data(), static_cast<char *>(buffers[valueCount()]));
  recordOn(nullptr);
  if (status != 0)
    fail(exitCannot, "%s: a kernel failed with code %d", function.name, status);
  assign(recording.buffers, buffers);
  assign(recording.symbols, symbols);
  return recording.tape;
}

void DeviceEntry::run(const Array<int64_t> &symbols, const Array<int64_t> &resultDims, Rows *rows,
                      const Scalars &scalars) {
  if (!isSized || !isSame(symbols, sizedFor)) {
    findSizes(symbols, resultDims);
    layOut();
    assign(sizedFor, symbols);
    isSized = true;
  }
  bind();
  upload(rows, scalars);
  deviceDriver().replay(record(symbols));
  for (bool &down : isDown)
    down = false;
}

const void *DeviceEntry::result(int64_t i) {
  const Place &place = places[function.argument_count + i];
  if (place.kind == Kind::variable)
    return variables.read(function.results[i].index);
  char *to = copy + place.offset;
  if (isDown[i])
    return to;
  if (place.kind != Kind::number) {
    deviceDriver().download(to, reinterpret_cast<uint64_t>(buffers[function.argument_count + i]), place.bytes);
    isDown[i] = true;
    return to;
  }
  // All numbers come at once.
  deviceDriver().download(copy + numbersBegin, block + static_cast<uint64_t>(numbersBegin), numbersEnd - numbersBegin);
  for (int64_t r = 0; r < function.result_count; ++r)
    isDown[r] |= places[function.argument_count + r].kind == Kind::number;
  return to;
}

} // namespace bmc
