// Variables from the tensors of a weight file: see tensor_loader.h.
#include "tensor_loader.h"

#include "errors.h"
#include "nearest.h"

namespace bmc {

void TensorLoader::addProblem(const char *text) {
  problems.append(problemCount++ ? "\n" : "").append(file.path()).append(": ").append(text);
}

/// False where there is none of that name. Where `to` is null it gets memory, or the tensor's place in the file.
bool TensorLoader::tryTensor(const char *name, void *&to, int32_t element, const int64_t *dims, int64_t rank) {
  int64_t tensor = file.find(name);
  if (tensor < 0)
    return false;
  used[tensor] = true;
  Text why;
  if (!file.fits(tensor, element, dims, rank, why)) {
    addProblem(why.get());
    return true;
  }
  if (file.element(tensor) != element && converted++ == 0)
    firstConverted = tensor;
  if (!to && (to = const_cast<void *>(file.inPlace(tensor, element)))) {
    ++inPlace;
    return true;
  }
  if (!to)
    to = allocateBuffer(elementCount(dims, rank) * elementBytes(element), name);
  file.read(tensor, to, element);
  return true;
}

void TensorLoader::load(const char *prefix, Variables &variables, Contents contents) {
  for (int64_t i = 0; i < bmc_program.variable_count; ++i) {
    const bmc_variable &variable = bmc_program.variables[i];
    Text name(prefix);
    if (isStored(variable, contents) &&
        !tryTensor(name.append(variable.name).get(), variables[i], variable.element, variable.dims, variable.rank))
      missing.push({&variable, prefix});
  }
  if (inPlace)
    variables.keep(file.mapping());
}

void TensorLoader::loadTensor(const char *name, void *to, int32_t element, const int64_t *dims, int64_t rank) {
  Text problem("expected tensor '");
  if (!tryTensor(name, to, element, dims, rank))
    addProblem(problem.append(name).append("', found none of that name").get());
}

bool TensorLoader::has(const char *prefix) const {
  for (int64_t t = 0; t < file.tensorCount(); ++t)
    if (!strncmp(file.name(t), prefix, strlen(prefix)))
      return true;
  return false;
}

/// A tensor of the file that may be the missing one: another spelling, or a name inside a larger model.
static void suggest(const WeightFile &file, const Array<bool> &used, const char *name, Text &out) {
  Nearest nearest(name);
  const char *inner = nullptr;
  int64_t length = static_cast<int64_t>(strlen(name));
  for (int64_t t = 0; t < file.tensorCount(); ++t) {
    if (used[t])
      continue;
    const char *candidate = file.name(t);
    int64_t begin = static_cast<int64_t>(strlen(candidate)) - length;
    if (begin > 0 && candidate[begin - 1] == '.' && !strcmp(candidate + begin, name))
      inner = candidate;
    nearest.consider(candidate);
  }
  if (const char *found = inner ? inner : nearest.found())
    out.append("; did you mean '").append(found).append("'?");
}

void TensorLoader::addMissing(const Missing &one) {
  Text name(one.prefix), text("expected tensor '");
  text.append(name.append(one.variable->name).get()).append("' (").append(elementName(one.variable->element));
  appendDims(text, one.variable->dims, one.variable->rank);
  text.append("), found none of that name");
  suggest(file, used, name.get(), text);
  addProblem(text.get());
}

void TensorLoader::listUnused(Text &out) const {
  const char *separator = "'";
  for (int64_t t = 0; t < file.tensorCount(); ++t) {
    if (used[t])
      continue;
    out.append(separator).append(file.name(t)).append("'");
    separator = ", '";
  }
}

void TensorLoader::check(bool acceptMissing) {
  if (acceptMissing && missing.size())
    warn("%s: %lld of the program's tensors are not in it, the first is '%s': they keep their initial values",
         file.path(), (long long)missing.size(), missing[0].variable->name);
  for (int64_t i = 0; !acceptMissing && i < missing.size(); ++i)
    addMissing(missing[i]);
  if (problemCount == 0)
    return;
  Text unused("not used: ");
  int64_t begin = unused.size();
  listUnused(unused);
  if (unused.size() > begin)
    addProblem(unused.get());
  fail(exitBadInput, "%s", problems.get());
}

void TensorLoader::tellRest() const {
  Text unused;
  listUnused(unused);
  if (unused.size())
    warn("%s: not used: %s", file.path(), unused.get());
  if (converted)
    note("%s: %lld tensors were converted, the first is '%s' of %s", file.path(), (long long)converted,
         file.name(firstConverted), file.typeName(firstConverted));
}

} // namespace bmc
