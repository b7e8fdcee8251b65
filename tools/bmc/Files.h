// Files and folders: where bmc's own resources are, where its cache is, and outputs that appear whole or not at all.
#ifndef BMC_TOOLS_BMC_FILES_H
#define BMC_TOOLS_BMC_FILES_H

#include "tools/bmc/Options.h"

namespace bmc {

/// share/bmc of this installation: beside the folder of the running program.
std::string shareDirectory();

/// The folder of compiled kernels; empty if there is to be none.
std::string cacheDirectory(const Options &options);

/// Where the output goes: as the command line says, or the input's stem in the current folder; "-" for text.
std::string outputPath(const Options &options);

/// What a library is called by others: its output's name without `lib` in front and the ending.
std::string libraryName(const Options &options);
/// What a model without a heap is called: its outputs' name without an ending.
std::string staticName(const Options &options);
/// The C header of a library or of such a model, beside it.
std::string headerPath(const Options &options);

/// Where tuning records are: as the command line says, or beside the model file.
std::string tuningPath(const Options &options);

/// Whether a file can be made under that name: not over the input, nor over a folder or a device.
llvm::Error checkOutput(const Options &options);

/// A rule of make: the output depends on the files. What make reads as more than a name is escaped.
std::string dependencyRule(llvm::StringRef output, llvm::ArrayRef<std::string> files);

/// Writes a whole file, or none. "-" is standard output.
llvm::Error writeOutput(llvm::StringRef path, llvm::StringRef content);

} // namespace bmc

#endif
