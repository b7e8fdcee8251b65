// bmc: compiles a model file into a program.
#include "tools/bmc/CommandLine.h"
#include "tools/bmc/Compilation.h"

#include "llvm/Support/FileSystem.h"

int main(int argc, char **argv) {
  int exitCode = bmc::driver::Done;
  auto line = bmc::driver::parseCommandLine({argv + 1, argv + argc}, exitCode);
  if (!line)
    return exitCode;
  std::string executable = llvm::sys::fs::getMainExecutable(argv[0], reinterpret_cast<void *>(&main));
  return bmc::driver::compile(*line, executable);
}
