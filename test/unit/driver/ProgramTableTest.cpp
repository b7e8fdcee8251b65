// The structs that the compiler writes are those that the runtime reads: same sizes, same places of the fields.
#include "codegen/host/ProgramTable.h"
#include "bmc/program.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"

#include <gtest/gtest.h>

using namespace mlir;

namespace {

// The offsets of a struct's fields, and behind them its size.
std::vector<size_t> layoutOf(LLVM::LLVMStructType type) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(type.getContext()));
  DataLayout layout(*module);
  std::vector<size_t> offsets;
  size_t end = 0;
  for (Type field : type.getBody()) {
    end = llvm::alignTo(end, layout.getTypeABIAlignment(field));
    offsets.push_back(end);
    end += layout.getTypeSize(field).getFixedValue();
  }
  offsets.push_back(layout.getTypeSize(type).getFixedValue());
  return offsets;
}

struct ProgramTable : testing::Test {
  ProgramTable() { context.loadDialect<LLVM::LLVMDialect>(); }
  MLIRContext context;
};

using Offsets = std::vector<size_t>;

TEST_F(ProgramTable, HasTheHeadersLayout) {
  bmc::codegen::ProgramTypes types(&context);
  EXPECT_EQ(layoutOf(types.dim), (Offsets{offsetof(bmc_dim, constant), offsetof(bmc_dim, symbol), sizeof(bmc_dim)}));
  EXPECT_EQ(layoutOf(types.variable),
            (Offsets{offsetof(bmc_variable, name), offsetof(bmc_variable, role), offsetof(bmc_variable, element),
                     offsetof(bmc_variable, rank), offsetof(bmc_variable, dims), offsetof(bmc_variable, trainable),
                     sizeof(bmc_variable)}));
  EXPECT_EQ(layoutOf(types.value),
            (Offsets{offsetof(bmc_value, name), offsetof(bmc_value, role), offsetof(bmc_value, element),
                     offsetof(bmc_value, rank), offsetof(bmc_value, dims), offsetof(bmc_value, index),
                     offsetof(bmc_value, alias), sizeof(bmc_value)}));
  EXPECT_EQ(
      layoutOf(types.function),
      (Offsets{offsetof(bmc_function, name), offsetof(bmc_function, run), offsetof(bmc_function, arena_bytes),
               offsetof(bmc_function, result_dims), offsetof(bmc_function, argument_count),
               offsetof(bmc_function, arguments), offsetof(bmc_function, result_count), offsetof(bmc_function, results),
               offsetof(bmc_function, symbol_count), offsetof(bmc_function, symbol_names),
               offsetof(bmc_function, kernel_call_count), sizeof(bmc_function)}));
  EXPECT_EQ(layoutOf(types.field),
            (Offsets{offsetof(bmc_field, name), offsetof(bmc_field, element), offsetof(bmc_field, encoding),
                     offsetof(bmc_field, rank), offsetof(bmc_field, dims), offsetof(bmc_field, column_count),
                     offsetof(bmc_field, columns), offsetof(bmc_field, classes), offsetof(bmc_field, is_input),
                     sizeof(bmc_field)}));
  EXPECT_EQ(layoutOf(types.dataset),
            (Offsets{offsetof(bmc_dataset, name), offsetof(bmc_dataset, path), sizeof(bmc_dataset)}));
  EXPECT_EQ(layoutOf(types.hyper), (Offsets{offsetof(bmc_hyper, name), offsetof(bmc_hyper, value), sizeof(bmc_hyper)}));
  EXPECT_EQ(layoutOf(types.monitor),
            (Offsets{offsetof(bmc_monitor, name), offsetof(bmc_monitor, maximize), offsetof(bmc_monitor, patience),
                     offsetof(bmc_monitor, min_delta), offsetof(bmc_monitor, keep), sizeof(bmc_monitor)}));
  EXPECT_EQ(layoutOf(types.layer),
            (Offsets{offsetof(bmc_layer, name), offsetof(bmc_layer, depth), offsetof(bmc_layer, kind),
                     offsetof(bmc_layer, output), offsetof(bmc_layer, parameter_count), offsetof(bmc_layer, flops),
                     offsetof(bmc_layer, bytes), sizeof(bmc_layer)}));
  EXPECT_EQ(layoutOf(types.kernel),
            (Offsets{offsetof(bmc_kernel, name), offsetof(bmc_kernel, schedule), offsetof(bmc_kernel, location),
                     offsetof(bmc_kernel, run), offsetof(bmc_kernel, plain), offsetof(bmc_kernel, argument_count),
                     offsetof(bmc_kernel, arguments), offsetof(bmc_kernel, result_count), offsetof(bmc_kernel, results),
                     offsetof(bmc_kernel, symbol_count), offsetof(bmc_kernel, value_dims),
                     offsetof(bmc_kernel, call_count), sizeof(bmc_kernel)}));
}

TEST_F(ProgramTable, HasTheProgramsLayout) {
  using P = struct bmc_program;
  bmc::codegen::ProgramTypes types(&context);
  EXPECT_EQ(layoutOf(types.program), (Offsets{offsetof(P, version),
                                              offsetof(P, name),
                                              offsetof(P, source),
                                              offsetof(P, layer_count),
                                              offsetof(P, layers),
                                              offsetof(P, variable_count),
                                              offsetof(P, variables),
                                              offsetof(P, field_count),
                                              offsetof(P, fields),
                                              offsetof(P, dataset_count),
                                              offsetof(P, datasets),
                                              offsetof(P, hyper_count),
                                              offsetof(P, hypers),
                                              offsetof(P, metric_count),
                                              offsetof(P, metric_names),
                                              offsetof(P, epochs),
                                              offsetof(P, batch),
                                              offsetof(P, shuffle),
                                              offsetof(P, seed),
                                              offsetof(P, monitor),
                                              offsetof(P, init),
                                              offsetof(P, train),
                                              offsetof(P, evaluate),
                                              offsetof(P, predict),
                                              offsetof(P, reset),
                                              offsetof(P, measure),
                                              offsetof(P, function_count),
                                              offsetof(P, functions),
                                              offsetof(P, kernel_count),
                                              offsetof(P, kernels),
                                              sizeof(P)}));
}

} // namespace
