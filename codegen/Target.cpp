// The tables of known triples and processors. See the header.
#include "codegen/Target.h"
#include "dialects/Dialect.h"
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

static Expected<const Processor *> findProcessor(StringRef name, Triple::ArchType architecture) {
  if (name.empty() || name == "native")
    return &defaultProcessor(architecture);
  SmallVector<StringRef> known;
  for (const Processor &processor : processors) {
    if (processor.architecture != architecture)
      continue;
    if (processor.name == name)
      return &processor;
    known.push_back(processor.name);
  }
  return unknown("processor", name, known);
}

bool Target::isHost() const {
  Triple own(triple);
  return own.getArch() == hostArchitecture() &&
         any_of(processors, [&](const Processor &processor) { return processor.name == cpu && hostHas(processor); });
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
  target.cpu = processor.name.str();
  target.halide = (architecture == Triple::aarch64 ? "arm-64-linux" : "x86-64-linux") + processor.halideFeatures.str();
  target.vectorBits = processor.vectorBits;
  target.vectorRegisters = processor.vectorRegisters;
  return target;
}

bm::TargetAttr targetAttr(mlir::MLIRContext *context, const Target &target) {
  return bm::TargetAttr::get(context, target.triple, target.cpu, target.vectorBits, target.vectorRegisters);
}

Expected<Target> targetOf(bm::TargetAttr attr) { return parseTarget(attr.getTriple(), attr.getCpu()); }

} // namespace bmc::codegen
