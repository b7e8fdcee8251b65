// The rules of fusion: which ops of a block share a kernel.
#ifndef BMC_PASSES_FUSION_RULES_H
#define BMC_PASSES_FUSION_RULES_H

#include "passes/FusionGraph.h"

namespace bmc {

/// Merges the groups of a graph until no rule applies.
void groupOps(FusionGraph &graph);

/// Why a group and a group that reads it were left apart, when no rule applies any more.
Refusal whyApart(const FusionGraph &graph, unsigned producer, unsigned reader);

} // namespace bmc

#endif
