// See the header.
#include "codegen/host/Places.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/Support/Path.h"

using namespace mlir;

namespace bmc::codegen {

// A call's place comes before its callee's: it is in the file that the user wrote, the callee often in the library.
static void collect(Location location, llvm::SmallVectorImpl<FileLineColLoc> &places) {
  if (auto place = dyn_cast<FileLineColLoc>(location)) {
    places.push_back(place);
  } else if (auto call = dyn_cast<CallSiteLoc>(location)) {
    collect(call.getCaller(), places);
    collect(call.getCallee(), places);
  } else if (auto named = dyn_cast<NameLoc>(location)) {
    collect(named.getChildLoc(), places);
  } else if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      collect(part, places);
  }
}

llvm::SmallVector<FileLineColLoc> placesOf(Location location) {
  llvm::SmallVector<FileLineColLoc> places;
  collect(location, places);
  return places;
}

std::string placeText(Location location) {
  llvm::SmallVector<FileLineColLoc> places = placesOf(location);
  if (places.empty())
    return "unknown";
  FileLineColLoc place = places.front();
  StringRef file = place.getFilename();
  // A program does not tell where it was compiled: the library's folder depends on the machine.
  if (llvm::sys::path::is_absolute(file))
    file = llvm::sys::path::filename(file);
  return file.str() + ":" + std::to_string(place.getLine()) + ":" + std::to_string(place.getColumn());
}

std::string opsText(bm::KernelOp kernel) {
  llvm::MapVector<StringRef, int> counts;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ++counts[op.getName().stripDialect()];
  std::string text;
  for (auto [name, count] : counts) {
    text += (text.empty() ? "" : " ") + name.str();
    if (count > 1)
      text += "*" + std::to_string(count);
  }
  return text.empty() ? "copy" : text;
}

} // namespace bmc::codegen
