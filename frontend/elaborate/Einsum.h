// `einsum("bij,bjk->bik", a, b)`: products and sums by the names of axes.
#pragma once

#include "Evaluator.h"

namespace bmc::frontend {

Object einsum(Evaluator &evaluator, Call &call, std::vector<const Bound *> &arguments);

} // namespace bmc::frontend
