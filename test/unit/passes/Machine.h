// A machine that runs planned functions kernel by kernel in memory as the plan says: arguments, results and one arena. A
// value that is overwritten while somebody still needs it gives wrong results here.
#ifndef BMC_TEST_UNIT_PASSES_MACHINE_H
#define BMC_TEST_UNIT_PASSES_MACHINE_H

#include "Networks.h"
#include "passes/PlanMemory.h"

namespace bmc::test {

using namespace mlir;
using namespace bmc::bm;

using Tensor = ReferenceTensor<double>;
using Tensors = SmallVector<Tensor>;

// A piece of memory: one of several separate blocks, and where in it.
struct Place {
  std::string block;
  int64_t offset, bytes;

  bool overlaps(const Place &other) const {
    return block == other.block && offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};

inline Value storageOf(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getX();
  return value;
}

class Machine {
public:
  Machine(func::FuncOp function, const Tensors &arguments) : function(function) {
    offsets = *arenaOffsets(function, networkSizes);
    memory["arena"].assign(offsets.back(), std::byte(0xA5)); // no value that means anything
    EXPECT_EQ(arenaBytes(function, networkSizes), offsets.back());
    for (auto [number, argument] : llvm::enumerate(arguments))
      store(argument, function.getArgument(number));
  }

  Tensors run() {
    Operation *terminator = function.getBody().front().getTerminator();
    for (auto kernel : function.getOps<KernelOp>())
      runKernel(kernel);
    Tensors results;
    for (Value value : terminator->getOperands())
      results.push_back(load(value));
    return results;
  }

private:
  Place placeOf(Value value) {
    int64_t bytes = *elementCount(shapeOf(value.getType())).evaluate(networkSizes) * bytesOf(value);
    Value storage = storageOf(value);
    if (auto argument = dyn_cast<BlockArgument>(storage))
      return {"argument " + std::to_string(argument.getArgNumber()), 0, bytes};
    if (storage.getDefiningOp<ConstantOp>())
      return {"constant", 0, bytes};
    auto result = cast<OpResult>(storage);
    auto buffer = cast<BufferAttr>(cast<KernelOp>(result.getOwner()).getBuffersAttr()[result.getResultNumber()]);
    switch (buffer.getKind()) {
    case BufferKind::Arena:
      EXPECT_LE(offsets[buffer.getIndex()] + bytes, offsets[buffer.getIndex() + 1]);
      return {"arena", offsets[buffer.getIndex()], bytes};
    case BufferKind::Argument:
      return {"argument " + std::to_string(buffer.getIndex()), 0, bytes};
    case BufferKind::Result:
      return {"result " + std::to_string(buffer.getIndex()), 0, bytes};
    }
  }

  static int64_t bytesOf(Value value) { return elementBytes(cast<RankedTensorType>(value.getType()).getElementType()); }

  std::byte *at(const Place &place) {
    std::vector<std::byte> &block = memory[place.block];
    if (int64_t(block.size()) < place.offset + place.bytes)
      block.resize(place.offset + place.bytes);
    return block.data() + place.offset;
  }

  // Calls visit(index, address, an element of the value's type in memory) for each element.
  template <class Visit> void elements(Value value, Visit visit) {
    std::byte *start = at(placeOf(value));
    Type type = cast<RankedTensorType>(value.getType()).getElementType();
    int64_t count = placeOf(value).bytes / bytesOf(value);
    auto as = [&]<class E>(E) {
      for (int64_t i = 0; i < count; ++i)
        visit(i, reinterpret_cast<E *>(start)[i]);
    };
    if (type.isF32())
      as(float());
    else if (type.isF64())
      as(double());
    else if (type.isInteger(32))
      as(int32_t());
    else if (type.isInteger(64))
      as(int64_t());
    else
      as(int8_t());
  }

  void store(const Tensor &tensor, Value value) {
    elements(value, [&]<class E>(int64_t i, E &element) {
      element = tensor.isReal ? E(tensor.reals[i]) : E(tensor.integers[i]);
    });
  }

  Tensor load(Value value) {
    if (auto constant = storageOf(value).getDefiningOp<ConstantOp>())
      return evaluateOp<double>(constant, {}, networkSizes)[0];
    Tensor tensor = zerosOfType<double>(value.getType(), networkSizes);
    elements(value, [&]<class E>(int64_t i, E &element) {
      if (tensor.isReal)
        tensor.reals[i] = double(element);
      else
        tensor.integers[i] = int64_t(element);
    });
    return tensor;
  }

  // The kernel as a function of its own.
  static Tensors evaluateKernel(KernelOp kernel, const Tensors &inputs) {
    OpBuilder builder(kernel.getContext());
    auto type = builder.getFunctionType(kernel.getInputs().getTypes(), kernel.getOutputs().getTypes());
    OwningOpRef<func::FuncOp> function = func::FuncOp::create(kernel.getLoc(), "kernel", type);
    builder.setInsertionPointToStart(function->addEntryBlock());
    Operation *copy = builder.clone(*kernel);
    copy->setOperands(ValueRange(function->getArguments()));
    func::ReturnOp::create(builder, kernel.getLoc(), copy->getResults());
    auto results = evaluateFunction<double>(*function, inputs, networkSizes);
    EXPECT_TRUE(succeeded(results));
    return *results;
  }

  void runKernel(KernelOp kernel) {
    Tensors inputs;
    for (Value input : kernel.getInputs())
      inputs.push_back(load(input));
    Tensors outputs = evaluateKernel(kernel, inputs);
    for (auto [number, output] : llvm::enumerate(kernel.getOutputs())) {
      expectSafeToWrite(kernel, number);
      if (int64_t input = kernel.getInPlaceAttr()[number]; input >= 0)
        expectReadsWhereItWrites(kernel, inputs, outputs, input);
    }
    for (auto [output, tensor] : llvm::zip_equal(kernel.getOutputs(), outputs))
      store(tensor, output);
  }

  // A result shares memory with no other result, and with an input only if it is said to be written in its place.
  void expectSafeToWrite(KernelOp kernel, size_t number) {
    Place place = placeOf(kernel.getOutputs()[number]);
    for (auto [other, output] : llvm::enumerate(kernel.getOutputs()))
      if (other != number)
        EXPECT_FALSE(place.overlaps(placeOf(output))) << function.getName().str();
    for (auto [other, input] : llvm::enumerate(kernel.getInputs())) {
      bool inPlace = kernel.getInPlaceAttr()[number] == int64_t(other);
      EXPECT_EQ(place.overlaps(placeOf(input)), inPlace) << function.getName().str() << ", input " << other;
      if (inPlace)
        EXPECT_EQ(input.getType(), kernel.getOutputs()[number].getType());
    }
  }

  // Changing one element of the input changes no other element of any result.
  void expectReadsWhereItWrites(KernelOp kernel, const Tensors &inputs, const Tensors &outputs, int64_t input) {
    int64_t size = inputs[input].size();
    for (int64_t changed : {int64_t(0), size / 2, size - 1}) {
      Tensors others = inputs;
      if (others[input].isReal)
        others[input].reals[changed] += 1;
      else
        others[input].integers[changed] ^= 1;
      Tensors results = evaluateKernel(kernel, others);
      for (auto [result, before] : llvm::zip_equal(results, outputs))
        for (int64_t i = 0; i < size; ++i)
          if (i != changed && before.isReal)
            EXPECT_EQ(result.reals[i], before.reals[i]) << function.getName().str() << ", input " << input;
    }
  }

  func::FuncOp function;
  SmallVector<int64_t> offsets;
  std::map<std::string, std::vector<std::byte>> memory;
};

} // namespace bmc::test

#endif
