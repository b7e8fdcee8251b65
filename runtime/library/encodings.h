// What libraries know of the encodings of texts.
#ifndef BMC_LIBRARY_ENCODINGS_H
#define BMC_LIBRARY_ENCODINGS_H

#include "bmc/program.h"

namespace bmc {

enum class Coding { category, oneHot, bytes, characters };

} // namespace bmc

struct bmc_encoding {
  bmc::Coding coding;
};

#endif
