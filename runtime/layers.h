// The layers of the network, as text and as JSON.
#ifndef BMC_LAYERS_H
#define BMC_LAYERS_H

#include "memory.h"

namespace bmc {

/// A table with a line for each layer, indented like the network.
void appendLayerTable(Text &out);

/// `[{"name":"fc1","depth":1,"kind":"Linear(in = 3, out = 2)","output":"f32[N,
/// 2]","parameters":8,"flops":14,"bytes":40}]`
void appendJsonLayers(Text &out);

} // namespace bmc

#endif
