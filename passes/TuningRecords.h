// What `bmc --tune` measured: a text file with a line for each kernel that runs faster with another schedule than the
// model's.
//
//     0123456789abcdef cpu=x86-64-v4 rows=64 us=12.31->10.02 #bm.schedule<matmul, vector = 16, tile = [8, 48]> //
//     matmul add
//
// Lines that begin with `//`, and empty ones, mean nothing.
#ifndef BMC_PASSES_TUNING_RECORDS_H
#define BMC_PASSES_TUNING_RECORDS_H

#include "dialects/Ops.h"

#include <string>
#include <vector>

namespace bmc {

struct TuningRecord {
  std::string kernel;   ///< its key
  std::string cpu;      ///< the processor that it was measured for
  int64_t rows; ///< what its open extents are taken for
  double before, after; ///< microseconds with the model's schedule, and with this one
  bm::ScheduleAttr schedule;
  std::string note; ///< for people: the ops and where they come from
  mlir::Location place;
};

/// What a record finds its kernel by: a hash of the kernel's text without its schedule.
std::string tuningKey(bm::KernelOp kernel);

/// What a kernel's open extents are taken for; 1 if it has none. The same kernel with other rows has another record.
int64_t tunedRows(bm::KernelOp kernel);

/// Reads records. What is wrong with the text is diagnosed at its line and column.
mlir::FailureOr<std::vector<TuningRecord>> readTuningRecords(mlir::MLIRContext *context, llvm::StringRef text,
                                                             llvm::StringRef file);
/// The file with these records.
std::string tuningText(llvm::ArrayRef<TuningRecord> records);

} // namespace bmc

#endif
