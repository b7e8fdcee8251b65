// The rules of fusion: which ops of a block share a kernel.
#ifndef BMC_PASSES_FUSION_RULES_H
#define BMC_PASSES_FUSION_RULES_H

#include "passes/FusionGraph.h"

namespace bmc {

/// Merges the groups of a graph until no rule applies.
void groupOps(FusionGraph &graph);

} // namespace bmc

#endif
