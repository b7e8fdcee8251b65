// Model files that were right until somebody changed a few bytes or words: whatever comes out, it is a module that the
// passes accept or an error with a place, never a crash. The seeds are fixed. More mutants, from another seed on:
//
//     BMC_MUTANTS=30000 BMC_SEED=1000 BMC_MUTANT=/tmp/mutant.bm test/frontend-tests --gtest_filter='Mutants.*'
//
// BMC_MUTANT keeps the text that is being compiled, for the case that it is the last one.
#include "Compile.h"
#include "passes/Pipeline.h"

#include "mlir/Pass/PassManager.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

namespace {

using Words = std::vector<std::string>;

/// The words, numbers and signs of a text, each with the blanks behind it.
Words split(const std::string &text) {
  auto kind = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' ? 1 : std::isspace(c) ? 2 : 0;
  };
  Words words;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    while (kind(text[i]) == 1 && end < text.size() && kind(text[end]) == 1)
      ++end;
    while (end < text.size() && kind(text[end]) == 2)
      ++end;
    words.push_back(text.substr(i, end - i));
    i = end;
  }
  return words;
}

std::string join(const Words &words) {
  std::string text;
  for (const std::string &word : words)
    text += word;
  return text;
}

const Words extremes = {"0 ",
                        "1 ",
                        "-1 ",
                        "9223372036854775807 ",
                        "1000000000000 ",
                        "0.5 ",
                        "1e308 ",
                        "nan ",
                        "inf ",
                        "[] ",
                        "() ",
                        "x ",
                        "N ",
                        "training ",
                        "\"\" ",
                        "{a = 1} ",
                        "all ",
                        "..",
                        "-> ",
                        "if ",
                        "for i in 0..3 {",
                        "} ",
                        "return ",
                        "let ",
                        "scan ",
                        "@ ",
                        "^ ",
                        "% ",
                        "f32 ",
                        "i32[N] ",
                        "grad(",
                        "sum(",
                        "require ",
                        "\n"};

class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}

  std::string mutate(const std::string &text) {
    if (below(3) == 0)
      return mutateBytes(text);
    Words words = split(text);
    for (unsigned i = 0, changes = 1 + below(2); i < changes && !words.empty(); ++i)
      mutateWord(words);
    return join(words);
  }

private:
  size_t below(size_t bound) { return std::uniform_int_distribution<size_t>(0, bound - 1)(random); }

  void mutateWord(Words &words) {
    size_t at = below(words.size()), other = below(words.size());
    switch (below(6)) {
    case 0:
      words.erase(words.begin() + at);
      break;
    case 1:
      words.insert(words.begin() + at, std::string(words[other]));
      break;
    case 2:
      std::swap(words[at], words[other]);
      break;
    case 3:
      words[at] = words[other];
      break;
    case 4:
      words[at] = extremes[below(extremes.size())];
      break;
    default:
      words.insert(words.begin() + at, extremes[below(extremes.size())]);
    }
  }

  std::string mutateBytes(std::string text) {
    for (unsigned i = 0, changes = 1 + below(2); i < changes && !text.empty(); ++i) {
      size_t at = below(text.size());
      if (below(2))
        text[at] = static_cast<char>(below(256));
      else
        text.erase(at, 1 + below(8));
    }
    return text;
  }

  std::mt19937 random;
};

/// All models that the project shows.
std::vector<std::string> models() {
  std::vector<std::string> texts;
  for (const auto &entry : std::filesystem::directory_iterator("examples"))
    if (entry.path().extension() == ".bm") {
      std::ifstream file(entry.path());
      texts.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
  std::sort(texts.begin(), texts.end());
  std::ifstream page("docs/language.md");
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line == "```bm")
      texts.emplace_back();
    else if (inside && line != "```")
      texts.back() += line + "\n";
    inside = line == "```bm" || (inside && line != "```");
  }
  for (std::string &text : texts)
    if (text.find("network ") == std::string::npos)
      text += "network Any { forward(x: f32[N, 3]) { return x } }\n";
  return texts;
}

/// What bmc says; empty if the passes made a plan of it.
std::string compileToPlan(const std::string &file) {
  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics(sources);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  bmc::frontend::DiagnosticBridge bridge(context, sources, diagnostics, /*isIr=*/false);
  bmc::frontend::Options options;
  options.file = file;
  options.libraryDir = BMC_TEST_LIBRARY;
  auto module = bmc::frontend::compileToModule(context, sources, options, diagnostics);
  if (module) {
    mlir::PassManager passes(&context);
    bmc::buildPipeline(passes, bmc::Stage::Grad);
    bool isDone = mlir::succeeded(passes.run(*module));
    EXPECT_TRUE(isDone || diagnostics.hasErrors());
  }
  EXPECT_TRUE(module || diagnostics.hasErrors());
  std::ostringstream text;
  diagnostics.print(text);
  return text.str();
}

unsigned numberFrom(const char *variable, unsigned otherwise) {
  const char *text = std::getenv(variable);
  return text ? std::atoi(text) : otherwise;
}

TEST(Mutants, GiveAModuleOrAnErrorWithItsPlace) {
  auto texts = models();
  ASSERT_GT(texts.size(), 15u);
  std::string file = std::filesystem::temp_directory_path() / ("bmc-mutant-" + std::to_string(getpid()) + ".bm");
  if (const char *kept = std::getenv("BMC_MUTANT"))
    file = kept;
  unsigned first = numberFrom("BMC_SEED", 0), count = numberFrom("BMC_MUTANTS", 300), good = 0;
  for (unsigned seed = first; seed < first + count; ++seed) {
    std::string text = Mutator(seed).mutate(texts[seed % texts.size()]);
    std::ofstream(file, std::ios::binary) << text;
    std::string found = compileToPlan(file);
    good += found.empty();
    bool hasPlace = found.empty() || found.find(file + ":") == 0 || found.find(BMC_TEST_LIBRARY) == 0;
    EXPECT_TRUE(hasPlace) << "seed " << seed << ":\n" << found << "\nof:\n" << text;
    EXPECT_EQ(found.find("internal error"), std::string::npos) << "seed " << seed << ":\n"
                                                               << found << "\nof:\n"
                                                               << text;
    // The text itself may have such a word.
    EXPECT_TRUE(foreignWord(found).empty() || !foreignWord(text).empty()) << foreignWord(found) << " in:\n" << found;
    if (HasFailure() && count <= 300)
      break;
  }
  EXPECT_GT(good, count / 20); // else the mutants say little about what lies behind the parser
  if (!std::getenv("BMC_MUTANT"))
    std::filesystem::remove(file);
}

} // namespace
