// Names in all code of a file, whether anything calls it or not: each must mean something, and a call whose callee is
// known by its name must fit its parameters. No types: CheckUncalled.h has those.
#pragma once

#include "Evaluator.h"

namespace bmc::frontend {

void checkNames(Evaluator &evaluator, const Module &module);

} // namespace bmc::frontend
