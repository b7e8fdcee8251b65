// From schedules to a shared object with a function for each. See the header; Stopwatch.cpp runs them.
#include "tools/bmc/Trial.h"

#include "codegen/OutputFile.h"
#include "codegen/halide/Kernels.h"
#include "codegen/host/EmitObject.h"
#include "codegen/host/LowerHost.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "passes/Passes.h"
#include "tools/bmc/Files.h"
#include "tools/bmc/LoadedProgram.h"
#include "tools/bmc/Stopwatch.h"
#include "llvm/Support/Threading.h"

using namespace mlir;

namespace bmc {

using bm::SymbolicDim;

bool canBeMeasured(bm::KernelOp kernel) {
  std::set<std::string> known;
  for (Type type : kernel.getInputs().getTypes())
    for (const SymbolicDim &dim : bm::shapeOf(type))
      if (auto symbol = dim.singleSymbol())
        known.insert(*symbol);
  return llvm::all_of(codegen::kernelSymbols(kernel), [&](const std::string &symbol) { return known.count(symbol); });
}

// A function that is nothing but the kernel with a schedule.
static void addFunction(OpBuilder &builder, bm::KernelOp kernel, bm::ScheduleAttr schedule, size_t number) {
  auto type = builder.getFunctionType(kernel.getInputs().getTypes(), kernel.getOutputs().getTypes());
  auto function = func::FuncOp::create(builder, kernel.getLoc(), "trial" + std::to_string(number), type);
  for (unsigned argument = 0; argument < type.getNumInputs(); ++argument)
    function.setArgAttr(argument, "bm.role", builder.getStringAttr("given"));
  for (unsigned result = 0; result < type.getNumResults(); ++result)
    function.setResultAttr(result, "bm.role", builder.getStringAttr("output"));
  Block *body = function.addEntryBlock();
  OpBuilder inBody = OpBuilder::atBlockEnd(body);
  auto copy = cast<bm::KernelOp>(inBody.clone(*kernel));
  copy->setOperands(body->getArguments());
  copy.setScheduleAttr(schedule);
  func::ReturnOp::create(inBody, kernel.getLoc(), copy.getOutputs());
}

// A planned module with a function for each schedule.
static OwningOpRef<ModuleOp> trialModule(Compilation &compilation, bm::KernelOp kernel,
                                         ArrayRef<bm::ScheduleAttr> schedules) {
  OwningOpRef<ModuleOp> module = ModuleOp::create(kernel.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
  (*module)->setAttr("bm.target", codegen::targetAttr(&compilation.context, compilation.target));
  (*module)->setAttr("bm.program",
                     builder.getDictionaryAttr({builder.getNamedAttr("name", builder.getStringAttr("trial")),
                                                builder.getNamedAttr("source", builder.getStringAttr("trial.bm"))}));
  for (auto [number, schedule] : llvm::enumerate(schedules))
    addFunction(builder, kernel, schedule, number);
  PassManager passes(&compilation.context);
  passes.addPass(createPlanMemory());
  return succeeded(passes.run(*module)) ? std::move(module) : nullptr;
}

// The objects of a module; none if a kernel cannot be compiled.
static std::optional<std::vector<std::string>> compile(Compilation &compilation, ModuleOp module) {
  unsigned jobs =
      compilation.options.jobs ? compilation.options.jobs : llvm::hardware_concurrency().compute_thread_count();
  auto kernels = codegen::compileKernels(module, {compilation.target, cacheDirectory(compilation.options), jobs});
  auto host = codegen::lowerHost(module, {compilation.target, false, false, codegen::RuntimeObjects::none});
  if (failed(kernels) || failed(host))
    return std::nullopt;
  auto object = codegen::emitHost(**host, compilation.target, usualOptimization, codegen::HostOutput::Object);
  if (failed(object))
    return std::nullopt;
  std::vector<std::string> objects{std::move(*object)};
  for (codegen::CompiledKernel &kernel : *kernels)
    objects.push_back(std::move(kernel.object));
  return objects;
}

namespace {
/// The schedules that can be compiled: their numbers among all, and the objects of their functions.
struct Compiled {
  std::vector<size_t> numbers;
  std::vector<std::string> objects;
};
} // namespace

// All at once, if that goes well; else each by itself, to find out which do.
static Compiled compileAll(Compilation &compilation, bm::KernelOp kernel, ArrayRef<bm::ScheduleAttr> schedules) {
  // What a schedule is refused for is no error of the model's.
  ScopedDiagnosticHandler silence(&compilation.context, [](Diagnostic &) { return success(); });
  auto tryThese = [&](ArrayRef<size_t> numbers) {
    auto chosen = llvm::map_to_vector(numbers, [&](size_t number) { return schedules[number]; });
    OwningOpRef<ModuleOp> module = trialModule(compilation, kernel, chosen);
    return module ? compile(compilation, *module) : std::nullopt;
  };
  std::vector<size_t> all(schedules.size());
  std::iota(all.begin(), all.end(), 0);
  if (auto objects = tryThese(all))
    return {all, *objects};
  std::vector<size_t> good;
  llvm::copy_if(all, std::back_inserter(good), [&](size_t number) { return tryThese({number}).has_value(); });
  auto objects = good.empty() ? std::nullopt : tryThese(good);
  return objects ? Compiled{good, *objects} : Compiled();
}

std::vector<TrialResult> measureSchedules(Compilation &compilation, bm::KernelOp kernel,
                                          ArrayRef<bm::ScheduleAttr> schedules, const TrialOptions &options) {
  std::vector<TrialResult> results(schedules.size(), TrialResult{TrialState::NotCompiled});
  Compiled compiled = compileAll(compilation, kernel, schedules);
  if (compiled.numbers.empty() || compiled.numbers[0] != 0)
    return results;
  codegen::TemporaryFiles files;
  llvm::Expected<std::string> path = files.add("", ".so");
  if (llvm::Error error =
          path ? linkPlugin(compilation.target, std::move(compiled.objects), *path) : path.takeError()) {
    compilation.error(llvm::toString(std::move(error)));
    return results;
  }
  std::vector<TrialResult> measured = measureFunctions(*path, compiled.numbers.size(), options);
  for (auto [number, result] : llvm::zip_equal(compiled.numbers, measured))
    results[number] = result;
  return results;
}

} // namespace bmc
