// A call of an entry function on the device. What it takes of the host goes up in one piece, its kernels are started
// one behind the other, and of its results comes down what somebody asks for.
#ifndef BMC_DEVICE_DEVICE_ENTRY_H
#define BMC_DEVICE_DEVICE_ENTRY_H

#include "tape.h"

#include "bmc/program.h"

namespace bmc {

struct Scalars;
class Rows;
class Variables;

class DeviceEntry {
public:
  DeviceEntry(const bmc_function &function, Variables &variables);
  ~DeviceEntry();
  DeviceEntry(const DeviceEntry &) = delete;
  DeviceEntry &operator=(const DeviceEntry &) = delete;

  /// `resultDims` are those of all results, one behind the other.
  void run(const Array<int64_t> &symbols, const Array<int64_t> &resultDims, Rows *rows, const Scalars &scalars);
  /// The values of a result of the last call, in the host's memory.
  const void *result(int64_t i);

private:
  /// What an argument or a result is on the device.
  enum class Kind { variable, smallArgument, largeArgument, number, tensor, alias };
  /// Its place in the block on the device, and in the copy of the block on the host.
  struct Place {
    Kind kind;
    int64_t offset, bytes;
  };

  /// What a call with these sizes and buffers starts.
  struct Recording {
    Array<int64_t> symbols;
    Array<void *> buffers; // addresses on the device, that of the arena last
    Tape tape;
  };

  int64_t valueCount() const { return function.argument_count + function.result_count; }
  const bmc_value &value(int64_t i) const;
  Kind kindOf(int64_t i) const;
  void findSizes(const Array<int64_t> &symbols, const Array<int64_t> &resultDims);
  void layOut();
  void bind();
  void bindVariable(int64_t i);
  void upload(Rows *rows, const Scalars &scalars);
  const void *hostValue(int64_t argument, Rows *rows, const Scalars &scalars);
  Recording &recordingFor(const Array<int64_t> &symbols);
  Tape &record(const Array<int64_t> &symbols);

  const bmc_function &function;
  Variables &variables;
  Array<Place> places;   // of the arguments, then of the results
  Array<void *> buffers; // their addresses on the device
  Array<int64_t> sizedFor;
  bool isSized = false;
  int64_t smallBytes = 0, numbersBegin = 0, numbersEnd = 0, blockBytes = 0; // parts of the block
  uint64_t block = 0;
  char *copy = nullptr;
  int64_t capacity = 0; // of both
  Array<bool> isDown;   // of each result: whether the copy has it
  double number = 0;    // what a scalar argument is on its way up
  int32_t key[2] = {};
  Array<Recording *> recordings;
  int64_t nextToReplace = 0; // of them, once there are many
};

} // namespace bmc

#endif
