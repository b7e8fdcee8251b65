// Mutants of all model texts that the project has, and what the compiler makes of them.
#pragma once

#include <string>
#include <vector>

namespace bmc::fuzz {

struct Text {
  std::string origin; // a file, and the line in it
  std::string text;
  bool isLibrary = false;
};

/// The examples, the code blocks of the pages, and the files of the library.
std::vector<Text> allTexts();

/// A mutant's files in a folder: `mutant.bm`, and a library if it is the library that was changed.
class Mutant {
public:
  Mutant(unsigned number, const std::vector<Text> &texts, std::string folder);
  ~Mutant();

  /// What is wrong with what the compiler makes of it, a plan or an error with its place; nothing if all is well.
  std::string compile(bool &isAccepted) const;
  /// Everything to see a finding again.
  std::string text() const { return mutated; }
  std::string origin() const { return originText; }

private:
  std::string folder, file, library, originText, mutated;
};

} // namespace bmc::fuzz
