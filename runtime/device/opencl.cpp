// The driver of OpenCL devices: libOpenCL.so.1, opened at run time. An address is one of shared virtual memory
// (OpenCL 2.0), so that a piece of the arena is an addition, as in CUDA.
#include "tape.h"

#include "../errors.h"

#include <dlfcn.h>
#include <string.h>

namespace bmc {
namespace {

// What is used of OpenCL, as its specification has it: CL/cl.h is not there where programs are compiled.
using Status = int32_t;
using Bits = uint64_t;
struct Platform;
struct Device;
struct Context;
struct Queue;
struct Program;
struct Kernel;
struct Event;
enum : Status { success = 0 };
enum : uint32_t { no = 0, yes = 1 };
enum : Bits { deviceTypeGpu = 1 << 2, deviceTypeAll = 0xffffffff };
enum : uint32_t {
  deviceSingleFpConfig = 0x101b,
  deviceGlobalMemSize = 0x101f,
  deviceName = 0x102b,
  deviceDriverVersion = 0x102d,
  deviceDoubleFpConfig = 0x1032,
  deviceSvmCapabilities = 0x1053,
  queueProperties = 0x1093,
  programBuildLog = 0x1183,
  commandStart = 0x1282,
  commandEnd = 0x1283
};
enum : Bits { queueProfilingEnable = 1 << 1 };
enum : Bits { svmCoarseGrainBuffer = 1 << 0, fpFma = 1 << 5, fpRoundedDivisions = 1 << 7, memReadWrite = 1 << 0 };

/// The functions that are called: their results, names and parameters.
#define BMC_OPENCL_FUNCTIONS(DO)                                                                                       \
  DO(Status, clGetPlatformIDs, uint32_t, Platform **, uint32_t *)                                                      \
  DO(Status, clGetDeviceIDs, Platform *, Bits, uint32_t, Device **, uint32_t *)                                        \
  DO(Status, clGetDeviceInfo, Device *, uint32_t, size_t, void *, size_t *)                                            \
  DO(Context *, clCreateContext, const intptr_t *, uint32_t, Device *const *, void *, void *, Status *)                \
  DO(Queue *, clCreateCommandQueueWithProperties, Context *, Device *, const Bits *, Status *)                         \
  DO(void *, clSVMAlloc, Context *, Bits, size_t, uint32_t)                                                            \
  DO(void, clSVMFree, Context *, void *)                                                                               \
  DO(Status, clFinish, Queue *)                                                                                        \
  DO(Status, clEnqueueSVMMemcpy, Queue *, uint32_t, void *, const void *, size_t, uint32_t, void *, void *)            \
  DO(Program *, clCreateProgramWithSource, Context *, uint32_t, const char **, const size_t *, Status *)               \
  DO(Status, clBuildProgram, Program *, uint32_t, Device *const *, const char *, void *, void *)                       \
  DO(Status, clGetProgramBuildInfo, Program *, Device *, uint32_t, size_t, void *, size_t *)                           \
  DO(Kernel *, clCreateKernel, Program *, const char *, Status *)                                                      \
  DO(Status, clReleaseKernel, Kernel *)                                                                                \
  DO(Status, clSetKernelArg, Kernel *, uint32_t, size_t, const void *)                                                 \
  DO(Status, clSetKernelArgSVMPointer, Kernel *, uint32_t, const void *)                                               \
  DO(Status, clEnqueueNDRangeKernel, Queue *, Kernel *, uint32_t, const size_t *, const size_t *, const size_t *,      \
     uint32_t, void *, Event **)                                                                                       \
  DO(Status, clGetEventProfilingInfo, Event *, uint32_t, size_t, void *, size_t *)                                     \
  DO(Status, clReleaseEvent, Event *)                                                                                  \
  DO(Status, clFlush, Queue *)

struct OpenCL {
#define BMC_DECLARE(result, name, ...) result (*name)(__VA_ARGS__);
  BMC_OPENCL_FUNCTIONS(BMC_DECLARE)
#undef BMC_DECLARE
  Device *device;
  Context *context;
  Queue *queue; // in order
} cl;

const char *loadLibrary() {
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return "libOpenCL.so.1 is not installed";
#define BMC_LOAD(result, name, ...)                                                                                    \
  cl.name = reinterpret_cast<result (*)(__VA_ARGS__)>(dlsym(library, #name));                                          \
  if (!cl.name)                                                                                                        \
    return "libOpenCL.so.1 has no " #name ", which OpenCL 2.0 has";
  BMC_OPENCL_FUNCTIONS(BMC_LOAD)
#undef BMC_LOAD
  return nullptr;
}

/// The first device of a type on any platform.
bool findDevice(Bits type) {
  enum { most = 16 };
  Platform *platforms[most];
  uint32_t count = 0;
  if (cl.clGetPlatformIDs(most, platforms, &count) != success)
    return false;
  for (uint32_t i = 0; i < count && i < most; ++i)
    if (cl.clGetDeviceIDs(platforms[i], type, 1, &cl.device, nullptr) == success)
      return true;
  return false;
}

bool deviceHas(uint32_t info, Bits bits) {
  Bits found = 0;
  return cl.clGetDeviceInfo(cl.device, info, sizeof found, &found, nullptr) == success && (found & bits);
}

const char *open(bool timesKernels) {
  if (const char *why = loadLibrary())
    return why;
  if (!findDevice(deviceTypeGpu) && !findDevice(deviceTypeAll))
    return "no driver offers one";
  if (!deviceHas(deviceSvmCapabilities, svmCoarseGrainBuffer))
    return "the one that is there has no shared virtual memory";
  if (!deviceHas(deviceDoubleFpConfig, fpFma))
    return "the one that is there computes no f64";
  cl.context = cl.clCreateContext(nullptr, 1, &cl.device, nullptr, nullptr, nullptr);
  const Bits properties[] = {queueProperties, queueProfilingEnable, 0};
  if (cl.context)
    cl.queue =
        cl.clCreateCommandQueueWithProperties(cl.context, cl.device, timesKernels ? properties : nullptr, nullptr);
  return cl.queue ? nullptr : "the one that is there cannot be opened";
}

void check(Status status, const char *function) {
  if (status != success)
    fail(exitCannot, "the OpenCL device failed: %s gave %d", function, status);
}

void describe(DeviceDescription &device) {
  const char *call = "clGetDeviceInfo";
  check(cl.clGetDeviceInfo(cl.device, deviceName, sizeof device.name - 1, device.name, nullptr), call);
  check(cl.clGetDeviceInfo(cl.device, deviceDriverVersion, sizeof device.driver - 1, device.driver, nullptr), call);
  check(cl.clGetDeviceInfo(cl.device, deviceGlobalMemSize, sizeof device.memoryBytes, &device.memoryBytes, nullptr),
        call);
}

uint64_t allocate(int64_t bytes) {
  return reinterpret_cast<uint64_t>(cl.clSVMAlloc(cl.context, memReadWrite, static_cast<size_t>(bytes), 128));
}

void release(uint64_t address) {
  check(cl.clFinish(cl.queue), "clFinish");
  cl.clSVMFree(cl.context, reinterpret_cast<void *>(address));
}

void copyAndWait(void *to, const void *from, int64_t bytes) {
  check(cl.clEnqueueSVMMemcpy(cl.queue, yes, to, from, static_cast<size_t>(bytes), 0, nullptr, nullptr),
        "clEnqueueSVMMemcpy");
}

/// What is uploaded is copied by the processor anyhow.
void *allocateHost(int64_t) { return nullptr; }
void releaseHost(void *) {}

void upload(uint64_t to, const void *from, int64_t bytes) { copyAndWait(reinterpret_cast<void *>(to), from, bytes); }

void download(void *to, uint64_t from, int64_t bytes) { copyAndWait(to, reinterpret_cast<void *>(from), bytes); }

void copy(uint64_t to, uint64_t from, int64_t bytes) {
  check(cl.clEnqueueSVMMemcpy(cl.queue, no, reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
                              static_cast<size_t>(bytes), 0, nullptr, nullptr),
        "clEnqueueSVMMemcpy");
}

[[noreturn]] void failToBuild(Program *program) {
  char log[2048] = "";
  cl.clGetProgramBuildInfo(program, cl.device, programBuildLog, sizeof log - 1, log, nullptr);
  fail(exitCannot, "the OpenCL device's driver cannot compile the program's kernels: %s", log);
}

/// By default a quotient may be 2.5 units of its last place off.
const char *buildOptions() {
  return deviceHas(deviceSingleFpConfig, fpRoundedDivisions) ? "-cl-fp32-correctly-rounded-divide-sqrt" : "";
}

void *load(const char *text, int64_t bytes) {
  size_t length = strnlen(text, static_cast<size_t>(bytes));
  Status status;
  Program *program = cl.clCreateProgramWithSource(cl.context, 1, &text, &length, &status);
  check(status, "clCreateProgramWithSource");
  if (cl.clBuildProgram(program, 1, &cl.device, buildOptions(), nullptr, nullptr) != success)
    failToBuild(program);
  return program;
}

void *findKernel(void *module, const char *name) {
  Status status;
  Kernel *kernel = cl.clCreateKernel(static_cast<Program *>(module), name, &status);
  check(status, "clCreateKernel");
  return kernel;
}

/// Each launch of a tape has a kernel of its own, which keeps what it is given.
void bind(const Launch &launch, const LaunchArgument *arguments) {
  auto *kernel = static_cast<Kernel *>(launch.kernel);
  auto count = static_cast<uint32_t>(launch.argumentCount);
  for (uint32_t i = 0; i < count; ++i) {
    const LaunchArgument &argument = arguments[i];
    check(argument.isAddress ? cl.clSetKernelArgSVMPointer(kernel, i, reinterpret_cast<void *>(argument.value))
                             : cl.clSetKernelArg(kernel, i, argument.bytes, &argument.value),
          "clSetKernelArg");
  }
  // Behind them Halide's kernels take their shared memory, also where they use none.
  enum : size_t { leastShared = 16 };
  check(cl.clSetKernelArg(kernel, count, launch.sharedBytes ? launch.sharedBytes : leastShared, nullptr),
        "clSetKernelArg");
}

void launch(const Launch &launch, Event **event) {
  size_t local[3], global[3];
  for (int i = 0; i < 3; ++i) {
    local[i] = launch.block[i];
    global[i] = static_cast<size_t>(launch.grid[i]) * launch.block[i];
  }
  check(cl.clEnqueueNDRangeKernel(cl.queue, static_cast<Kernel *>(launch.kernel), 3, nullptr, global, local, 0, nullptr,
                                  event),
        "clEnqueueNDRangeKernel");
}

/// With room for an event of each launch, or null.
void launchAll(Tape &tape, Event **events) {
  for (int64_t i = 0; i < tape.launches.size(); ++i) {
    const Launch &one = tape.launches[i];
    if (!tape.prepared)
      bind(one, tape.arguments.data() + one.firstArgument);
    launch(one, events ? events + i : nullptr);
  }
  tape.prepared = &cl;
}

void replay(Tape &tape) {
  launchAll(tape, nullptr);
  check(cl.clFlush(cl.queue), "clFlush");
}

int64_t timeOf(Event *event, uint32_t what) {
  int64_t time = 0;
  check(cl.clGetEventProfilingInfo(event, what, sizeof time, &time, nullptr), "clGetEventProfilingInfo");
  return time;
}

void replayTimed(Tape &tape, LaunchTime *times) {
  Array<Event *> events;
  events.resize(tape.launches.size());
  launchAll(tape, events.data());
  check(cl.clFinish(cl.queue), "clFinish");
  int64_t first = events.size() ? timeOf(events[0], commandStart) : 0;
  for (int64_t i = 0; i < events.size(); ++i) {
    times[i] = {timeOf(events[i], commandStart) - first, timeOf(events[i], commandEnd) - first};
    check(cl.clReleaseEvent(events[i]), "clReleaseEvent");
  }
}

void forget(Tape &tape) {
  for (const Launch &one : tape.launches)
    cl.clReleaseKernel(static_cast<Kernel *>(one.kernel));
}

} // namespace
} // namespace bmc

const bmc_driver bmc_driver_opencl = {"OpenCL",      bmc::open,         bmc::describe,    bmc::allocate,
                                      bmc::release,  bmc::allocateHost, bmc::releaseHost, bmc::upload,
                                      bmc::download, bmc::copy,         bmc::load,        bmc::findKernel,
                                      bmc::replay,   bmc::replayTimed,  bmc::forget};
