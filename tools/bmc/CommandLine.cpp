// One table of flags serves parsing, --help and the guess at what a misspelt flag meant.
#include "tools/bmc/CommandLine.h"
#include "passes/Pipeline.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringRef.h"

#include <fmt/core.h>
#include <functional>

using llvm::StringRef;

namespace bmc::driver {

namespace {
struct Flag {
  StringRef name;      // as it is written
  StringRef parameter; // empty: the flag takes none
  StringRef help;
  std::function<std::string(CommandLine &, StringRef)> apply; // returns what is wrong, or nothing
};
} // namespace

static std::string setNumber(unsigned &number, StringRef text, unsigned least) {
  return text.getAsInteger(10, number) || number < least
             ? fmt::format("expects a whole number of at least {}, found '{}'", least, text.str())
             : "";
}

static std::string addBinding(CommandLine &line, StringRef text) {
  auto [name, value] = text.split('=');
  int64_t number;
  if (name.empty() || value.getAsInteger(10, number) || number < 0)
    return fmt::format("expects NAME=VALUE with a whole number, found '{}'", text.str());
  line.bindings[name.str()] = number;
  return "";
}

static const std::vector<StringRef> &emitNames() {
  static const std::vector<StringRef> names = [] {
    std::vector<StringRef> result = {"ast"};
    for (const StageInfo &stage : allStages())
      result.push_back(stage.name);
    for (StringRef name : {"llvm", "halide", "asm", "obj", "exe"})
      result.push_back(name);
    return result;
  }();
  return names;
}

static std::string setEmit(CommandLine &line, StringRef text) {
  if (text == "lib" || text == "so")
    return fmt::format("'{}' is not supported yet", text.str());
  if (!llvm::is_contained(emitNames(), text))
    return fmt::format("expects one of {}, found '{}'", llvm::join(emitNames(), ", "), text.str());
  line.emit = text.str();
  return "";
}

template <class Member> static auto set(Member member) {
  return [member](CommandLine &line, StringRef text) {
    line.*member = text.str();
    return std::string();
  };
}

static const std::vector<Flag> &flags() {
  static const std::vector<Flag> table = {
      {"-o", "OUT", "the output; else the model file's name without .bm, in this folder", set(&CommandLine::output)},
      {"--target", "TRIPLE", "x86_64-linux-musl (default), x86_64-linux-gnu or aarch64-linux-musl",
       set(&CommandLine::target)},
      {"--cpu", "NAME", "the processor, x86-64-v3 for example; default: this machine's", set(&CommandLine::cpu)},
      {"--dynamic", "", "link the system's C library instead of a static one",
       [](CommandLine &line, StringRef) { return line.dynamic = true, std::string(); }},
      {"-D", "NAME=VALUE", "bind a symbolic dimension", addBinding},
      {"-O", "0..3", "optimisation of host code, 2 by default",
       [](CommandLine &line, StringRef text) {
         return setNumber(line.optimization, text, 0) + (line.optimization > 3 ? "expects 0 to 3" : "");
       }},
      {"-I", "DIR", "where imports are looked for, too",
       [](CommandLine &line, StringRef text) { return line.includeDirectories.push_back(text.str()), std::string(); }},
      {"--emit", "STAGE", "stop after a stage and print it, see below", setEmit},
      {"-j", "N", "kernels compiled at a time; default: one a processor",
       [](CommandLine &line, StringRef text) { return setNumber(line.jobs, text, 1); }},
      {"--cache-dir", "DIR", "where compiled kernels are kept; default: ~/.cache/bmc",
       set(&CommandLine::cacheDirectory)},
      {"--no-cache", "", "compile every kernel anew",
       [](CommandLine &line, StringRef) { return line.useCache = false, std::string(); }},
      {"--time-passes", "", "print the time of each pass to standard error",
       [](CommandLine &line, StringRef) { return line.timePasses = true, std::string(); }},
      {"--version", "", "print the version", {}},
      {"--help", "", "print this", {}},
  };
  return table;
}

static void printHelp() {
  fmt::print("usage: bmc FILE.bm [flags]\n\nCompiles a model file into a program that trains, evaluates and "
             "predicts.\n\n");
  for (const Flag &flag : flags()) {
    StringRef separator = flag.parameter.empty() ? "" : flag.name.starts_with("--") ? "=" : flag.name == "-O" ? "" : " ";
    fmt::print("  {:<22}{}\n", (flag.name + separator + flag.parameter).str(), flag.help.str());
  }
  fmt::print("\nstages of --emit, in the order of the pipeline:\n  {:<10}{}\n", "ast", "the syntax tree");
  for (const StageInfo &stage : allStages())
    fmt::print("  {:<10}{}\n", stage.name.str(), stage.summary.str());
  fmt::print("  {:<10}{}\n  {:<10}{}\n  {:<10}{}\n  {:<10}{}\n  {:<10}{}\n", "halide", "the loops of each kernel", "llvm",
             "the host code as LLVM IR", "asm", "the assembly of kernels and host code", "obj", "one object file",
             "exe", "the program (default)");
  fmt::print("\nexit codes: 0 done, 1 bad input, 2 wrong command line, 3 the machine cannot\n");
}

static int fail(const std::string &message) {
  fmt::print(stderr, "bmc: error: {}\nbmc: note: 'bmc --help' lists the flags\n", message);
  return BadCommandLine;
}

// The flag that a word begins with and, where it is written in one word, its argument.
static const Flag *findFlag(StringRef word, std::optional<StringRef> &argument) {
  for (const Flag &flag : flags()) {
    if (word == flag.name)
      return &flag;
    if (flag.parameter.empty() || !word.starts_with(flag.name))
      continue;
    StringRef rest = word.drop_front(flag.name.size());
    bool isLong = flag.name.starts_with("--");
    if (isLong && !rest.starts_with("="))
      continue;
    argument = isLong ? rest.drop_front() : rest;
    return &flag;
  }
  return nullptr;
}

static std::string unknownFlag(StringRef word) {
  StringRef name = word.split('=').first, closest;
  unsigned distance = 4; // farther is no misspelling
  for (const Flag &flag : flags())
    if (unsigned d = name.edit_distance(flag.name, true, distance); d < distance && flag.name.starts_with("--"))
      closest = flag.name, distance = d;
  return fmt::format("unknown flag '{}'", word.str()) +
         (closest.empty() ? "" : fmt::format("; did you mean '{}'?", closest.str()));
}

std::optional<CommandLine> parseCommandLine(const std::vector<std::string> &words, int &exitCode) {
  CommandLine line;
  for (size_t i = 0; i < words.size(); ++i) {
    StringRef word = words[i];
    if (!word.starts_with("-") || word == "-") {
      if (!line.file.empty()) {
        exitCode = fail(fmt::format("expected one model file, found '{}' and '{}'", line.file, word.str()));
        return std::nullopt;
      }
      line.file = word.str();
      continue;
    }
    std::optional<StringRef> argument;
    const Flag *flag = findFlag(word, argument);
    if (!flag) {
      exitCode = fail(unknownFlag(word));
      return std::nullopt;
    }
    if (!flag->apply) { // --help and --version end here, whatever else is asked for
      flag->name == "--help" ? printHelp() : fmt::print("bmc {}\n", BMC_VERSION);
      exitCode = Done;
      return std::nullopt;
    }
    if (!flag->parameter.empty() && !argument) {
      if (i + 1 == words.size()) {
        exitCode = fail(fmt::format("'{}' expects {}", flag->name.str(), flag->parameter.str()));
        return std::nullopt;
      }
      argument = words[++i];
    }
    if (std::string wrong = flag->apply(line, argument.value_or("")); !wrong.empty()) {
      exitCode = fail(fmt::format("'{}' {}", flag->name.str(), wrong));
      return std::nullopt;
    }
  }
  if (line.file.empty()) {
    exitCode = fail("no model file");
    return std::nullopt;
  }
  return line;
}

} // namespace bmc::driver
