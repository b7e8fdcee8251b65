// The driver of NVIDIA's devices: libcuda.so.1, opened at run time. A tape that is replayed a second time becomes a
// graph: from then on a call of its function is one call of the driver.
#include "tape.h"

#include "../errors.h"

#include <dlfcn.h>
#include <stdio.h>

namespace bmc {
namespace {

// What is used of CUDA's driver API, as its manual has it: cuda.h is not there where programs are compiled.
using Status = int;
using DeviceNumber = int;
using Address = unsigned long long;
struct Context;
struct Stream;
struct Module;
struct Function;
struct Graph;
struct GraphExecutable;
struct Event;
enum : unsigned { streamNonBlocking = 1 };
enum : int { captureThreadLocal = 1, maxDynamicSharedBytes = 8 };
enum : uint32_t { sharedBytesOfEveryBlock = 48 * 1024 };
enum : int { optionMaxRegisters = 0 };
// Of a thread: so two of the largest blocks, of 256 threads, are beside each other on a multiprocessor.
enum : uintptr_t { mostRegisters = 128 };

/// The functions that are called, with the names that the library has them under.
#define BMC_CUDA_FUNCTIONS(DO)                                                                                         \
  DO(init, "cuInit", unsigned)                                                                                         \
  DO(deviceGet, "cuDeviceGet", DeviceNumber *, int)                                                                    \
  DO(retainContext, "cuDevicePrimaryCtxRetain", Context **, DeviceNumber)                                              \
  DO(setContext, "cuCtxSetCurrent", Context *)                                                                         \
  DO(deviceName, "cuDeviceGetName", char *, int, DeviceNumber)                                                         \
  DO(deviceMemory, "cuDeviceTotalMem_v2", size_t *, DeviceNumber)                                                      \
  DO(driverVersion, "cuDriverGetVersion", int *)                                                                       \
  DO(errorName, "cuGetErrorName", Status, const char **)                                                               \
  DO(streamCreate, "cuStreamCreate", Stream **, unsigned)                                                              \
  DO(streamSynchronize, "cuStreamSynchronize", Stream *)                                                               \
  DO(memoryAllocate, "cuMemAlloc_v2", Address *, size_t)                                                               \
  DO(memoryFree, "cuMemFree_v2", Address)                                                                              \
  DO(hostAllocate, "cuMemAllocHost_v2", void **, size_t)                                                               \
  DO(hostFree, "cuMemFreeHost", void *)                                                                                \
  DO(copyToDevice, "cuMemcpyHtoDAsync_v2", Address, const void *, size_t, Stream *)                                    \
  DO(copyToHost, "cuMemcpyDtoHAsync_v2", void *, Address, size_t, Stream *)                                            \
  DO(copyOnDevice, "cuMemcpyDtoDAsync_v2", Address, Address, size_t, Stream *)                                         \
  DO(moduleLoad, "cuModuleLoadDataEx", Module **, const void *, unsigned, const int *, void **)                        \
  DO(moduleFunction, "cuModuleGetFunction", Function **, Module *, const char *)                                       \
  DO(functionAttribute, "cuFuncSetAttribute", Function *, int, int)                                                    \
  DO(launchKernel, "cuLaunchKernel", Function *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, \
     Stream *, void **, void **)                                                                                       \
  DO(beginCapture, "cuStreamBeginCapture_v2", Stream *, int)                                                           \
  DO(endCapture, "cuStreamEndCapture", Stream *, Graph **)                                                             \
  DO(instantiate, "cuGraphInstantiateWithFlags", GraphExecutable **, Graph *, unsigned long long)                      \
  DO(graphLaunch, "cuGraphLaunch", GraphExecutable *, Stream *)                                                        \
  DO(eventCreate, "cuEventCreate", Event **, unsigned)                                                                 \
  DO(eventRecord, "cuEventRecord", Event *, Stream *)                                                                  \
  DO(eventElapsed, "cuEventElapsedTime", float *, Event *, Event *)                                                    \
  DO(eventDestroy, "cuEventDestroy_v2", Event *)                                                                       \
  DO(graphDestroy, "cuGraphDestroy", Graph *)                                                                          \
  DO(executableDestroy, "cuGraphExecDestroy", GraphExecutable *)

struct Cuda {
#define BMC_DECLARE(name, symbol, ...) Status (*name)(__VA_ARGS__);
  BMC_CUDA_FUNCTIONS(BMC_DECLARE)
#undef BMC_DECLARE
  DeviceNumber device;
  Context *context;
  Stream *stream;
} cuda;

const char *loadLibrary() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return "NVIDIA's driver (libcuda.so.1) is not installed";
#define BMC_LOAD(name, symbol, ...)                                                                                    \
  cuda.name = reinterpret_cast<Status (*)(__VA_ARGS__)>(dlsym(library, symbol));                                       \
  if (!cuda.name)                                                                                                      \
    return "NVIDIA's driver is too old: it has no " symbol;
  BMC_CUDA_FUNCTIONS(BMC_LOAD)
#undef BMC_LOAD
  return nullptr;
}

const char *open(bool) {
  if (const char *why = loadLibrary())
    return why;
  if (cuda.init(0) || cuda.deviceGet(&cuda.device, 0))
    return "the driver finds none";
  if (cuda.retainContext(&cuda.context, cuda.device) || cuda.setContext(cuda.context) ||
      cuda.streamCreate(&cuda.stream, streamNonBlocking))
    return "the one that is there cannot be opened";
  return nullptr;
}

void check(Status status, const char *what) {
  if (status == 0)
    return;
  const char *name = nullptr;
  cuda.errorName(status, &name);
  fail(exitCannot, "the CUDA device failed: %s gave %s", what, name ? name : "an unknown error");
}

void describe(DeviceDescription &device) {
  enum { thousands = 1000, tens = 10 }; // of a version's number
  size_t bytes = 0;
  int version = 0;
  check(cuda.deviceName(device.name, sizeof device.name, cuda.device), "the question for its name");
  check(cuda.deviceMemory(&bytes, cuda.device), "the question for its memory");
  check(cuda.driverVersion(&version), "the question for the driver's version");
  snprintf(device.driver, sizeof device.driver, "%d.%d", version / thousands, version % thousands / tens);
  device.memoryBytes = static_cast<int64_t>(bytes);
}

uint64_t allocate(int64_t bytes) {
  Address address = 0;
  return cuda.memoryAllocate(&address, static_cast<size_t>(bytes)) ? 0 : address;
}

void release(uint64_t address) {
  check(cuda.streamSynchronize(cuda.stream), "a kernel");
  check(cuda.memoryFree(address), "the release of memory");
}

void *allocateHost(int64_t bytes) {
  void *memory = nullptr;
  return cuda.hostAllocate(&memory, static_cast<size_t>(bytes)) ? nullptr : memory;
}

void releaseHost(void *memory) { check(cuda.hostFree(memory), "the release of the host's memory"); }

void upload(uint64_t to, const void *from, int64_t bytes) {
  check(cuda.copyToDevice(to, from, static_cast<size_t>(bytes), cuda.stream), "a copy to it");
}

void download(void *to, uint64_t from, int64_t bytes) {
  check(cuda.copyToHost(to, from, static_cast<size_t>(bytes), cuda.stream), "a copy from it");
  check(cuda.streamSynchronize(cuda.stream), "a kernel");
}

void copy(uint64_t to, uint64_t from, int64_t bytes) {
  check(cuda.copyOnDevice(to, from, static_cast<size_t>(bytes), cuda.stream), "a copy on it");
}

void *load(const char *text, int64_t) {
  Module *module = nullptr;
  const int options[] = {optionMaxRegisters};
  void *values[] = {reinterpret_cast<void *>(mostRegisters)};
  check(cuda.moduleLoad(&module, text, 1, options, values), "the compilation of a kernel");
  return module;
}

void *findKernel(void *module, const char *name) {
  Function *function = nullptr;
  check(cuda.moduleFunction(&function, static_cast<Module *>(module), name), "the search for a kernel");
  return function;
}

void launch(const Launch &launch, LaunchArgument *arguments) {
  auto *function = static_cast<Function *>(launch.kernel);
  Array<void *> values;
  for (int64_t i = 0; i < launch.argumentCount; ++i)
    values.push(&arguments[i].value);
  if (launch.sharedBytes > sharedBytesOfEveryBlock)
    check(cuda.functionAttribute(function, maxDynamicSharedBytes, static_cast<int>(launch.sharedBytes)),
          "a kernel's demand for shared memory");
  const uint32_t *grid = launch.grid, *block = launch.block;
  check(cuda.launchKernel(function, grid[0], grid[1], grid[2], block[0], block[1], block[2], launch.sharedBytes,
                          cuda.stream, values.data(), nullptr),
        "the start of a kernel");
}

void launchAll(Tape &tape) {
  for (const Launch &one : tape.launches)
    launch(one, tape.arguments.data() + one.firstArgument);
}

/// Null where the driver does not allow it.
GraphExecutable *capture(Tape &tape) {
  Graph *graph = nullptr;
  GraphExecutable *executable = nullptr;
  if (cuda.beginCapture(cuda.stream, captureThreadLocal))
    return nullptr;
  launchAll(tape);
  if (cuda.endCapture(cuda.stream, &graph) || !graph)
    return nullptr;
  if (cuda.instantiate(&executable, graph, 0))
    executable = nullptr;
  cuda.graphDestroy(graph);
  return executable;
}

/// Many functions are called once only: the second replay shows that a graph is worth its making.
void replay(Tape &tape) {
  if (tape.replays++ == 1)
    tape.prepared = capture(tape);
  if (tape.prepared)
    check(cuda.graphLaunch(static_cast<GraphExecutable *>(tape.prepared), cuda.stream), "the start of a graph");
  else
    launchAll(tape);
}

/// An event in front of each kernel, and one behind the last.
void replayTimed(Tape &tape, LaunchTime *times) {
  Array<Event *> events;
  events.resize(tape.launches.size() + 1);
  for (int64_t i = 0; i < events.size(); ++i) {
    check(cuda.eventCreate(&events[i], 0), "an event");
    check(cuda.eventRecord(events[i], cuda.stream), "an event");
    if (i < tape.launches.size())
      launch(tape.launches[i], tape.arguments.data() + tape.launches[i].firstArgument);
  }
  check(cuda.streamSynchronize(cuda.stream), "a kernel");
  int64_t last = 0;
  for (int64_t i = 1; i < events.size(); ++i) {
    float milliseconds = 0;
    check(cuda.eventElapsed(&milliseconds, events[0], events[i]), "an event");
    times[i - 1].begin = last;
    times[i - 1].end = last = static_cast<int64_t>(1e6 * static_cast<double>(milliseconds));
  }
  for (Event *event : events)
    check(cuda.eventDestroy(event), "an event");
}

void forget(Tape &tape) { cuda.executableDestroy(static_cast<GraphExecutable *>(tape.prepared)); }

} // namespace
} // namespace bmc

const bmc_driver bmc_driver_cuda = {"CUDA",        bmc::open,         bmc::describe,    bmc::allocate,
                                    bmc::release,  bmc::allocateHost, bmc::releaseHost, bmc::upload,
                                    bmc::download, bmc::copy,         bmc::load,        bmc::findKernel,
                                    bmc::replay,   bmc::replayTimed,  bmc::forget};
