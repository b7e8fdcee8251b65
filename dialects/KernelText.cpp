// See the header.
#include "dialects/KernelText.h"

#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace bmc::bm {

std::string kernelText(KernelOp kernel, ArrayRef<StringRef> attributes) {
  OwningOpRef<KernelOp> copy(kernel.clone());
  for (NamedAttribute attribute : llvm::to_vector((*copy)->getAttrs()))
    if (!llvm::is_contained(attributes, attribute.getName().getValue()))
      (*copy)->removeAttr(attribute.getName());
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*copy)->print(stream, OpPrintingFlags().useLocalScope().printGenericOpForm().elideLargeElementsAttrs(INT64_MAX));
  return text;
}

std::string hashText(StringRef text) { return llvm::utohexstr(llvm::xxh3_64bits(text), /*LowerCase=*/true, 16); }

} // namespace bmc::bm
