// The text of a kernel: what its name is made from, and what a record of a measurement is found by.
#ifndef BMC_DIALECTS_KERNEL_TEXT_H
#define BMC_DIALECTS_KERNEL_TEXT_H

#include "dialects/Ops.h"

#include <string>

namespace bmc::bm {

/// The kernel without places and names of values, and with no attributes but those named. Equal work, equal text.
std::string kernelText(KernelOp kernel, llvm::ArrayRef<llvm::StringRef> attributes);

/// 16 hexadecimal digits of a text's hash.
std::string hashText(llvm::StringRef text);

} // namespace bmc::bm

#endif
