// bmc: compiles a model file into a program. What each step does is in the libraries; see docs/architecture.md.
#include "tools/bmc/Crash.h"
#include "tools/bmc/Driver.h"
#include "tools/bmc/Report.h"

int main(int argc, char **argv) {
  bmc::reportCrashes();
  llvm::Expected<bmc::Options> options = bmc::parseCommandLine({argv + 1, argv + argc});
  if (!options) {
    bmc::printError(llvm::toString(options.takeError()) + "; see bmc --help", /*json=*/false);
    return bmc::ExitBadCommandLine;
  }
  if (options->help)
    bmc::printHelp(llvm::outs());
  else if (options->version)
    bmc::printVersion(llvm::outs());
  else
    return bmc::compile(*options);
  return bmc::ExitDone;
}
