// Errors of passes that the author of the model can mend. Every other error of a pass is one of the compiler's own.
#ifndef BMC_DIALECTS_PROGRAM_ERROR_H
#define BMC_DIALECTS_PROGRAM_ERROR_H

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"

namespace bmc::bm {

/// Begins such an error, at the place of an op or at another one.
mlir::InFlightDiagnostic emitProgramError(mlir::Operation *op);
mlir::InFlightDiagnostic emitProgramError(mlir::Location place);
bool isProgramError(mlir::Diagnostic &diagnostic);

} // namespace bmc::bm

#endif
