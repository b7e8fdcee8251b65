// See the header. The mark is in the diagnostic's metadata.
#include "dialects/ProgramError.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace bmc::bm {

static constexpr llvm::StringLiteral mark = "program error";

static InFlightDiagnostic marked(InFlightDiagnostic diagnostic, MLIRContext *context) {
  if (Diagnostic *underlying = diagnostic.getUnderlyingDiagnostic())
    underlying->getMetadata().emplace_back(StringAttr::get(context, mark));
  return diagnostic;
}

InFlightDiagnostic emitProgramError(Operation *op) { return marked(op->emitError(), op->getContext()); }

InFlightDiagnostic emitProgramError(Location place) { return marked(emitError(place), place.getContext()); }

bool isProgramError(Diagnostic &diagnostic) {
  return llvm::any_of(diagnostic.getMetadata(), [](DiagnosticArgument &argument) {
    if (argument.getKind() != DiagnosticArgument::DiagnosticArgumentKind::Attribute)
      return false;
    auto text = dyn_cast<StringAttr>(argument.getAsAttribute());
    return text && text.getValue() == mark;
  });
}

} // namespace bmc::bm
