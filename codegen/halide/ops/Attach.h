// How a family of ops attaches its algorithms to the dialect.
#ifndef BMC_CODEGEN_HALIDE_OPS_ATTACH_H
#define BMC_CODEGEN_HALIDE_OPS_ATTACH_H

#include "codegen/halide/Algorithm.h"

namespace bmc::codegen {

/// The algorithm of `Op` is `function(op, algorithm, operands)`, which gives the element of the result.
template <class Op, auto function> struct DefinedBy : HalideOpInterface::ExternalModel<DefinedBy<Op, function>, Op> {
  Element define(mlir::Operation *op, Algorithm &algorithm, llvm::ArrayRef<Element> operands) const {
    return remember(function(llvm::cast<Op>(op), algorithm, operands));
  }
};

template <class Op, auto function> void attach(mlir::MLIRContext *context) {
  Op::template attachInterface<DefinedBy<Op, function>>(*context);
}

/// `function` maps the operands' elements at one index to the result's element there.
template <class Op, auto function> void attachPointwise(mlir::MLIRContext *context) {
  attach<Op, [](Op op, Algorithm &, llvm::ArrayRef<Element> operands) -> Element {
    return [op, elements = std::vector<Element>(operands)](const Index &index) mutable {
      (void)op; // only some of the functions look at it
      auto element = [&](size_t operand) { return elements[operand](index); };
      if constexpr (std::is_invocable_v<decltype(function), Op, Halide::Expr>)
        return function(op, element(0));
      else if constexpr (std::is_invocable_v<decltype(function), Op, Halide::Expr, Halide::Expr>)
        return function(op, element(0), element(1));
      else if constexpr (std::is_invocable_v<decltype(function), Halide::Expr>)
        return function(element(0));
      else if constexpr (std::is_invocable_v<decltype(function), Halide::Expr, Halide::Expr>)
        return function(element(0), element(1));
      else
        return function(element(0), element(1), element(2));
    };
  }>(context);
}

// One function a family, each in the file of its name.
void attachElementwise(mlir::MLIRContext *context);
void attachIndex(mlir::MLIRContext *context);
void attachMatmul(mlir::MLIRContext *context);
void attachProgram(mlir::MLIRContext *context);
void attachRandom(mlir::MLIRContext *context);
void attachReduce(mlir::MLIRContext *context);
void attachShape(mlir::MLIRContext *context);

} // namespace bmc::codegen

#endif
