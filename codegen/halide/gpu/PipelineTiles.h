// A product on a device goes in steps: tiles of its operands pass into shared memory, then are multiplied. As Halide
// lowers it a block waits for the memory in every step. This pass loads the tiles of the next step in front of the
// multiplications of this one, and stores them behind into a second half of the shared memory, so that the loads have
// all of the arithmetic's time to arrive, and a step has one barrier instead of three.
#ifndef BMC_CODEGEN_HALIDE_GPU_PIPELINE_TILES_H
#define BMC_CODEGEN_HALIDE_GPU_PIPELINE_TILES_H

#include "Halide.h"

#include <map>
#include <set>
#include <string>

namespace bmc::codegen {

/// Pipelines each serial loop in a block of threads that begins with copies to shared memory. A pipeline's custom
/// lowering pass; loops of another form stay as they are.
class PipelineTiles : public Halide::Internal::IRMutator {
protected:
  using IRMutator::visit;
  Halide::Internal::Stmt visit(const Halide::Internal::Allocate *allocation) override;
  Halide::Internal::Stmt visit(const Halide::Internal::For *loop) override;

private:
  std::map<std::string, int> sizes; // of shared memory, in elements, around the current statement
  std::set<std::string> halves;     // what there are two of now
};

} // namespace bmc::codegen

#endif
