// What the program is: its variables as symbols, and the dictionary `bm.program` on the module.
#include "Program.h"

#include "dialects/Ops.h"

#include <fmt/format.h>

namespace bmc::frontend {

/// `fc1: Linear(3, 2)`, one line a layer, indented like the network.
void Program::architecture(const Instance &instance, const std::string &name, unsigned depth, std::string &text) {
  std::string arguments;
  for (const Parameter &parameter : instance.decl->parameters) {
    auto it = instance.scope.names.find(parameter.name.text);
    if (it == instance.scope.names.end())
      continue;
    const Object &value = it->second.object;
    std::string shown = value.is<Dim>()      ? value.get<Dim>()->text()
                        : value.is<double>() ? fmt::format("{}", *value.get<double>())
                        : value.is<bool>()   ? (*value.get<bool>() ? "true" : "false")
                                             : "";
    if (!shown.empty())
      arguments += fmt::format("{}{} = {}", arguments.empty() ? "" : ", ", parameter.name.text, shown);
  }
  text += fmt::format("{}{}{}({})\n", std::string(2 * depth, ' '), name.empty() ? "" : name + ": ",
                      instance.decl->name.text, arguments);
  for (const Instance::Item &item : instance.items) {
    const Object &value = instance.scope.names.at(item.name).object;
    if (auto layer = value.get<std::shared_ptr<Instance>>())
      architecture(**layer, item.name, depth + 1, text);
    auto list = value.get<ListObject>();
    for (size_t i = 0; list && i < list->elements->size(); ++i)
      if (auto layer = (*list->elements)[i].get<std::shared_ptr<Instance>>())
        architecture(**layer, fmt::format("{}.{}", item.name, i), depth + 1, text);
  }
}

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
  std::string layers;
  architecture(*network, "", 0, layers);
  std::vector<mlir::Attribute> hypers, metrics, datasets, fields;
  if (training) {
    for (const Hyper &hyper : training->hypers)
      hypers.push_back(
          b.getDictionaryAttr({entry("name", text(hyper.name)), entry("value", b.getF64FloatAttr(hyper.value))}));
    for (const Applied &metric : training->metrics)
      metrics.push_back(text(metric.function.decl->name.text));
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
                                    entry("architecture", text(layers)),
                                    entry("epochs", b.getI64IntegerAttr(training ? training->epochs : 0)),
                                    entry("batch", b.getI64IntegerAttr(training ? training->batch : 0)),
                                    entry("shuffle", b.getI64IntegerAttr(training && training->shuffle)),
                                    entry("seed", b.getI64IntegerAttr(training ? training->seed : 0)),
                                    entry("monitor", monitored),
                                    entry("hypers", b.getArrayAttr(hypers)),
                                    entry("metrics", b.getArrayAttr(metrics)),
                                    entry("datasets", b.getArrayAttr(datasets)),
                                    entry("fields", b.getArrayAttr(fields)),
                                }));
}

} // namespace bmc::frontend
