// Model files that were right until somebody changed a few bytes, words or lines: whatever comes out, it is a plan or
// an error with its place, never a crash. The numbers of the mutants are fixed; test/fuzz/README.md says how to try
// others.
#include "test/fuzz/Children.h"
#include "test/fuzz/Models.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace bmc::fuzz;

namespace {

TEST(Mutants, GiveAPlanOrAnErrorWithItsPlace) {
  std::vector<Text> texts = allTexts();
  ASSERT_GT(texts.size(), 60u);
  constexpr unsigned count = 400;
  auto folder = std::filesystem::temp_directory_path() / ("bmc-mutants-" + std::to_string(getpid()));
  for (const Finding &finding : runInChildren(0, count, Limits(), [&](unsigned number) {
         bool isAccepted = false;
         return Mutant(number, texts, folder).compile(isAccepted);
       }))
    ADD_FAILURE() << "mutant " << finding.number << " " << finding.what << "\n"
                  << Mutant(finding.number, texts, folder).text();
  std::filesystem::remove_all(folder);
}

// Else they say little about what lies behind the parser.
TEST(Mutants, AreOftenAccepted) {
  std::vector<Text> texts = allTexts();
  auto folder = std::filesystem::temp_directory_path() / ("bmc-mutants-" + std::to_string(getpid()));
  unsigned accepted = 0;
  for (unsigned number = 0; number < 150; ++number) {
    bool isAccepted = false;
    Mutant(number, texts, folder).compile(isAccepted);
    accepted += isAccepted;
  }
  EXPECT_GT(accepted, 8u);
}

// What the checks above rest on.
TEST(Children, NameWhatCrashesHangsOrTakesMemory) {
  Limits limits{/*seconds=*/1, /*bytes=*/size_t(1) << 30};
  auto findings = runInChildren(10, 250, limits, [](unsigned number) -> std::string {
    if (number == 12)
      abort();
    if (number == 14)
      return "is wrong";
    if (number == 15)
      for (volatile int i = 0;;)
        i = i + 1;
    if (number == 16)
      return std::string(size_t(2) << 30, ' ');
    if (number == 230)
      _exit(7);
    return "";
  });
  std::string said;
  for (const Finding &finding : findings)
    said += std::to_string(finding.number) + " " + finding.what + "; ";
  EXPECT_EQ(said, "12 crashes: Aborted; 14 is wrong; 15 takes more than 1 seconds of the processor; "
                  "16 crashes: Aborted; 230 ended the process with exit code 7; ");
}

} // namespace
