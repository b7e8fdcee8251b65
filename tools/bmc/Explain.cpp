// See the header.
#include "tools/bmc/Explain.h"

#include "codegen/halide/Kernels.h"
#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/bmc/Files.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace bmc {

using bm::SymbolicDim;

static void explainKernel(raw_ostream &out, bm::KernelOp kernel, const codegen::Target &target, unsigned depth) {
  std::string margin(2 * depth, ' ');
  out << margin << codegen::kernelName(kernel, target) << "  " << codegen::placeText(kernel.getLoc()) << "\n"
      << margin << "  ops       " << codegen::opsText(kernel) << "\n"
      << margin << "  cost      " << bm::flopsOf(kernel).text() << " flops, " << bm::bytesOf(kernel).text()
      << " bytes\n";
  if (bm::ScheduleAttr schedule = kernel.getScheduleAttr())
    out << margin << "  schedule  " << schedule << "\n";
}

// The kernels in the order in which they run, those of a loop's body below the loop.
static void explainBlock(raw_ostream &out, mlir::Block &block, const codegen::Target &target, unsigned depth) {
  for (mlir::Operation &op : block) {
    if (auto kernel = dyn_cast<bm::KernelOp>(op))
      explainKernel(out, kernel, target, depth);
    auto scan = dyn_cast<bm::ScanOp>(op);
    if (!scan)
      continue;
    out << std::string(2 * depth, ' ') << "loop of " << scan.getLengthDim().text() << " steps  "
        << codegen::placeText(scan.getLoc()) << "\n";
    explainBlock(out, scan.getBody().front(), target, depth + 1);
  }
}

// A slot holds the largest of its sizes; slots of one size that is a number are added up.
static std::string arenaText(mlir::ArrayAttr arena) {
  SymbolicDim fixed = 0;
  std::string rest;
  for (mlir::Attribute slot : arena) {
    SmallVector<std::string> texts;
    SymbolicDim size = 0;
    for (StringRef text : cast<mlir::ArrayAttr>(slot).getAsValueRange<mlir::StringAttr>()) {
      size = *SymbolicDim::parse(std::string_view(text));
      texts.push_back(size.text());
    }
    if (texts.size() == 1 && size.isConstant())
      fixed = fixed + SymbolicDim((*size.constant() + 63) / 64 * 64);
    else
      rest += " + " + (texts.size() > 1 ? "max(" + join(texts, ", ") + ")" : texts.front());
  }
  return fixed.text() + rest;
}

Error explain(Compilation &compilation) {
  std::string text;
  raw_string_ostream out(text);
  out << "target " << compilation.target.triple << ", " << compilation.target.cpu << "\n";
  for (auto function : compilation.module->getOps<mlir::func::FuncOp>()) {
    size_t calls = 0;
    function.walk([&](bm::KernelOp) { ++calls; });
    out << "\n"
        << function.getSymName() << ": " << calls << " kernel calls, arena "
        << arenaText(function->getAttrOfType<mlir::ArrayAttr>("bm.arena")) << " bytes, each slot rounded up to 64\n";
    explainBlock(out, function.getBody().front(), compilation.target, 1);
  }
  return writeOutput("-", text);
}

} // namespace bmc
