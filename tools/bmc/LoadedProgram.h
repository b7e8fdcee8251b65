// Compiled code in this process: linked into a shared object and loaded, and memory for what it works on.
#ifndef BMC_TOOLS_BMC_LOADED_PROGRAM_H
#define BMC_TOOLS_BMC_LOADED_PROGRAM_H

#include "codegen/Target.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

struct bmc_program;

namespace bmc {

/// Links objects into a shared object of the compiled code alone.
llvm::Error linkPlugin(const codegen::Target &target, std::vector<std::string> objects, const std::string &path);

/// A program whose file may go as soon as it is loaded. Its parallel loops run on the runtime's thread pool, linked
/// into bmc.
class LoadedProgram {
public:
  static llvm::Expected<LoadedProgram> load(const codegen::Target &target, std::vector<std::string> objects);
  /// The same of a file that `linkPlugin` has made.
  static llvm::Expected<LoadedProgram> load(const std::string &path);
  LoadedProgram(LoadedProgram &&other) : handle(std::exchange(other.handle, nullptr)), program(other.program) {}
  ~LoadedProgram();
  const struct bmc_program &table() const { return *program; }

private:
  LoadedProgram() = default;
  void *handle = nullptr;
  const struct bmc_program *program = nullptr;
};

/// Memory for one tensor, aligned as compiled code expects.
class AlignedMemory {
public:
  explicit AlignedMemory(int64_t least);
  AlignedMemory(AlignedMemory &&other) : bytes(other.bytes), memory(std::exchange(other.memory, nullptr)) {}
  ~AlignedMemory();
  void *data() const { return memory; }

private:
  int64_t bytes;
  void *memory;
};

} // namespace bmc

#endif
