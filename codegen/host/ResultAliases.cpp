// See the header.
#include "codegen/host/ResultAliases.h"
#include "dialects/Ops.h"

using namespace mlir;

namespace bmc::codegen {

// Where the kernel or loop that makes a function's result writes it.
static bm::BufferAttr writtenTo(Value value) {
  while (auto reshape = value.getDefiningOp<bm::ReshapeOp>())
    value = reshape.getX();
  std::optional<ArrayAttr> buffers;
  if (auto kernel = value.getDefiningOp<bm::KernelOp>())
    buffers = kernel.getBuffers();
  else if (auto scan = value.getDefiningOp<bm::ScanOp>())
    buffers = scan.getBuffers();
  return buffers ? cast<bm::BufferAttr>((*buffers)[cast<OpResult>(value).getResultNumber()]) : bm::BufferAttr();
}

FailureOr<llvm::SmallVector<int64_t>> resultAliases(func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  llvm::SmallVector<int64_t> aliases;
  for (Value value : terminator->getOperands()) {
    bm::BufferAttr buffer = writtenTo(value);
    if (!buffer || buffer.getKind() == bm::BufferKind::Arena)
      return terminator->emitError() << "no kernel writes result " << aliases.size() << " into its buffer";
    aliases.push_back(buffer.getKind() == bm::BufferKind::Argument ? buffer.getIndex() : -1);
  }
  return aliases;
}

} // namespace bmc::codegen
