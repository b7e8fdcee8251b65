// See the header.
#include "tools/bmc/LoadedProgram.h"

#include "codegen/OutputFile.h"
#include "codegen/link/Link.h"
#include "tools/bmc/Files.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

using namespace llvm;

namespace bmc {

Error linkPlugin(const codegen::Target &target, std::vector<std::string> objects, const std::string &path) {
  return codegen::link({target, codegen::LinkKind::Plugin, std::move(objects), shareDirectory(), path});
}

Expected<LoadedProgram> LoadedProgram::load(const codegen::Target &target, std::vector<std::string> objects) {
  codegen::TemporaryFiles files;
  Expected<std::string> path = files.add("", ".so");
  if (!path)
    return path.takeError();
  if (Error error = linkPlugin(target, std::move(objects), *path))
    return std::move(error);
  return load(*path);
}

Expected<LoadedProgram> LoadedProgram::load(const std::string &path) {
  LoadedProgram loaded;
  loaded.handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded.handle)
    loaded.program = static_cast<const struct bmc_program *>(dlsym(loaded.handle, "bmc_program"));
  if (!loaded.program)
    return createStringError(StringRef("the compiled code cannot be loaded: ") + dlerror());
  return loaded;
}

LoadedProgram::~LoadedProgram() {
  if (handle)
    dlclose(handle);
}

AlignedMemory::AlignedMemory(int64_t least)
    : bytes((std::max<int64_t>(least, 1) + 63) / 64 * 64), memory(std::aligned_alloc(64, bytes)) {
  std::memset(memory, 0xa5, bytes); // what nobody writes shows
}

AlignedMemory::~AlignedMemory() { std::free(memory); }

} // namespace bmc
