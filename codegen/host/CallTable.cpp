// The table `bmc_calls`, of a device `bmc_device_calls`: each call of a kernel with its place and its costs, for the
// runtime's profile.
#include "bmc/program.h"
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/HostProgram.h"
#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace bmc::codegen {

// void costs_N(const int64_t *symbols, int64_t *costs)
static Address lowerCosts(ModuleOp host, llvm::ArrayRef<std::string> symbols, const bm::SymbolicDim &flops,
                          const bm::SymbolicDim &bytes, size_t number) {
  auto pointer = LLVM::LLVMPointerType::get(host.getContext());
  CodeBuilder code(host, ("costs_" + llvm::Twine(number)).str(), LLVM::LLVMVoidType::get(host.getContext()),
                   {pointer, pointer});
  code.bindSymbols(symbols, code.argument(0));
  code.storeAt(code.size(flops), code.argument(1), 0);
  code.storeAt(code.size(bytes), code.argument(1), 1);
  code.create<LLVM::ReturnOp>(ValueRange());
  return {FlatSymbolRefAttr::get(code.function())};
}

namespace {
/// The functions of costs, one for all calls whose costs are equal.
class CostFunctions {
public:
  explicit CostFunctions(ModuleOp host) : host(host) {}
  Address of(const HostCall &call) {
    bm::KernelOp kernel = call.kernel;
    bm::SymbolicDim flops = bm::flopsOf(kernel), bytes = bm::bytesOf(kernel);
    std::string text = llvm::join(call.symbols, ",") + ";" + flops.text() + ";" + bytes.text();
    Address &address = known[text];
    if (!address.symbol)
      address = lowerCosts(host, call.symbols, flops, bytes, known.size());
    return address;
  }

private:
  ModuleOp host;
  llvm::StringMap<Address> known;
};
} // namespace

void addCallTable(ModuleOp host, Globals &globals, const HostProgram &program, llvm::StringRef name) {
  MLIRContext *context = host.getContext();
  Type i64 = IntegerType::get(context, 64), pointer = globals.pointerType();
  auto structOf = [&](llvm::ArrayRef<Type> fields) { return LLVM::LLVMStructType::getLiteral(context, fields); };
  CostFunctions costs(host);
  std::vector<Row> rows;
  for (const HostCall &call : program.calls) {
    bm::KernelOp kernel = call.kernel;
    rows.push_back({globals.string(kernel->getParentOfType<func::FuncOp>().getSymName()),
                    globals.string(placeText(kernel.getLoc())), globals.string(opsText(kernel)),
                    program.kernelOf.at(kernel)->number, costs.of(call)});
  }
  Address calls = globals.structs(structOf({pointer, pointer, pointer, i64, pointer}), rows);
  globals.exported(name, structOf({i64, pointer}), {int64_t(rows.size()), calls});
}

} // namespace bmc::codegen
