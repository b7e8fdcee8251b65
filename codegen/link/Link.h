// Objects and the runtime to a program, by lld in this process: no compiler and no linker is needed on the machine.
// What a target's programs are linked with is in one folder, share/bmc/<triple>.
#ifndef BMC_CODEGEN_LINK_LINK_H
#define BMC_CODEGEN_LINK_LINK_H

#include "codegen/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace bmc::codegen {

enum class LinkKind {
  Program, // static where the target is musl, dynamic where it is glibc
  Object,  // one object of all objects
  Plugin   // a shared object of the compiled code and what runs it, for this process to load
};

struct LinkJob {
  Target target;
  LinkKind kind = LinkKind::Program;
  std::vector<std::string> objects; // ELF files' contents
  std::string shareDirectory;       // share/bmc
  std::string output;
  std::vector<std::string> wanted = {}; // symbols of the runtime that nothing names, but the program shall have
};

/// Writes the output whole or not at all. A failure says whether the output, the resources or the objects are at fault.
llvm::Error link(const LinkJob &job);

} // namespace bmc::codegen

#endif
