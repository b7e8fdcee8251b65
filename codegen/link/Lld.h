// lld in this process, and the files that it reads and writes.
#ifndef BMC_CODEGEN_LINK_LLD_H
#define BMC_CODEGEN_LINK_LLD_H

#include "codegen/OutputFile.h"
#include "codegen/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bmc::codegen {

/// Objects as files, for lld to read; their paths are appended.
llvm::Error addObjects(TemporaryFiles &files, llvm::ArrayRef<std::string> objects, std::vector<std::string> &paths);

/// Appends the paths of files of the target's folder, share/bmc/<triple>; an option is itself.
llvm::Error appendResources(std::vector<std::string> &arguments, const Target &target, llvm::StringRef shareDirectory,
                            llvm::ArrayRef<std::string> names);

/// `arguments` without the program's name.
llvm::Error runLld(llvm::ArrayRef<std::string> arguments);

/// The same with an output that appears under its name only when it is whole.
llvm::Error runLld(std::vector<std::string> arguments, llvm::StringRef output);

} // namespace bmc::codegen

#endif
