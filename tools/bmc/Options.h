// What bmc is asked to do, and how the command line says so.
#ifndef BMC_TOOLS_BMC_OPTIONS_H
#define BMC_TOOLS_BMC_OPTIONS_H

#include "passes/Pipeline.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace bmc {

/// Exit codes, the same as compiled programs'.
enum ExitCode { ExitDone = 0, ExitBadInput = 1, ExitBadCommandLine = 2, ExitCannot = 3 };

/// What comes out: a stage of the module, or one of these.
enum class Output { Ast, Module, Llvm, Halide, Assembly, Object, Program, StaticModel, Library, SharedLibrary };

struct Emit {
  Output output = Output::Program;
  Stage stage = Stage::Plan; // for Output::Module
  bool isText() const { return output <= Output::Assembly; }
  bool isLibrary() const { return output >= Output::Library; }
};

struct Options {
  std::string input;
  std::string output; // empty: made from the input's name, or standard output for text
  Emit emit;
  std::string depfile;     // empty: none
  std::string target, cpu; // empty: this machine
  std::string gpu;         // empty: the usual one
  bool isDynamic = false;
  // Of a model without a heap:
  bool hasHeap = true;
  int64_t batch = 0, rows = 0; // of a training step, and of a prediction; 0: the model file's, and 1
  std::string weights;         // compiled in; empty: none
  bool predictsOnly = false;
  std::map<std::string, int64_t> bindings;
  std::vector<std::string> includeDirs;
  unsigned optimization = usualOptimization;
  unsigned jobs = 0; // 0: one for each processor
  std::string cacheDirectory;
  bool hasCache = true;
  bool selftest = true;
  std::set<std::string> parts; // what a program has beside the usual verbs
  std::string tuning;          // the file of tuning records; empty: the model file's name with `.tune`
  bool hasTuning = true;
  bool tune = false;
  double tuneSeconds = 60; // for all of the measurements
  int64_t tuneRows = 0;    // what open extents are then; 0: the program's batch
  bool check = false, explain = false, json = false, timePasses = false, help = false, version = false;
};

/// Reads the command line; the error says what is wrong with it.
llvm::Expected<Options> parseCommandLine(llvm::ArrayRef<const char *> arguments);

void printHelp(llvm::raw_ostream &out);
void printVersion(llvm::raw_ostream &out);

} // namespace bmc

#endif
