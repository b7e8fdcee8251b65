// Rules of Simplify about loops: work leaves them.
#ifndef BMC_PASSES_SIMPLIFY_LOOPS_H
#define BMC_PASSES_SIMPLIFY_LOOPS_H

#include "mlir/IR/PatternMatch.h"

namespace bmc {

void addLoopRules(mlir::RewritePatternSet &patterns);

} // namespace bmc

#endif
