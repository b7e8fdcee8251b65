// Where two results are computed in the same blocks of a device, Halide asks in each block whether it is one of both:
// it does not compare with the number of blocks. All are, and threads that wait for each other should do so under no
// condition.
#ifndef BMC_CODEGEN_HALIDE_GPU_BLOCK_GUARDS_H
#define BMC_CODEGEN_HALIDE_GPU_BLOCK_GUARDS_H

#include "Halide.h"

#include <map>
#include <string>

namespace bmc::codegen {

/// Drops conditions that are true in all blocks of a grid. A pipeline's custom lowering pass.
class BlockGuards : public Halide::Internal::IRMutator {
protected:
  using IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::For *loop) override;
  Halide::Internal::Stmt visit(const Halide::Internal::LetStmt *let) override;
  Halide::Internal::Stmt visit(const Halide::Internal::IfThenElse *choice) override;

private:
  Halide::Expr known(const Halide::Expr &condition) const;

  std::map<std::string, Halide::Internal::Interval> blocks; // around the current statement, by the loop's variable
};

} // namespace bmc::codegen

#endif
