// What a device's code has to say in other words than the processor's: the mathematical functions that kernels call are
// the C library's, which have other names there.
#ifndef BMC_CODEGEN_HALIDE_GPU_DEVICE_WORDS_H
#define BMC_CODEGEN_HALIDE_GPU_DEVICE_WORDS_H

#include "Halide.h"

namespace bmc::codegen {

/// Calls the device's functions in place of the C library's. A pipeline's custom lowering pass.
class DeviceWords : public Halide::Internal::IRMutator {
public:
  explicit DeviceWords(const Halide::Target &target) : isCuda(target.has_feature(Halide::Target::CUDA)) {}

protected:
  using IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Call *call) override;
  Halide::Expr visit(const Halide::Internal::FloatImm *number) override;

private:
  bool isCuda;
};

} // namespace bmc::codegen

#endif
