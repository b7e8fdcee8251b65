// Reads files and follows imports.
#include "Module.h"
#include "frontend/syntax/Parser.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fs = std::filesystem;

namespace bmc::frontend {

static constexpr size_t deepestImports = 100;
static constexpr size_t mostFiles = 1000;

static std::string canonical(const std::string &path) {
  std::error_code code;
  fs::path result = fs::weakly_canonical(path, code);
  return code ? path : result.string();
}

const Module *Modules::load(const std::string &path) { return loadFile(path, std::nullopt); }

bool Modules::loadLibrary() {
  std::error_code code;
  std::vector<std::string> paths;
  for (fs::directory_iterator it(libraryDir, code), end; !code && it != end; it.increment(code))
    if (it->path().extension() == ".bm")
      paths.push_back(it->path().string());
  if (code || paths.empty()) {
    diagnostics.error(std::nullopt, fmt::format("the standard library was not found in '{}'", libraryDir));
    return false;
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string &path : paths)
    if (const Module *module = loadFile(path, std::nullopt))
      library.push_back(module);
  return library.size() == paths.size() && !diagnostics.hasErrors();
}

const Module *Modules::loadFile(const std::string &path, std::optional<Range> importedAt) {
  std::string key = canonical(path);
  if (std::find(loading.begin(), loading.end(), key) != loading.end()) {
    diagnostics.error(importedAt, fmt::format("'{}' imports itself", path));
    return nullptr;
  }
  if (auto known = modules.find(key); known != modules.end())
    return known->second.get();
  if (loading.size() >= deepestImports || modules.size() >= mostFiles) {
    bool isDeep = loading.size() >= deepestImports;
    diagnostics.error(importedAt, isDeep ? fmt::format("imports are nested more than {} levels deep", deepestImports)
                                         : fmt::format("a model has at most {} files", mostFiles));
    return nullptr;
  }
  std::string why;
  auto file = sources.open(path, why);
  if (!file) {
    diagnostics.error(importedAt, fmt::format("cannot read '{}': {}", path, why));
    return nullptr;
  }
  auto module = std::make_unique<Module>();
  module->file = parse(sources, *file, diagnostics);
  declare(*module);
  loading.push_back(key);
  resolveImports(*module, path);
  loading.pop_back();
  return (modules[key] = std::move(module)).get();
}

void Modules::declare(Module &module) {
  for (const Declaration &decl : module.file.declarations) {
    auto [place, isNew] = module.declarations.try_emplace(decl.name.text, &decl);
    if (isNew)
      continue;
    bool isTrain = decl.kind == DeclarationKind::Train;
    diagnostics
        .error(decl.name.range, isTrain ? "a file has at most one train block"
                                        : fmt::format("'{}' is declared twice in this file", decl.name.text))
        .note(place->second->name.range, isTrain ? "the first one is here" : "the first declaration is here");
  }
}

void Modules::resolveImports(Module &module, const std::string &path) {
  std::map<std::string, const Declaration *> seen;
  for (const Import &import : module.file.imports) {
    auto target = locate(import, path);
    if (!target) {
      diagnostics.error(import.range,
                        fmt::format("there is no file '{}' beside this file, in the folders of -I, or in the library",
                                    import.isPath ? import.target : import.target + ".bm"));
      continue;
    }
    const Module *imported = loadFile(*target, import.range);
    if (!imported)
      continue;
    module.imports.push_back(imported);
    for (const auto &[name, decl] : imported->declarations) {
      auto [place, isNew] = seen.try_emplace(name, decl);
      if (!isNew && place->second != decl && name != "train")
        diagnostics.error(import.range, fmt::format("'{}' is declared by two imported files", name))
            .note(place->second->name.range, "one declaration is here")
            .note(decl->name.range, "the other one is here");
    }
  }
}

std::optional<std::string> Modules::locate(const Import &import, const std::string &importer) const {
  std::string name = import.isPath ? import.target : import.target + ".bm";
  std::vector<fs::path> folders = {fs::path(importer).parent_path()};
  folders.insert(folders.end(), includeDirs.begin(), includeDirs.end());
  folders.push_back(libraryDir);
  std::error_code code;
  for (const fs::path &folder : folders)
    if (fs::is_regular_file(folder / name, code))
      return (folder / name).string();
  return std::nullopt;
}

std::vector<const Module *> Modules::ofUser() const {
  std::vector<const Module *> result;
  for (const auto &[path, module] : modules)
    if (std::find(library.begin(), library.end(), module.get()) == library.end())
      result.push_back(module.get());
  return result;
}

Modules::Found Modules::find(const Module &from, const std::string &name) const {
  auto in = [&](const Module *module) -> Found {
    auto it = module->declarations.find(name);
    return it == module->declarations.end() ? Found{} : Found{it->second, module};
  };
  if (Found found = in(&from); found.decl)
    return found;
  for (const auto *list : {&from.imports, &library})
    for (const Module *module : *list)
      if (Found found = in(module); found.decl)
        return found;
  return {};
}

std::vector<std::string> Modules::visibleNames(const Module &from) const {
  std::vector<std::string> names;
  auto add = [&](const Module *module) {
    for (const auto &[name, decl] : module->declarations)
      names.push_back(name);
  };
  add(&from);
  std::for_each(from.imports.begin(), from.imports.end(), add);
  std::for_each(library.begin(), library.end(), add);
  return names;
}

/// Letters to insert, remove or replace, or neighbours to exchange.
static unsigned distance(const std::string &a, const std::string &b) {
  std::vector<unsigned> before, above(b.size() + 1), row(b.size() + 1);
  for (unsigned j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (unsigned i = 1; i <= a.size(); ++i) {
    before = std::exchange(above, row);
    row[0] = i;
    for (unsigned j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string> closest(const std::string &name, const std::vector<std::string> &candidates) {
  if (name.size() > 64)
    return std::nullopt;
  static constexpr size_t mostCandidates = 10'000; // beyond, the search would take longer than the user's own
  if (candidates.size() > mostCandidates)
    return std::nullopt;
  // At most a third of the letters differs: in a short name one other letter makes another word.
  auto share = [&](const std::string &candidate) {
    return static_cast<double>(distance(name, candidate)) /
           static_cast<double>(std::max(name.size(), candidate.size()));
  };
  double best = 1.0 / 3;
  std::optional<std::string> result;
  for (const std::string &candidate : candidates)
    if (candidate.size() < 80 && candidate != name)
      if (double found = share(candidate); result ? found < best : found <= best && name.size() > 2) {
        best = found;
        result = candidate;
      }
  return result;
}

std::string didYouMean(const std::string &name, const std::vector<std::string> &candidates) {
  auto meant = closest(name, candidates);
  return meant ? fmt::format("; did you mean '{}'?", *meant) : "";
}

} // namespace bmc::frontend
