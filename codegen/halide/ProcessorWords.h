// What a processor's code says in other words than a device's: calls of some functions, for which a device has its own
// or the plain computation, are computed where they stand, for a whole vector at a time.
#ifndef BMC_CODEGEN_HALIDE_PROCESSOR_WORDS_H
#define BMC_CODEGEN_HALIDE_PROCESSOR_WORDS_H

#include "Halide.h"

namespace bmc::codegen {

/// What a function computes of arguments that it may read more than once: each is bound to a name.
Halide::Expr computedInPlace(Halide::Expr (*function)(const std::vector<Halide::Expr> &),
                             const std::vector<Halide::Expr> &arguments);

/// Puts their computation in the place of calls. A pipeline's custom lowering pass: loops are vectors by then, so that
/// a vector can be asked whether any of its numbers needs the long way.
class ProcessorWords : public Halide::Internal::IRMutator {
protected:
  using IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Call *call) override;
  Halide::Expr visit(const Halide::Internal::Let *let) override;
  Halide::Internal::Stmt visit(const Halide::Internal::LetStmt *let) override;

private:
  template <class Node, class Result> Result visitLet(const Node *let);

  Halide::Internal::Scope<Halide::Internal::ModulusRemainder> alignment;
};

} // namespace bmc::codegen

#endif
