// Functions, layers and methods that the program never calls, elaborated as far as their signatures say.
//
// Each is elaborated several times, with different values made up for its parameters: dimensions as symbols, then as
// numbers; tensors of each alternative of their type; packs `..S` of several lengths. Parameters whose type says too
// little have no value, and what needs them is passed over. A statement is wrong if it fails in every trial: with other
// arguments it would not succeed either.
#pragma once

#include "Evaluator.h"

namespace bmc::frontend {

/// Reports the errors of what `evaluator`, which has elaborated the program, has not called.
void checkUncalled(Evaluator &evaluator, const Module &module);

} // namespace bmc::frontend
