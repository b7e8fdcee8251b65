// Networks that call one primitive, function, loss or layer of the library, on arguments of every kind.
#pragma once

#include "Mutator.h"

#include <string>
#include <vector>

namespace bmc::fuzz {

/// What can be called: the primitives, and what the library's texts declare.
std::vector<std::string> callableNames(const std::vector<std::string> &libraryTexts);

std::string networkThatCalls(const std::vector<std::string> &names, Mutator &random);

} // namespace bmc::fuzz
