// lld in this process, and the files that it reads and writes.
#ifndef BMC_CODEGEN_LINK_LLD_H
#define BMC_CODEGEN_LINK_LLD_H

#include "codegen/Target.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace bmc::codegen {

/// A folder of its own for the objects, gone when the link is over.
class TemporaryFolder {
public:
  static llvm::Expected<TemporaryFolder> create();
  TemporaryFolder(TemporaryFolder &&other) : path(other.path) { other.path.clear(); }
  ~TemporaryFolder();

  /// The path of a file with that content.
  llvm::Expected<std::string> write(const llvm::Twine &name, llvm::StringRef content);
  /// Files `0.o`, `1.o`, ...; their paths are appended.
  llvm::Error writeObjects(llvm::ArrayRef<std::string> objects, std::vector<std::string> &paths);
  /// The path of a file that is not there yet.
  std::string file(const llvm::Twine &name) const;

private:
  TemporaryFolder() = default;
  llvm::SmallString<128> path;
};

/// Appends the paths of files of the target's folder, share/bmc/<triple>; an option is itself.
llvm::Error appendResources(std::vector<std::string> &arguments, const Target &target, llvm::StringRef shareDirectory,
                            llvm::ArrayRef<std::string> names);

/// `arguments` without the program's name.
llvm::Error runLld(llvm::ArrayRef<std::string> arguments);

/// The same with an output, which is written whole or not at all.
llvm::Error runLld(std::vector<std::string> arguments, llvm::StringRef output);

/// Lets `write` make a file of another name and gives it the output's name if that succeeds.
llvm::Error writeWhole(llvm::StringRef output, llvm::function_ref<llvm::Error(llvm::StringRef temporary)> write);

} // namespace bmc::codegen

#endif
