// A libcuda.so.1 that computes nothing. It checks what each call is given (handles, sizes, lifetimes, what a stream may
// be asked while it is captured), ends the program at the first mistake, and writes a line for each call into the file
// that BMC_MOCK_CUDA_LOG names. Memory of the device is the host's, so what is copied there comes back.
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {
using Status = int;

struct Kernel {
  std::string name;
  std::vector<bool> isAddress; // of each parameter
  int sharedLimit = 48 * 1024;
};
struct Module {
  std::map<std::string, Kernel> kernels;
};
struct Graph {
  int kernels = 0;
};
struct Event {
  int kernelsBefore = -1; // -1: not recorded
};

struct Driver {
  bool isInitialized = false, hasContext = false, isCapturing = false;
  int contextTag = 0, streamTag = 0;
  std::map<uint64_t, size_t> allocations;
  std::set<void *> hostAllocations;
  std::set<void *> modules, kernels, graphs, executables, events;
  int launched = 0;
  Graph *captured = nullptr;
  FILE *log = nullptr;
} driver;

[[noreturn]] void fail(const char *call, const std::string &why) {
  fprintf(stderr, "mock CUDA: %s: %s\n", call, why.c_str());
  abort();
}

void expect(bool holds, const char *call, const char *what) {
  if (!holds)
    fail(call, std::string("expected ") + what);
}

__attribute__((format(printf, 1, 2))) Status done(const char *format, ...) {
  if (!driver.log) {
    const char *path = getenv("BMC_MOCK_CUDA_LOG");
    driver.log = path ? fopen(path, "w") : stderr;
    if (!driver.log)
      fail("log", "cannot write it");
    setvbuf(driver.log, nullptr, _IOLBF, 0);
  }
  va_list arguments;
  va_start(arguments, format);
  vfprintf(driver.log, format, arguments);
  va_end(arguments);
  fputc('\n', driver.log);
  return 0;
}

void expectReady(const char *call) {
  expect(driver.isInitialized, call, "cuInit before it");
  expect(driver.hasContext, call, "a current context");
}

/// Calls that wait, allocate or load have no place in a capture.
void expectNoCapture(const char *call) {
  expectReady(call);
  expect(!driver.isCapturing, call, "no capture to be on its way");
}

void expectOnDevice(const char *call, uint64_t address, size_t bytes) {
  auto behind = driver.allocations.upper_bound(address);
  if (behind == driver.allocations.begin())
    fail(call, "an address in front of all allocations");
  auto [begin, size] = *--behind;
  if (address + bytes > begin + size)
    fail(call, "bytes outside of any allocation");
}

void expectStream(const char *call, void *stream) { expect(stream == &driver.streamTag, call, "the program's stream"); }

/// The entries of a module and the kinds of their parameters, from PTX.
Module *parse(const char *text) {
  auto *module = new Module;
  std::istringstream lines(text);
  std::string line;
  Kernel *kernel = nullptr;
  while (std::getline(lines, line)) {
    size_t entry = line.find(".visible .entry ");
    if (entry != std::string::npos) {
      std::string name = line.substr(entry + strlen(".visible .entry "));
      name.resize(name.find_first_of("( \t"));
      kernel = &module->kernels[name];
      kernel->name = name;
    } else if (kernel && line.find(".param") != std::string::npos && line.find("ld.param") == std::string::npos) {
      kernel->isAddress.push_back(line.find(".ptr") != std::string::npos);
    } else if (line.find('{') != std::string::npos) {
      kernel = nullptr;
    }
  }
  return module;
}
} // namespace

extern "C" {
Status cuInit(unsigned flags) {
  expect(flags == 0, "cuInit", "flags of 0");
  driver.isInitialized = true;
  return done("init");
}

Status cuDeviceGet(int *device, int number) {
  expect(driver.isInitialized, "cuDeviceGet", "cuInit before it");
  *device = number;
  return 0;
}

Status cuDevicePrimaryCtxRetain(void **context, int device) {
  expect(device == 0, "cuDevicePrimaryCtxRetain", "the first device");
  *context = &driver.contextTag;
  return 0;
}

Status cuCtxSetCurrent(void *context) {
  expect(context == &driver.contextTag, "cuCtxSetCurrent", "the context that was retained");
  driver.hasContext = true;
  return 0;
}

Status cuDeviceGetName(char *name, int size, int device) {
  expect(driver.isInitialized && device == 0, "cuDeviceGetName", "the first device");
  snprintf(name, size_t(size), "a device that computes nothing");
  return 0;
}

Status cuDeviceTotalMem_v2(size_t *bytes, int device) {
  expect(driver.isInitialized && device == 0, "cuDeviceTotalMem", "the first device");
  *bytes = size_t(1) << 30;
  return 0;
}

Status cuDriverGetVersion(int *version) {
  *version = 12040;
  return 0;
}

Status cuGetErrorName(Status, const char **name) {
  *name = "CUDA_ERROR_UNKNOWN";
  return 0;
}

Status cuStreamCreate(void **stream, unsigned) {
  expectNoCapture("cuStreamCreate");
  *stream = &driver.streamTag;
  return done("stream");
}

Status cuStreamSynchronize(void *stream) {
  expectNoCapture("cuStreamSynchronize");
  expectStream("cuStreamSynchronize", stream);
  return done("synchronize");
}

Status cuMemAlloc_v2(unsigned long long *address, size_t bytes) {
  expectNoCapture("cuMemAlloc");
  expect(bytes > 0, "cuMemAlloc", "some bytes");
  *address = reinterpret_cast<uint64_t>(calloc(1, bytes));
  driver.allocations[*address] = bytes;
  return done("allocate %zu", bytes);
}

Status cuMemFree_v2(unsigned long long address) {
  expectNoCapture("cuMemFree");
  expect(driver.allocations.erase(address), "cuMemFree", "the beginning of an allocation");
  free(reinterpret_cast<void *>(address));
  return done("free");
}

Status cuMemAllocHost_v2(void **memory, size_t bytes) {
  expectNoCapture("cuMemAllocHost");
  expect(bytes > 0, "cuMemAllocHost", "some bytes");
  *memory = malloc(bytes);
  driver.hostAllocations.insert(*memory);
  return done("allocate on the host %zu", bytes);
}

Status cuMemFreeHost(void *memory) {
  expectNoCapture("cuMemFreeHost");
  expect(driver.hostAllocations.erase(memory), "cuMemFreeHost", "memory of cuMemAllocHost");
  free(memory);
  return 0;
}

Status cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, void *stream) {
  expectNoCapture("cuMemcpyHtoDAsync");
  expectStream("cuMemcpyHtoDAsync", stream);
  expectOnDevice("cuMemcpyHtoDAsync", to, bytes);
  memcpy(reinterpret_cast<void *>(to), from, bytes);
  return done("upload %zu", bytes);
}

Status cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, void *stream) {
  expectNoCapture("cuMemcpyDtoHAsync");
  expectStream("cuMemcpyDtoHAsync", stream);
  expectOnDevice("cuMemcpyDtoHAsync", from, bytes);
  memcpy(to, reinterpret_cast<void *>(from), bytes);
  return done("download %zu", bytes);
}

Status cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, void *stream) {
  expectReady("cuMemcpyDtoDAsync");
  expectStream("cuMemcpyDtoDAsync", stream);
  expectOnDevice("cuMemcpyDtoDAsync", to, bytes);
  expectOnDevice("cuMemcpyDtoDAsync", from, bytes);
  memcpy(reinterpret_cast<void *>(to), reinterpret_cast<void *>(from), bytes);
  return done("copy %zu", bytes);
}

Status cuModuleLoadDataEx(void **module, const void *text, unsigned optionCount, const int *options, void **values) {
  enum { maxRegisters = 0 };
  expectNoCapture("cuModuleLoadDataEx");
  expect(optionCount == 1 && options[0] == maxRegisters && reinterpret_cast<uintptr_t>(values[0]) == 128,
         "cuModuleLoadDataEx", "a thread to have at most 128 registers");
  Module *parsed = parse(static_cast<const char *>(text));
  expect(!parsed->kernels.empty(), "cuModuleLoadDataEx", "PTX with an entry");
  driver.modules.insert(parsed);
  *module = parsed;
  return done("module");
}

Status cuModuleGetFunction(void **function, void *module, const char *name) {
  expect(driver.modules.count(module), "cuModuleGetFunction", "a module that was loaded");
  auto &kernels = static_cast<Module *>(module)->kernels;
  auto found = kernels.find(name);
  expect(found != kernels.end(), "cuModuleGetFunction", "the name of an entry");
  driver.kernels.insert(&found->second);
  *function = &found->second;
  return 0;
}

Status cuFuncSetAttribute(void *function, int attribute, int value) {
  expect(driver.kernels.count(function), "cuFuncSetAttribute", "a kernel");
  expect(attribute == 8, "cuFuncSetAttribute", "the limit of dynamic shared memory");
  static_cast<Kernel *>(function)->sharedLimit = value;
  return 0;
}

Status cuLaunchKernel(void *function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX, unsigned blockY,
                      unsigned blockZ, unsigned sharedBytes, void *stream, void **arguments, void **extra) {
  const char *call = "cuLaunchKernel";
  expectReady(call);
  expectStream(call, stream);
  expect(driver.kernels.count(function), call, "a kernel");
  auto &kernel = *static_cast<Kernel *>(function);
  expect(gridX && gridY && gridZ && gridX < 1u << 31 && gridY < 1u << 16 && gridZ < 1u << 16, call, "a possible grid");
  expect(blockX && blockY && blockZ && blockX * blockY * blockZ <= 1024 && blockZ <= 64, call, "a possible block");
  expect(int(sharedBytes) <= kernel.sharedLimit, call, "no more shared memory than the kernel's limit");
  expect(extra == nullptr, call, "no extra options");
  for (size_t i = 0; i < kernel.isAddress.size(); ++i)
    if (kernel.isAddress[i])
      expectOnDevice(call, *static_cast<uint64_t *>(arguments[i]), 1);
  if (driver.isCapturing) {
    ++driver.captured->kernels;
    return 0;
  }
  ++driver.launched;
  return done("launch %s grid %ux%ux%u block %ux%ux%u shared %u", kernel.name.c_str(), gridX, gridY, gridZ, blockX,
              blockY, blockZ, sharedBytes);
}

// A kernel takes a microsecond.
Status cuEventCreate(void **event, unsigned) {
  expectNoCapture("cuEventCreate");
  *event = new Event;
  driver.events.insert(*event);
  return 0;
}

Status cuEventRecord(void *event, void *stream) {
  expectNoCapture("cuEventRecord");
  expectStream("cuEventRecord", stream);
  expect(driver.events.count(event), "cuEventRecord", "an event");
  static_cast<Event *>(event)->kernelsBefore = driver.launched;
  return 0;
}

Status cuEventElapsedTime(float *milliseconds, void *begin, void *end) {
  for (void *event : {begin, end})
    expect(driver.events.count(event) && static_cast<Event *>(event)->kernelsBefore >= 0, "cuEventElapsedTime",
           "an event that was recorded");
  *milliseconds = 1e-3f * float(static_cast<Event *>(end)->kernelsBefore - static_cast<Event *>(begin)->kernelsBefore);
  return 0;
}

Status cuEventDestroy_v2(void *event) {
  expect(driver.events.erase(event), "cuEventDestroy", "an event");
  delete static_cast<Event *>(event);
  return 0;
}

Status cuStreamBeginCapture_v2(void *stream, int) {
  expectNoCapture("cuStreamBeginCapture");
  expectStream("cuStreamBeginCapture", stream);
  driver.isCapturing = true;
  driver.captured = new Graph;
  return 0;
}

Status cuStreamEndCapture(void *stream, void **graph) {
  expect(driver.isCapturing, "cuStreamEndCapture", "a capture to be on its way");
  expectStream("cuStreamEndCapture", stream);
  driver.isCapturing = false;
  driver.graphs.insert(driver.captured);
  *graph = driver.captured;
  return done("capture %d kernels", driver.captured->kernels);
}

Status cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long) {
  expect(driver.graphs.count(graph), "cuGraphInstantiate", "a graph");
  auto *made = new Graph(*static_cast<Graph *>(graph));
  driver.executables.insert(made);
  *executable = made;
  return 0;
}

Status cuGraphLaunch(void *executable, void *stream) {
  expectNoCapture("cuGraphLaunch");
  expectStream("cuGraphLaunch", stream);
  expect(driver.executables.count(executable), "cuGraphLaunch", "an executable graph");
  return done("graph of %d kernels", static_cast<Graph *>(executable)->kernels);
}

Status cuGraphDestroy(void *graph) {
  expect(driver.graphs.erase(graph), "cuGraphDestroy", "a graph");
  delete static_cast<Graph *>(graph);
  return 0;
}

Status cuGraphExecDestroy(void *executable) {
  expect(driver.executables.erase(executable), "cuGraphExecDestroy", "an executable graph");
  delete static_cast<Graph *>(executable);
  return 0;
}
}
