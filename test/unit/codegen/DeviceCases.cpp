// The same cases on a device, through the runtime's own driver: each with the schedule that the compiler chooses, or
// with the device's schedules that it names. What a case says of schedules for the processor does not count; what it
// says of results in place does. The device is OpenCL's, or CUDA's where BMC_TEST_DEVICE in the environment is `cuda`.
#include "KernelRunner.h"
#include "bmc/program.h"
#include "passes/Schedule.h"
#include "runtime/device/device.h"
#include "runtime/device/tape.h"

#include "HalideRuntime.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace bmc::bm;

static bool isCuda() {
  const char *device = getenv("BMC_TEST_DEVICE");
  return device && llvm::StringRef(device) == "cuda";
}

// The runtime's device wants a program.
const struct bmc_program bmc_program = {};
const struct bmc_device_program bmc_device_program = {.driver = isCuda() ? &bmc_driver_cuda : &bmc_driver_opencl};

namespace bmc::test {

namespace {
// The host's part of a kernel says what the device shall do; the tape does it.
class DeviceKernel : public LoadedKernel {
public:
  using LoadedKernel::LoadedKernel;

  int call(ArrayRef<int32_t> symbols, ArrayRef<KernelBuffer> buffers) override {
    std::vector<uint64_t> addresses, starts; // of what is allocated, of a tensor with its guards
    for (auto [buffer, memory] : buffers) {
      uint64_t inFront = buffer->host - memory->data();
      addresses.push_back(deviceDriver().allocate(int64_t(memory->size()) + alignment + slack));
      uint64_t tensor = llvm::alignTo(addresses.back() + inFront, alignment);
      deviceDriver().upload(tensor - inFront, memory->data(), int64_t(memory->size()));
      // No kernel may read or write the host's.
      buffer->device = tensor;
      buffer->host = nullptr;
      starts.push_back(tensor - inFront);
    }
    Tape tape;
    recordOn(&tape);
    int status = LoadedKernel::call(symbols, buffers);
    recordOn(nullptr);
    deviceDriver().replay(tape);
    for (auto [buffer, address, start] : llvm::zip_equal(buffers, addresses, starts)) {
      deviceDriver().download(buffer.memory->data(), start, int64_t(buffer.memory->size()));
      deviceDriver().release(address);
    }
    return status;
  }

private:
  static constexpr int64_t slack = 64;     // readable bytes behind a tensor's end
  static constexpr int64_t alignment = 64; // of a tensor, as in a program's arena
};
} // namespace

// The clauses of a case that are left: those on results in place, without a schedule.
static Case forDevice(const Case &test) {
  if (llvm::StringRef(test.clauses.front()).contains("<gpu_"))
    return test;
  std::set<std::string> inPlace;
  for (llvm::StringRef clause : test.clauses)
    inPlace.insert(clause.contains("in_place") ? "in_place" + clause.split("in_place").second.str() : "");
  Case result = test;
  result.clauses.clear();
  result.clauses.assign(inPlace.begin(), inPlace.end());
  return result;
}

static void chooseSchedules(ModuleOp module) {
  module.walk([](KernelOp kernel) {
    if (!kernel.getScheduleAttr())
      kernel.setScheduleAttr(chooseDeviceSchedule(kernel, /*plain=*/false));
  });
}

const TestMachine &testMachine() {
  static const TestMachine machine;
  return machine;
}

void expectAsReference(ArrayRef<Case> cases) {
  if (const char *why = deviceDriver().open(/*timesKernels=*/false))
    GTEST_SKIP() << "no device: " << why;
  std::vector<Case> onDevice;
  llvm::transform(cases, std::back_inserter(onDevice), forDevice);
  OwningOpRef<ModuleOp> module = parse(moduleText(onDevice));
  ASSERT_TRUE(module);
  chooseSchedules(*module);
  const char *target = isCuda() ? "x86_64-linux-gnu+cuda" : "x86_64-linux-gnu+opencl";
  codegen::CompileOptions options{llvm::cantFail(codegen::parseTarget(target, ""))};
  options.jobs = 2;
  auto kernels = codegen::compileKernels(*module, options);
  ASSERT_TRUE(succeeded(kernels));
  expectVariants(*module, onDevice, options.target, *kernels, [](const codegen::CompiledKernel &compiled) {
    return std::make_unique<DeviceKernel>(compiled.object, compiled.name);
  });
}

} // namespace bmc::test
