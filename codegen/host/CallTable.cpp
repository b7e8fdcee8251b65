// The table `bmc_calls`: each call of a kernel with its place and its costs, for the runtime's profile.
#include "bmc/program.h"
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/HostProgram.h"
#include "codegen/host/Places.h"
#include "dialects/Cost.h"

using namespace mlir;

namespace bmc::codegen {

// void call_N.costs(const int64_t *symbols, int64_t *costs)
static Address lowerCosts(ModuleOp host, const HostCall &call, size_t number) {
  auto pointer = LLVM::LLVMPointerType::get(host.getContext());
  CodeBuilder code(host, ("call_" + llvm::Twine(number) + ".costs").str(), LLVM::LLVMVoidType::get(host.getContext()),
                   {pointer, pointer});
  code.bindSymbols(call.symbols, code.argument(0));
  bm::KernelOp kernel = call.kernel;
  code.storeAt(code.size(bm::flopsOf(kernel)), code.argument(1), 0);
  code.storeAt(code.size(bm::bytesOf(kernel)), code.argument(1), 1);
  code.create<LLVM::ReturnOp>(ValueRange());
  return {FlatSymbolRefAttr::get(code.function())};
}

void addCallTable(ModuleOp host, Globals &globals, const HostProgram &program) {
  MLIRContext *context = host.getContext();
  Type i64 = IntegerType::get(context, 64), pointer = globals.pointerType();
  auto structOf = [&](llvm::ArrayRef<Type> fields) { return LLVM::LLVMStructType::getLiteral(context, fields); };
  llvm::DenseMap<const HostKernel *, int64_t> numbers;
  for (const auto &[name, kernel] : program.kernels)
    numbers.try_emplace(&kernel, int64_t(numbers.size()));
  std::vector<Row> rows;
  for (auto [number, call] : llvm::enumerate(program.calls)) {
    bm::KernelOp kernel = call.kernel;
    rows.push_back({globals.string(kernel->getParentOfType<func::FuncOp>().getSymName()),
                    globals.string(placeText(kernel.getLoc())), globals.string(opsText(kernel)),
                    numbers.at(program.kernelOf.at(kernel)), lowerCosts(host, call, number)});
  }
  Address calls = globals.structs(structOf({pointer, pointer, pointer, i64, pointer}), rows);
  globals.exported("bmc_calls", structOf({i64, pointer}), {int64_t(rows.size()), calls});
}

} // namespace bmc::codegen
