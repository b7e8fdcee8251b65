// The pipeline: one pass a line, with the reason for its place.
#include "passes/Pipeline.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"

using namespace mlir;

namespace bmc {

llvm::ArrayRef<StageInfo> allStages() {
  static constexpr StageInfo stages[] = {
      {Stage::Bm, "bm", "the checked model as ops on tensors"},
      {Stage::Grad, "grad", "gradients written out, everything simplified"},
      {Stage::Fused, "fused", "ops grouped into kernels"},
      {Stage::Schedule, "schedule", "kernels with their loops, vectors and tiles"},
      {Stage::Plan, "plan", "kernels with their buffers, and the arena"},
  };
  return stages;
}

void buildPipeline(OpPassManager &passes, Stage stopAfter, const PipelineOptions &options) {
  if (stopAfter == Stage::Bm)
    return;

  // Before all others, which then see nothing but numbers.
  if (options.fixed)
    passes.addPass(createBindRows({options.fixed->batch, options.fixed->rows}));

  // First, because gradient rules belong to single ops as the user wrote them, and stop_gradient still stands.
  passes.addPass(createDifferentiate());
  // Rules leave more than is needed (gradients of data, products with one); fusion decides better without it.
  passes.addPass(createSimplify());
  // Functions that only served the frontend are not compiled.
  passes.addPass(createSymbolDCEPass());
  if (stopAfter == Stage::Grad)
    return;

  // Behind all that sees a transposed operand as what it is; before fusion, which stores what a product reads.
  passes.addPass(createLayout({options.packedBytes}));
  // Behind the layout, which knows whole products; before fusion, which joins the last sum with what follows.
  passes.addPass(createSplitSums());
  // Before schedules, which belong to whole loop nests.
  passes.addPass(createFuse({/*merges=*/options.optimization >= 1, options.reasons}));
  if (stopAfter == Stage::Fused)
    return;

  // Behind fusion, which decides what a kernel is, and before schedules, which equal kernels share.
  passes.addPass(createShareKernels());
  // Before the model's choice: what was measured is better than what was estimated.
  if (!options.tuning.empty() && options.optimization >= 2)
    passes.addPass(createApplyTuning({options.tuning}));
  // Before the memory plan: a schedule never depends on where values live, and a person can edit it here.
  passes.addPass(createSchedule({/*plain=*/options.optimization < 2}));
  if (stopAfter == Stage::Schedule)
    return;

  // Last: it orders the kernels and adds copies, and nothing may move a kernel afterwards.
  passes.addPass(createPlanMemory());
  // Copies that the plan added have schedules too.
  if (options.fixed)
    passes.addPass(createSerialize());
}

#define GEN_PASS_REGISTRATION
#include "passes/Passes.h.inc"

void registerPasses() {
  registerBmcPasses();
  for (const StageInfo &info : allStages())
    PassPipelineRegistration<>("bm-to-" + info.name.str(), "the passes that lead to: " + info.summary.str(),
                               [stage = info.stage](OpPassManager &passes) { buildPipeline(passes, stage); });
}

} // namespace bmc
