// fuzz-models --count N [--seed S] [--keep FOLDER]: mutants S to S+N-1 of all model texts of the project are compiled
// to their plans, in child processes. What is found is printed, and kept in the folder. README.md says more.
#include "Children.h"
#include "Models.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace bmc::fuzz;

static int usage() {
  fprintf(stderr, "usage: fuzz-models --count N [--seed S] [--keep FOLDER], in the root of the project\n");
  return 2;
}

int main(int argc, char **argv) {
  unsigned count = 0, seed = 0;
  std::string keep;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!strcmp(argv[i], "--count"))
      count = strtoul(argv[i + 1], nullptr, 10);
    else if (!strcmp(argv[i], "--seed"))
      seed = strtoul(argv[i + 1], nullptr, 10);
    else if (!strcmp(argv[i], "--keep"))
      keep = argv[i + 1];
    else
      return usage();
  }
  if (count == 0 || argc % 2 == 0)
    return usage();

  std::vector<Text> texts = allTexts();
  auto folder = std::filesystem::temp_directory_path() / ("bmc-fuzz-" + std::to_string(getpid()));
  size_t found = 0;
  constexpr unsigned chunk = 1000; // what is found is said soon
  for (unsigned done = 0; done < count; done += chunk)
    for (const Finding &finding :
         runInChildren(seed + done, std::min(chunk, count - done), Limits(), [&](unsigned number) {
           bool isAccepted = false;
           return Mutant(number, texts, folder).compile(isAccepted);
         })) {
      ++found;
      Mutant mutant(finding.number, texts, folder);
      printf("mutant %u of %s %s\n", finding.number, mutant.origin().c_str(), finding.what.c_str());
      fflush(stdout);
      if (!keep.empty()) {
        std::filesystem::create_directories(keep);
        std::ofstream(keep + "/" + std::to_string(finding.number) + ".bm", std::ios::binary) << mutant.text();
      }
    }
  std::filesystem::remove_all(folder);
  printf("%u mutants of %zu texts, %zu findings\n", count, texts.size(), found);
  return found == 0 ? 0 : 1;
}
