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
                     offsetof(bmc_variable, rank), offsetof(bmc_variable, trainable), offsetof(bmc_variable, dims),
                     sizeof(bmc_variable)}));
  EXPECT_EQ(layoutOf(types.value),
            (Offsets{offsetof(bmc_value, name), offsetof(bmc_value, role), offsetof(bmc_value, element),
                     offsetof(bmc_value, rank), offsetof(bmc_value, dims), offsetof(bmc_value, index),
                     offsetof(bmc_value, alias), sizeof(bmc_value)}));
  EXPECT_EQ(
      layoutOf(types.code),
      (Offsets{offsetof(bmc_code, sizes), offsetof(bmc_code, words), offsetof(bmc_code, constants),
               offsetof(bmc_code, mark), offsetof(bmc_code, size_count), offsetof(bmc_code, slot_count),
               offsetof(bmc_code, constant_count), offsetof(bmc_code, place_count), offsetof(bmc_code, symbol_count),
               offsetof(bmc_code, buffer_count), offsetof(bmc_code, dimension_count), sizeof(bmc_code)}));
  EXPECT_EQ(
      layoutOf(types.function),
      (Offsets{offsetof(bmc_function, name), offsetof(bmc_function, run), offsetof(bmc_function, arena_bytes),
               offsetof(bmc_function, result_dims), offsetof(bmc_function, argument_count),
               offsetof(bmc_function, arguments), offsetof(bmc_function, result_count), offsetof(bmc_function, results),
               offsetof(bmc_function, symbol_count), offsetof(bmc_function, symbol_names),
               offsetof(bmc_function, kernel_call_count), sizeof(bmc_function)}));
  EXPECT_EQ(layoutOf(types.step), (Offsets{offsetof(bmc_step, kind), offsetof(bmc_step, arguments[0]),
                                           offsetof(bmc_step, arguments[1]), sizeof(bmc_step)}));
  EXPECT_EQ(layoutOf(types.feature),
            (Offsets{offsetof(bmc_feature, name),           offsetof(bmc_feature, selection),
                     offsetof(bmc_feature, column_count),   offsetof(bmc_feature, number_count),
                     offsetof(bmc_feature, numbers),        offsetof(bmc_feature, name_count),
                     offsetof(bmc_feature, names),          offsetof(bmc_feature, step_count),
                     offsetof(bmc_feature, steps),          offsetof(bmc_feature, encoding),
                     offsetof(bmc_feature, category_count), offsetof(bmc_feature, categories),
                     offsetof(bmc_feature, has_unknown),    offsetof(bmc_feature, missing),
                     offsetof(bmc_feature, missing_text),   offsetof(bmc_feature, width),
                     offsetof(bmc_feature, padding),        offsetof(bmc_feature, has_ignored),
                     offsetof(bmc_feature, ignored),        sizeof(bmc_feature)}));
  EXPECT_EQ(layoutOf(types.field),
            (Offsets{offsetof(bmc_field, name), offsetof(bmc_field, element), offsetof(bmc_field, is_input),
                     offsetof(bmc_field, rank), offsetof(bmc_field, dims), offsetof(bmc_field, feature_count),
                     offsetof(bmc_field, features), offsetof(bmc_field, classes), offsetof(bmc_field, class_weights),
                     offsetof(bmc_field, is_outside), offsetof(bmc_field, units), sizeof(bmc_field)}));
  EXPECT_EQ(layoutOf(types.file), (Offsets{offsetof(bmc_file, name), offsetof(bmc_file, path), sizeof(bmc_file)}));
  EXPECT_EQ(layoutOf(types.split),
            (Offsets{offsetof(bmc_split, splitter), offsetof(bmc_split, parts[0]), offsetof(bmc_split, parts[1]),
                     offsetof(bmc_split, parts[2]), offsetof(bmc_split, seed), offsetof(bmc_split, stratify),
                     sizeof(bmc_split)}));
  EXPECT_EQ(layoutOf(types.folds),
            (Offsets{offsetof(bmc_folds, splitter), offsetof(bmc_folds, count), offsetof(bmc_folds, seed),
                     offsetof(bmc_folds, stratify), sizeof(bmc_folds)}));
  EXPECT_EQ(
      layoutOf(types.dataset),
      (Offsets{offsetof(bmc_dataset, name), offsetof(bmc_dataset, format), offsetof(bmc_dataset, file_count),
               offsetof(bmc_dataset, files), offsetof(bmc_dataset, separator), offsetof(bmc_dataset, header),
               offsetof(bmc_dataset, missing_count), offsetof(bmc_dataset, missing), offsetof(bmc_dataset, window),
               offsetof(bmc_dataset, stride), offsetof(bmc_dataset, split), offsetof(bmc_dataset, part),
               offsetof(bmc_dataset, folds), offsetof(bmc_dataset, helper), sizeof(bmc_dataset)}));
  EXPECT_EQ(layoutOf(types.entry),
            (Offsets{offsetof(bmc_entry, name), offsetof(bmc_entry, function), sizeof(bmc_entry)}));
  EXPECT_EQ(layoutOf(types.trainStep), (Offsets{offsetof(bmc_train_step, name), offsetof(bmc_train_step, every),
                                                offsetof(bmc_train_step, function), sizeof(bmc_train_step)}));
  EXPECT_EQ(layoutOf(types.fixed),
            (Offsets{offsetof(bmc_fixed, name), offsetof(bmc_fixed, reason), sizeof(bmc_fixed)}));
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
                     offsetof(bmc_kernel, run), offsetof(bmc_kernel, plain), offsetof(bmc_kernel, symbol_count),
                     offsetof(bmc_kernel, buffer_count), offsetof(bmc_kernel, argument_count),
                     offsetof(bmc_kernel, arguments), offsetof(bmc_kernel, result_count), offsetof(bmc_kernel, results),
                     offsetof(bmc_kernel, value_dims), offsetof(bmc_kernel, call_count), sizeof(bmc_kernel)}));
}

TEST_F(ProgramTable, HasTheProgramsLayout) {
  using P = struct bmc_program;
  bmc::codegen::ProgramTypes types(&context);
  EXPECT_EQ(layoutOf(types.program), (Offsets{offsetof(P, version),      offsetof(P, name),
                                              offsetof(P, source),       offsetof(P, layer_count),
                                              offsetof(P, layers),       offsetof(P, variable_count),
                                              offsetof(P, variables),    offsetof(P, packed_count),
                                              offsetof(P, packed),       offsetof(P, field_count),
                                              offsetof(P, fields),       offsetof(P, dataset_count),
                                              offsetof(P, datasets),     offsetof(P, hyper_count),
                                              offsetof(P, hypers),       offsetof(P, metric_count),
                                              offsetof(P, metric_names), offsetof(P, epochs),
                                              offsetof(P, batch),        offsetof(P, accumulate),
                                              offsetof(P, shuffle),      offsetof(P, seed),
                                              offsetof(P, monitor),      offsetof(P, init),
                                              offsetof(P, train),        offsetof(P, evaluate),
                                              offsetof(P, predict),      offsetof(P, reset),
                                              offsetof(P, measure),      offsetof(P, update),
                                              offsetof(P, accumulated),  offsetof(P, epoch),
                                              offsetof(P, rates),        offsetof(P, prepare),
                                              offsetof(P, packer),       offsetof(P, step_count),
                                              offsetof(P, steps),        offsetof(P, entry_count),
                                              offsetof(P, entries),      offsetof(P, function_count),
                                              offsetof(P, functions),    offsetof(P, kernel_count),
                                              offsetof(P, kernels),      offsetof(P, fixed_count),
                                              offsetof(P, fixed),        sizeof(P)}));
}

} // namespace
