// A machine that runs planned functions kernel by kernel in memory as the plan says: arguments, results and one arena.
// A value that is overwritten while somebody still needs it gives wrong results here.
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
  int64_t offset = 0, bytes = 0;

  bool operator==(const Place &) const = default;
  bool overlaps(const Place &other) const {
    return block == other.block && offset < other.offset + other.bytes && other.offset < offset + bytes;
  }
};

class Machine {
public:
  Machine(func::FuncOp function, const Tensors &arguments) : function(function) {
    offsets = *arenaOffsets(function, networkSizes);
    memory["arena"].assign(offsets.back(), std::byte(0xA5)); // no value that means anything
    EXPECT_EQ(arenaBytes(function, networkSizes), offsets.back());
    for (auto [number, argument] : llvm::enumerate(arguments)) {
      Value value = function.getArgument(number);
      around.arguments.push_back(places[value] = {"argument " + std::to_string(number), 0, bytesOf(value)});
      store(argument, value);
    }
    for (auto [number, type] : llvm::enumerate(function.getResultTypes()))
      around.results.push_back({"result " + std::to_string(number), 0, bytesOf(type)});
  }

  Tensors run() {
    Operation *terminator = function.getBody().front().getTerminator();
    runBlock(function.getBody().front(), around);
    Tensors results;
    for (Value value : terminator->getOperands())
      results.push_back(load(value));
    return results;
  }

private:
  // What the ops of a block call their arguments' and results' buffers.
  struct BlockPlaces {
    std::vector<Place> arguments, results;
  };

  void runBlock(Block &block, const BlockPlaces &around) {
    for (Operation &op : block.without_terminator()) {
      if (auto constant = dyn_cast<ConstantOp>(op)) {
        places[constant.getY()] = {"constant " + std::to_string(blocks++), 0, bytesOf(constant.getY())};
        store(evaluateOp<double>(constant, {}, networkSizes)[0], constant.getY());
      } else if (auto reshape = dyn_cast<ReshapeOp>(op)) {
        places[reshape.getY()] = places.lookup(reshape.getX());
      } else if (auto scan = dyn_cast<ScanOp>(op)) {
        runLoop(scan, around);
      } else {
        runKernel(cast<KernelOp>(op), around);
      }
    }
  }

  Place placeOf(Attribute attribute, Value value, const BlockPlaces &around) {
    auto buffer = cast<BufferAttr>(attribute);
    Place place{"arena", 0, bytesOf(value)};
    switch (buffer.getKind()) {
    case BufferKind::Arena:
      place.offset = offsets[buffer.getIndex()];
      EXPECT_LE(place.offset + place.bytes, offsets[buffer.getIndex() + 1]);
      return place;
    case BufferKind::Argument:
      place = around.arguments.at(buffer.getIndex());
      break;
    case BufferKind::Result:
      place = around.results.at(buffer.getIndex());
      break;
    }
    EXPECT_EQ(place.bytes, bytesOf(value));
    return place;
  }

  void runLoop(ScanOp scan, const BlockPlaces &around) {
    ArrayAttr buffers = scan.getBuffersAttr();
    for (auto [number, result] : llvm::enumerate(scan->getResults()))
      places[result] = placeOf(buffers[number], result, around);
    for (auto [init, final] : llvm::zip_equal(scan.getInits(), scan.getFinals()))
      EXPECT_EQ(places.at(init), places.at(final)) << function.getName().str();
    expectSafeToRun(scan);
    int64_t length = *scan.getLengthDim().evaluate(networkSizes);
    for (int64_t step = 0; step < length; ++step)
      runStep(scan, scan.getReverse() ? length - 1 - step : step);
  }

  void runStep(ScanOp scan, int64_t index) {
    auto slice = [&](Value stacked, Value part) {
      return Place{places.at(stacked).block, places.at(stacked).offset + index * bytesOf(part), bytesOf(part)};
    };
    Tensor number({}, /*isReal=*/false);
    number.integers[0] = index;
    places[scan.getIndex()] = {"index " + std::to_string(blocks++), 0, bytesOf(scan.getIndex())};
    store(number, scan.getIndex());
    for (auto [sequence, argument] : llvm::zip_equal(scan.getSequences(), scan.getSlices()))
      places[argument] = slice(sequence, argument);
    for (auto [init, argument] : llvm::zip_equal(scan.getInits(), scan.getCarries()))
      places[argument] = places.lookup(init);
    for (auto [constant, argument] : llvm::zip_equal(scan.getConstants(), scan.getConstantArguments()))
      places[argument] = places.lookup(constant);
    BlockPlaces step;
    for (Value argument : scan.getBody().getArguments())
      step.arguments.push_back(places.at(argument));
    step.results.resize(scan.getInits().size());
    for (auto [stacked, output] : llvm::zip_equal(scan.getStacked(), scan.getStepOutputs()))
      step.results.push_back(slice(stacked, output));
    runBlock(scan.getBody().front(), step);
    for (auto [carry, next] : llvm::zip_equal(scan.getCarries(), scan.getNextCarries()))
      EXPECT_EQ(places.at(next), places.at(carry)) << function.getName().str();
    for (auto [number, output] : llvm::enumerate(scan.getStepOutputs()))
      EXPECT_EQ(places.at(output), step.results[scan.getInits().size() + number]) << function.getName().str();
  }

  // What a loop writes while it runs shares memory with nothing else that it reads or writes.
  void expectSafeToRun(ScanOp scan) {
    SmallVector<Value> written(scan.getInits());
    llvm::append_range(written, scan.getStacked());
    SmallVector<Value> all(scan.getSequences());
    llvm::append_range(all, scan.getConstants());
    llvm::append_range(all, written);
    for (Value value : written)
      for (auto other : all)
        if (value != other)
          EXPECT_FALSE(places.at(value).overlaps(places.at(other))) << function.getName().str();
    EXPECT_EQ(llvm::DenseSet<Value>(written.begin(), written.end()).size(), written.size());
  }

  static int64_t bytesOf(Type type) {
    int64_t elements = *elementCount(shapeOf(type)).evaluate(networkSizes);
    return elements * elementBytes(cast<RankedTensorType>(type).getElementType());
  }
  static int64_t bytesOf(Value value) { return bytesOf(value.getType()); }

  std::byte *at(const Place &place) {
    std::vector<std::byte> &block = memory[place.block];
    if (int64_t(block.size()) < place.offset + place.bytes)
      block.resize(place.offset + place.bytes);
    return block.data() + place.offset;
  }

  // Calls visit(index, address, an element of the value's type in memory) for each element.
  template <class Visit> void elements(Value value, Visit visit) {
    std::byte *start = at(places.at(value));
    Type type = cast<RankedTensorType>(value.getType()).getElementType();
    int64_t count = places.at(value).bytes / elementBytes(type);
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

  void runKernel(KernelOp kernel, const BlockPlaces &around) {
    Tensors inputs;
    for (auto [number, output] : llvm::enumerate(kernel.getOutputs()))
      places[output] = placeOf(kernel.getBuffersAttr()[number], output, around);
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
    Place place = places.at(kernel.getOutputs()[number]);
    EXPECT_FALSE(StringRef(place.block).starts_with("constant")) << function.getName().str();
    for (auto [other, output] : llvm::enumerate(kernel.getOutputs()))
      if (other != number)
        EXPECT_FALSE(place.overlaps(places.at(output))) << function.getName().str();
    for (auto [other, input] : llvm::enumerate(kernel.getInputs())) {
      bool inPlace = kernel.getInPlaceAttr()[number] == int64_t(other);
      EXPECT_EQ(place.overlaps(places.at(input)), inPlace) << function.getName().str() << ", input " << other;
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
        for (int64_t i = 0; before.isReal && i < int64_t(before.reals.size()); ++i)
          if (i != changed || before.shape != inputs[input].shape) // values of rows do not depend on it at all
            EXPECT_EQ(result.reals[i], before.reals[i]) << function.getName().str() << ", input " << input;
    }
  }

  func::FuncOp function;
  BlockPlaces around;
  unsigned blocks = 0;           // of constants and indices
  DenseMap<Value, Place> places; // of arguments, and of what was computed last
  SmallVector<int64_t> offsets;
  std::map<std::string, std::vector<std::byte>> memory;
};

} // namespace bmc::test

#endif
