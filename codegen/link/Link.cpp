// See the header.
#include "codegen/link/Link.h"

#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace bmc::codegen {

namespace {
/// A folder of its own for the objects, gone when the link is over.
class TemporaryFolder {
public:
  static Expected<TemporaryFolder> create() {
    TemporaryFolder folder;
    if (std::error_code error = sys::fs::createUniqueDirectory("bmc", folder.path))
      return createStringError(error, "cannot make a folder for temporary files: " + error.message());
    return folder;
  }
  TemporaryFolder(TemporaryFolder &&other) : path(other.path) { other.path.clear(); }
  ~TemporaryFolder() {
    if (!path.empty())
      sys::fs::remove_directories(path);
  }

  Expected<std::string> write(const Twine &name, StringRef content) {
    SmallString<128> file = path;
    sys::path::append(file, name);
    std::error_code error;
    raw_fd_ostream stream(file, error);
    if (!error) {
      stream << content;
      stream.close();
      error = stream.error();
      stream.clear_error();
    }
    if (error)
      return createStringError(error, "cannot write " + file + ": " + error.message());
    return file.str().str();
  }

private:
  TemporaryFolder() = default;
  SmallString<128> path;
};
} // namespace

// What stands around the objects on lld's command line. A musl program carries its C library; it relocates itself at
// its start, so that it can be loaded anywhere without a loader.
namespace {
struct LinkLine {
  std::vector<std::string> flags, before, after;
};
} // namespace

static LinkLine linkLine(const Target &target, LinkKind kind) {
  if (kind == LinkKind::Plugin)
    return {{"-shared", "-z", "now", "--gc-sections", "-s"}, {}, {}};
  if (kind == LinkKind::Object)
    return {{"-r"}, {}, {}};
  if (StringRef(target.triple).ends_with("musl")) {
    LinkLine line = {{"-static", "-pie", "--no-dynamic-linker", "-z", "relro", "-z", "now", "--gc-sections", "-s"},
                     {"rcrt1.o", "crti.o"},
                     {"libbmc_runtime.a", "libc.a"}};
    if (StringRef(target.triple).starts_with("aarch64"))
      line.after.push_back("libgcc.a"); // long double arithmetic in the C library
    line.after.push_back("crtn.o");
    return line;
  }
  return {
      {"-pie", "--dynamic-linker", "/lib64/ld-linux-x86-64.so.2", "-z", "relro", "-z", "now", "--gc-sections", "-s"},
      {"Scrt1.o", "crti.o"},
      {"libbmc_runtime.a", "libm.so.6", "libc.so.6", "libc_nonshared.a", "--as-needed", "ld-linux-x86-64.so.2",
       "crtn.o"}};
}

// The path of a file of the target; an option is itself.
static Expected<std::string> resource(const LinkJob &job, StringRef name) {
  if (name.starts_with("-"))
    return name.str();
  SmallString<128> path(job.shareDirectory);
  sys::path::append(path, job.target.triple, name);
  if (!sys::fs::exists(path))
    return createStringError("this installation of bmc cannot link programs for " + job.target.triple + ": " + path +
                             " is missing");
  return path.str().str();
}

static Error append(std::vector<std::string> &arguments, const LinkJob &job, ArrayRef<std::string> names) {
  for (const std::string &name : names) {
    Expected<std::string> path = resource(job, name);
    if (!path)
      return path.takeError();
    arguments.push_back(std::move(*path));
  }
  return Error::success();
}

static Error runLinker(ArrayRef<std::string> arguments) {
  std::vector<const char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string messages;
  raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0)
    return Error::success();
  return createStringError("the linker failed: " + StringRef(messages).trim());
}

// The output appears under its name only when it is whole.
static Error linkTo(const LinkJob &job, std::vector<std::string> arguments) {
  SmallString<128> temporary;
  if (std::error_code error = sys::fs::createUniqueFile(job.output + ".%%%%%%%%", temporary))
    return createStringError(error, "cannot write " + job.output + ": " + error.message());
  arguments.insert(arguments.end(), {"-o", temporary.str().str()});
  if (Error error = runLinker(arguments)) {
    sys::fs::remove(temporary);
    return error;
  }
  if (std::error_code error = sys::fs::rename(temporary, job.output)) {
    sys::fs::remove(temporary);
    return createStringError(error, "cannot write " + job.output + ": " + error.message());
  }
  return Error::success();
}

Error link(const LinkJob &job) {
  LinkLine line = linkLine(job.target, job.kind);
  std::vector<std::string> arguments = {"ld.lld"};
  arguments.insert(arguments.end(), line.flags.begin(), line.flags.end());
  if (Error error = append(arguments, job, line.before))
    return error;
  Expected<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder)
    return folder.takeError();
  for (auto [number, object] : enumerate(job.objects)) {
    Expected<std::string> path = folder->write(Twine(number) + ".o", object);
    if (!path)
      return path.takeError();
    arguments.push_back(std::move(*path));
  }
  if (Error error = append(arguments, job, line.after))
    return error;
  return linkTo(job, std::move(arguments));
}

} // namespace bmc::codegen
