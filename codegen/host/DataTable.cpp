// See the header.
#include "codegen/host/DataTable.h"

using namespace mlir;

namespace bmc::codegen {

static int64_t number(DictionaryAttr attributes, llvm::StringRef key) {
  Attribute value = attributes.get(key);
  if (auto flag = dyn_cast_or_null<BoolAttr>(value))
    return flag.getValue();
  auto integer = dyn_cast_or_null<IntegerAttr>(value);
  return integer ? integer.getValue().getSExtValue() : 0;
}

static llvm::SmallVector<DictionaryAttr> entries(DictionaryAttr attributes, llvm::StringRef key) {
  llvm::SmallVector<DictionaryAttr> found;
  if (auto list = attributes.getAs<ArrayAttr>(key))
    llvm::append_range(found, list.getAsRange<DictionaryAttr>());
  return found;
}

static double share(DictionaryAttr attributes, llvm::StringRef key, size_t index) {
  auto values = attributes.getAs<DenseF64ArrayAttr>(key);
  return values && index < values.asArrayRef().size() ? values.asArrayRef()[index] : 0.0;
}

Address DataTable::text(DictionaryAttr attributes, llvm::StringRef key) {
  auto value = attributes.getAs<StringAttr>(key);
  return globals.string(value ? value.getValue() : "");
}

Address DataTable::object(DictionaryAttr attributes, llvm::StringRef key) {
  auto value = attributes.getAs<StringAttr>(key);
  return value ? globals.external(value.getValue()) : Address();
}

Address DataTable::texts(DictionaryAttr attributes, llvm::StringRef key, int64_t &count) {
  std::vector<std::string> found;
  if (auto list = attributes.getAs<ArrayAttr>(key))
    for (llvm::StringRef value : list.getAsValueRange<StringAttr>())
      found.push_back(value.str());
  count = int64_t(found.size());
  return globals.strings(found);
}

Row DataTable::step(DictionaryAttr step) {
  return {object(step, "kind"), share(step, "arguments", 0), share(step, "arguments", 1)};
}

Row DataTable::feature(DictionaryAttr feature) {
  std::vector<Row> steps;
  for (DictionaryAttr entry : entries(feature, "steps"))
    steps.push_back(step(entry));
  llvm::ArrayRef<int64_t> numbers;
  if (auto list = feature.getAs<DenseI64ArrayAttr>("numbers"))
    numbers = list.asArrayRef();
  int64_t nameCount = 0, categoryCount = 0;
  Address names = texts(feature, "names", nameCount), categories = texts(feature, "categories", categoryCount);
  return {text(feature, "name"),
          number(feature, "selection"),
          number(feature, "column_count"),
          int64_t(numbers.size()),
          globals.integers(numbers),
          nameCount,
          names,
          int64_t(steps.size()),
          globals.structs(types.step, steps),
          object(feature, "encoding"),
          number(feature, "category_count"),
          categories,
          number(feature, "has_unknown"),
          number(feature, "missing"),
          text(feature, "missing_text"),
          number(feature, "width"),
          number(feature, "padding"),
          int64_t(feature.contains("ignored")),
          number(feature, "ignored")};
}

Row DataTable::field(DictionaryAttr field, int64_t element, RankedTensorType type, int64_t classWeights,
                     int64_t units) {
  std::vector<Row> features;
  for (DictionaryAttr entry : entries(field, "features"))
    features.push_back(feature(entry));
  return {text(field, "name"),
          element,
          number(field, "is_input"),
          type.getRank(),
          globals.integers(type.getShape()),
          int64_t(features.size()),
          globals.structs(types.feature, features),
          number(field, "classes"),
          classWeights,
          number(field, "is_outside"),
          units};
}

Address DataTable::stratify(DictionaryAttr draw) {
  auto column = draw.getAs<DictionaryAttr>("stratify");
  return column ? globals.structs(types.feature, {feature(column)}) : Address();
}

Address DataTable::folds(DictionaryAttr folds) {
  return globals.structs(types.folds, {{globals.external("bmc_splitter"), number(folds, "count"), number(folds, "seed"),
                                        stratify(folds)}});
}

Address DataTable::split(DictionaryAttr split) {
  return globals.structs(types.split,
                         {{globals.external("bmc_splitter"), share(split, "parts", 0), share(split, "parts", 1),
                           share(split, "parts", 2), number(split, "seed"), stratify(split)}});
}

Row DataTable::dataset(DictionaryAttr set) {
  std::vector<Row> files;
  for (DictionaryAttr file : entries(set, "files"))
    files.push_back({text(file, "name"), text(file, "path")});
  int64_t missingCount = 0;
  Address missing = texts(set, "missing", missingCount);
  auto splitting = set.getAs<DictionaryAttr>("split"), dealing = set.getAs<DictionaryAttr>("folds");
  return {text(set, "name"),
          object(set, "format"),
          int64_t(files.size()),
          globals.structs(types.file, files),
          number(set, "separator"),
          number(set, "header"),
          missingCount,
          missing,
          number(set, "window"),
          number(set, "stride"),
          splitting ? split(splitting) : Address(),
          number(set, "part"),
          dealing ? folds(dealing) : Address(),
          object(set, "helper")};
}

} // namespace bmc::codegen
