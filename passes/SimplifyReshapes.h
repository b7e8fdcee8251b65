// Rules of Simplify about reshapes: work is done before them.
#ifndef BMC_PASSES_SIMPLIFY_RESHAPES_H
#define BMC_PASSES_SIMPLIFY_RESHAPES_H

#include "mlir/IR/PatternMatch.h"

namespace bmc {

void addReshapeRules(mlir::RewritePatternSet &patterns);

/// Computes on rows what is computed behind a reshape that splits them. Tells whether anything changed.
bool computeOnRows(mlir::RewriterBase &rewriter, mlir::Operation *root);

} // namespace bmc

#endif
