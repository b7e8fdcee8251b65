// Values that are cheaper to compute again than to keep: a step between grouping and grouping again.
#ifndef BMC_PASSES_RECOMPUTE_H
#define BMC_PASSES_RECOMPUTE_H

#include "passes/FusionGraph.h"

namespace bmc {

/// Copies cheap work to the groups that read its results, where it needs no more than one stored tensor. The graph is
/// out of date afterwards if this returns true.
bool recomputeInReaders(const FusionGraph &graph);

} // namespace bmc

#endif
