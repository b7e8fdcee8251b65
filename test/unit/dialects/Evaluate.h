// Helpers of the dialect's unit tests: IR from text, tensors from numbers.
#ifndef BMC_TEST_UNIT_DIALECTS_EVALUATE_H
#define BMC_TEST_UNIT_DIALECTS_EVALUATE_H

#include "dialects/Ops.h"
#include "dialects/reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

namespace bmc::bm::test {

/// A context with the dialects that tests use.
inline std::unique_ptr<mlir::MLIRContext> makeContext() {
  mlir::DialectRegistry registry;
  registry.insert<BmDialect, mlir::func::FuncDialect>();
  auto context = std::make_unique<mlir::MLIRContext>(registry);
  context->loadAllAvailableDialects();
  return context;
}

template <class T = double> ReferenceTensor<T> reals(llvm::ArrayRef<int64_t> shape, std::vector<T> values) {
  ReferenceTensor<T> tensor(shape, /*isReal=*/true);
  EXPECT_EQ(tensor.reals.size(), values.size());
  tensor.reals = std::move(values);
  return tensor;
}

template <class T = double> ReferenceTensor<T> integers(llvm::ArrayRef<int64_t> shape, std::vector<int64_t> values) {
  ReferenceTensor<T> tensor(shape, /*isReal=*/false);
  EXPECT_EQ(tensor.integers.size(), values.size());
  tensor.integers = std::move(values);
  return tensor;
}

} // namespace bmc::bm::test

#endif
