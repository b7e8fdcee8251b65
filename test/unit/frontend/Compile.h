// Compiles a model text for the tests.
#pragma once

#include "frontend/Frontend.h"

#include <filesystem>
#include <fstream>
#include <sstream>

struct Compiled {
  std::string module;      // empty after an error
  std::string diagnostics; // places begin with "t.bm:"
};

/// A word of a message that belongs to MLIR, LLVM or Halide and not to the language, or nothing.
inline std::string foreignWord(const std::string &message) {
  for (const char *word : {"mlir", "MLIR", "llvm", "LLVM", "halide", "Halide", "tensor<", "'bm.", "func.", "operand #",
                           "terminator", "region", "dialect", "SSA", "RankedTensor", "internal error"})
    if (message.find(word) != std::string::npos)
      return word;
  return "";
}

/// `includeDirs` are folders beside the model file.
inline Compiled compileText(const std::string &text, std::map<std::string, int64_t> bindings = {},
                            const std::map<std::string, std::string> &otherFiles = {},
                            const std::vector<std::string> &includeDirs = {}) {
  namespace fs = std::filesystem;
  static int count = 0;
  fs::path folder =
      fs::temp_directory_path() / ("bmc-frontend-test-" + std::to_string(getpid()) + "-" + std::to_string(count++));
  fs::create_directories(folder);
  std::ofstream(folder / "t.bm") << text;
  for (auto &[name, content] : otherFiles) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << content;
  }

  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics(sources);
  mlir::MLIRContext context;
  bmc::frontend::Options options;
  options.file = (folder / "t.bm").string();
  options.libraryDir = BMC_TEST_LIBRARY;
  options.bindings = std::move(bindings);
  for (const std::string &name : includeDirs)
    options.includeDirs.push_back((folder / name).string());
  Compiled result;
  if (auto module = bmc::frontend::compileToModule(context, sources, options, diagnostics)) {
    llvm::raw_string_ostream stream(result.module);
    module->print(stream);
  }
  std::ostringstream errors;
  diagnostics.print(errors);
  result.diagnostics = errors.str();
  std::string prefix = folder.string() + "/";
  for (size_t at; (at = result.diagnostics.find(prefix)) != std::string::npos;)
    result.diagnostics.erase(at, prefix.size());
  fs::remove_all(folder);
  return result;
}
