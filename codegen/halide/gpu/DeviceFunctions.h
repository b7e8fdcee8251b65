// The mathematical functions that kernels call are the C library's; on a device they have other names.
#ifndef BMC_CODEGEN_HALIDE_GPU_DEVICE_FUNCTIONS_H
#define BMC_CODEGEN_HALIDE_GPU_DEVICE_FUNCTIONS_H

#include "Halide.h"

namespace bmc::codegen {

/// Calls the device's functions in place of the C library's. A pipeline's custom lowering pass.
class DeviceFunctions : public Halide::Internal::IRMutator {
public:
  explicit DeviceFunctions(const Halide::Target &target) : isCuda(target.has_feature(Halide::Target::CUDA)) {}

protected:
  using IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Call *call) override;

private:
  bool isCuda;
};

} // namespace bmc::codegen

#endif
