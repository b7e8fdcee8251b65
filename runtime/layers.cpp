// See layers.h.
#include "layers.h"

#include "bmc/program.h"
#include "json.h"

#include <string.h>

namespace bmc {

/// `  fc1: Linear(in = 3, out = 2)`, indented like the network.
static void appendLayer(Text &out, const bmc_layer &layer) {
  for (int64_t i = 0; i < layer.depth; ++i)
    out.append("  ");
  if (*layer.name)
    out.append(layer.name).append(": ");
  out.append(layer.kind);
}

void appendLayerTable(Text &out) {
  int widest = 0, widestOutput = 0;
  for (int64_t i = 0; i < bmc_program.layer_count; ++i) {
    Text line;
    appendLayer(line, bmc_program.layers[i]);
    int output = static_cast<int>(strlen(bmc_program.layers[i].output));
    widest = widest > line.size() ? widest : static_cast<int>(line.size());
    widestOutput = widestOutput > output ? widestOutput : output;
  }
  out.format("%-*s  %-*s  %12s  %14s  %14s\n", widest, "layer", widestOutput, "output", "parameters", "FLOPs a row",
             "bytes a row");
  for (int64_t i = 0; i < bmc_program.layer_count; ++i) {
    const bmc_layer &layer = bmc_program.layers[i];
    Text line;
    appendLayer(line, layer);
    out.format("%-*s  %-*s  %12lld  %14.0f  %14.0f\n", widest, line.get(), widestOutput,
               *layer.output ? layer.output : "-", (long long)layer.parameter_count, layer.flops, layer.bytes);
  }
}

void appendJsonLayers(Text &out) {
  out.append("[");
  for (int64_t i = 0; i < bmc_program.layer_count; ++i) {
    const bmc_layer &layer = bmc_program.layers[i];
    out.append(i ? ",{" : "{");
    appendJsonField(out, "name", layer.name);
    out.format(",\"depth\":%lld,", (long long)layer.depth);
    appendJsonField(out, "kind", layer.kind);
    out.append(",");
    appendJsonField(out, "output", layer.output);
    out.format(",\"parameters\":%lld,\"flops\":%.17g,\"bytes\":%.17g}", (long long)layer.parameter_count, layer.flops,
               layer.bytes);
  }
  out.append("]");
}

} // namespace bmc
