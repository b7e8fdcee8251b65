// Files and what they declare. Names are found in the file itself, then in what it imports, then in the library.
#pragma once

#include "Object.h"
#include "frontend/syntax/Diagnostics.h"

#include <functional>
#include <memory>

namespace bmc::frontend {

struct Module {
  File file;
  std::map<std::string, const Declaration *> declarations;
  std::vector<const Module *> imports; // not those of its imports
};

class Modules {
public:
  Modules(SourceManager &sources, Diagnostics &diagnostics, std::vector<std::string> includeDirs,
          std::string libraryDir)
      : sources(sources), diagnostics(diagnostics), includeDirs(std::move(includeDirs)),
        libraryDir(std::move(libraryDir)) {}

  /// The model file with all its imports, or null after an error was reported.
  const Module *load(const std::string &path);
  /// All files of the library; false after an error.
  bool loadLibrary();
  /// The model file and what it imports, without the library.
  std::vector<const Module *> ofUser() const;
  struct Found {
    const Declaration *decl = nullptr;
    const Module *module = nullptr;
  };
  /// What a name at file level means in a file.
  Found find(const Module &from, const std::string &name) const;
  /// All names that a file sees, for suggestions.
  std::vector<std::string> visibleNames(const Module &from) const;

private:
  const Module *loadFile(const std::string &path, std::optional<Range> importedAt);
  void declare(Module &module);
  void resolveImports(Module &module, const std::string &path);
  std::optional<std::string> locate(const Import &import, const std::string &importer) const;

  SourceManager &sources;
  Diagnostics &diagnostics;
  std::vector<std::string> includeDirs;
  std::string libraryDir;
  std::map<std::string, std::unique_ptr<Module>> modules; // by canonical path
  std::vector<std::string> loading;                       // canonical paths of the imports that are being followed
  std::vector<const Module *> library;
};

/// The candidate that was probably meant, if one is close.
std::optional<std::string> closest(const std::string &name, const std::vector<std::string> &candidates);
/// `; did you mean 'relu'?`, or nothing if no candidate is close.
std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates);

} // namespace bmc::frontend
