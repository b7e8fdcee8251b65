// A function is known by its section. See the header.
#include "codegen/link/StackSizes.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Demangle/Demangle.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/LEB128.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;
using object::ObjectFile;
using object::SectionRef;

namespace bmc::codegen {

namespace {
struct Function {
  StringRef name;
  uint64_t frame = 0;
  SetVector<uint64_t> callees; // by the index of their sections
  // Found out on the way:
  bool isOpen = false, isDone = false;
  std::optional<uint64_t> bytes;
  uint64_t deepest = 0; // the callee that needs most; 0: none
};

class CallGraph {
public:
  explicit CallGraph(const ObjectFile &object) : object(object) {}

  Error read();
  StackDemand demandOf(uint64_t section, StringRef name);

private:
  Error readFrames(const SectionRef &relocations, const SectionRef &section);
  Error readCalls(const SectionRef &relocations, uint64_t section);
  Expected<std::optional<uint64_t>> codeOf(const object::RelocationRef &relocation) const;
  std::optional<uint64_t> measure(uint64_t section);

  const ObjectFile &object;
  MapVector<uint64_t, Function> functions; // by the index of their sections
};
} // namespace

// What calling one takes that no frame has: on x86 the return address is pushed by the caller.
static uint64_t bytesOfCall(const ObjectFile &object) { return object.getArch() == Triple::x86_64 ? 8 : 0; }

// The section of code that a relocation refers to.
Expected<std::optional<uint64_t>> CallGraph::codeOf(const object::RelocationRef &relocation) const {
  object::symbol_iterator symbol = relocation.getSymbol();
  if (symbol == object.symbol_end())
    return std::nullopt;
  Expected<object::section_iterator> section = symbol->getSection();
  if (!section)
    return section.takeError();
  if (*section == object.section_end() || !(*section)->isText())
    return std::nullopt;
  return (*section)->getIndex();
}

// An address and a number for each function; the address is what a relocation fills in.
Error CallGraph::readFrames(const SectionRef &relocations, const SectionRef &section) {
  Expected<StringRef> content = section.getContents();
  if (!content)
    return content.takeError();
  for (const object::RelocationRef &relocation : relocations.relocations()) {
    Expected<std::optional<uint64_t>> code = codeOf(relocation);
    if (!code)
      return code.takeError();
    const uint8_t *begin = content->bytes_begin() + relocation.getOffset() + object.getBytesInAddress();
    if (*code && begin < content->bytes_end())
      functions[**code].frame = decodeULEB128(begin, nullptr, content->bytes_end()) + bytesOfCall(object);
  }
  return Error::success();
}

// A jump to another function counts as a call: its frame may still be there.
Error CallGraph::readCalls(const SectionRef &relocations, uint64_t section) {
  for (const object::RelocationRef &relocation : relocations.relocations()) {
    Expected<std::optional<uint64_t>> code = codeOf(relocation);
    if (!code)
      return code.takeError();
    if (*code && **code != section)
      functions[section].callees.insert(**code);
  }
  return Error::success();
}

Error CallGraph::read() {
  for (const SectionRef &section : object.sections()) {
    Expected<StringRef> name = section.getName();
    if (!name)
      return name.takeError();
    if (!section.isText())
      continue;
    functions[section.getIndex()].name = name->consume_front(".text.") ? *name : "code";
  }
  for (const SectionRef &section : object.sections()) {
    Expected<object::section_iterator> relocated = section.getRelocatedSection();
    if (!relocated)
      return relocated.takeError();
    if (*relocated == object.section_end())
      continue;
    Expected<StringRef> name = (*relocated)->getName();
    if (!name)
      return name.takeError();
    if (*name == ".stack_sizes")
      if (Error error = readFrames(section, **relocated))
        return error;
    if ((*relocated)->isText())
      if (Error error = readCalls(section, (*relocated)->getIndex()))
        return error;
  }
  return Error::success();
}

std::optional<uint64_t> CallGraph::measure(uint64_t section) {
  Function &function = functions[section];
  if (function.isOpen)
    return std::nullopt; // it calls itself
  if (function.isDone)
    return function.bytes;
  function.isOpen = true;
  uint64_t most = 0;
  bool isKnown = true;
  for (uint64_t callee : function.callees) {
    std::optional<uint64_t> bytes = measure(callee);
    isKnown &= bytes.has_value();
    if (bytes.value_or(0) > most) {
      most = *bytes;
      function.deepest = callee;
    }
  }
  function.isOpen = false;
  function.isDone = true;
  if (isKnown)
    function.bytes = function.frame + most;
  return function.bytes;
}

// `bmc::small::pow`, without parameters.
static std::string readable(StringRef name) {
  std::string text = demangle(name);
  static constexpr StringLiteral hidden = "(anonymous namespace)::";
  for (size_t at; (at = text.find(hidden.str())) != std::string::npos;)
    text.erase(at, hidden.size());
  return StringRef(text).split('(').first.str();
}

StackDemand CallGraph::demandOf(uint64_t section, StringRef name) {
  StackDemand demand{name.str(), measure(section), {}};
  for (uint64_t next = section; demand.bytes && next; next = functions[next].deepest)
    if (functions[next].frame)
      demand.frames.push_back({readable(functions[next].name), functions[next].frame});
  return demand;
}

Expected<std::vector<StackDemand>> stackDemands(StringRef content, ArrayRef<std::string> exported) {
  auto object = ObjectFile::createObjectFile(MemoryBufferRef(content, "object"));
  if (!object)
    return object.takeError();
  CallGraph graph(**object);
  if (Error error = graph.read())
    return error;
  std::vector<StackDemand> demands;
  for (const object::SymbolRef &symbol : (*object)->symbols()) {
    Expected<StringRef> name = symbol.getName();
    Expected<object::section_iterator> section = symbol.getSection();
    if (!name || !section)
      return joinErrors(name.takeError(), section.takeError());
    if (is_contained(exported, *name) && *section != (*object)->section_end() && (*section)->isText())
      demands.push_back(graph.demandOf((*section)->getIndex(), *name));
  }
  return demands;
}

} // namespace bmc::codegen
