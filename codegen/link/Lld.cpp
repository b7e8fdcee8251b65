// See the header.
#include "codegen/link/Lld.h"

#include "lld/Common/Driver.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

using namespace llvm;

namespace bmc::codegen {

// The temporary folder ------------------------------------------------------------------------------------------------

Expected<TemporaryFolder> TemporaryFolder::create() {
  TemporaryFolder folder;
  if (std::error_code error = sys::fs::createUniqueDirectory("bmc", folder.path))
    return createStringError(error, "cannot make a folder for temporary files: " + error.message());
  return folder;
}

TemporaryFolder::~TemporaryFolder() {
  if (!path.empty())
    sys::fs::remove_directories(path);
}

std::string TemporaryFolder::file(const Twine &name) const {
  SmallString<128> file = path;
  sys::path::append(file, name);
  return file.str().str();
}

Expected<std::string> TemporaryFolder::write(const Twine &name, StringRef content) {
  std::string written = file(name);
  std::error_code error;
  raw_fd_ostream stream(written, error);
  if (!error) {
    stream << content;
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (error)
    return createStringError(error, "cannot write " + written + ": " + error.message());
  return written;
}

Error TemporaryFolder::writeObjects(ArrayRef<std::string> objects, std::vector<std::string> &paths) {
  for (auto [number, object] : enumerate(objects)) {
    Expected<std::string> written = write(Twine(number) + ".o", object);
    if (!written)
      return written.takeError();
    paths.push_back(std::move(*written));
  }
  return Error::success();
}

// The target's files --------------------------------------------------------------------------------------------------

static Expected<std::string> resource(const Target &target, StringRef shareDirectory, StringRef name) {
  if (name.starts_with("-"))
    return name.str();
  SmallString<128> path(shareDirectory);
  sys::path::append(path, target.triple, name);
  if (!sys::fs::exists(path))
    return createStringError("this installation of bmc cannot link for " + target.triple + ": " + path + " is missing");
  return path.str().str();
}

Error appendResources(std::vector<std::string> &arguments, const Target &target, StringRef shareDirectory,
                      ArrayRef<std::string> names) {
  for (const std::string &name : names) {
    Expected<std::string> path = resource(target, shareDirectory, name);
    if (!path)
      return path.takeError();
    arguments.push_back(std::move(*path));
  }
  return Error::success();
}

// lld -----------------------------------------------------------------------------------------------------------------

Error runLld(ArrayRef<std::string> arguments) {
  std::vector<const char *> pointers = {"ld.lld"};
  for (const std::string &argument : arguments)
    pointers.push_back(argument.c_str());
  std::string messages;
  raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0)
    return Error::success();
  return createStringError("the linker failed: " + StringRef(messages).trim());
}

Error runLld(std::vector<std::string> arguments, StringRef output) {
  return writeWhole(output, [&](StringRef temporary) {
    arguments.insert(arguments.end(), {"-o", temporary.str()});
    return runLld(arguments);
  });
}

Error writeWhole(StringRef output, function_ref<Error(StringRef temporary)> write) {
  SmallString<128> temporary;
  if (std::error_code error = sys::fs::createUniqueFile(output + ".%%%%%%%%", temporary))
    return createStringError(error, "cannot write " + output + ": " + error.message());
  if (Error error = write(temporary)) {
    sys::fs::remove(temporary);
    return error;
  }
  if (std::error_code error = sys::fs::rename(temporary, output)) {
    sys::fs::remove(temporary);
    return createStringError(error, "cannot write " + output + ": " + error.message());
  }
  return Error::success();
}

} // namespace bmc::codegen
