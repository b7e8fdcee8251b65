// A place along each fused axis is a remainder of the loop's variable. That it is one place only Halide sees where it
// divides by constant extents first, and by no more than two open ones. Where it did not see that, what is computed for
// a place would have room for several, of a size that is not known, or be looked for where it is not. See the header.
#include "codegen/halide/gpu/FusedAxes.h"
#include "dialects/DeviceGrid.h"

using namespace bmc::bm;
using Halide::Stage;
using Halide::Var;

namespace bmc::codegen {

constexpr size_t mostLoops = 3;

Var fuse(Stage &stage, llvm::ArrayRef<Var> axes) {
  Var fused = axes.back();
  for (const Var &outer : llvm::reverse(axes.drop_back())) {
    Var wider("fused_" + outer.name());
    stage.fuse(fused, outer, wider);
    fused = wider;
  }
  return fused;
}

Var fuseAxes(Stage &stage, llvm::ArrayRef<Var> axes, llvm::ArrayRef<SymbolicDim> shape) {
  if (!canLead(shape))
    throw Halide::CompileError("in front of a device's tiles or columns at most two axes have open extents");
  std::vector<Var> constant, open;
  for (size_t axis = 0; axis < axes.size(); ++axis)
    (shape[axis].isConstant() ? constant : open).push_back(axes[axis]);
  if (!open.empty())
    constant.insert(constant.begin(), fuse(stage, open));
  return fuse(stage, constant);
}

std::vector<Var> fuseInOrder(Stage &stage, llvm::ArrayRef<Var> axes, llvm::ArrayRef<SymbolicDim> shape) {
  std::vector<std::vector<Var>> groups(1);
  int64_t open = 0; // axes in the last group
  for (size_t axis = axes.size(); axis-- > 0;) {
    bool isOpen = !shape[axis].isConstant();
    if (isOpen ? open == mostOpenAxes : open > 0) {
      groups.emplace_back();
      open = 0;
    }
    groups.back().insert(groups.back().begin(), axes[axis]);
    open += isOpen;
  }
  if (groups.size() > mostLoops)
    throw Halide::CompileError("a device's result with sums has too many open extents between constant ones");
  std::vector<Var> loops;
  for (const std::vector<Var> &group : groups)
    loops.push_back(fuse(stage, group));
  return loops;
}

} // namespace bmc::codegen
