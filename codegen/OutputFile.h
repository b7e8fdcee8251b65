// Outputs that appear under their name whole or not at all. They are written under a temporary name beside it, which is
// removed when the writing fails and when a signal ends bmc.
#ifndef BMC_CODEGEN_OUTPUT_FILE_H
#define BMC_CODEGEN_OUTPUT_FILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace bmc::codegen {

/// Makes a whole file, or none. `write` gets the name of an empty temporary file.
llvm::Error makeFile(llvm::StringRef path, llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write);

/// The same for a content that is there.
llvm::Error makeFile(llvm::StringRef path, llvm::StringRef content);

/// Files for the time of a step, such as a link: in the system's folder for such files, gone with this object and when
/// a signal ends bmc.
class TemporaryFiles {
public:
  TemporaryFiles();
  ~TemporaryFiles();
  /// The path of a new file with that content; the name ends in `ending`.
  llvm::Expected<std::string> add(llvm::StringRef content, llvm::StringRef ending);

private:
  struct Files;
  std::unique_ptr<Files> files;
};

} // namespace bmc::codegen

#endif
