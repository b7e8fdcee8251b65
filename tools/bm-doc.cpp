// bm-doc: makes the generated parts of docs/language.md anew, in place. A test compares them with what this would
// write.
#include "frontend/Reference.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <fstream>
#include <iostream>
#include <sstream>

int main(int argc, char **argv) {
  if (argc != 3) {
    std::cerr << "usage: bm-doc docs/language.md frontend/std\n";
    return 2;
  }
  std::ostringstream page;
  page << std::ifstream(argv[1]).rdbuf();
  mlir::MLIRContext context;
  std::string error;
  auto renewed = bmc::frontend::renewReference(context, page.str(), argv[2], error);
  if (!renewed) {
    std::cerr << "bm-doc: error: " << error << "\n";
    return 1;
  }
  std::ofstream(argv[1]) << *renewed;
  return 0;
}
