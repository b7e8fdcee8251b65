// See the header.
#include "EmulatedProgram.h"
#include "codegen/OutputFile.h"
#include "codegen/host/EmitObject.h"
#include "codegen/link/Lld.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Triple.h"

#include "HalideRuntime.h"
#include "gtest/gtest.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;

namespace bmc::test {

// What it takes
// --------------------------------------------------------------------------------------------------------

static std::string emulatorOf(const codegen::Target &target) {
  return ("qemu-" + llvm::Triple::getArchTypeName(llvm::Triple(target.triple).getArch()) + "-static").str();
}

// The compiled kernel_server.cpp.
static std::string serverObject(const codegen::Target &target) {
  return std::string(BMC_TEST_SERVERS) + "/" + target.triple + ".o";
}

std::string missingForEmulation(const codegen::Target &target) {
  if (!llvm::sys::findProgramByName(emulatorOf(target)))
    return "there is no " + emulatorOf(target);
  return llvm::sys::fs::exists(serverObject(target)) ? "" : "this build has no " + target.triple;
}

// The table of kernels that the server reads.
static std::string tableObject(const codegen::Target &target, ArrayRef<codegen::CompiledKernel> kernels) {
  std::string type = "!llvm.array<" + std::to_string(kernels.size()) + " x ptr>", functions,
              values = "  %v0 = llvm.mlir.undef : " + type + "\n";
  for (auto [i, kernel] : llvm::enumerate(kernels)) {
    std::string number = std::to_string(i), function = "@" + codegen::argumentsFunction(kernel.name);
    functions += "llvm.func " + function + "(!llvm.ptr) -> i32\n";
    values += "  %a" + number + " = llvm.mlir.addressof " + function + " : !llvm.ptr\n  %v" + std::to_string(i + 1) +
              " = llvm.insertvalue %a" + number + ", %v" + number + "[" + number + "] : " + type + "\n";
  }
  context().getOrLoadDialect<LLVM::LLVMDialect>();
  OwningOpRef<ModuleOp> module =
      parse(functions + "llvm.mlir.global external constant @kernels() : " + type + " {\n" + values +
            "  llvm.return %v" + std::to_string(kernels.size()) + " : " + type + "\n}\n");
  FailureOr<std::string> object = codegen::emitHost(*module, target, 0, codegen::HostOutput::Object);
  EXPECT_TRUE(succeeded(object));
  return *object;
}

static llvm::Error linkServer(const codegen::Target &target, ArrayRef<codegen::CompiledKernel> kernels,
                              const std::string &path) {
  codegen::TemporaryFiles files;
  std::vector<std::string> arguments{"-static", "-pie", "--no-dynamic-linker"}, objects;
  for (const codegen::CompiledKernel &kernel : kernels)
    objects.push_back(kernel.object);
  objects.push_back(tableObject(target, kernels));
  auto add = [&](ArrayRef<std::string> names) {
    return codegen::appendResources(arguments, target, BMC_TEST_SHARE, names);
  };
  if (llvm::Error error = add({"rcrt1.o", "crti.o"}))
    return error;
  if (llvm::Error error = codegen::addObjects(files, objects, arguments))
    return error;
  arguments.push_back(serverObject(target));
  if (llvm::Error error = add({"libc.a", "libgcc.a", "crtn.o"}))
    return error;
  return codegen::runLld(std::move(arguments), path);
}

// The program
// ----------------------------------------------------------------------------------------------------------

EmulatedProgram::EmulatedProgram(const codegen::Target &target, ArrayRef<codegen::CompiledKernel> kernels) {
  for (const codegen::CompiledKernel &kernel : kernels)
    names.push_back(kernel.name);
  path = testing::TempDir() + "bmc-kernels-" + std::to_string(getpid());
  if (llvm::Error error = linkServer(target, kernels, path))
    llvm::report_fatal_error(std::move(error));
  start(target);
}

void EmulatedProgram::start(const codegen::Target &target) {
  std::string emulator = emulatorOf(target);
  int toProgram[2], fromProgram[2];
  if (pipe(toProgram) || pipe(fromProgram) || (process = fork()) < 0)
    llvm::report_fatal_error("no pipes or no process for a test");
  if (process == 0) {
    dup2(toProgram[0], STDIN_FILENO);
    dup2(fromProgram[1], STDOUT_FILENO);
    for (int end : {toProgram[0], toProgram[1], fromProgram[0], fromProgram[1]})
      close(end);
    execlp(emulator.c_str(), emulator.c_str(), path.c_str(), nullptr);
    _exit(127);
  }
  close(toProgram[0]);
  close(fromProgram[1]);
  requests = toProgram[1];
  answers = fromProgram[0];
  signal(SIGPIPE, SIG_IGN); // a program that died is noticed by what it does not answer
}

EmulatedProgram::~EmulatedProgram() {
  close(requests);
  close(answers);
  int status = 0;
  waitpid(process, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the emulated program ended with " << status;
  unlink(path.c_str());
}

// Calls
// ----------------------------------------------------------------------------------------------------------------

static void append(std::vector<uint8_t> &bytes, const void *data, size_t size) {
  bytes.insert(bytes.end(), static_cast<const uint8_t *>(data), static_cast<const uint8_t *>(data) + size);
}

static void append(std::vector<uint8_t> &bytes, uint32_t word) { append(bytes, &word, sizeof word); }

static bool writeAll(int file, ArrayRef<uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written <= 0)
      return false;
    bytes = bytes.drop_front(written);
  }
  return true;
}

static bool readAll(int file, llvm::MutableArrayRef<uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t got = read(file, bytes.data(), bytes.size());
    if (got <= 0)
      return false;
    bytes = bytes.drop_front(got);
  }
  return true;
}

int EmulatedProgram::call(uint32_t number, ArrayRef<int32_t> symbols, ArrayRef<KernelBuffer> buffers) {
  std::vector<uint8_t> request;
  append(request, number);
  append(request, symbols.size());
  append(request, symbols.data(), symbols.size() * sizeof(int32_t));
  append(request, buffers.size());
  for (auto [buffer, memory] : buffers) {
    append(request, memory->size());
    append(request, buffer->host - memory->data());
    append(request, buffer->dimensions);
    append(request, buffer->dim, buffer->dimensions * sizeof(halide_dimension_t));
    append(request, memory->data(), memory->size());
  }
  int32_t status = -1;
  bool answered =
      writeAll(requests, request) && readAll(answers, {reinterpret_cast<uint8_t *>(&status), sizeof status});
  for (auto [buffer, memory] : buffers)
    answered = answered && readAll(answers, *memory);
  EXPECT_TRUE(answered) << "the emulated program died";
  return status;
}

namespace {
class EmulatedKernel : public RunnableKernel {
public:
  EmulatedKernel(std::string name, EmulatedProgram &program, uint32_t number)
      : RunnableKernel(std::move(name)), program(program), number(number) {}
  int call(ArrayRef<int32_t> symbols, ArrayRef<KernelBuffer> buffers) override {
    return program.call(number, symbols, buffers);
  }

private:
  EmulatedProgram &program;
  uint32_t number;
};
} // namespace

std::unique_ptr<RunnableKernel> EmulatedProgram::kernel(const codegen::CompiledKernel &compiled) {
  return std::make_unique<EmulatedKernel>(compiled.name, *this, llvm::find(names, compiled.name) - names.begin());
}

} // namespace bmc::test
