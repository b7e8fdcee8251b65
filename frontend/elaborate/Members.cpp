// Records, and what `.` finds in records and layers.
#include "Evaluator.h"

#include <algorithm>
#include <fmt/format.h>

namespace bmc::frontend {

const Object *RecordObject::find(const std::string &name) const {
  auto field = std::find_if(fields->begin(), fields->end(), [&](const auto &f) { return f.first == name; });
  return field == fields->end() ? nullptr : &field->second;
}

Object Evaluator::record(const RecordExpr &expr, Scope &scope) {
  RecordObject result{std::make_shared<std::vector<std::pair<std::string, Object>>>()};
  for (const Argument &field : expr.fields) {
    if (result.find(field.name.text))
      fail(field.name.range, fmt::format("the field '{}' is given twice", field.name.text));
    Object value = evaluate(*field.value, scope);
    result.depth = std::max(result.depth, 1 + depthOf(value));
    result.size += 1 + sizeOf(value);
    result.fields->emplace_back(field.name.text, std::move(value));
  }
  return Object(result);
}

Object Evaluator::member(const Object &base, const Name &name, Range range) {
  std::vector<std::string> known;
  if (auto record = base.get<RecordObject>()) {
    if (const Object *field = record->find(name.text))
      return *field;
    for (const auto &[fieldName, value] : *record->fields)
      known.push_back(fieldName);
    fail(name.range, fmt::format("the record has no field '{}'{}", name.text, didYouMean(name.text, known)));
  }
  auto instance = base.get<std::shared_ptr<Instance>>();
  if (!instance)
    fail(range, fmt::format("{} has no member '{}'", describe(base), name.text));
  const Instance &layer = **instance;
  if (auto it = layer.scope.names.find(name.text); it != layer.scope.names.end()) {
    if (it->second.object.is<Failed>())
      throw Stop();
    return it->second.object;
  }
  if (method(layer, name.text))
    return Object(MethodObject{*instance, name.text});
  for (const auto &[memberName, value] : layer.scope.names)
    known.push_back(memberName);
  noMember(*layer.decl, name, known);
}

void Evaluator::noMember(const Declaration &layer, const Name &name, const std::vector<std::string> &known) {
  report(name.range, fmt::format("the {} '{}' has no member '{}'{}", spelling(layer.kind), layer.name.text, name.text,
                                 didYouMean(name.text, known)))
      .note(layer.name.range, "it is declared here");
  throw Stop();
}

} // namespace bmc::frontend
