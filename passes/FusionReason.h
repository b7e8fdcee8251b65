// Why two groups of ops are not one kernel. Each rule that can refuse a merge has such a reason beside its predicate,
// so that what `--explain` says is what decided.
#ifndef BMC_PASSES_FUSION_REASON_H
#define BMC_PASSES_FUSION_REASON_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace bmc {

class FusionGraph;

struct FusionReason {
  llvm::StringLiteral name; ///< for scripts
  llvm::StringLiteral
      text; ///< for users; `{producer}`, `{consumer}` and `{through}` stand for the groups' loops and ops
};

/// A reason, and the third group that it is about, if it is about one.
struct Refusal {
  const FusionReason *reason;
  std::optional<unsigned> through = std::nullopt;
};

/// The attribute of a kernel or loop, with an entry for each operand: the reason, empty if no kernel computes it.
inline constexpr llvm::StringLiteral apartAttrName = "bm.apart";

/// {name, text} of why two groups are apart.
mlir::DictionaryAttr reasonAttr(mlir::MLIRContext *context, const FusionGraph &graph, const Refusal &refusal,
                                unsigned producer, unsigned consumer);

} // namespace bmc

#endif
