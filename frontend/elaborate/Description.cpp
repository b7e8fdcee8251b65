// What the program is: its variables as symbols, and the dictionary `bm.program` on the module.
#include "Program.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

void Program::describeProgram() {
  mlir::OpBuilder &b = e.builder;
  b.setInsertionPointToStart(module.getBody());
  for (unsigned index : order) {
    const Variable &variable = e.variables[index];
    bm::VariableOp::create(b, e.location(variable.range), variable.name, variable.role, variable.trainable,
                           variable.type);
  }
  auto text = [&](const std::string &value) { return b.getStringAttr(value); };
  auto entry = [&](const char *name, mlir::Attribute value) { return b.getNamedAttr(name, value); };
  std::vector<mlir::Attribute> hypers, metrics, datasets, fields, steps;
  if (training) {
    for (const Objective &objective : training->objectives)
      if (objective.isNamed())
        steps.push_back(b.getDictionaryAttr(
            {entry("name", text(objective.name.text)), entry("every", b.getI64IntegerAttr(objective.every))}));
    for (const Hyper &hyper : training->hypers)
      hypers.push_back(
          b.getDictionaryAttr({entry("name", text(hyper.name)), entry("value", b.getF64FloatAttr(hyper.value))}));
    for (const std::string &name : training->reported())
      metrics.push_back(text(name));
    for (const DataSet &set : training->datasets)
      datasets.push_back(describeDataset(set));
  } else {
    DataSet input;
    input.name = "input";
    input.source.format = "bmc_format_table";
    datasets.push_back(describeDataset(input));
  }
  for (const auto *list : {&inputs, &targets})
    for (const Input &input : *list)
      fields.push_back(describeField(input));
  const Monitor monitor = training ? training->monitor : Monitor();
  auto monitored = b.getDictionaryAttr({
      entry("name", text(monitor.name)),
      entry("maximize", b.getBoolAttr(monitor.maximize)),
      entry("patience", b.getI64IntegerAttr(monitor.patience)),
      entry("min_delta", b.getF64FloatAttr(monitor.minDelta)),
      entry("keep", text(monitor.keep)),
  });
  module->setAttr("bm.program", b.getDictionaryAttr({
                                    entry("name", text(network->decl->name.text)),
                                    entry("source", text(e.sources.name(main.file.id))),
                                    entry("layers", layerTable(e, *network, layerUses)),
                                    entry("epochs", b.getI64IntegerAttr(training ? training->epochs : 0)),
                                    entry("batch", b.getI64IntegerAttr(training ? training->batch : 0)),
                                    entry("accumulate", b.getI64IntegerAttr(training ? training->accumulate : 0)),
                                    entry("shuffle", b.getI64IntegerAttr(training && training->shuffle)),
                                    entry("seed", b.getI64IntegerAttr(training ? training->seed : 0)),
                                    entry("monitor", monitored),
                                    entry("steps", b.getArrayAttr(steps)),
                                    entry("hypers", b.getArrayAttr(hypers)),
                                    entry("metrics", b.getArrayAttr(metrics)),
                                    entry("datasets", b.getArrayAttr(datasets)),
                                    entry("fields", b.getArrayAttr(fields)),
                                }));
}

} // namespace bmc::frontend
