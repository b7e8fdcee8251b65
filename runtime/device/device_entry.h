// A call of an entry function on the device. What it takes of the host goes up in one piece, its kernels are started
// one behind the other, and of its results comes down what somebody asks for.
#ifndef BMC_DEVICE_DEVICE_ENTRY_H
#define BMC_DEVICE_DEVICE_ENTRY_H

#include "call_layout.h"
#include "tape.h"

namespace bmc {

struct Scalars;
class Rows;
class Variables;

class DeviceEntry {
public:
  DeviceEntry(const bmc_device_function &device, Variables &variables);
  ~DeviceEntry();
  DeviceEntry(const DeviceEntry &) = delete;
  DeviceEntry &operator=(const DeviceEntry &) = delete;

  /// `resultDims` are those of all results, one behind the other.
  void run(const Array<int64_t> &symbols, const Array<int64_t> &resultDims, Rows *rows, const Scalars &scalars);
  /// The values of a result of the last call, in the host's memory.
  const void *result(int64_t i);

private:
  using Kind = CallLayout::Kind;

  /// What a call with these sizes and buffers starts.
  struct Recording {
    Array<int64_t> symbols;
    Array<void *> buffers; // addresses on the device, that of the intermediate values last
    Tape tape;
  };

  int64_t valueCount() const { return function.argument_count + function.result_count; }
  void layOut(const Array<int64_t> &symbols, const Array<int64_t> &resultDims);
  void takeOver();
  void bringResultsDown();
  void bind();
  void bindVariable(int64_t i);
  void upload(Rows *rows, const Scalars &scalars);
  const void *hostValue(int64_t argument, Rows *rows, const Scalars &scalars);
  Recording &recordingFor(const Array<int64_t> &symbols);
  Tape &record(const Array<int64_t> &symbols);

  const bmc_device_function &device;
  const bmc_function &function;
  Variables &variables;
  CallLayout layout;
  Array<int64_t> sizedFor;
  bool isSized = false;
  Array<void *> buffers;    // the addresses of arguments and results
  char *copy = nullptr;     // what a call takes and gives, on the host
  int64_t copyCapacity = 0; // its bytes
  Array<bool> isDown;       // of each result: whether the copy has it
  double number = 0;        // what a scalar argument is on its way up
  int32_t key[2] = {};
  Array<Recording *> recordings;
  int64_t nextToReplace = 0; // of them, once there are many
};

/// What a verb that trains or evaluates is going to do.
struct ExpectedCalls {
  ExpectedRows rows;
  bool train = false, keepWeights = false; // the latter: those of the best epoch
};

/// Tells which calls are to come, so that the arena has its size from the start. Without it the first call decides.
void expectOnDevice(const ExpectedCalls &calls);

} // namespace bmc

#endif
