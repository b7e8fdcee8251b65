// See the header.
#include "codegen/host/EmitObject.h"

#include "codegen/Machine.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace mlir;

namespace bmc::codegen {

static void optimize(llvm::Module &module, llvm::TargetMachine &machine, unsigned level) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder passes(&machine);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(components);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, components, modules);
  const llvm::OptimizationLevel levels[] = {llvm::OptimizationLevel::O0, llvm::OptimizationLevel::O1,
                                            llvm::OptimizationLevel::O2, llvm::OptimizationLevel::O3};
  llvm::OptimizationLevel chosen = levels[level];
  (level ? passes.buildPerModuleDefaultPipeline(chosen) : passes.buildO0DefaultPipeline(chosen)).run(module, modules);
}

// The module as LLVM IR for the machine.
static std::unique_ptr<llvm::Module> translate(ModuleOp host, llvm::TargetMachine &machine,
                                               llvm::LLVMContext &context) {
  registerBuiltinDialectTranslation(*host.getContext());
  registerLLVMDialectTranslation(*host.getContext());
  std::unique_ptr<llvm::Module> module = translateModuleToLLVMIR(host, context, "bmc");
  if (!module)
    return nullptr;
  module->setTargetTriple(machine.getTargetTriple());
  module->setDataLayout(machine.createDataLayout());
  return module;
}

// Kernels come with their triple, and with what is so inside of one kernel only: that buffers of different names are
// different memory. What one calls `out` the next one reads as `in0`.
static void takeOver(llvm::Module &kernels, const llvm::Module &host) {
  kernels.setTargetTriple(host.getTargetTriple());
  kernels.setDataLayout(host.getDataLayout());
  if (llvm::NamedMDNode *flags = kernels.getModuleFlagsMetadata())
    flags->eraseFromParent();
  for (llvm::Function &function : kernels)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      for (unsigned kind :
           {llvm::LLVMContext::MD_tbaa, llvm::LLVMContext::MD_alias_scope, llvm::LLVMContext::MD_noalias})
        instruction.setMetadata(kind, nullptr);
}

static void makeSmall(llvm::Module &module) {
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.addFnAttr(llvm::Attribute::OptimizeForSize);
}

static LogicalResult linkKernels(llvm::Module &module, ModuleOp host, llvm::ArrayRef<std::string> kernels) {
  llvm::Linker linker(module);
  for (const std::string &bitcode : kernels) {
    auto kernel = llvm::parseBitcodeFile(llvm::MemoryBufferRef(bitcode, "kernel"), module.getContext());
    if (!kernel)
      return host.emitError() << "a kernel's bitcode cannot be read: " << llvm::toString(kernel.takeError());
    takeOver(**kernel, module);
    if (linker.linkInModule(std::move(*kernel)))
      return host.emitError() << "a kernel's bitcode cannot be linked";
  }
  return success();
}

static FailureOr<std::string> finish(ModuleOp host, llvm::Module &module, llvm::TargetMachine &machine,
                                     unsigned optimization, HostOutput output) {
  optimize(module, machine, optimization);
  if (output == HostOutput::Ir) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    module.print(stream, nullptr);
    return text;
  }
  llvm::Expected<std::string> code =
      emitCode(module, machine,
               output == HostOutput::Object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile);
  if (!code)
    return host.emitError() << llvm::toString(code.takeError());
  return std::move(*code);
}

static FailureOr<std::unique_ptr<llvm::TargetMachine>> machineFor(ModuleOp host, const Target &target,
                                                                  bool tellsStack) {
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = targetMachine(target, tellsStack);
  if (!machine)
    return host.emitError() << llvm::toString(machine.takeError());
  return std::move(*machine);
}

FailureOr<std::string> emitHost(ModuleOp host, const Target &target, unsigned optimization, HostOutput output) {
  auto machine = machineFor(host, target, /*tellsStack=*/false);
  if (failed(machine))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = translate(host, **machine, context);
  if (!module)
    return failure();
  module->setPICLevel(llvm::PICLevel::BigPIC);
  return finish(host, *module, **machine, optimization, output);
}

FailureOr<std::string> emitWhole(ModuleOp host, const Target &target, unsigned optimization, HostOutput output,
                                 llvm::ArrayRef<std::string> kernels, llvm::ArrayRef<std::string> exported) {
  auto machine = machineFor(host, target, /*tellsStack=*/true);
  if (failed(machine))
    return failure();
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module = translate(host, **machine, context);
  if (!module || failed(linkKernels(*module, host, kernels)))
    return failure();
  if (!target.isBare())
    module->setPICLevel(llvm::PICLevel::BigPIC);
  makeFor(*module, **machine);
  if (target.isBare() && optimization < 3) // where memory is little, code is to be small
    makeSmall(*module);
  llvm::internalizeModule(*module, [&](const llvm::GlobalValue &value) {
    return llvm::is_contained(exported, value.getName()) || value.isDeclaration();
  });
  return finish(host, *module, **machine, optimization, output);
}

} // namespace bmc::codegen
