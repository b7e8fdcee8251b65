// Makes small kernels that differ only in numbers equal: the numbers become inputs. So the keys of all parameters and
// dropouts of a deep network come from one kernel, each call with a number of its own, and what is compiled grows with
// the kinds of layers and not with their count. A large kernel keeps its numbers, which its loops are compiled for.
#include "dialects/Ops.h"
#include "passes/Passes.h"
#include "llvm/ADT/BitVector.h"

#include <map>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

#define GEN_PASS_DEF_SHAREKERNELS
#include "passes/Passes.h.inc"

// Beside the call of a kernel that computes this little, reading a number costs nothing.
constexpr int64_t mostElements = 16;

static bool isSmall(KernelOp kernel) {
  return llvm::all_of(kernel.getOutputs().getTypes(), [](Type type) {
    std::optional<int64_t> elements = elementCount(shapeOf(type)).constant();
    return elements && *elements <= mostElements;
  });
}

// The constants of a kernel that are single numbers.
static SmallVector<ConstantOp> numbersOf(KernelOp kernel) {
  SmallVector<ConstantOp> numbers;
  for (auto constant : kernel.getBody().front().getOps<ConstantOp>())
    if (constant.getType().getRank() == 0)
      numbers.push_back(constant);
  return numbers;
}

// The kernel's text as it would be if all its numbers were 0.
static std::string textWithoutNumbers(KernelOp kernel) {
  OwningOpRef<KernelOp> copy(kernel.clone());
  Builder builder(kernel.getContext());
  for (ConstantOp constant : numbersOf(*copy)) {
    RankedTensorType type = constant.getType();
    constant.setValueAttr(DenseElementsAttr::get(type, builder.getZeroAttr(type.getElementType())));
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*copy)->print(stream, OpPrintingFlags().useLocalScope().printGenericOpForm());
  return text;
}

// The positions of the numbers in which the kernels differ.
static SmallVector<size_t> differentNumbers(ArrayRef<KernelOp> kernels) {
  SmallVector<ConstantOp> first = numbersOf(kernels.front());
  llvm::BitVector differ(first.size());
  for (KernelOp kernel : kernels.drop_front())
    for (auto [position, number] : llvm::enumerate(numbersOf(kernel)))
      if (number.getValue() != first[position].getValue())
        differ.set(position);
  return {differ.set_bits_begin(), differ.set_bits_end()};
}

static void makeInputs(KernelOp kernel, ArrayRef<size_t> positions) {
  SmallVector<ConstantOp> numbers = numbersOf(kernel);
  for (size_t position : positions) {
    ConstantOp number = numbers[position];
    Value input = kernel.getBody().front().addArgument(number.getType(), number.getLoc());
    number.getY().replaceAllUsesWith(input);
    number->moveBefore(kernel);
    kernel->insertOperands(kernel->getNumOperands(), number.getY());
  }
}

namespace {
struct ShareKernels : impl::ShareKernelsBase<ShareKernels> {
  void runOnOperation() override {
    std::map<std::string, SmallVector<KernelOp>> kernels;
    getOperation().walk([&](KernelOp kernel) {
      if (isSmall(kernel) && !numbersOf(kernel).empty())
        kernels[textWithoutNumbers(kernel)].push_back(kernel);
    });
    for (auto &[text, alike] : kernels)
      if (SmallVector<size_t> positions = differentNumbers(alike); !positions.empty())
        for (KernelOp kernel : alike)
          makeInputs(kernel, positions);
  }
};
} // namespace

} // namespace bmc
