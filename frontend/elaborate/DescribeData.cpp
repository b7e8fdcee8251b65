// The data of the program as attributes: the entries `fields` and `datasets` of `bm.program`.
#include "Program.h"

namespace bmc::frontend {
namespace {

/// A dictionary under construction; what is absent has its default.
class Description {
public:
  explicit Description(mlir::Builder builder) : b(builder) {}

  void add(const char *name, const std::string &text) { list.set(name, b.getStringAttr(text)); }
  void add(const char *name, int64_t value) { list.set(name, b.getI64IntegerAttr(value)); }
  void add(const char *name, mlir::Attribute value) { list.set(name, value); }
  void add(const char *name, const std::vector<std::string> &texts) {
    std::vector<llvm::StringRef> references(texts.begin(), texts.end());
    list.set(name, b.getStrArrayAttr(references));
  }
  mlir::DictionaryAttr get() { return list.getDictionary(b.getContext()); }

private:
  mlir::Builder b;
  mlir::NamedAttrList list;
};

int64_t number(Selection selection) { return static_cast<int64_t>(selection); }

} // namespace

mlir::Attribute Program::describeFeature(const Feature &feature, const std::string &name,
                                         std::optional<int64_t> ignored) {
  mlir::Builder &b = e.builder;
  Description description(b);
  description.add("name", name);
  description.add("selection", number(feature.selection));
  description.add("column_count", feature.columnCount);
  if (!feature.numbers.empty())
    description.add("numbers", b.getDenseI64ArrayAttr(feature.numbers));
  if (!feature.names.empty())
    description.add("names", feature.names);
  std::vector<mlir::Attribute> steps;
  for (const PreparationStep &step : feature.steps) {
    Description entry(b);
    entry.add("kind", step.symbol);
    entry.add("arguments", b.getDenseF64ArrayAttr(step.arguments));
    steps.push_back(entry.get());
  }
  if (!steps.empty())
    description.add("steps", b.getArrayAttr(steps));
  description.add("width", feature.columnWidth());
  if (ignored)
    description.add("ignored", *ignored);
  const Encoding &encoding = feature.encoding;
  if (encoding.symbol.empty())
    return description.get();
  description.add("encoding", encoding.symbol);
  description.add("category_count", encoding.count);
  if (!encoding.names.empty())
    description.add("categories", encoding.names);
  description.add("padding", encoding.padding);
  description.add("has_unknown", encoding.hasUnknown);
  description.add("missing", static_cast<int64_t>(encoding.missing));
  if (encoding.missing == Missing::Text)
    description.add("missing_text", encoding.missingText);
  return description.get();
}

mlir::Attribute Program::describeField(const Input &input) {
  mlir::Builder &b = e.builder;
  bm::Shape shape = bm::shapeOf(input.type);
  auto row = bm::tensorType(llvm::ArrayRef(shape).drop_front(), input.type.getElementType());
  std::vector<mlir::Attribute> features;
  for (const Feature &feature : input.features)
    features.push_back(describeFeature(feature, input.name + "." + std::to_string(features.size()), input.ignored));
  Description description(b);
  description.add("name", input.name);
  description.add("type", mlir::TypeAttr::get(row));
  description.add("features", b.getArrayAttr(features));
  description.add("classes", input.classes);
  description.add("is_input", b.getBoolAttr(!input.isTarget));
  if (input.isOutside)
    description.add("is_outside", b.getBoolAttr(true));
  if (!input.classWeights.empty())
    description.add("class_weights", mlir::FlatSymbolRefAttr::get(b.getContext(), input.classWeights));
  if (!input.units.empty())
    description.add("units", mlir::FlatSymbolRefAttr::get(b.getContext(), input.units));
  return description.get();
}

mlir::Attribute Program::describeDataset(const DataSet &set) {
  mlir::Builder &b = e.builder;
  const DataSource &source = set.source;
  std::vector<mlir::Attribute> files;
  for (const DataFile &file : source.files) {
    Description entry(b);
    entry.add("name", file.name);
    entry.add("path", file.path);
    files.push_back(entry.get());
  }
  Description description(b);
  description.add("name", set.name);
  description.add("format", source.format);
  description.add("files", b.getArrayAttr(files));
  description.add("separator", source.separator);
  description.add("header", source.header);
  if (source.namesMissing)
    description.add("missing", source.missing);
  description.add("window", source.window);
  description.add("stride", source.stride);
  if (training && training->batch)
    description.add("helper", std::string("bmc_helper_thread"));
  auto addDraw = [&](Description &to, const Draw &draw) {
    to.add("seed", draw.seed);
    if (draw.stratify)
      to.add("stratify", describeFeature(*draw.stratify, "stratify"));
  };
  if (set.split) {
    Description split(b);
    split.add("parts", b.getDenseF64ArrayAttr(set.split->parts));
    addDraw(split, *set.split);
    description.add("split", split.get());
    description.add("part", set.part);
  }
  if (set.folds) {
    Description folds(b);
    folds.add("count", set.folds->count);
    addDraw(folds, *set.folds);
    description.add("folds", folds.get());
  }
  return description.get();
}

} // namespace bmc::frontend
