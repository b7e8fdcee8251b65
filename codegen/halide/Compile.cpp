// Child processes and what they send back: the result and the messages, each in an anonymous file. See the header.
#include "codegen/halide/Compile.h"
#include "codegen/halide/Lower.h"
#include "codegen/halide/Pipelines.h"
#include "codegen/halide/ProcessorWords.h"
#include "codegen/halide/gpu/BlockGuards.h"
#include "codegen/halide/gpu/DeviceWords.h"
#include "codegen/halide/gpu/PipelineTiles.h"
#include "codegen/halide/gpu/SingleRegisters.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using bmc::bm::ScheduleAttr;

namespace bmc::codegen {

namespace {
// A file in memory that parent and child share.
class SharedFile {
public:
  explicit SharedFile(const char *name) : descriptor(memfd_create(name, 0)) {}
  SharedFile(SharedFile &&other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
  ~SharedFile() {
    if (descriptor >= 0)
      close(descriptor);
  }
  bool isOpen() const { return descriptor >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor); }
  void write(StringRef text) const;
  void rewrite(StringRef text) const;
  std::string read() const;

private:
  int descriptor;
};

struct Child {
  pid_t process = -1;
  SharedFile result{"bmc-kernel"}, messages{"bmc-messages"};
};

// Halide's warnings and errors as lines of the messages, `w` or `e` in front. An error ends the child.
class Reporter : public Halide::CompileTimeErrorReporter {
public:
  explicit Reporter(const SharedFile &messages) : messages(messages) {}
  void warning(const char *text) override { report('w', text); }
  [[noreturn]] void error(const char *text) override {
    report('e', text);
    _exit(1);
  }
  void report(char kind, StringRef text) const {
    std::string line(1, kind);
    for (char c : text.trim())
      line += c == '\n' ? ' ' : c;
    messages.write(line + "\n");
  }

private:
  const SharedFile &messages;
};
} // namespace

void SharedFile::write(StringRef text) const {
  while (!text.empty()) {
    ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written <= 0)
      return;
    text = text.drop_front(written);
  }
}

void SharedFile::rewrite(StringRef text) const {
  if (ftruncate(descriptor, 0) == 0 && lseek(descriptor, 0, SEEK_SET) == 0)
    write(text);
}

std::string SharedFile::read() const {
  std::string text(std::max<off_t>(lseek(descriptor, 0, SEEK_END), 0), '\0');
  ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  text.resize(std::max<ssize_t>(size, 0));
  return text;
}

static Halide::Target halideTarget(const Target &target, bool checks) {
  Halide::Target result(target.halide);
  result.set_feature(Halide::Target::NoRuntime);
  if (!checks)
    result.set_features({Halide::Target::NoAsserts, Halide::Target::NoBoundsQuery});
  return result;
}

// What a device's kernel says in assembly is the device's code; the host's only starts it.
static Halide::OutputFileType fileType(KernelOutput output, bool hasDevice) {
  if (output == KernelOutput::Object)
    return Halide::OutputFileType::object;
  if (output == KernelOutput::Bitcode)
    return Halide::OutputFileType::bitcode;
  return hasDevice ? Halide::OutputFileType::device_code : Halide::OutputFileType::assembly;
}

static void compile(const CompileJob &job, const Halide::Target &target, KernelOutput output, const std::string &path) {
  ScheduleAttr schedule = bm::KernelOp(job.kernel).getScheduleAttr();
  if (!job.isPlain && target.has_gpu_feature() != (schedule && schedule.isOnDevice()))
    throw Halide::CompileError(target.has_gpu_feature() ? "a target with a device needs a schedule with threads"
                                                        : "a schedule with threads needs a target with a device");
  FailureOr<LoweredKernel> lowered = lowerKernel(job.kernel, job.isPlain);
  if (failed(lowered))
    throw Halide::CompileError("an op has no Halide algorithm");
  bool hasDevice = target.has_gpu_feature();
  Halide::Pipeline pipeline(lowered->outputs);
  if (hasDevice) {
    pipeline.add_custom_lowering_pass(new BlockGuards);
    pipeline.add_custom_lowering_pass(new PipelineTiles);
    pipeline.add_custom_lowering_pass(new SingleRegisters);
    pipeline.add_custom_lowering_pass(new DeviceWords(target));
  } else
    pipeline.add_custom_lowering_pass(new ProcessorWords);
  if (output == KernelOutput::Loops)
    return pipeline.compile_to_lowered_stmt(path, lowered->arguments, Halide::Text, target);
  Halide::Module module =
      pipeline.compile_to_module(lowered->arguments, job.function, target, Halide::LinkageType::ExternalPlusArgv);
  module.compile({{fileType(output, hasDevice), path}});
}

// With LLVM behind Halide where that knows the processor's pipelines and Halide does not. A device's code is the
// driver's.
static void compile(const CompileJob &job, const Target &target, const Halide::Target &machine, KernelOutput output,
                    const SharedFile &result) {
  bool isCode = output == KernelOutput::Object || output == KernelOutput::Assembly;
  if (!isCode || !target.hasPipelines() || target.hasDevice())
    return compile(job, machine, output, result.path());
  compile(job, machine, KernelOutput::Bitcode, result.path());
  llvm::Expected<std::string> code = compileForPipelines(
      result.read(), target,
      output == KernelOutput::Object ? llvm::CodeGenFileType::ObjectFile : llvm::CodeGenFileType::AssemblyFile);
  if (!code)
    throw Halide::CompileError(llvm::toString(code.takeError()));
  result.rewrite(*code);
}

// Never returns: what the parent's exit handlers and destructors do is not the child's business.
[[noreturn]] static void runChild(const CompileJob &job, const Target &target, const Halide::Target &machine,
                                  KernelOutput output, const Child &child) {
  Reporter reporter(child.messages);
  Halide::set_custom_compile_time_error_reporter(&reporter);
  try {
    compile(job, target, machine, output, child.result);
  } catch (const Halide::Error &error) {
    reporter.error(error.what());
  } catch (const std::exception &error) {
    reporter.error(error.what());
  }
  _exit(0);
}

static FailureOr<Child> start(const CompileJob &job, const Target &target, const Halide::Target &machine,
                              KernelOutput output) {
  Child child;
  if (!child.result.isOpen() || !child.messages.isOpen())
    return failure();
  child.process = fork();
  if (child.process < 0)
    return failure();
  if (child.process == 0)
    runChild(job, target, machine, output, child);
  return child;
}

// Warnings mean a wrong schedule (a check that always fails) as often as not, so they are errors.
static LogicalResult diagnose(CompileJob &job, const Child &child, bool succeeded) {
  std::string messages = child.messages.read();
  SmallVector<StringRef> lines;
  StringRef(messages).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    job.kernel.emitError() << (line[0] == 'w' ? "Halide warns: " : "Halide cannot compile this kernel: ")
                           << line.drop_front();
  if (!succeeded && lines.empty())
    job.kernel.emitError() << "Halide stopped without a message";
  return success(succeeded && lines.empty());
}

static LogicalResult finish(CompileJob &job, const Child &child) {
  int status = 0;
  while (waitpid(child.process, &status, 0) < 0 && errno == EINTR)
    ;
  if (failed(diagnose(job, child, WIFEXITED(status) && WEXITSTATUS(status) == 0)))
    return failure();
  job.result = child.result.read();
  return success();
}

LogicalResult runJobs(MutableArrayRef<CompileJob> jobs, const Target &target, KernelOutput output, bool checks,
                      unsigned processes) {
  Halide::Target machine = halideTarget(target, checks), processor = halideTarget(target.withoutDevice(), checks);
  std::vector<Child> children;
  bool succeeded = true;
  size_t finished = 0;
  auto finishOne = [&] {
    succeeded &= mlir::succeeded(finish(jobs[finished], children[finished]));
    ++finished;
  };
  for (CompileJob &job : jobs) {
    FailureOr<Child> child = start(job, target, job.isPlain ? processor : machine, output);
    if (failed(child)) {
      job.kernel.emitError() << "cannot start a process to compile this kernel";
      succeeded = false;
      break;
    }
    children.push_back(std::move(*child));
    if (children.size() - finished >= std::max(processes, 1u))
      finishOne();
  }
  while (finished < children.size())
    finishOne();
  return success(succeeded);
}

} // namespace bmc::codegen
