// Changes to a loop's operands and results that keep its region in step. Patterns and passes are made of them.
#ifndef BMC_DIALECTS_SCAN_EDITING_H
#define BMC_DIALECTS_SCAN_EDITING_H

#include "dialects/Ops.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/BitVector.h"

namespace bmc::bm {

/// Gives the loop another sequence or constant, unless it has it already. Returns the region's argument.
mlir::BlockArgument addSequence(mlir::RewriterBase &rewriter, ScanOp scan, Value sequence);
mlir::BlockArgument addConstant(mlir::RewriterBase &rewriter, ScanOp scan, Value constant);

/// The operand that an argument of the region stands for, if that is a sequence, or a constant.
Value sequenceOf(ScanOp scan, Value argument);
Value constantOf(ScanOp scan, Value argument);

/// All steps' values of something that the region computes: the sequence that it is a slice of, or an output of the
/// loop; nothing if it is neither.
Value stackedOf(ScanOp scan, Value inBody);

/// Makes the loop anew with only those of the yielded values that are kept, and with more outputs, and drops what the
/// region computes for nobody. The results that stay are replaced; those that go must have no uses, and what is carried
/// no longer none but for values that go.
ScanOp replaceResults(mlir::RewriterBase &rewriter, ScanOp scan, const llvm::BitVector &kept, ValueRange newOutputs);

} // namespace bmc::bm

#endif
