// See the header.
#include "LayerTable.h"

#include "dialects/Cost.h"

#include <fmt/format.h>
#include <set>

namespace bmc::frontend {

// Uses --------------------------------------------------------------------------------------------------------------

static void collectTypes(const Object &object, std::vector<mlir::Type> &types) {
  if (auto tensor = object.get<Tensor>())
    types.push_back(tensor->value.getType());
  if (auto list = object.get<ListObject>())
    for (const Object &element : *list->elements)
      collectTypes(element, types);
}

void LayerUses::record(const Instance &instance, const Object &result, const bm::SymbolicDim &flops) {
  std::vector<mlir::Type> types;
  collectTypes(result, types);
  auto [place, isNew] = uses.try_emplace(&instance);
  Use &use = place->second;
  for (size_t i = 0; isNew && i < types.size(); ++i)
    use.output += (i ? ", " : "") + bm::describe(types[i]);
  use.flops = use.flops + flops;
  use.outputs.insert(use.outputs.end(), types.begin(), types.end());
}

const LayerUses::Use *LayerUses::find(const Instance &instance) const {
  auto place = uses.find(&instance);
  return place == uses.end() ? nullptr : &place->second;
}

CallMeter::CallMeter(const mlir::OpBuilder &builder)
    : block(builder.getInsertionBlock()), last(block && !block->empty() ? &block->back() : nullptr) {}

bm::SymbolicDim CallMeter::flops() const {
  bm::SymbolicDim sum = 0;
  if (!block)
    return sum;
  for (auto op = last ? std::next(last->getIterator()) : block->begin(); op != block->end(); ++op)
    sum = sum + bm::flopsOf(&*op);
  return sum;
}

// The table ---------------------------------------------------------------------------------------------------------

/// `Linear(in = 3, out = 2)`: the arguments that are numbers or truths.
static std::string kindOf(const Instance &instance) {
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
  return fmt::format("{}({})", instance.decl->name.text, arguments);
}

/// With one row and every other open dimension 1; what does not fit into 64 bits counts as the largest number.
static double forOneRow(const bm::SymbolicDim &amount) {
  bm::SymbolValues ones;
  for (const std::string &symbol : amount.symbols())
    ones[symbol] = 1;
  return double(amount.evaluate(ones).value_or(INT64_MAX));
}

namespace {
class TableWriter {
public:
  TableWriter(Evaluator &evaluator, const LayerUses &uses) : e(evaluator), uses(uses) {}
  void add(const Instance &instance, const std::string &name, unsigned depth);
  std::vector<mlir::Attribute> rows;

private:
  void addMember(const Object &value, const std::string &name, unsigned depth);

  Evaluator &e;
  const LayerUses &uses;
  std::set<const Instance *> written; // a layer with several names has one row
};
} // namespace

void TableWriter::addMember(const Object &value, const std::string &name, unsigned depth) {
  if (auto layer = value.get<std::shared_ptr<Instance>>())
    return add(**layer, name, depth);
  if (auto list = value.get<ListObject>())
    for (size_t i = 0; i < list->elements->size(); ++i)
      addMember((*list->elements)[i], fmt::format("{}.{}", name, i), depth);
  if (auto record = value.get<RecordObject>())
    for (const auto &[field, member] : *record->fields)
      addMember(member, fmt::format("{}.{}", name, field), depth);
}

void TableWriter::add(const Instance &instance, const std::string &name, unsigned depth) {
  if (!written.insert(&instance).second)
    return;
  bm::SymbolicDim bytes = 0;
  int64_t parameters = 0;
  std::string prefix = instance.path.empty() ? "" : instance.path + ".";
  for (const Variable &variable : e.variables) {
    if (variable.role == "state" || variable.name.empty() || variable.name.rfind(prefix, 0) != 0)
      continue;
    parameters += variable.role == "parameter" ? variable.type.getNumElements() : 0;
    bytes = bytes + bm::bytesOf(variable.type);
  }
  const LayerUses::Use *use = uses.find(instance);
  for (mlir::Type type : use ? use->outputs : std::vector<mlir::Type>())
    bytes = bytes + bm::bytesOf(type);
  mlir::OpBuilder &b = e.builder;
  auto entry = [&](const char *key, mlir::Attribute value) { return b.getNamedAttr(key, value); };
  rows.push_back(b.getDictionaryAttr({
      entry("name", b.getStringAttr(name)),
      entry("depth", b.getI64IntegerAttr(depth)),
      entry("kind", b.getStringAttr(kindOf(instance))),
      entry("output", b.getStringAttr(use ? use->output : "")),
      entry("parameters", b.getI64IntegerAttr(parameters)),
      entry("flops", b.getF64FloatAttr(use ? forOneRow(use->flops) : 0)),
      entry("bytes", b.getF64FloatAttr(forOneRow(bytes))),
  }));
  for (const Instance::Item &item : instance.items)
    addMember(instance.scope.names.at(item.name).object, item.name, depth + 1);
}

mlir::ArrayAttr layerTable(Evaluator &evaluator, const Instance &root, const LayerUses &uses) {
  TableWriter writer(evaluator, uses);
  writer.add(root, "", 0);
  return evaluator.builder.getArrayAttr(writer.rows);
}

} // namespace bmc::frontend
