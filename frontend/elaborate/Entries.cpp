// The entries of networks: methods that are compiled beside `forward`, each a function of its own that `predict
// --entry` and libraries call.
#include "Program.h"

#include <fmt/format.h>

namespace bmc::frontend {

/// Those of the network; of several networks `g.sample`.
void Program::emitEntries() {
  if (!several)
    return emitEntriesOf(network, "");
  for (const Instance::Item &item : network->items) {
    const Object &member = network->scope.names.at(item.name).object;
    if (auto instance = member.get<std::shared_ptr<Instance>>())
      emitEntriesOf(*instance, item.name + ".");
  }
}

void Program::emitEntriesOf(const std::shared_ptr<Instance> &owner, const std::string &prefix) {
  for (const Member &member : owner->decl->members)
    if (member.kind == MemberKind::Method && member.isEntry)
      attempt([&] { emitEntry(owner, member, prefix + member.name.text); });
}

/// An input that the program has already is prepared as it is there.
Program::Input Program::entryInput(const Parameter &parameter, const Instance &owner, const Member &method,
                                   int64_t &column) {
  Input input = inputOf(parameter, owner);
  for (const auto *list : {&inputs, &targets, &entryInputs})
    for (const Input &known : *list) {
      if (known.name != input.name)
        continue;
      bm::Shape row = bm::shapeOf(input.type), knownRow = bm::shapeOf(known.type);
      row[0] = knownRow[0];
      if (row != knownRow || known.type.getElementType() != input.type.getElementType())
        e.report(input.range,
                 fmt::format("the input '{}' of the entry '{}' is {}, but the program has one of that name "
                             "which is {}",
                             input.name, method.name.text, bm::describe(input.type), bm::describe(known.type)))
            .note(known.range, "it is declared here"),
            throw Stop();
      return input;
    }
  input.isOutside = input.isTarget = true; // of the data, and no input of `predict`
  giveColumns(input, column);
  entryInputs.push_back(input);
  return input;
}

void Program::emitEntry(const std::shared_ptr<Instance> &owner, const Member &method, const std::string &name) {
  std::vector<Input> own;
  int64_t column = 0;
  for (const Parameter &parameter : method.parameters)
    if (!parameter.value)
      own.push_back(entryInput(parameter, *owner, method, column));
  if (own.empty())
    e.fail(method.name.range, fmt::format("the entry '{}' needs an input", method.name.text));
  Body body;
  begin(body, "entry." + name, Variables, own);
  addOutputs(body, callWith(body, owner, method.name.text, own), method.name.range,
             fmt::format("the entry '{}'", method.name.text));
  finish(body, true);
  entries.push_back(name);
}

} // namespace bmc::frontend
