// See the header. All objects become one, whose symbols are then made local; that one is put into an archive, or linked
// into a shared object.
#include "codegen/link/Library.h"

#include "codegen/link/Lld.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/Binary.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace bmc::codegen {

/// What the runtime calls the table, and what a program that loads a shared library looks up in it.
static constexpr StringLiteral tableSymbol = "bmc_library_table", loadedSymbol = "bmc_library";

static std::string exportedSymbol(const LibraryJob &job) { return job.prefix + "_library"; }

// One object of all, with what the table needs of the runtime.
static Expected<std::string> merge(const LibraryJob &job, TemporaryFolder &folder) {
  std::string merged = folder.file("merged.o");
  std::vector<std::string> arguments = {"-r", "--gc-sections", "-u", tableSymbol.str()};
  if (Error error = folder.writeObjects(job.objects, arguments))
    return error;
  if (Error error = appendResources(arguments, job.target, job.shareDirectory, {"libbmc_model.a"}))
    return error;
  arguments.insert(arguments.end(), {"-o", merged});
  if (Error error = runLld(arguments))
    return error;
  return merged;
}

static Error keepGlobal(objcopy::CommonConfig &config, StringRef symbol) {
  auto asIs = [](Error error) { return error; };
  return config.SymbolsToKeepGlobal.addMatcher(
      objcopy::NameOrPattern::create(symbol, objcopy::MatchStyle::Literal, asIs));
}

// The object with the table under the model's name, and every other symbol local or gone.
static Expected<std::string> hideSymbols(const LibraryJob &job, StringRef merged) {
  Expected<object::OwningBinary<object::Binary>> binary = object::createBinary(merged);
  if (!binary)
    return binary.takeError();
  std::string exported = exportedSymbol(job);
  objcopy::ConfigManager config;
  config.Common.InputFilename = merged;
  config.Common.OutputFilename = job.output;
  config.Common.SymbolsToRename[tableSymbol] = exported;
  config.Common.StripUnneeded = true;
  for (StringRef symbol : {StringRef(tableSymbol), StringRef(exported)}) // before and behind the renaming
    if (Error error = keepGlobal(config.Common, symbol))
      return error;
  SmallString<0> content;
  raw_svector_ostream stream(content);
  if (Error error = objcopy::executeObjcopyOnBinary(config, *binary->getBinary(), stream))
    return error;
  return content.str().str();
}

static Error writeArchive(const LibraryJob &job, StringRef object) {
  std::string member = job.prefix + ".o";
  std::vector<NewArchiveMember> members(1);
  members[0].Buf = MemoryBuffer::getMemBuffer(object, member, /*RequiresNullTerminator=*/false);
  members[0].MemberName = members[0].Buf->getBufferIdentifier();
  return writeWhole(job.output, [&](StringRef temporary) {
    return llvm::writeArchive(temporary, members, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
                              /*Deterministic=*/true, /*Thin=*/false);
  });
}

// With musl the C library is in the program that loads it, whatever its version; glibc's symbols have versions.
static std::vector<std::string> cLibrary(const Target &target) {
  if (StringRef(target.triple).ends_with("musl"))
    return {};
  return {"--as-needed", "libm.so.6", "libc.so.6"};
}

static Error linkShared(const LibraryJob &job, StringRef object, TemporaryFolder &folder) {
  Expected<std::string> path = folder.write("model.o", object);
  if (!path)
    return path.takeError();
  std::vector<std::string> arguments = {"-shared",
                                        "-z",
                                        "relro",
                                        "-z",
                                        "now",
                                        "--gc-sections",
                                        "-s",
                                        "-soname",
                                        sys::path::filename(job.output).str(),
                                        ("--defsym=" + loadedSymbol + "=" + exportedSymbol(job)).str(),
                                        *path};
  if (Error error = appendResources(arguments, job.target, job.shareDirectory, cLibrary(job.target)))
    return error;
  return runLld(std::move(arguments), job.output);
}

Error linkLibrary(const LibraryJob &job) {
  Expected<TemporaryFolder> folder = TemporaryFolder::create();
  if (!folder)
    return folder.takeError();
  Expected<std::string> merged = merge(job, *folder);
  if (!merged)
    return merged.takeError();
  Expected<std::string> object = hideSymbols(job, *merged);
  if (!object)
    return object.takeError();
  return job.kind == LibraryKind::Static ? writeArchive(job, *object) : linkShared(job, *object, *folder);
}

} // namespace bmc::codegen
