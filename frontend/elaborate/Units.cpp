// Metrics see outputs and targets in the units of the data's columns, as `predict` prints them: what the preparation of
// a target did to its columns is undone. Between functions such as `log` that is a line for each column, whose numbers
// follow from what was learned; they are in a variable that the program fills.
#include "Program.h"

#include "dialects/Ops.h"

namespace bmc::frontend {

using mlir::RankedTensorType;
using mlir::Value;

/// The functions that undo those of a target's columns, the last one's first. Null: there is nothing to undo, or it is
/// not the same for all columns.
static std::optional<std::vector<std::string>> inversesOf(const std::vector<Feature> &features) {
  std::optional<std::vector<std::string>> found;
  bool isChanged = false;
  for (const Feature &feature : features) {
    std::vector<std::string> inverses;
    for (auto step = feature.steps.rbegin(); step != feature.steps.rend(); ++step) {
      std::string inverse = inverseOf(*step);
      isChanged |= isLine(*step) || !inverse.empty();
      if (!inverse.empty())
        inverses.push_back(inverse);
    }
    if (!feature.encoding.symbol.empty() || (found && *found != inverses))
      return std::nullopt;
    found = inverses;
  }
  return isChanged ? found : std::nullopt;
}

/// The i-th output answers for the i-th target, where both have the same shape.
void Program::declareUnits() {
  for (size_t i = 0; i < std::min(targets.size(), predictionTypes.size()) && !training->metrics.empty(); ++i) {
    RankedTensorType type = targets[i].type;
    auto inverses = inversesOf(targets[i].features);
    bool isAlike = type.getShape().drop_front() == predictionTypes[i].getShape().drop_front() &&
                   llvm::isa<mlir::FloatType>(type.getElementType()) &&
                   llvm::isa<mlir::FloatType>(predictionTypes[i].getElementType());
    if (!inverses || !isAlike)
      continue;
    int64_t lines = static_cast<int64_t>(inverses->size()) + 1, columns = 1;
    for (int64_t extent : type.getShape().drop_front())
      columns *= extent;
    Variable numbers;
    numbers.name = "units." + targets[i].name;
    numbers.role = "metric";
    numbers.type = RankedTensorType::get({lines, 2, columns}, e.builder.getF64Type());
    numbers.range = targets[i].range;
    targets[i].units = numbers.name;
    units[i] = {static_cast<unsigned>(e.variables.size()), *inverses};
    order.push_back(static_cast<unsigned>(e.variables.size()));
    e.variables.push_back(std::move(numbers));
  }
}

bool Program::isUnits(unsigned variable) const {
  return llvm::any_of(units, [&](const auto &entry) { return entry.second.variable == variable; });
}

/// Lines and functions by turns.
Value Program::undone(Value value, const Units &units, Value numbers, Range range) {
  bm::Shape shape = bm::shapeOf(value.getType());
  mlir::Type element = llvm::cast<RankedTensorType>(value.getType()).getElementType();
  auto number = [&](size_t line, int64_t which) {
    Value part = e.slice(numbers, 0, Dim(static_cast<int64_t>(line)), Dim(1), range);
    part = e.slice(part, 1, Dim(which), Dim(1), range);
    return Object(e.cast(e.reshape(part, llvm::ArrayRef(shape).drop_front(), range), element, range));
  };
  Object result(value);
  for (size_t line = 0; line <= units.inverses.size(); ++line) {
    result = e.binary(Operator::Mul, result, number(line, 1), range);
    result = e.binary(Operator::Add, result, number(line, 0), range);
    if (line == units.inverses.size())
      break;
    const std::string &inverse = units.inverses[line];
    result =
        inverse == "mul" ? e.elementwise(inverse, {result, result}, range) : e.elementwise(inverse, {result}, range);
  }
  return e.tensor(result, range);
}

/// What metrics see of the prediction; the targets are replaced in `body`.
Object Program::inUnits(Body &body, const Object &prediction) {
  auto list = prediction.get<ListObject>();
  std::vector<Object> outputs = list ? *list->elements : std::vector<Object>{prediction};
  for (const auto &[index, of] : units) {
    Value numbers = body.emission.variables.at(of.variable), &target = body.inputs.at(targets[index].name);
    outputs[index] = Object(undone(e.tensor(outputs[index], metricsRange()), of, numbers, metricsRange()));
    target = undone(target, of, numbers, metricsRange());
  }
  if (!list)
    return outputs[0];
  return Object(ListObject{std::make_shared<std::vector<Object>>(outputs), list->isTuple});
}

} // namespace bmc::frontend
