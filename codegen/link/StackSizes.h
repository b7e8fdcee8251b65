// How much stack the functions of an object need, from what the compiler says of each (the sections `.stack_sizes`) and
// from who calls whom (the relocations of code).
#ifndef BMC_CODEGEN_LINK_STACK_SIZES_H
#define BMC_CODEGEN_LINK_STACK_SIZES_H

#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace bmc::codegen {

/// A function on the way that needs most, with the bytes of its own frame.
struct StackFrame {
  std::string function;
  uint64_t bytes = 0;
};

struct StackDemand {
  std::string function;           // that a program calls
  std::optional<uint64_t> bytes;  // with all that it calls; none where functions call themselves
  std::vector<StackFrame> frames; // from the function on, those that need some
};

/// The demands of the exported functions of an object whose functions have sections of their own. What it calls of
/// others does not count.
llvm::Expected<std::vector<StackDemand>> stackDemands(llvm::StringRef object, llvm::ArrayRef<std::string> exported);

} // namespace bmc::codegen

#endif
