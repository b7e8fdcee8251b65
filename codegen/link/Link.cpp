// See the header.
#include "codegen/link/Link.h"

#include "codegen/link/Lld.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace bmc::codegen {

// What stands around the objects on lld's command line. A musl program carries its C library; it relocates itself at
// its start, so that it can be loaded anywhere without a loader.
namespace {
struct LinkLine {
  std::vector<std::string> flags, before, after;
};
} // namespace

// glibc's, which loads a program.
static StringRef loaderOf(const Target &target) {
  switch (Triple(target.triple).getArch()) {
  case Triple::aarch64:
    return "/lib/ld-linux-aarch64.so.1";
  case Triple::arm:
    return "/lib/ld-linux-armhf.so.3";
  default:
    return "/lib64/ld-linux-x86-64.so.2";
  }
}

static LinkLine linkLine(const Target &target, LinkKind kind) {
  if (kind == LinkKind::Plugin)
    return {{"-shared", "-z", "now", "--gc-sections", "-s"}, {}, {"libbmc_model.a"}};
  if (kind == LinkKind::Object)
    return {{"-r"}, {}, {}};
  if (target.isMusl()) {
    LinkLine line = {{"-static", "-pie", "--no-dynamic-linker", "-e", "bmc_start", "-z", "pack-relative-relocs", "-z",
                      "relro", "-z", "now", "--gc-sections", "-s"},
                     {"rcrt1.o", "crti.o"},
                     {"libbmc_runtime.a", "libc.a"}};
    if (!Triple(target.triple).isX86())
      line.after.push_back("libgcc.a"); // for long doubles in the C library, and as below
    line.after.push_back("crtn.o");
    return line;
  }
  // A device's programs are made of the same runtime with the device's part compiled in.
  std::string runtime = target.hasDevice() ? "libbmc_device_runtime.a" : "libbmc_runtime.a";
  StringRef loader = loaderOf(target);
  LinkLine line = {
      {"-pie", "--dynamic-linker", loader.str(), "-z", "relro", "-z", "now", "--gc-sections", "-s"},
      {"Scrt1.o", "crti.o"},
      {runtime, "libm.so.6", "libc.so.6", "libc_nonshared.a", "--as-needed", sys::path::filename(loader).str()}};
  if (target.callsBuiltins())
    line.after.push_back("libgcc.a");
  line.after.push_back("crtn.o");
  return line;
}

Error link(const LinkJob &job) {
  LinkLine line = linkLine(job.target, job.kind);
  std::vector<std::string> arguments = line.flags;
  if (Error error = appendResources(arguments, job.target, job.shareDirectory, line.before))
    return error;
  for (const std::string &symbol : job.wanted)
    arguments.insert(arguments.end(), {"-u", symbol});
  TemporaryFiles files;
  if (Error error = addObjects(files, job.objects, arguments))
    return error;
  if (Error error = appendResources(arguments, job.target, job.shareDirectory, line.after))
    return error;
  return runLld(std::move(arguments), job.output);
}

} // namespace bmc::codegen
