// A kernel's algorithm while it is built op by op: elements as Halide expressions of an index, and the Funcs of anchors
// (sums, products, scatters). Index-map and pointwise ops make no Func: their expressions are put together, and an
// expression is made once for each index that it is asked for, so that a value with many uses stays one node.
#ifndef BMC_CODEGEN_HALIDE_ALGORITHM_H
#define BMC_CODEGEN_HALIDE_ALGORITHM_H

#include "dialects/Ops.h"

#include "Halide.h"

#include <functional>

namespace bmc::codegen {

/// A position in a tensor: one i32 expression an axis, outermost first. In a kernel that runs as one flat loop `linear`
/// is the same position in row-major order; elsewhere it is undefined.
struct Index {
  std::vector<Halide::Expr> axes;
  Halide::Expr linear;

  bool sameAs(const Index &other) const;
};

/// Rows and columns of a block that is transposed in registers.
constexpr int panelStep = 8;

/// What vectors of partial sums are added down to, before lanes are added to each other.
constexpr int foldedLaneCount = 4;
/// The step before of a reduction along rows, which has many lanes.
constexpr int wideFoldedLaneCount = 16;
/// The same of a device's threads.
constexpr int foldedThreadCount = 8;

/// The element of a tensor at an index.
using Element = std::function<Halide::Expr(const Index &)>;

/// An op that is computed into storage of its own before the loop that stores the results, or inside it.
struct Anchor {
  bm::AccessPattern pattern;
  bm::Shape shape;
  Halide::Func result;           // one Var an axis, innermost first
  std::vector<Halide::Var> axes; // of result, outermost first
  Halide::Func lanes;            // partial sums: first argument the lane; undefined if there are none
  Halide::Func foldedLanes = {}; // their sums in `foldedLaneCount` lanes; undefined if the result adds them up at once
  Halide::Func wideFoldedLanes = {}; // what those are the sums of, in `wideFoldedLaneCount` lanes, if not `lanes`
  // Of a product: the operand that is broadcast, in registers, and whether the inner axis is contiguous in its memory.
  // Of a device's: both operands' tiles in shared memory, and the extent of the contiguous axis; `axes` are the leading
  // ones only. Of its scatter: what is added up for an update.
  std::vector<Halide::Func> staged = {};
  std::vector<bool> isAlongInner = {};
  std::vector<bm::SymbolicDim> contiguous = {};
  Halide::Expr rows = {}, columns = {}; // of a product of matrices: how many there are at run time
};

/// A pointwise op's values that are computed once for each row and kept on the stack, since several loops read them.
struct KeptValues {
  size_t rowAxes;            // how many axes of the results' loops make the row
  std::optional<int> extent; // of the row, if the values are not one a row
  Halide::Func values;
};

class Algorithm {
public:
  Algorithm(bm::KernelOp kernel, bm::ScheduleAttr schedule);

  bm::ScheduleAttr schedule() const { return kernelSchedule; }
  /// A polynomial's value; i32 unless told.
  Halide::Expr size(const bm::SymbolicDim &dim, Halide::Type type = Halide::Int(32)) const;
  Halide::Expr extent(mlir::Value tensor, int64_t axis) const;
  /// The row-major position of an index of a tensor of this shape, and the index of a position.
  Halide::Expr linear(const Index &index, llvm::ArrayRef<bm::SymbolicDim> shape) const;
  Index unflatten(Halide::Expr position, llvm::ArrayRef<bm::SymbolicDim> shape) const;
  /// An index that a tile may carry over the edge of a tensor, held inside: the same position for all elements that
  /// are stored. `multiple` is the tile; nothing is needed where it divides the extent.
  Halide::Expr inside(Halide::Expr index, const bm::SymbolicDim &extent, int64_t multiple) const;
  /// A value that was read at such an index; 0 where the index was outside.
  Halide::Expr orZeroOutside(Halide::Expr value, const Halide::Expr &index, const bm::SymbolicDim &extent,
                             int64_t multiple) const;

  void add(Anchor anchor) { anchorList.push_back(std::move(anchor)); }
  llvm::ArrayRef<Anchor> anchors() const { return anchorList; }
  void keep(KeptValues values) { keptList.push_back(std::move(values)); }
  llvm::ArrayRef<KeptValues> kept() const { return keptList; }
  const std::map<std::string, Halide::Param<int32_t>> &symbols() const { return symbolParams; }

private:
  bm::ScheduleAttr kernelSchedule;
  std::map<std::string, Halide::Param<int32_t>> symbolParams;
  std::vector<Anchor> anchorList;
  std::vector<KeptValues> keptList;
};

/// The Halide type of a tensor's elements in expressions; in memory a bool is a byte.
Halide::Type elementType(mlir::Type type);
Halide::Type storageType(mlir::Type type);

/// Remembers the expressions that were made.
Element remember(Element element);

/// An element of a Func with one Var an axis.
Halide::Expr at(const Halide::Func &function, const Index &index);
/// Vars `names`, one an axis, outermost first; and the order of Halide, innermost first.
std::vector<Halide::Var> axisVars(size_t rank);
template <class T> std::vector<T> innermostFirst(const std::vector<T> &axes) {
  return std::vector<T>(axes.rbegin(), axes.rend());
}
Index indexOf(const std::vector<Halide::Var> &axes);

} // namespace bmc::codegen

#include "codegen/halide/HalideOpInterface.h.inc"

#endif
