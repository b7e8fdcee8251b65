// A call of an entry function on the device: see device_entry.h.
#include "device_entry.h"

#include "../entry.h"
#include "../errors.h"
#include "device.h"

namespace bmc {

/// Sizes that a function keeps what it recorded for: a batch, the last one of an epoch, texts of many lengths.
enum { mostRecordings = 64 };

/// The one whose values are in the arena's part for calls; null: nobody's.
static DeviceEntry *lastCaller = nullptr;

static ExpectedCalls expectedCalls;

void expectOnDevice(const ExpectedCalls &calls) { expectedCalls = calls; }

/// Whether it is called by a verb that trains or evaluates: others answer, and are asked alone.
static bool isExpected(const bmc_function &function) {
  for (int64_t i = 0; i < function.result_count; ++i) {
    int32_t role = function.results[i].role;
    bool answers = role == bmc_role_output || role == bmc_role_gradient;
    if (answers || (role <= bmc_role_state && !expectedCalls.train))
      return false;
  }
  return expectedCalls.rows.ofCall > 0;
}

static ArenaDemand expectedDemand() {
  ArenaDemand demand;
  demand.keepsWeights = expectedCalls.keepWeights;
  for (int64_t i = 0; i < bmc_device_program.function_count; ++i)
    if (isExpected(*bmc_device_program.functions[i].function))
      demand.include(demandOf(bmc_device_program.functions[i], expectedCalls.rows));
  return demand;
}

DeviceEntry::DeviceEntry(const bmc_device_function &device, Variables &variables)
    : device(device), function(*device.function), variables(variables) {
  buffers.resize(valueCount());
  isDown.resize(function.result_count);
}

DeviceEntry::~DeviceEntry() {
  for (Recording *recording : recordings)
    destroy(recording);
  free(copy);
  if (lastCaller == this)
    lastCaller = nullptr;
}

template <typename T> static bool isSame(const Array<T> &a, const Array<T> &b) {
  return a.size() == b.size() && (a.size() == 0 || !memcmp(a.data(), b.data(), a.size() * sizeof(T)));
}

template <typename T> static void assign(Array<T> &to, const Array<T> &from) {
  to.clear();
  to.append(from.data(), from.size());
}

void DeviceEntry::layOut(const Array<int64_t> &symbols, const Array<int64_t> &resultDims) {
  if (isSized && isSame(symbols, sizedFor))
    return;
  layout.layOut(function, symbols, resultDims);
  assign(sizedFor, symbols);
  isSized = true;
  if (copy && layout.bytes <= copyCapacity)
    return;
  free(copy);
  copyCapacity = layout.bytes > 2 * copyCapacity ? layout.bytes : 2 * copyCapacity;
  copy = static_cast<char *>(allocateBuffer(copyCapacity, function.name));
}

/// The part for calls becomes this one's: what the last caller gave and nobody has asked for yet comes down first.
void DeviceEntry::takeOver() {
  if (lastCaller && lastCaller != this)
    lastCaller->bringResultsDown();
  lastCaller = this;
  ArenaDemand demand = demandOf(device, sizedFor, layout);
  if (deviceArena().holds(demand))
    return;
  demand.include(expectedDemand());
  deviceArena().reserve(demand);
}

void DeviceEntry::bringResultsDown() {
  for (int64_t i = 0; i < function.result_count; ++i)
    if (layout.places[function.argument_count + i].kind != Kind::variable)
      result(i);
}

/// A variable that is only a result is written where it lives; one that is both is written in place.
void DeviceEntry::bindVariable(int64_t i) {
  bool isResult = i >= function.argument_count, isWritten = isResult;
  for (int64_t r = 0; r < function.result_count; ++r)
    isWritten |= function.results[r].alias == i;
  int64_t index = valueOf(function, i).index;
  buffers[i] = reinterpret_cast<void *>(variables.bringToDevice(index, !isResult, isWritten));
}

void DeviceEntry::bind() {
  for (int64_t i = 0; i < valueCount(); ++i)
    if (i >= function.argument_count && valueOf(function, i).alias >= 0)
      buffers[i] = buffers[valueOf(function, i).alias];
    else if (layout.places[i].kind == Kind::variable)
      bindVariable(i);
    else
      buffers[i] = reinterpret_cast<void *>(deviceArena().call() + static_cast<uint64_t>(layout.places[i].offset));
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
    const CallLayout::Place &place = layout.places[i];
    if (place.kind == Kind::smallArgument)
      memcpy(copy + place.offset, hostValue(i, rows, scalars), place.bytes);
    else if (place.kind == Kind::largeArgument)
      deviceDriver().upload(reinterpret_cast<uint64_t>(buffers[i]), hostValue(i, rows, scalars), place.bytes);
  }
  if (layout.smallEnd)
    deviceDriver().upload(deviceArena().call(), copy, layout.smallEnd);
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

Tape &DeviceEntry::record(const Array<int64_t> &symbols) {
  buffers.resize(valueCount() + 1);
  buffers[valueCount()] = reinterpret_cast<void *>(deviceArena().intermediate());
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
  layOut(symbols, resultDims);
  takeOver();
  bind();
  upload(rows, scalars);
  Tape &tape = record(symbols);
  if (watchedReplay)
    watchedReplay(tape, symbols.data());
  else
    deviceDriver().replay(tape);
  for (bool &down : isDown)
    down = false;
}

const void *DeviceEntry::result(int64_t i) {
  const CallLayout::Place &place = layout.places[function.argument_count + i];
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
  int64_t begin = layout.numbersBegin;
  deviceDriver().download(copy + begin, deviceArena().call() + static_cast<uint64_t>(begin), layout.numbersEnd - begin);
  for (int64_t r = 0; r < function.result_count; ++r)
    isDown[r] |= layout.places[function.argument_count + r].kind == Kind::number;
  return to;
}

} // namespace bmc
