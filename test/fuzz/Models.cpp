// See the header.
#include "Models.h"
#include "Calls.h"
#include "Mutator.h"
#include "frontend/Frontend.h"
#include "passes/Pipeline.h"
#include "test/unit/frontend/Compile.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/Pass/PassManager.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace fs = std::filesystem;

namespace bmc::fuzz {

static const fs::path libraryFolder = BMC_TEST_LIBRARY;

static std::string read(const fs::path &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

static void addFiles(std::vector<Text> &texts, const fs::path &folder, bool isLibrary) {
  std::vector<fs::path> paths;
  for (const auto &entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".bm")
      paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const fs::path &path : paths)
    texts.push_back({path.string(), read(path), isLibrary});
}

static void addBlocks(std::vector<Text> &texts, const std::string &page) {
  std::ifstream file(page);
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line == "```bm")
      texts.push_back({page + ":" + std::to_string(number), ""});
    else if (inside && line != "```")
      texts.back().text += line + "\n";
    inside = line == "```bm" || (inside && line != "```");
  }
}

std::vector<Text> allTexts() {
  std::vector<Text> texts;
  addFiles(texts, "examples", false);
  for (const char *page : {"docs/language.md", "docs/from-pytorch.md", "docs/training.md", "docs/embedding.md"})
    addBlocks(texts, page);
  for (Text &text : texts)
    if (text.text.find("network ") == std::string::npos)
      text.text += "network Any { forward(x: f32[N, 3]) { return x } }\n";
  addFiles(texts, libraryFolder, true);
  return texts;
}

/// A library of links but for one file.
static void makeLibrary(const fs::path &folder, const fs::path &changed, const std::string &text) {
  fs::create_directories(folder);
  for (const auto &entry : fs::directory_iterator(libraryFolder))
    if (entry.path().filename() != changed)
      fs::create_symlink(fs::canonical(entry.path()), folder / entry.path().filename());
  std::ofstream(folder / changed, std::ios::binary) << text;
}

static const std::vector<std::string> &callables(const std::vector<Text> &texts) {
  static const std::vector<std::string> names = [&] {
    std::vector<std::string> library;
    for (const Text &text : texts)
      if (text.isLibrary)
        library.push_back(text.text);
    return callableNames(library);
  }();
  return names;
}

Mutant::Mutant(unsigned number, const std::vector<Text> &texts, std::string where)
    : folder(std::move(where)), file(folder + "/mutant.bm"), library(libraryFolder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::vector<std::string> others;
  for (const Text &text : texts)
    others.push_back(text.text);
  Mutator mutator(number, others);
  if (number % 8 == 7) {
    originText = "a call";
    mutated = networkThatCalls(callables(texts), mutator);
    std::ofstream(file, std::ios::binary) << mutated;
    return;
  }
  const Text &original = texts[mutator.below(texts.size())];
  mutated = mutator.mutate(original.text);
  originText = original.origin;
  if (original.isLibrary) {
    library = folder + "/std";
    makeLibrary(library, fs::path(original.origin).filename(), mutated);
    const Text *model = &original;
    while (model->isLibrary)
      model = &texts[mutator.below(texts.size())];
    originText += " beside " + model->origin;
    std::ofstream(file, std::ios::binary) << model->text;
  } else {
    std::ofstream(file, std::ios::binary) << mutated;
  }
}

Mutant::~Mutant() { fs::remove_all(folder); }

static const char *const target = "#bm.target<triple = \"x86_64-linux-musl\", cpu = \"haswell\", vectorBits = 256, "
                                  "vectorRegisters = 16>";

std::string Mutant::compile(bool &isAccepted) const {
  frontend::SourceManager sources;
  frontend::Diagnostics diagnostics(sources);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  frontend::DiagnosticBridge bridge(context, sources, diagnostics, /*isIr=*/false);
  frontend::Options options;
  options.file = file;
  options.libraryDir = library;
  auto module = frontend::compileToModule(context, sources, options, diagnostics);
  isAccepted = bool(module);
  if (module) {
    (*module)->setAttr("bm.target", mlir::parseAttribute(target, &context));
    mlir::PassManager passes(&context);
    buildPipeline(passes, Stage::Plan);
    isAccepted = mlir::succeeded(passes.run(*module));
  }
  std::ostringstream stream;
  diagnostics.print(stream);
  std::string said = stream.str();
  if (isAccepted != said.empty())
    return isAccepted ? "is accepted, with errors:\n" + said : "is refused without an error";
  if (isAccepted)
    return "";
  if (said.rfind(file + ":", 0) != 0 && said.rfind(library, 0) != 0)
    return "has an error without a place:\n" + said;
  std::string word = foreignWord(said); // the text itself may have such a word
  return word.empty() || mutated.find(word) != std::string::npos ? "" : "has an error about '" + word + "':\n" + said;
}

} // namespace bmc::fuzz
