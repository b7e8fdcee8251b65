// The command line: one table of flags, from which the parser and `--help` come.
#include "tools/bmc/Options.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <optional>

using namespace llvm;

namespace bmc {

// What can come out ---------------------------------------------------------------------------------------------------

namespace {
struct EmitInfo {
  StringRef name, summary;
  Emit emit;
};
} // namespace

/// All of `--emit`, in the order of the pipeline.
static std::vector<EmitInfo> allEmits() {
  std::vector<EmitInfo> emits = {{"ast", "the syntax tree", {Output::Ast, Stage::Bm}}};
  for (const StageInfo &stage : allStages())
    emits.push_back({stage.name, stage.summary, {Output::Module, stage.stage}});
  emits.insert(
      emits.end(),
      {{"llvm", "the functions that call the kernels, and the program's table", {Output::Llvm}},
       {"halide", "each kernel's loops", {Output::Halide}},
       {"asm", "each kernel's assembly, then the functions'", {Output::Assembly}},
       {"obj", "an object file without the runtime", {Output::Object}},
       {"exe", "a program (the default)", {Output::Program}},
       {"c-header", "with --no-heap: an object OUT.o, all memory in it, and its C header OUT.h", {Output::StaticModel}},
       {"lib", "a static library libOUT.a and its C header OUT.h", {Output::Library}},
       {"so", "a shared library OUT.so and its C header OUT.h", {Output::SharedLibrary}}});
  return emits;
}

// The name of `known` that is most like a wrong one, if any is.
static std::string suggestion(StringRef name, ArrayRef<StringRef> known) {
  std::optional<StringRef> best;
  unsigned bestDistance = unsigned(std::max<size_t>(2, name.size() / 3)) + 1;
  for (StringRef candidate : known)
    if (unsigned distance = name.edit_distance(candidate, true, bestDistance); distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  return best ? ", did you mean '" + best->str() + "'?" : "";
}

// Flags ---------------------------------------------------------------------------------------------------------------

namespace {
struct Flag {
  StringRef name, value, help; // `value` is what `--help` calls the value; empty: the flag takes none
  Error (*apply)(Options &options, StringRef value);
};
} // namespace

static Error setEmit(Options &options, StringRef value) {
  SmallVector<StringRef> names;
  for (const EmitInfo &info : allEmits()) {
    names.push_back(info.name);
    if (info.name == value) {
      options.emit = info.emit;
      return Error::success();
    }
  }
  return createStringError("no stage '" + value + "'" + suggestion(value, names) + " (known are " + join(names, ", ") +
                           ")");
}

static Error addBinding(Options &options, StringRef value) {
  auto [name, text] = value.split('=');
  int64_t number;
  if (name.empty() || text.getAsInteger(10, number))
    return createStringError("expected NAME=VALUE with a whole number, found '" + value + "'");
  options.bindings[name.str()] = number;
  return Error::success();
}

static Error setJobs(Options &options, StringRef value) {
  if (value.getAsInteger(10, options.jobs) || options.jobs == 0)
    return createStringError("expected a number of at least 1, found '" + value + "'");
  return Error::success();
}

static Error setTuneSeconds(Options &options, StringRef value) {
  if (value.getAsDouble(options.tuneSeconds) || !(options.tuneSeconds > 0) || options.tuneSeconds > 1e6)
    return createStringError("expected a number of seconds, found '" + value + "'");
  return Error::success();
}

template <int64_t Options::*member> static Error setCount(Options &options, StringRef value) {
  if (value.getAsInteger(10, options.*member) || options.*member < 1)
    return createStringError("expected a number of at least 1, found '" + value + "'");
  return Error::success();
}

/// What a program has only where it is asked for.
static constexpr StringRef knownParts[] = {"explain", "profile", "report"};

static Error addParts(Options &options, StringRef value) {
  for (StringRef part : split(value, ',')) {
    if (!is_contained(knownParts, part))
      return createStringError("no part '" + part + "'" + suggestion(part, knownParts) + " (known are " +
                               join(ArrayRef(knownParts), ", ") + ")");
    options.parts.insert(part.str());
  }
  return Error::success();
}

template <std::string Options::*member> static Error setText(Options &options, StringRef value) {
  if (value.empty())
    return createStringError("expected a value that is not empty");
  options.*member = value.str();
  return Error::success();
}

template <bool Options::*member, bool state = true> static Error setSwitch(Options &options, StringRef) {
  options.*member = state;
  return Error::success();
}

template <unsigned level> static Error setOptimization(Options &options, StringRef) {
  options.optimization = level;
  return Error::success();
}

static Error addIncludeDir(Options &options, StringRef value) {
  options.includeDirs.push_back(value.str());
  return Error::success();
}

static const Flag flags[] = {
    {"-o", "OUT", "write to OUT (default: the model file's name without its ending, in the current folder)",
     setText<&Options::output>},
    {"--depfile", "FILE", "write to FILE, in make's format, which files the output was made from",
     setText<&Options::depfile>},
    {"--target", "TRIPLE",
     "the machine that the output is for (default: this one; programs are static, libraries for glibc); "
     "TRIPLE+opencl or TRIPLE+cuda: its kernels run on a GPU",
     setText<&Options::target>},
    {"--cpu", "NAME", "its processor (default: this one's, or the target's plainest)", setText<&Options::cpu>},
    {"--gpu", "NAME", "with +cuda: the oldest GPU that runs it (default: sm_80)", setText<&Options::gpu>},
    {"--dynamic", "", "link the system's C library (glibc) instead of carrying one", setSwitch<&Options::isDynamic>},
    {"-D", "NAME=VALUE", "bind a symbolic dimension", addBinding},
    {"-O0", "", "", setOptimization<0>},
    {"-O1", "", "", setOptimization<1>},
    {"-O2", "", "", setOptimization<2>},
    {"-O3", "", "", setOptimization<3>},
    {"-I", "DIR", "look for imported files in DIR too", addIncludeDir},
    {"--emit", "WHAT", "stop after a stage and print it, or make another kind of output; see below", setEmit},
    {"--no-heap", "", "with --emit=c-header: all memory is there from the start; no threads, no files, no C library",
     setSwitch<&Options::hasHeap, false>},
    {"--batch", "N", "rows of a training step without a heap (default: the model file's batch)",
     setCount<&Options::batch>},
    {"--rows", "N", "rows of a prediction without a heap (default: 1)", setCount<&Options::rows>},
    {"--weights", "FILE", "compile the weights of a safetensors file into a model without a heap",
     setText<&Options::weights>},
    {"--inference", "", "with --weights: leave training out; the weights are constants",
     setSwitch<&Options::predictsOnly>},
    {"--check", "", "compare each compiled function with the reference interpreter; no output",
     setSwitch<&Options::check>},
    {"--explain", "",
     "list the kernels, their costs, schedules and memory, and why neighbours are apart; no other output without -o",
     setSwitch<&Options::explain>},
    {"--tune", "",
     "measure schedules of the kernels on this machine and write those that are faster to the tuning file",
     setSwitch<&Options::tune>},
    {"--tune-seconds", "N", "measure for about N seconds (default: 60)", setTuneSeconds},
    {"--tune-rows", "N", "measure functions other than training with N for sizes that are open (default: 256)",
     setCount<&Options::tuneRows>},
    {"--tuning", "FILE", "the tuning file (default: the model file's name with .tune, if there is one)",
     setText<&Options::tuning>},
    {"--no-tuning", "", "take the machine model's schedules alone", setSwitch<&Options::hasTuning, false>},
    {"--with", "PARTS", "give the program more than the usual: explain, profile, report, several with commas",
     addParts},
    {"--no-selftest", "", "leave out the plain kernels that `PROGRAM selftest` compares with",
     setSwitch<&Options::selftest, false>},
    {"--json", "", "diagnostics as JSON lines, and what --explain lists as JSON", setSwitch<&Options::json>},
    {"-j", "N", "compile N kernels at a time (default: one for each processor)", setJobs},
    {"--cache-dir", "DIR", "keep compiled kernels in DIR (default: $XDG_CACHE_HOME/bmc or ~/.cache/bmc)",
     setText<&Options::cacheDirectory>},
    {"--no-cache", "", "compile every kernel again", setSwitch<&Options::hasCache, false>},
    {"--time-passes", "", "print how long each step took", setSwitch<&Options::timePasses>},
    {"--version", "", "print the version", setSwitch<&Options::version>},
    {"--help", "", "print this", setSwitch<&Options::help>},
};

static const Flag *findFlag(StringRef name) {
  const Flag *found = llvm::find_if(flags, [&](const Flag &flag) { return flag.name == name; });
  return found == std::end(flags) ? nullptr : found;
}

static Error unknownFlag(StringRef name) {
  SmallVector<StringRef> names;
  for (const Flag &flag : flags)
    names.push_back(flag.name);
  return createStringError("unknown flag '" + name + "'" + suggestion(name, names));
}

// A short flag's value may follow at once (-Imodels, -DN=32, -j4), a long one's after '='.
static std::pair<StringRef, std::optional<StringRef>> splitFlag(StringRef argument) {
  if (argument.starts_with("--")) {
    auto [name, value] = argument.split('=');
    return {name, argument.contains('=') ? std::optional(value) : std::nullopt};
  }
  StringRef name = argument.take_front(2);
  if (const Flag *flag = findFlag(name); flag && !flag->value.empty() && argument.size() > 2)
    return {name, argument.drop_front(2)};
  return {argument, std::nullopt};
}

// Applies the flag at `position`, which moves on to its value if that is the next argument.
static Error applyFlag(Options &options, ArrayRef<const char *> arguments, size_t &position) {
  auto [name, value] = splitFlag(arguments[position]);
  const Flag *flag = findFlag(name);
  if (!flag)
    return unknownFlag(name);
  if (flag->value.empty() && value)
    return createStringError(flag->name + " takes no value, found '" + *value + "'");
  if (!flag->value.empty() && !value) {
    if (position + 1 == arguments.size())
      return createStringError(flag->name + " expects " + flag->value);
    value = arguments[++position];
  }
  if (Error error = flag->apply(options, value.value_or("")))
    return createStringError(flag->name + ": " + toString(std::move(error)));
  return Error::success();
}

static Error setInput(Options &options, StringRef argument) {
  if (argument.empty())
    return createStringError("expected a model file, found an empty name");
  if (!options.input.empty())
    return createStringError("expected one model file, found '" + options.input + "' and '" + argument + "'");
  options.input = argument.str();
  return Error::success();
}

// What goes with --no-heap, and what does not go without.
static Error checkStatic(const Options &options) {
  bool isStatic = options.emit.output == Output::StaticModel;
  if (isStatic && options.hasHeap)
    return createStringError("--emit=c-header makes a model whose memory is all there from the start: say --no-heap");
  if (!isStatic && !options.hasHeap && !options.emit.isText())
    return createStringError("--no-heap goes with --emit=c-header and the stages on the way to it: programs and "
                             "libraries take memory as they need it");
  if (isStatic && (options.check || options.explain))
    return createStringError("--check and --explain do not go with --emit=c-header");
  if (options.hasHeap && (options.batch || options.rows || options.predictsOnly || !options.weights.empty()))
    return createStringError("--batch, --rows, --weights and --inference go with --no-heap");
  if (options.predictsOnly && options.weights.empty())
    return createStringError("--inference needs weights that are compiled in: say --weights=FILE");
  return Error::success();
}

static Error checkTogether(const Options &options) {
  if (options.help || options.version)
    return Error::success();
  if (options.input.empty())
    return createStringError("expected a model file");
  if (options.isDynamic && StringRef(options.target).contains("-musl"))
    return createStringError("--dynamic links glibc, but --target=" + options.target + " is for musl");
  bool hasDevice = StringRef(options.target).contains('+');
  if (hasDevice && (options.emit.isLibrary() || options.emit.output == Output::Object))
    return createStringError("a device's kernels go with a program: a library or an object is for the processor alone");
  if (hasDevice && options.check)
    return createStringError("--check compares the processor's code: leave " +
                             StringRef(options.target).substr(options.target.find('+')) + " out");
  if (Error error = checkStatic(options))
    return error;
  if (!options.parts.empty() && (options.emit.isLibrary() || !options.hasHeap || options.emit.output == Output::Object))
    return createStringError("--with adds to a program; a library or an object has no verbs");
  if (options.check && !options.output.empty())
    return createStringError("--check makes no output, so -o does not go with it");
  if (options.tune && (options.check || options.explain || !options.output.empty()))
    return createStringError("--tune writes the tuning file only, so " +
                             StringRef(options.check     ? "--check"
                                       : options.explain ? "--explain"
                                                         : "-o") +
                             " does not go with it");
  if (options.tune && (!options.hasTuning || options.optimization < 2))
    return createStringError(StringRef("--tune measures schedules, which ") +
                             (options.hasTuning ? "-O0 and -O1" : "--no-tuning") + " would not use");
  if (options.explain && options.emit.isText() && !options.output.empty())
    return createStringError("--explain goes with a program or a library in -o, not with a stage");
  if (options.output == "-" && (options.explain || !options.emit.isText()))
    return createStringError("-o - is for the text of a stage; name a file");
  return Error::success();
}

Expected<Options> parseCommandLine(ArrayRef<const char *> arguments) {
  Options options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    StringRef argument = arguments[i];
    Error error = argument.starts_with("-") ? applyFlag(options, arguments, i) : setInput(options, argument);
    if (error)
      return error;
  }
  if (Error error = checkTogether(options))
    return error;
  return options;
}

// Help ----------------------------------------------------------------------------------------------------------------

static void printRow(raw_ostream &out, const Twine &name, StringRef help) {
  out << "  " << formatv("{0,-20}", name.str()) << "  " << help << "\n";
}

void printHelp(raw_ostream &out) {
  out << "bmc compiles a model file into a program that trains, evaluates and predicts.\n\n"
         "usage: bmc FILE.bm [flags]\n\nflags\n";
  for (const Flag &flag : flags) {
    StringRef separator = flag.value.empty() ? "" : flag.name.starts_with("--") ? "=" : " ";
    if (!flag.help.empty())
      printRow(out, flag.name + separator + flag.value, flag.help);
    else if (flag.name == "-O0")
      printRow(out, "-O0..-O3",
               "0: an op a kernel, plain loops; 1: fused, plain loops; 2 (default): vectors, tiles, "
               "threads; 3: and more for the code around the kernels");
  }
  out << "\nstages and outputs, in the order of the pipeline (--emit=)\n";
  for (const EmitInfo &info : allEmits())
    printRow(out, info.name, info.summary);
  out << "\nexit codes: 0 done, 1 bad input, 2 wrong command line, 3 the machine cannot\n";
}

void printVersion(raw_ostream &out) { out << "bmc " BMC_VERSION "\n"; }

} // namespace bmc
