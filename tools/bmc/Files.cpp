// See the header.
#include "tools/bmc/Files.h"

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

std::string outputPath(const Options &options) {
  if (!options.output.empty())
    return options.output;
  if (options.emit.isText())
    return "-";
  StringRef stem = sys::path::stem(options.input);
  return options.emit.output == Output::Object ? (stem + ".o").str() : stem.str();
}

Error checkOutput(const Options &options) {
  std::string output = outputPath(options);
  sys::fs::file_status status;
  if (output == "-" || options.check || options.explain || sys::fs::status(output, status))
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

static Error cannotWrite(StringRef path, std::error_code error) {
  return createStringError(error, "cannot write '" + path + "': " + error.message());
}

static Error writeStandardOutput(StringRef content) {
  outs() << content;
  outs().flush();
  std::error_code error = outs().error();
  outs().clear_error();
  return error ? cannotWrite("standard output", error) : Error::success();
}

Error writeOutput(StringRef path, StringRef content) {
  if (path == "-")
    return writeStandardOutput(content);
  SmallString<128> temporary;
  int descriptor;
  if (std::error_code error = sys::fs::createUniqueFile(path + ".%%%%%%%%", descriptor, temporary))
    return cannotWrite(path, error);
  raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream << content;
  stream.close();
  std::error_code error = stream.error();
  stream.clear_error();
  if (!error)
    error = sys::fs::rename(temporary, path);
  if (!error)
    return Error::success();
  sys::fs::remove(temporary);
  return cannotWrite(path, error);
}

} // namespace bmc
