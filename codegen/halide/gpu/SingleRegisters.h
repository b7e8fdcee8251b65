// The sums of a product on a device are kept in registers as vectors of four, by name. LLVM carries such vectors from
// one step to the next as pairs in registers of 64 bits, which it takes apart and puts together again in each. This
// pass names every number on its own.
#ifndef BMC_CODEGEN_HALIDE_GPU_SINGLE_REGISTERS_H
#define BMC_CODEGEN_HALIDE_GPU_SINGLE_REGISTERS_H

#include "Halide.h"

#include <set>
#include <string>

namespace bmc::codegen {

/// Reads and writes what is in registers one by one. A pipeline's custom lowering pass.
class SingleRegisters : public Halide::Internal::IRMutator {
protected:
  using IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::Allocate *allocation) override;
  Halide::Internal::Stmt visit(const Halide::Internal::Store *store) override;
  Halide::Expr visit(const Halide::Internal::Load *load) override;

private:
  std::set<std::string> registers; // allocations around the current statement
};

} // namespace bmc::codegen

#endif
