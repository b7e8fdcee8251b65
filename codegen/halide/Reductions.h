// Reductions over axes: sums and maxima in an order that the schedule fixes (`partial`), whatever the threads.
#ifndef BMC_CODEGEN_HALIDE_REDUCTIONS_H
#define BMC_CODEGEN_HALIDE_REDUCTIONS_H

#include "codegen/halide/Algorithm.h"

namespace bmc::codegen {

/// What is summed up: the value of nothing, and the combination of two values, first the one so far.
struct ReductionRule {
  Halide::Expr identity;
  std::function<Halide::Expr(Halide::Expr, Halide::Expr)> combine;
};

/// Which axes of a tensor go and which stay.
struct ReducedAxes {
  bm::Shape shape; // of the operand
  llvm::SmallVector<int64_t> reduced, kept;

  ReducedAxes(mlir::Value operand, llvm::ArrayRef<int64_t> reduced);
  bm::Shape keptShape() const;
  /// The operand's index from the positions along both.
  Index operandIndex(const std::vector<Halide::Expr> &keptPositions,
                     const std::vector<Halide::Expr> &reducedPositions) const;
  /// The positions of the result's axes as they are read, inside of the tensor even where a tile is not.
  std::vector<Halide::Expr> keptPositions(const Algorithm &algorithm, const std::vector<Halide::Var> &axes) const;
};

/// The arguments of a Func of partial sums: the lane, then the axes.
std::vector<Halide::Expr> withLane(Halide::Expr lane, const std::vector<Halide::Var> &axes);

/// The combination of a Func's `count` lanes `first`, `first + step`, ...: each round combines the first half with the
/// second, lane by lane, which means short dependences, and vectors where they pay.
Halide::Expr combineLanes(const Halide::Func &lanes, const std::vector<Halide::Var> &axes, int count,
                          const std::function<Halide::Expr(Halide::Expr, Halide::Expr)> &combine,
                          const Halide::Expr &first = 0, int step = 1);

/// The combination of the operand's elements over the axes. Adds an anchor.
Element reduce(Algorithm &algorithm, llvm::StringRef name, const ReducedAxes &axes, Element operand,
               const ReductionRule &rule);

} // namespace bmc::codegen

#endif
