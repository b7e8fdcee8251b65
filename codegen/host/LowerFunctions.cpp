// Entry functions: where each value is, and the calls of the kernels in order, in loops those of their bodies.
#include "codegen/host/CodeBuilder.h"
#include "codegen/host/FunctionCode.h"
#include "codegen/host/HostProgram.h"
#include "codegen/host/PlanWalk.h"
#include "codegen/host/ResultAliases.h"
#include "passes/DeviceArena.h"

using namespace mlir;

namespace bmc::codegen {

namespace {
/// Lowers one entry function.
class FunctionLowering : PlanWalk<Reference> {
public:
  FunctionLowering(func::FuncOp source, const HostOptions &options, ModuleOp host, Globals &globals,
                   HostProgram &program)
      : source(source), options(options), host(host), globals(globals), program(program),
        code(bindSymbols(), options.target.hasDevice()) {}

  FailureOr<HostFunction> lower();

private:
  std::vector<std::string> bindSymbols();
  LogicalResult checkSymbols();
  LogicalResult readArena();
  LogicalResult addConstants();
  LogicalResult findAliases();
  Reference arenaSlot(int64_t number) override { return FunctionCode::slot(number); }
  // All have their places before the walk, in front of what loops set.
  LogicalResult lowerConstant(bm::ConstantOp) override { return success(); }
  LogicalResult lowerCall(bm::KernelOp kernel) override;
  LogicalResult lowerLoop(bm::ScanOp scan) override;

  func::FuncOp source;
  const HostOptions &options;
  ModuleOp host;
  Globals &globals;
  HostProgram &program;
  HostFunction result;
  FunctionCode code;
};
} // namespace

FailureOr<HostFunction> FunctionLowering::lower() {
  result.source = source;
  if (failed(checkSymbols()) || failed(readArena()) || failed(addConstants()) || failed(findAliases()))
    return failure();
  BlockPlaces around;
  for (unsigned number = 0; number < source.getNumArguments(); ++number)
    around.arguments.push_back(FunctionCode::buffer(number));
  for (unsigned number = 0; number < source.getNumResults(); ++number)
    around.results.push_back(FunctionCode::buffer(source.getNumArguments() + number));
  if (failed(walk(source, around)))
    return failure();
  if (options.hasProfile)
    code.mark(-1);
  result.run = code.lowerRun(host, globals, source.getSymName());
  result.arenaBytes = code.lowerArenaBytes(host, source.getSymName());
  if (options.target.hasDevice())
    result.loopSteps = code.lowerLoopSteps(host, source.getSymName());
  result.resultDims = lowerDims(host, (source.getSymName() + ".result_dims").str(), result.symbols,
                                llvm::to_vector(source.getResultTypes()));
  return result;
}

// A symbol is bound by the first argument with a dimension that is just the symbol.
std::vector<std::string> FunctionLowering::bindSymbols() {
  for (Type type : source.getArgumentTypes())
    for (const bm::SymbolicDim &dim : bm::shapeOf(type))
      if (auto symbol = dim.singleSymbol(); symbol && !llvm::is_contained(result.symbols, *symbol))
        result.symbols.push_back(*symbol);
  return result.symbols;
}

LogicalResult FunctionLowering::checkSymbols() {
  auto check = [&](Operation *op, llvm::ArrayRef<std::string> symbols) -> WalkResult {
    for (const std::string &symbol : symbols)
      if (!llvm::is_contained(result.symbols, symbol))
        return op->emitError() << "the size " << symbol << " is not that of any argument of @" << source.getSymName();
    return success();
  };
  WalkResult ops = source.walk([&](Operation *op) -> WalkResult {
    if (auto kernel = dyn_cast<bm::KernelOp>(op))
      return check(op, program.kernelOf.at(kernel)->symbols);
    auto scan = dyn_cast<bm::ScanOp>(op);
    return scan ? check(op, scan.getLengthDim().symbols()) : WalkResult::advance();
  });
  return failure(ops.wasInterrupted());
}

LogicalResult FunctionLowering::readArena() {
  auto arena = source->getAttrOfType<ArrayAttr>("bm.arena");
  if (!arena)
    return source.emitError() << "has no memory plan (bm.arena)";
  for (Attribute slot : arena) {
    std::vector<bm::SymbolicDim> sizes;
    for (Attribute entry : cast<ArrayAttr>(slot)) {
      auto size = bm::SymbolicDim::parse(std::string_view(cast<StringAttr>(entry).getValue()));
      if (!size)
        return source.emitError() << "bm.arena: " << entry << " is not a size";
      sizes.push_back(*size);
    }
    code.addSlot(sizes);
  }
  return success();
}

LogicalResult FunctionLowering::addConstants() {
  for (bm::ConstantOp constant : constantsInMemory(source)) {
    if (options.target.hasDevice()) {
      setPlace(constant.getY(), code.addConstant(deviceOffsetOf(constant)));
      continue;
    }
    Address address = globals.tensor(constant.getValue());
    if (!address.symbol)
      return constant.emitError() << "the constant's elements are neither dense nor a resource";
    setPlace(constant.getY(), code.addConstant(address));
  }
  return success();
}

LogicalResult FunctionLowering::findAliases() {
  auto aliases = resultAliases(source);
  if (succeeded(aliases))
    result.aliases = std::move(*aliases);
  return failure(failed(aliases));
}

LogicalResult FunctionLowering::lowerLoop(bm::ScanOp scan) {
  Reference index = code.addPlace();
  llvm::SmallVector<FunctionCode::Slice> slices;
  BlockPlaces step = stepOf(scan, index, [&](Reference stacked, Type type) {
    int64_t elementBytes = bm::elementBytes(cast<RankedTensorType>(type).getElementType());
    slices.push_back({code.addPlace(), stacked, bm::elementCount(bm::shapeOf(type)) * elementBytes});
    return slices.back().place;
  });
  code.beginLoop(scan.getLengthDim(), scan.getReverse(), index, slices);
  if (failed(walkStep(scan, step)))
    return failure();
  code.endLoop();
  return success();
}

static bool hasKnownStrides(llvm::ArrayRef<bm::SymbolicDim> shape) {
  return llvm::all_of(shape.drop_front(shape.empty() ? 0 : 1),
                      [](const bm::SymbolicDim &extent) { return extent.isConstant(); });
}

// Of Halide's dimensions the first is the innermost axis.
static llvm::SmallVector<bm::SymbolicDim> stridesOf(llvm::ArrayRef<bm::SymbolicDim> shape) {
  llvm::SmallVector<bm::SymbolicDim> strides;
  bm::SymbolicDim stride = 1;
  for (const bm::SymbolicDim &extent : llvm::reverse(shape)) {
    strides.push_back(stride);
    stride = stride * extent;
  }
  return strides;
}

// A flat kernel takes its tensors as if they had one dimension.
LogicalResult FunctionLowering::lowerCall(bm::KernelOp kernel) {
  const HostKernel &callee = *program.kernelOf.at(kernel);
  llvm::SmallVector<Value> tensors(kernel.getInputs());
  llvm::append_range(tensors, kernel.getOutputs());
  llvm::SmallVector<Reference> passed;
  bool isFlat = kernel.getScheduleAttr() && kernel.getScheduleAttr().getFlat();
  int64_t dimensions = 0;
  for (int64_t position : callee.passed) {
    bm::Shape shape = bm::shapeOf(tensors[position].getType());
    if (!isFlat && !hasKnownStrides(shape)) {
      code.strides(int64_t(passed.size()), dimensions, stridesOf(shape));
      dimensions += int64_t(shape.size());
    }
    passed.push_back(placeOf(tensors[position]));
  }
  if (options.hasProfile) {
    code.mark(int64_t(program.calls.size()));
    program.calls.push_back({kernel, result.symbols});
  }
  code.call(callee.number, callee.symbols, passed);
  ++result.kernelCalls;
  return success();
}

LogicalResult lowerFunctions(ModuleOp planned, const HostOptions &options, ModuleOp host, Globals &globals,
                             HostProgram &program) {
  for (auto function : planned.getOps<func::FuncOp>()) {
    FailureOr<HostFunction> lowered = FunctionLowering(function, options, host, globals, program).lower();
    if (failed(lowered))
      return failure();
    program.functions.push_back(*lowered);
  }
  return success();
}

} // namespace bmc::codegen
