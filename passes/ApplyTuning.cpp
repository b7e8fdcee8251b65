// Gives kernels the schedules that were measured to be faster than the model's: the one place where records of `bmc
// --tune` are read. The model chooses for all other kernels, in the pass behind.
#include "dialects/ProgramError.h"
#include "passes/Passes.h"
#include "passes/Schedule.h"
#include "passes/ScheduleCandidates.h"
#include "passes/TuningRecords.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_APPLYTUNING
#include "passes/Passes.h.inc"

namespace {
struct ApplyTuning : impl::ApplyTuningBase<ApplyTuning> {
  using ApplyTuningBase::ApplyTuningBase;
  void runOnOperation() override;
};

// A record, and whether a kernel was found that it is for.
struct Known {
  const TuningRecord *record;
  bool isUsed = false;
};
} // namespace

static std::string keyOf(const std::string &kernel, int64_t rows) { return kernel + " " + std::to_string(rows); }

static void apply(KernelOp kernel, Known &known, TargetAttr target) {
  const TuningRecord &record = *known.record;
  bool isFirst = !known.isUsed;
  known.isUsed = true;
  if (givesSameBits(kernel, chooseSchedule(kernel, target), record.schedule)) {
    kernel.setScheduleAttr(record.schedule);
    kernel->setAttr(tunedAttrName, Builder(kernel.getContext()).getF64ArrayAttr({record.before, record.after}));
  } else if (isFirst) {
    emitWarning(record.place) << "this schedule is not used: it does not fit its kernel, or adds up in another order";
  }
}

void ApplyTuning::runOnOperation() {
  auto target = getOperation()->getAttrOfType<TargetAttr>("bm.target");
  auto file = llvm::MemoryBuffer::getFile(records);
  if (!target || !file) {
    emitProgramError(getOperation()) << "cannot read the tuning records '" << records << "'";
    return signalPassFailure();
  }
  FailureOr<std::vector<TuningRecord>> all = readTuningRecords(&getContext(), (*file)->getBuffer(), records);
  if (failed(all))
    return signalPassFailure();
  llvm::StringMap<Known> known;
  for (const TuningRecord &record : *all)
    if (record.cpu == target.getCpu())
      known[keyOf(record.kernel, record.rows)] = {&record};
  if (!known.empty())
    getOperation().walk([&](KernelOp kernel) {
      auto found = kernel.getScheduleAttr() ? known.end() : known.find(keyOf(tuningKey(kernel), tunedRows(kernel)));
      if (found != known.end())
        apply(kernel, found->second, target);
    });
  for (const TuningRecord &record : *all) // in the order of the file
    if (auto found = known.find(keyOf(record.kernel, record.rows));
        found != known.end() && !found->second.isUsed && found->second.record == &record)
      emitWarning(record.place)
          << "no kernel of this model is like the one that was measured here; `bmc --tune` measures again";
}

} // namespace bmc
