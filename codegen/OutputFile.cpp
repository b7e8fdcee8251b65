// See the header.
#include "codegen/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <vector>

using namespace llvm;

namespace bmc::codegen {

static Error cannotWrite(StringRef path, std::error_code error) {
  return createStringError(error, "cannot write '" + path + "': " + error.message());
}

// LLVM removes the file when a signal ends the process; one that comes between the file's making and LLVM's note of it
// has to wait.
static Expected<sys::fs::TempFile> createTemporary(const Twine &model) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  Expected<sys::fs::TempFile> file = sys::fs::TempFile::create(model);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return file;
}

Error makeFile(StringRef path, function_ref<Error(StringRef temporary)> write) {
  Expected<sys::fs::TempFile> file = createTemporary(path + ".%%%%%%%%");
  if (!file)
    return cannotWrite(path, errorToErrorCode(file.takeError()));
  if (Error error = write(file->TmpName))
    return joinErrors(std::move(error), file->discard());
  if (Error error = file->keep(path))
    return cannotWrite(path, errorToErrorCode(std::move(error)));
  return Error::success();
}

static std::error_code writeContent(StringRef path, StringRef content) {
  std::error_code error;
  raw_fd_ostream stream(path, error);
  if (error)
    return error;
  stream << content;
  stream.close();
  error = stream.error();
  stream.clear_error();
  return error;
}

Error makeFile(StringRef path, StringRef content) {
  return makeFile(path, [&](StringRef temporary) -> Error {
    std::error_code error = writeContent(temporary, content);
    return error ? cannotWrite(path, error) : Error::success();
  });
}

struct TemporaryFiles::Files {
  std::vector<sys::fs::TempFile> open;
};

TemporaryFiles::TemporaryFiles() : files(std::make_unique<Files>()) {}

TemporaryFiles::~TemporaryFiles() {
  for (sys::fs::TempFile &file : files->open)
    consumeError(file.discard());
}

Expected<std::string> TemporaryFiles::add(StringRef content, StringRef ending) {
  SmallString<128> model;
  sys::path::system_temp_directory(/*ErasedOnReboot=*/true, model);
  sys::path::append(model, "bmc-%%%%%%%%" + ending);
  Expected<sys::fs::TempFile> file = createTemporary(model);
  if (!file)
    return cannotWrite(model, errorToErrorCode(file.takeError()));
  std::string path = file->TmpName;
  files->open.push_back(std::move(*file));
  if (std::error_code error = writeContent(path, content))
    return cannotWrite(path, error);
  return path;
}

} // namespace bmc::codegen
