// See the header. All objects become one, whose symbols are then made local; that one is put into an archive, or linked
// into a shared object.
#include "codegen/link/Library.h"

#include "codegen/link/Lld.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/Binary.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace bmc::codegen {

/// What the runtime calls the table, and what a program that loads a shared library looks up in it.
static constexpr StringLiteral tableSymbol = "bmc_library_table", loadedSymbol = "bmc_library";

static std::string exportedSymbol(const LibraryJob &job) { return job.prefix + "_library"; }

// One object of all and of what the wanted symbols need of an archive of the target.
static Expected<std::string> merge(ArrayRef<std::string> objects, ArrayRef<std::string> wanted, const Target &target,
                                   StringRef shareDirectory, const std::string &archive, TemporaryFiles &files) {
  Expected<std::string> merged = files.add("", ".o");
  if (!merged)
    return merged.takeError();
  std::vector<std::string> arguments = {"-r", "--gc-sections"};
  for (const std::string &symbol : wanted)
    arguments.insert(arguments.end(), {"-u", symbol});
  if (Error error = addObjects(files, objects, arguments))
    return error;
  if (Error error = appendResources(arguments, target, shareDirectory, {archive}))
    return error;
  arguments.insert(arguments.end(), {"-o", *merged});
  if (Error error = runLld(arguments))
    return error;
  return merged;
}

static Error keepGlobal(objcopy::CommonConfig &config, StringRef symbol) {
  auto asIs = [](Error error) { return error; };
  return config.SymbolsToKeepGlobal.addMatcher(
      objcopy::NameOrPattern::create(symbol, objcopy::MatchStyle::Literal, asIs));
}

// The object with some symbols, renamed where that is asked for, and every other one local or gone.
static Expected<std::string> hideSymbols(StringRef path, ArrayRef<std::string> kept,
                                         ArrayRef<std::pair<StringRef, StringRef>> renamed) {
  Expected<object::OwningBinary<object::Binary>> binary = object::createBinary(path);
  if (!binary)
    return binary.takeError();
  objcopy::ConfigManager config;
  config.Common.InputFilename = path;
  config.Common.OutputFilename = path;
  for (auto [from, to] : renamed)
    config.Common.SymbolsToRename[from] = to;
  config.Common.StripUnneeded = true;
  for (StringRef symbol : kept)
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
  Expected<std::unique_ptr<MemoryBuffer>> archive = writeArchiveToBuffer(
      members, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU, /*Deterministic=*/true, /*Thin=*/false);
  return archive ? makeFile(job.output, (*archive)->getBuffer()) : archive.takeError();
}

// What a shared library links. With musl the C library is in the program that loads it, whatever its version; glibc's
// symbols have versions.
static std::vector<std::string> librariesOf(const Target &target) {
  std::vector<std::string> libraries;
  if (!target.isMusl())
    libraries = {"--as-needed", "libm.so.6", "libc.so.6"};
  if (target.callsBuiltins())
    libraries.push_back("libgcc.a");
  return libraries;
}

static Error linkShared(const LibraryJob &job, StringRef object, TemporaryFiles &files) {
  Expected<std::string> path = files.add(object, ".o");
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
  if (Error error = appendResources(arguments, job.target, job.shareDirectory, librariesOf(job.target)))
    return error;
  return runLld(std::move(arguments), job.output);
}

Error linkLibrary(const LibraryJob &job) {
  TemporaryFiles files;
  Expected<std::string> merged =
      merge(job.objects, {tableSymbol.str()}, job.target, job.shareDirectory, "libbmc_model.a", files);
  if (!merged)
    return merged.takeError();
  std::string exported = exportedSymbol(job);
  // Before and behind the renaming.
  Expected<std::string> object = hideSymbols(*merged, {tableSymbol.str(), exported}, {{tableSymbol, exported}});
  if (!object)
    return object.takeError();
  return job.kind == LibraryKind::Static ? writeArchive(job, *object) : linkShared(job, *object, files);
}

// Without a heap -----------------------------------------------------------------------------------------------------

// Of all that is not in it, the object may name these.
static Error checkUndefined(StringRef object) {
  auto file = object::ObjectFile::createObjectFile(MemoryBufferRef(object, "object"));
  if (!file)
    return file.takeError();
  for (const object::SymbolRef &symbol : (*file)->symbols()) {
    Expected<uint32_t> flags = symbol.getFlags();
    Expected<StringRef> name = symbol.getName();
    if (!flags || !name)
      return joinErrors(flags.takeError(), name.takeError());
    bool isMissing = *flags & object::SymbolRef::SF_Undefined && !name->empty();
    if (isMissing && *name != "memcpy" && *name != "memset" && *name != "memmove")
      return createStringError("the model needs the function '" + *name +
                               "', which a program without a C library has not");
  }
  return Error::success();
}

Expected<std::string> linkStaticObject(const StaticObjectJob &job) {
  TemporaryFiles files;
  Expected<std::string> merged =
      merge({job.object}, job.exported, job.target, job.shareDirectory, "libbmc_small.a", files);
  if (!merged)
    return merged.takeError();
  Expected<std::string> object = hideSymbols(*merged, job.exported, {});
  if (!object)
    return object.takeError();
  if (Error error = checkUndefined(*object))
    return error;
  return object;
}

} // namespace bmc::codegen
