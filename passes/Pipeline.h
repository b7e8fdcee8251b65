// The order of the passes, and the stages at which the pipeline can stop.
#ifndef BMC_PASSES_PIPELINE_H
#define BMC_PASSES_PIPELINE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>
#include <string>

namespace mlir {
class OpPassManager;
} // namespace mlir

namespace bmc {

/// The stages of a module, in order.
enum class Stage { Bm, Grad, Fused, Schedule, Plan };

/// A stage, its name for `--emit=` and what it shows, for `--help`.
struct StageInfo {
  Stage stage;
  llvm::StringLiteral name;
  llvm::StringLiteral summary;
};

/// All stages in the order of the pipeline.
llvm::ArrayRef<StageInfo> allStages();

/// How much is done for speed (`-O`). 0: each op a kernel of plain loops, as it is in the program; 1: fused kernels of
/// plain loops; from 2: vectors, tiles and threads too.
inline constexpr unsigned usualOptimization = 2;

/// The most bytes of weights that are packed ahead of time. A program maps its weight file and may predict but one row:
/// what is packed is made before that. A library reads its weights into memory of its own, for many calls.
inline constexpr int64_t packedBytesOfPrograms = 4 * 1024 * 1024, packedBytesOfLibraries = 128 * 1024 * 1024;

/// Where all memory is there from the start, and there are no threads: the rows of a training step (0: the model
/// file's) and of a prediction.
struct FixedRows {
  int64_t batch = 0, rows = 1;
};

struct PipelineOptions {
  unsigned optimization = usualOptimization;
  bool reasons = false; // kernels say why they are apart (bm.apart)
  std::string tuning;   // the file of tuning records; empty: none
  int64_t packedBytes = packedBytesOfPrograms;
  std::optional<FixedRows> fixed = std::nullopt; // none: any number, at run time
};

/// The passes that lead from the frontend's module to a stage.
void buildPipeline(mlir::OpPassManager &passes, Stage stopAfter, const PipelineOptions &options = {});

} // namespace bmc

#endif
