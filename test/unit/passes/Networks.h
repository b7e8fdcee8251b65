// Helpers of the passes' unit tests: the networks of test/passes/Inputs, arguments for them, passes run on them.
#ifndef BMC_TEST_UNIT_PASSES_NETWORKS_H
#define BMC_TEST_UNIT_PASSES_NETWORKS_H

#include "dialects/Ops.h"
#include "dialects/reference/Interpreter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"

#include <gtest/gtest.h>

#include <random>

namespace bmc::test {

inline std::unique_ptr<mlir::MLIRContext> makeContext() {
  mlir::DialectRegistry registry;
  registry.insert<bm::BmDialect, mlir::func::FuncDialect>();
  auto context = std::make_unique<mlir::MLIRContext>(registry);
  context->loadAllAvailableDialects();
  return context;
}

/// The files of networks.
inline const char *const networkFiles[] = {"test/passes/Inputs/mlp-adam.mlir", "test/passes/Inputs/networks.mlir",
                                           "test/passes/Inputs/loops.mlir"};

inline mlir::OwningOpRef<mlir::ModuleOp> parseFile(const std::string &path, mlir::MLIRContext *context) {
  return mlir::parseSourceFile<mlir::ModuleOp>(path, context);
}

inline mlir::LogicalResult runPass(mlir::ModuleOp module, std::unique_ptr<mlir::Pass> pass) {
  mlir::PassManager passes(module.getContext());
  passes.addPass(std::move(pass));
  return passes.run(module);
}

inline std::vector<mlir::func::FuncOp> functionsOf(mlir::ModuleOp module) {
  auto functions = module.getOps<mlir::func::FuncOp>();
  return {functions.begin(), functions.end()};
}

/// Sizes for the symbols of the networks: every one is different, and none divides a vector.
inline const bm::SymbolValues networkSizes = {{"N", 7}, {"T", 5}, {"B", 3}};

/// Random arguments of a function: reals away from zero, so that no quotient is wild; small positive integers, so that
/// they are classes and positions.
template <class T>
llvm::SmallVector<bm::ReferenceTensor<T>> randomArguments(mlir::func::FuncOp function,
                                                          const bm::SymbolValues &sizes = networkSizes) {
  std::mt19937 random(20);
  std::uniform_real_distribution<double> real(0.1, 0.9);
  std::uniform_int_distribution<int> integer(0, 2), sign(0, 1);
  llvm::SmallVector<bm::ReferenceTensor<T>> arguments;
  for (auto [number, type] : llvm::enumerate(function.getArgumentTypes())) {
    arguments.push_back(bm::zerosOfType<T>(type, sizes));
    auto variable = function.getArgAttrOfType<mlir::FlatSymbolRefAttr>(number, "bm.variable");
    bool isPositive = arguments.back().shape.empty() || (variable && variable.getValue().ends_with(".v"));
    for (T &element : arguments.back().reals)
      element = T(float(real(random) * (isPositive || sign(random) ? 1 : -1)));
    for (int64_t &element : arguments.back().integers)
      element = integer(random);
  }
  return arguments;
}

} // namespace bmc::test

#endif
