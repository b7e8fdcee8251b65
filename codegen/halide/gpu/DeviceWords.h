// What a device's code has to say in other words than the processor's: the mathematical functions that kernels call are
// the C library's, which have other names there.
#ifndef BMC_CODEGEN_HALIDE_GPU_DEVICE_WORDS_H
#define BMC_CODEGEN_HALIDE_GPU_DEVICE_WORDS_H

#include "Halide.h"

#include <map>
#include <string>

namespace bmc::codegen {

/// Calls the device's functions in place of the C library's. A pipeline's custom lowering pass.
class DeviceWords : public Halide::Internal::IRMutator {
public:
  explicit DeviceWords(const Halide::Target &target) : isCuda(target.has_feature(Halide::Target::CUDA)) {}

protected:
  using IRMutator::visit;
  Halide::Expr visit(const Halide::Internal::Call *call) override;
  Halide::Expr visit(const Halide::Internal::FloatImm *number) override;
  Halide::Expr visit(const Halide::Internal::Load *load) override;
  Halide::Expr visit(const Halide::Internal::Shuffle *shuffle) override;
  Halide::Expr visit(const Halide::Internal::Let *let) override;
  Halide::Internal::Stmt visit(const Halide::Internal::LetStmt *let) override;

private:
  template <class LetOrLetStmt> auto withoutLong(const LetOrLetStmt *let);

  bool isCuda;
  std::map<std::string, Halide::Expr> longLoads; // loads of more than a vector of OpenCL C, by their names
};

} // namespace bmc::codegen

#endif
