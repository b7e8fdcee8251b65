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
  StringLiteral hostFeatures; // this machine has it if it has all of these, separated by commas
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
    {"cortex-a53", Triple::aarch64, "", 128, 32, ""},
    {"cortex-a72", Triple::aarch64, "", 128, 32, ""},
    {"neoverse-n1", Triple::aarch64, "-arm_dot_prod", 128, 32, "dotprod"},
};

static constexpr TunedProcessor tunedProcessors[] = {
    {"haswell", "x86-64-v3"},        {"broadwell", "x86-64-v3"},     {"skylake", "x86-64-v3"},
    {"znver1", "x86-64-v3"},         {"znver2", "x86-64-v3"},        {"znver3", "x86-64-v3"},
    {"skylake-avx512", "x86-64-v4"}, {"cascadelake", "x86-64-v4"},   {"icelake-server", "x86-64-v4"},
    {"sapphirerapids", "x86-64-v4"}, {"znver4", "x86-64-v4"},        {"znver5", "x86-64-v4"},
    {"cortex-a76", "neoverse-n1"},   {"neoverse-v1", "neoverse-n1"}, {"neoverse-v2", "neoverse-n1"},
    {"apple-m1", "neoverse-n1"},
};

static constexpr StringLiteral triples[] = {"x86_64-linux-musl", "x86_64-linux-gnu", "aarch64-linux-musl",
                                            "aarch64-linux-gnu"};

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

std::string hostTriple(StringRef cLibrary) {
  return (hostArchitecture() == Triple::aarch64 ? "aarch64-linux-" : "x86_64-linux-") + cLibrary.str();
}

Expected<Target> parseTarget(StringRef triple, StringRef cpu) {
  std::string name = triple.str();
  if (name.empty())
    name = hostTriple("musl");
  if (!is_contained(triples, name))
    return unknown("target", name, SmallVector<StringRef>(std::begin(triples), std::end(triples)));
  Triple::ArchType architecture = Triple(name).getArch();
  Expected<const Processor *> found = findProcessor(cpu, architecture);
  if (!found)
    return found.takeError();
  const Processor &processor = **found;
  Target target;
  target.triple = name;
  bool isNamed = !cpu.empty() && cpu != "native";
  target.cpu = isNamed ? cpu.str() : processor.name.str();
  target.llvmCpu = processor.name.str();
  target.isNative = !isNamed && architecture == hostArchitecture();
  target.halide = (architecture == Triple::aarch64 ? "arm-64-linux" : "x86-64-linux") + processor.halideFeatures.str();
  target.vectorBits = processor.vectorBits;
  target.vectorRegisters = processor.vectorRegisters;
  return target;
}

bm::TargetAttr targetAttr(mlir::MLIRContext *context, const Target &target) {
  return bm::TargetAttr::get(context, target.triple, target.cpu, target.vectorBits, target.vectorRegisters,
                             target.isNative ? machineOfHost(context) : bm::MachineAttr());
}

Expected<Target> targetOf(bm::TargetAttr attr) { return parseTarget(attr.getTriple(), attr.getCpu()); }

} // namespace bmc::codegen
