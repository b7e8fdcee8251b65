// See the header.
#include "tools/bmc/Explain.h"

#include "tools/bmc/Files.h"

using namespace llvm;

namespace bmc {

Error explain(Compilation &compilation) {
  std::string text;
  raw_string_ostream out(text);
  KernelReport report(*compilation.module, compilation.target);
  (compilation.options.json ? printExplanationAsJson : printExplanation)(report, compilation.target, out);
  return writeOutput("-", text);
}

} // namespace bmc
