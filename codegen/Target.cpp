// The tables of known triples and processors. See the header.
#include "codegen/Target.h"
#include "passes/MachineModel.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace bmc::codegen {

namespace {
struct Processor {
  StringLiteral name;
  Triple::ArchType architecture;
  StringLiteral halideFeatures;
  int64_t vectorBits, vectorRegisters;
  StringLiteral hostFeatures;      // this machine has it if it has all of these, separated by commas
  StringLiteral llvmFeatures = ""; // beside those that LLVM gives it by itself
};

// One whose schedules are chosen by its own numbers (passes/MachineModel.cpp), with the instructions of another: the
// program runs wherever that one's do.
struct TunedProcessor {
  StringLiteral name, instructions;
};
} // namespace

// Of each architecture the plainest first, the best last.
static constexpr Processor processors[] = {
    {"x86-64", Triple::x86_64, "", 128, 16, ""},
    {"x86-64-v2", Triple::x86_64, "-sse41", 128, 16, "sse4.2,popcnt"},
    {"x86-64-v3", Triple::x86_64, "-sse41-avx-avx2-fma-f16c", 256, 16, "avx2,fma,f16c,bmi2"},
    {"x86-64-v4", Triple::x86_64, "-sse41-avx-avx2-fma-f16c-avx512-avx512_skylake", 512, 32,
     "avx512f,avx512cd,avx512bw,avx512dq,avx512vl"},
    {"generic", Triple::aarch64, "", 128, 32, ""},
    {"cortex-a53", Triple::aarch64, "", 128, 32, "crc"},
    {"cortex-a72", Triple::aarch64, "", 128, 32, "crc"},
    {"cortex-a76", Triple::aarch64, "-armv82a-arm_dot_prod-arm_fp16", 128, 32, "dotprod,fullfp16,lse"},
    {"neoverse-n1", Triple::aarch64, "-armv82a-arm_dot_prod-arm_fp16", 128, 32, "dotprod,fullfp16,lse"},
    {"apple-m1", Triple::aarch64, "-armv84a-arm_dot_prod-arm_fp16", 128, 32, "dotprod,fullfp16,lse,sha3"},
    {"neoverse-v1", Triple::aarch64, "-armv84a-arm_dot_prod-arm_fp16", 128, 32, "dotprod,fullfp16,lse,sve"},
    {"neoverse-v2", Triple::aarch64, "-armv85a-arm_dot_prod-arm_fp16", 128, 32, "dotprod,fullfp16,lse,sve,sve2"},
    // Vectors are an option of these, of `generic` fused multiplications too. LLVM avoids multiply-adds on the A7 and
    // the A9, where one that waits for another is slow; but products have eight at a time under way.
    {"generic", Triple::arm, "", 128, 16, "", "+neon,+vfp4"},
    {"cortex-a7", Triple::arm, "", 128, 16, "", "+neon,-slowfpvmlx,-vmlx-hazards"},
    {"cortex-a9", Triple::arm, "", 128, 16, "", "+neon,-vmlx-hazards,-expand-fp-mlx"},
    {"cortex-a15", Triple::arm, "", 128, 16, "", "+neon"},
    {"cortex-a53", Triple::arm, "", 128, 16, "", "+neon"},
    {"cortex-m4", Triple::thumb, "", 32, 32, ""},
    {"cortex-m7", Triple::thumb, "", 32, 32, ""},
    {"cortex-m55", Triple::thumb, "", 128, 8, ""},
};

static constexpr TunedProcessor tunedProcessors[] = {
    {"haswell", "x86-64-v3"},        {"broadwell", "x86-64-v3"},   {"skylake", "x86-64-v3"},
    {"znver1", "x86-64-v3"},         {"znver2", "x86-64-v3"},      {"znver3", "x86-64-v3"},
    {"skylake-avx512", "x86-64-v4"}, {"cascadelake", "x86-64-v4"}, {"icelake-server", "x86-64-v4"},
    {"sapphirerapids", "x86-64-v4"}, {"znver4", "x86-64-v4"},      {"znver5", "x86-64-v4"},
};

static constexpr StringLiteral triples[] = {"x86_64-linux-musl",    "x86_64-linux-gnu",       "aarch64-linux-musl",
                                            "aarch64-linux-gnu",    "armv7-linux-musleabihf", "armv7-linux-gnueabihf",
                                            "thumbv7em-none-eabihf"};

// Halide's text for an architecture. It knows no microcontrollers, but its IR for a 32-bit ARM without vector
// instructions of its own is theirs too; LLVM makes code of it.
static StringLiteral halideMachine(Triple::ArchType architecture) {
  switch (architecture) {
  case Triple::aarch64:
    return "arm-64-linux";
  case Triple::arm:
    return "arm-32-linux";
  case Triple::thumb:
    return "arm-32-noos-no_neon";
  default:
    return "x86-64-linux";
  }
}

static Triple::ArchType hostArchitecture() { return Triple(sys::getProcessTriple()).getArch(); }

static bool hostHas(const Processor &processor) {
  if (processor.architecture != hostArchitecture())
    return false;
  StringMap<bool> features = sys::getHostCPUFeatures();
  SmallVector<StringRef> needed;
  processor.hostFeatures.split(needed, ',', -1, /*KeepEmpty=*/false);
  return all_of(needed, [&](StringRef feature) { return features.lookup(feature); });
}

// The best processor of the table that is in this machine; for another architecture the plainest.
static const Processor &defaultProcessor(Triple::ArchType architecture) {
  const Processor *best = nullptr;
  for (const Processor &processor : processors)
    if (processor.architecture == architecture && (!best || hostHas(processor)))
      best = &processor;
  return *best;
}

static Error unknown(StringRef what, StringRef name, ArrayRef<StringRef> known) {
  return createStringError("unknown " + what + " '" + name + "'; known are " + join(known, ", "));
}

static const Processor *processorNamed(StringRef name, Triple::ArchType architecture) {
  for (const Processor &processor : processors)
    if (processor.architecture == architecture && processor.name == name)
      return &processor;
  return nullptr;
}

static Expected<const Processor *> findProcessor(StringRef name, Triple::ArchType architecture) {
  if (name.empty() || name == "native")
    return &defaultProcessor(architecture);
  if (const Processor *processor = processorNamed(name, architecture))
    return processor;
  SmallVector<StringRef> known;
  for (const Processor &processor : processors)
    if (processor.architecture == architecture)
      known.push_back(processor.name);
  for (const TunedProcessor &tuned : tunedProcessors)
    if (const Processor *processor = processorNamed(tuned.instructions, architecture)) {
      if (tuned.name == name)
        return processor;
      known.push_back(tuned.name);
    }
  return unknown("processor", name, known);
}

bool Target::isHost() const {
  Triple own(triple);
  const Processor *processor = processorNamed(llvmCpu, own.getArch());
  return processor && hostHas(*processor);
}

bool Target::hasPipelines() const {
  Triple own(triple);
  return own.isARM() || (own.isAArch64() && llvmCpu != "generic");
}

bool Target::isMusl() const { return Triple(Triple::normalize(triple)).isMusl(); }

bool Target::callsBuiltins() const { return Triple(triple).isARM(); }

bool Target::isBare() const { return Triple(Triple::normalize(triple)).getOS() == Triple::UnknownOS; }

std::string hostTriple(StringRef cLibrary) {
  return (hostArchitecture() == Triple::aarch64 ? "aarch64-linux-" : "x86_64-linux-") + cLibrary.str();
}

// Devices -------------------------------------------------------------------------------------------------------------

static constexpr StringLiteral devices[] = {"opencl", "cuda"};
// Halide knows no newer ones; newer ones run what is made for these.
static constexpr StringLiteral gpus[] = {"sm_50", "sm_61", "sm_70", "sm_75", "sm_80", "sm_86"};
static constexpr StringLiteral usualGpu = "sm_80";

// The nearest triple whose programs can have a device.
static std::string tripleWithDevice(StringRef triple) {
  return Triple(triple).isX86() ? "x86_64-linux-gnu" : "aarch64-linux-gnu";
}

// Adds the device to a target whose triple is known.
static Error addDevice(Target &target, StringRef device, StringRef gpu) {
  if (device.empty())
    return gpu.empty()
               ? Error::success()
               : createStringError("--gpu=" + gpu + " goes with --target=" + tripleWithDevice(target.triple) + "+cuda");
  if (!is_contained(devices, device))
    return unknown("device", device, SmallVector<StringRef>(std::begin(devices), std::end(devices)));
  if (target.triple != tripleWithDevice(target.triple))
    return createStringError(
        "a program opens the driver of its device when it starts, which takes glibc and 64 bits: expected --target=" +
        tripleWithDevice(target.triple) + "+" + device + ", found --target=" + target.triple + "+" + device);
  target.device = device.str();
  if (device == "opencl") {
    if (!gpu.empty())
      return createStringError("--gpu=" + gpu + " is for +cuda; OpenCL's driver compiles for the device that is there");
    target.halide += "-opencl-cl_doubles";
    return Error::success();
  }
  target.gpu = gpu.empty() ? usualGpu.str() : gpu.str();
  if (!is_contained(gpus, target.gpu))
    return unknown("GPU", gpu, SmallVector<StringRef>(std::begin(gpus), std::end(gpus)));
  target.halide += "-cuda-cuda_capability_" + target.gpu.substr(StringRef("sm_").size());
  return Error::success();
}

Target Target::withoutDevice() const {
  Target processor = cantFail(parseTarget(triple, cpu));
  processor.isNative = isNative;
  return processor;
}

Expected<Target> parseTarget(StringRef name, StringRef cpu, StringRef gpu) {
  auto [triple, device] = name.split('+');
  Target target;
  target.triple = triple.empty() ? hostTriple(name.empty() ? "musl" : "gnu") : triple.str();
  if (!is_contained(triples, target.triple))
    return unknown("target", triple, SmallVector<StringRef>(std::begin(triples), std::end(triples)));
  Triple::ArchType architecture = Triple(target.triple).getArch();
  Expected<const Processor *> found = findProcessor(cpu, architecture);
  if (!found)
    return found.takeError();
  const Processor &processor = **found;
  bool isNamed = !cpu.empty() && cpu != "native";
  target.cpu = isNamed ? cpu.str() : processor.name.str();
  target.llvmCpu = processor.name.str();
  target.isNative = !isNamed && architecture == hostArchitecture();
  target.llvmFeatures = processor.llvmFeatures.str();
  target.halide = halideMachine(architecture).str() + processor.halideFeatures.str();
  target.vectorBits = processor.vectorBits;
  target.vectorRegisters = processor.vectorRegisters;
  if (Error error = name.contains('+') && device.empty() ? createStringError("expected a device behind '+'")
                                                         : addDevice(target, device, gpu))
    return error;
  return target;
}

bm::TargetAttr targetAttr(mlir::MLIRContext *context, const Target &target) {
  std::string device = target.device + (target.gpu.empty() ? "" : "-" + target.gpu);
  return bm::TargetAttr::get(context, target.triple, target.cpu, target.vectorBits, target.vectorRegisters, device,
                             target.isNative ? machineOfHost(context) : bm::MachineAttr());
}

Expected<Target> targetOf(bm::TargetAttr attr) {
  auto [device, gpu] = attr.getDevice().split('-');
  Expected<Target> target = parseTarget(
      device.empty() ? attr.getTriple().str() : (attr.getTriple() + "+" + device).str(), attr.getCpu(), gpu);
  if (target)
    target->isNative = bool(attr.getMachine());
  return target;
}

} // namespace bmc::codegen
