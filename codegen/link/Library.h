// Objects and the runtime's library part to a library that other programs link or load. It exports one object,
// `struct bmc_library PREFIX_library` (runtime/include/bmc/model.h); every other symbol of it is local, so that any
// number of such libraries go into one program.
#ifndef BMC_CODEGEN_LINK_LIBRARY_H
#define BMC_CODEGEN_LINK_LIBRARY_H

#include "codegen/Target.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bmc::codegen {

enum class LibraryKind { Static, Shared };

struct LibraryJob {
  Target target;
  LibraryKind kind = LibraryKind::Static;
  std::string prefix;               // a C identifier
  std::vector<std::string> objects; // ELF files' contents
  std::string shareDirectory;       // share/bmc
  std::string output;
};

/// Writes the output whole or not at all.
llvm::Error linkLibrary(const LibraryJob &job);

/// The code of a model without a heap, and the symbols that it exports.
struct StaticObjectJob {
  Target target;
  std::string object; // an ELF file's content
  std::vector<std::string> exported;
  std::string shareDirectory;
};

/// One relocatable object with all that the code needs but memcpy, memset and memmove; other symbols of it are local.
llvm::Expected<std::string> linkStaticObject(const StaticObjectJob &job);

} // namespace bmc::codegen

#endif
