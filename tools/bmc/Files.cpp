// See the header.
#include "tools/bmc/Files.h"

#include "codegen/OutputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"

using namespace llvm;

namespace bmc {

std::string shareDirectory() {
  SmallString<256> path(sys::fs::getMainExecutable(nullptr, reinterpret_cast<void *>(&shareDirectory)));
  sys::path::remove_filename(path);
  sys::path::append(path, "..", "share", "bmc");
  sys::path::remove_dots(path, /*remove_dot_dot=*/true);
  return path.str().str();
}

std::string cacheDirectory(const Options &options) {
  if (!options.hasCache)
    return "";
  if (!options.cacheDirectory.empty())
    return options.cacheDirectory;
  SmallString<256> path;
  if (auto folder = sys::Process::GetEnv("XDG_CACHE_HOME"); folder && !folder->empty())
    path = *folder;
  else if (auto home = sys::Process::GetEnv("HOME"); home && !home->empty())
    sys::path::append(path, *home, ".cache");
  else
    return "";
  sys::path::append(path, "bmc");
  return path.str().str();
}

// A library is called `libNAME.a` or `NAME.so`, unless -o has the ending already.
static std::string libraryPath(const Options &options, StringRef named) {
  bool isStatic = options.emit.output == Output::Library;
  StringRef ending = isStatic ? ".a" : ".so", name = sys::path::filename(named);
  if (name.ends_with(ending) && name != ending)
    return named.str();
  return (named.drop_back(name.size()) + (isStatic ? "lib" : "") + name + ending).str();
}

// NAME.o, also where -o says NAME or NAME.h.
static std::string staticPath(StringRef named) {
  for (StringRef ending : {".o", ".h"})
    if (named.ends_with(ending) && sys::path::filename(named) != ending)
      named = named.drop_back(ending.size());
  return (named + ".o").str();
}

std::string outputPath(const Options &options) {
  StringRef stem = sys::path::stem(options.input);
  if (options.emit.output == Output::StaticModel)
    return staticPath(options.output.empty() ? stem : StringRef(options.output));
  if (options.emit.isLibrary())
    return libraryPath(options, options.output.empty() ? stem : StringRef(options.output));
  if (!options.output.empty())
    return options.output;
  if (options.emit.isText())
    return "-";
  return options.emit.output == Output::Object ? (stem + ".o").str() : stem.str();
}

std::string libraryName(const Options &options) {
  std::string path = outputPath(options);
  StringRef name = sys::path::stem(path);
  if (name.size() > 3)
    name.consume_front("lib");
  return name.str();
}

std::string staticName(const Options &options) {
  return sys::path::stem(options.emit.isText() ? options.input : outputPath(options)).str();
}

static bool hasHeader(const Options &options) {
  return options.emit.isLibrary() || options.emit.output == Output::StaticModel;
}

std::string headerPath(const Options &options) {
  SmallString<128> path(sys::path::parent_path(outputPath(options)));
  sys::path::append(path, (options.emit.isLibrary() ? libraryName(options) : staticName(options)) + ".h");
  return path.str().str();
}

std::string tuningPath(const Options &options) {
  if (!options.tuning.empty())
    return options.tuning;
  SmallString<128> path(options.input);
  sys::path::replace_extension(path, "tune");
  return path.str().str();
}

static Error checkFile(const Options &options, const std::string &output) {
  sys::fs::file_status status;
  if (output == "-" || sys::fs::status(output, status))
    return Error::success();
  if (sys::fs::is_directory(options.input)) // that is the error to report
    return Error::success();
  bool isSame = false;
  if (!sys::fs::equivalent(options.input, output, isSame) && isSame)
    return createStringError("the output '" + output + "' is the model file itself; name another one with -o");
  if (sys::fs::is_directory(status))
    return createStringError("the output '" + output + "' is a folder; name a file with -o");
  if (!sys::fs::is_regular_file(status))
    return createStringError("the output '" + output + "' is not a file");
  return Error::success();
}

Error checkOutput(const Options &options) {
  if (options.tune)
    return checkFile(options, tuningPath(options));
  if (options.check || (options.explain && options.output.empty()))
    return Error::success();
  bool isNamed = options.emit.isLibrary() ? !libraryName(options).empty() : !staticName(options).empty();
  if (hasHeader(options) && (StringRef(options.output).ends_with('/') || !isNamed))
    return createStringError("the output '" + options.output + "' is not a file's name; name a file with -o");
  if (Error error = checkFile(options, outputPath(options)))
    return error;
  return hasHeader(options) ? checkFile(options, headerPath(options)) : Error::success();
}

static std::string escapeForMake(StringRef path) {
  std::string escaped;
  for (char c : path) {
    if (c == ' ' || c == '#' || c == '\\')
      escaped += '\\';
    if (c == '$')
      escaped += '$';
    escaped += c;
  }
  return escaped;
}

std::string dependencyRule(StringRef output, ArrayRef<std::string> files) {
  std::string rule = escapeForMake(output) + ":";
  for (const std::string &file : files)
    rule += " \\\n  " + escapeForMake(file);
  return rule + "\n";
}

static Error writeStandardOutput(StringRef content) {
  outs() << content;
  outs().flush();
  std::error_code error = outs().error();
  outs().clear_error();
  return error ? createStringError(error, "cannot write 'standard output': " + error.message()) : Error::success();
}

Error writeOutput(StringRef path, StringRef content) {
  if (path == "-")
    return writeStandardOutput(content);
  return codegen::makeFile(path, content);
}

} // namespace bmc
