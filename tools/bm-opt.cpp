// bm-opt: reads IR of the bm dialect, runs the passes that its command line names and prints what comes out. For tests
// and for looking into the pipeline.
#include "dialects/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "passes/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<bmc::bm::BmDialect, mlir::func::FuncDialect>();
  mlir::registerTransformsPasses();
  bmc::registerPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "bm-opt: runs passes on the bm dialect\n", registry));
}
