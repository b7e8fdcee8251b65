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

Error addObjects(TemporaryFiles &files, ArrayRef<std::string> objects, std::vector<std::string> &paths) {
  for (const std::string &object : objects) {
    Expected<std::string> path = files.add(object, ".o");
    if (!path)
      return path.takeError();
    paths.push_back(std::move(*path));
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
  return makeFile(output, [&](StringRef temporary) {
    arguments.insert(arguments.end(), {"-o", temporary.str()});
    return runLld(arguments);
  });
}

} // namespace bmc::codegen
