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
  std::vector<mlir::Attribute> hypers, fixed, metrics, datasets, fields, steps;
  if (training) {
    for (const Objective &objective : training->objectives)
      if (objective.isNamed())
        steps.push_back(b.getDictionaryAttr(
            {entry("name", text(objective.name.text)), entry("every", b.getI64IntegerAttr(objective.every))}));
    for (const Hyper &hyper : training->hypers)
      hypers.push_back(
          b.getDictionaryAttr({entry("name", text(hyper.name)), entry("value", b.getF64FloatAttr(hyper.value))}));
    for (const auto &[name, reason] : fixedNumbers)
      fixed.push_back(b.getDictionaryAttr({entry("name", text(name)), entry("reason", text(reason))}));
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
  for (const auto *list : {&inputs, &targets, &entryInputs})
    for (const Input &input : *list)
      fields.push_back(describeField(input));
  std::vector<llvm::StringRef> entryNames(entries.begin(), entries.end());
  const Monitor monitor = training ? training->monitor : Monitor();
  auto monitored = b.getDictionaryAttr({
      entry("name", text(monitor.name)),
      entry("maximize", b.getBoolAttr(monitor.maximize)),
      entry("patience", b.getI64IntegerAttr(monitor.patience)),
      entry("min_delta", b.getF64FloatAttr(monitor.minDelta)),
      entry("keep", text(monitor.keep)),
  });
  mlir::NamedAttrList program;
  program.set("name", text(network->decl->name.text));
  program.set("source", text(e.sources.name(main.file.id)));
  program.set("layers", layerTable(e, *network, layerUses));
  program.set("epochs", b.getI64IntegerAttr(training ? training->epochs : 0));
  program.set("batch", b.getI64IntegerAttr(training ? training->batch : 0));
  if (accumulation)
    program.set("accumulate", b.getI64IntegerAttr(training->accumulate));
  program.set("shuffle", b.getI64IntegerAttr(training && training->shuffle));
  program.set("seed", b.getI64IntegerAttr(training ? training->seed : 0));
  program.set("monitor", monitored);
  program.set("hypers", b.getArrayAttr(hypers));
  if (!fixed.empty())
    program.set("fixed", b.getArrayAttr(fixed));
  program.set("metrics", b.getArrayAttr(metrics));
  program.set("datasets", b.getArrayAttr(datasets));
  program.set("fields", b.getArrayAttr(fields));
  if (!steps.empty())
    program.set("steps", b.getArrayAttr(steps));
  if (!entryNames.empty())
    program.set("entries", b.getStrArrayAttr(entryNames));
  module->setAttr("bm.program", program.getDictionary(&e.context));
}

} // namespace bmc::frontend
