// The driver of OpenCL devices: libOpenCL.so.1, opened at run time. An address is one of shared virtual memory
// (OpenCL 2.0), so that a piece of the arena is an addition, as in CUDA.
#define CL_TARGET_OPENCL_VERSION 200
#include "tape.h"

#include "../errors.h"

#include <CL/cl.h>
#include <dlfcn.h>
#include <string.h>

namespace bmc {
namespace {

/// The functions that are called, by their own names and types.
#define BMC_OPENCL_FUNCTIONS(DO)                                                                                       \
  DO(clGetPlatformIDs)                                                                                                 \
  DO(clGetDeviceIDs)                                                                                                   \
  DO(clGetDeviceInfo)                                                                                                  \
  DO(clCreateContext)                                                                                                  \
  DO(clCreateCommandQueueWithProperties)                                                                               \
  DO(clSVMAlloc)                                                                                                       \
  DO(clEnqueueSVMMemcpy)                                                                                               \
  DO(clCreateProgramWithSource)                                                                                        \
  DO(clBuildProgram)                                                                                                   \
  DO(clGetProgramBuildInfo)                                                                                            \
  DO(clCreateKernel)                                                                                                   \
  DO(clReleaseKernel)                                                                                                  \
  DO(clSetKernelArg)                                                                                                   \
  DO(clSetKernelArgSVMPointer)                                                                                         \
  DO(clEnqueueNDRangeKernel)                                                                                           \
  DO(clFlush)

struct OpenCL {
#define BMC_DECLARE(function) decltype(&::function) function;
  BMC_OPENCL_FUNCTIONS(BMC_DECLARE)
#undef BMC_DECLARE
  cl_device_id device;
  cl_context context;
  cl_command_queue queue; // in order
} cl;

const char *loadLibrary() {
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return "libOpenCL.so.1 is not installed";
#define BMC_LOAD(function)                                                                                             \
  cl.function = reinterpret_cast<decltype(&::function)>(dlsym(library, #function));                                    \
  if (!cl.function)                                                                                                    \
    return "libOpenCL.so.1 has no " #function ", which OpenCL 2.0 has";
  BMC_OPENCL_FUNCTIONS(BMC_LOAD)
#undef BMC_LOAD
  return nullptr;
}

/// The first device of a type on any platform.
bool findDevice(cl_device_type type) {
  enum { most = 16 };
  cl_platform_id platforms[most];
  cl_uint count = 0;
  if (cl.clGetPlatformIDs(most, platforms, &count) != CL_SUCCESS)
    return false;
  for (cl_uint i = 0; i < count && i < most; ++i)
    if (cl.clGetDeviceIDs(platforms[i], type, 1, &cl.device, nullptr) == CL_SUCCESS)
      return true;
  return false;
}

bool deviceHas(cl_device_info info, cl_bitfield bits) {
  cl_bitfield found = 0;
  return cl.clGetDeviceInfo(cl.device, info, sizeof found, &found, nullptr) == CL_SUCCESS && (found & bits);
}

const char *open() {
  if (const char *why = loadLibrary())
    return why;
  if (!findDevice(CL_DEVICE_TYPE_GPU) && !findDevice(CL_DEVICE_TYPE_ALL))
    return "no driver offers one";
  if (!deviceHas(CL_DEVICE_SVM_CAPABILITIES, CL_DEVICE_SVM_COARSE_GRAIN_BUFFER))
    return "the one that is there has no shared virtual memory";
  if (!deviceHas(CL_DEVICE_DOUBLE_FP_CONFIG, CL_FP_FMA))
    return "the one that is there computes no f64";
  cl.context = cl.clCreateContext(nullptr, 1, &cl.device, nullptr, nullptr, nullptr);
  if (cl.context)
    cl.queue = cl.clCreateCommandQueueWithProperties(cl.context, cl.device, nullptr, nullptr);
  return cl.queue ? nullptr : "the one that is there cannot be opened";
}

void check(cl_int status, const char *function) {
  if (status != CL_SUCCESS)
    fail(exitCannot, "the OpenCL device failed: %s gave %d", function, status);
}

uint64_t allocate(int64_t bytes) {
  return reinterpret_cast<uint64_t>(cl.clSVMAlloc(cl.context, CL_MEM_READ_WRITE, static_cast<size_t>(bytes), 128));
}

void copyAndWait(void *to, const void *from, int64_t bytes) {
  check(cl.clEnqueueSVMMemcpy(cl.queue, CL_TRUE, to, from, static_cast<size_t>(bytes), 0, nullptr, nullptr),
        "clEnqueueSVMMemcpy");
}

void upload(uint64_t to, const void *from, int64_t bytes) { copyAndWait(reinterpret_cast<void *>(to), from, bytes); }

void download(void *to, uint64_t from, int64_t bytes) { copyAndWait(to, reinterpret_cast<void *>(from), bytes); }

void copy(uint64_t to, uint64_t from, int64_t bytes) {
  check(cl.clEnqueueSVMMemcpy(cl.queue, CL_FALSE, reinterpret_cast<void *>(to), reinterpret_cast<void *>(from),
                              static_cast<size_t>(bytes), 0, nullptr, nullptr),
        "clEnqueueSVMMemcpy");
}

[[noreturn]] void failToBuild(cl_program program) {
  char log[2048] = "";
  cl.clGetProgramBuildInfo(program, cl.device, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log, nullptr);
  fail(exitCannot, "the OpenCL device's driver cannot compile the program's kernels: %s", log);
}

void *load(const char *text, int64_t bytes) {
  size_t length = strnlen(text, static_cast<size_t>(bytes));
  cl_int status;
  cl_program program = cl.clCreateProgramWithSource(cl.context, 1, &text, &length, &status);
  check(status, "clCreateProgramWithSource");
  if (cl.clBuildProgram(program, 1, &cl.device, "", nullptr, nullptr) != CL_SUCCESS)
    failToBuild(program);
  return program;
}

void *findKernel(void *module, const char *name) {
  cl_int status;
  cl_kernel kernel = cl.clCreateKernel(static_cast<cl_program>(module), name, &status);
  check(status, "clCreateKernel");
  return kernel;
}

/// Each launch of a tape has a kernel of its own, which keeps what it is given.
void bind(const Launch &launch, const LaunchArgument *arguments) {
  auto *kernel = static_cast<cl_kernel>(launch.kernel);
  auto count = static_cast<cl_uint>(launch.argumentCount);
  for (cl_uint i = 0; i < count; ++i) {
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

void launch(const Launch &launch) {
  size_t local[3], global[3];
  for (int i = 0; i < 3; ++i) {
    local[i] = launch.block[i];
    global[i] = static_cast<size_t>(launch.grid[i]) * launch.block[i];
  }
  check(cl.clEnqueueNDRangeKernel(cl.queue, static_cast<cl_kernel>(launch.kernel), 3, nullptr, global, local, 0,
                                  nullptr, nullptr),
        "clEnqueueNDRangeKernel");
}

void replay(Tape &tape) {
  for (const Launch &one : tape.launches) {
    if (!tape.prepared)
      bind(one, tape.arguments.data() + one.firstArgument);
    launch(one);
  }
  tape.prepared = &cl;
  check(cl.clFlush(cl.queue), "clFlush");
}

void forget(Tape &tape) {
  for (const Launch &one : tape.launches)
    cl.clReleaseKernel(static_cast<cl_kernel>(one.kernel));
}

} // namespace
} // namespace bmc

const bmc_driver bmc_driver_opencl = {"OpenCL",  bmc::open, bmc::allocate,   bmc::upload, bmc::download,
                                      bmc::copy, bmc::load, bmc::findKernel, bmc::replay, bmc::forget};
