// `PROGRAM explain`: reads rows, and prints how much each of their columns makes of the model's answer for them:
// integrated gradients from zero, or gradients.
//
// Linked where bmc is asked to (--with=explain).
#include "data.h"
#include "explain_choice.h"
#include "explain_columns.h"
#include "explain_gradients.h"
#include "explain_npy.h"
#include "json.h"
#include "lines.h"
#include "numbers.h"
#include "trained_model.h"
#include "verbs.h"

namespace bmc {

namespace {
/// The explanations of the rows of a file, some rows at a time.
class Explainer {
public:
  Explainer(const Options &options, TrainedModel &model, Source &source);
  /// False at the end of the rows.
  bool readRows();
  void appendHeader(Text &out) const;
  void appendRows(Text &out) const;
  void appendNumbers(Array<double> &numbers) const;
  /// The dims of an explanation as an array.
  void findDims(Array<int64_t> &dims) const;

private:
  void askAt(double scale, Array<double> &found);
  void explain();
  double attribution(const RawColumn &column, int64_t row) const;
  void appendRow(Text &out, int64_t row) const;
  void appendJsonRow(Text &out, int64_t row) const;
  void appendColumns(Text &out, int64_t row) const;

  const Options &options;
  Source &source;
  Entry predict;
  Columns places;
  RowReader reader;
  Choice choice;
  Gradients gradients;
  Array<RawColumn> columns;
  Rows rows, copy; // `predict` may write over its rows
  Array<double> scores, baselines;
  double calls = 1; // that the sums of the gradients are of
};
} // namespace

Explainer::Explainer(const Options &options, TrainedModel &model, Source &source)
    : options(options), source(source), predict(*bmc_program.predict, model.variables),
      places(source, FieldUse::of(*bmc_program.predict), model.preparation),
      reader(source, places, model.preparation, FieldUse::of(*bmc_program.predict)),
      choice(predict, model.preparation, options.target), gradients(model.variables),
      rows(FieldUse::of(*bmc_program.predict)), copy(FieldUse::of(*bmc_program.predict)) {
  findRawColumns(places, model.preparation, columns);
}

bool Explainer::readRows() {
  int64_t count = readRowsOfCall(predict, reader, rows, options.input);
  if (count == 0)
    return false;
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  copy.gather(rows, nullptr, 0, count);
  predict.run(&copy, scalars);
  choice.choose(count);
  explain();
  return true;
}

/// The scores at one end of the way.
void Explainer::askAt(double scale, Array<double> &found) {
  gradients.run(scale);
  found.clear();
  for (int64_t row = 0; row < rows.count; ++row)
    found.push(choice.inUnits(row, gradients.score(row)));
}

/// The mean of the gradients at the middles of equal parts of the way from zero to the rows.
void Explainer::explain() {
  gradients.begin(rows, choice.values());
  askAt(1, scores);
  if (!options.integrates)
    return gradients.accumulate();
  askAt(0, baselines);
  calls = static_cast<double>(options.steps);
  for (int64_t step = 0; step < options.steps; ++step) {
    gradients.run((static_cast<double>(step) + 0.5) / calls);
    gradients.accumulate();
  }
}

/// What a category makes is gradient times value in either method: its values have no meaning to the user.
double Explainer::attribution(const RawColumn &column, int64_t row) const {
  const bmc_field &field = bmc_program.fields[column.field];
  int64_t width = elementCount(field.dims, field.rank);
  bool isFloat = field.element == bmc_f32 || field.element == bmc_f64;
  double sum = 0;
  for (int64_t i = column.first; i < column.first + column.count; ++i) {
    double gradient = gradients.sum(column.field, row * width + i) / calls;
    bool isProduct = !isFloat || (!options.integrates && !column.isCategory());
    sum += isProduct ? gradient
                     : gradient * elementAsDouble(rows.field(column.field).data, field.element, row * width + i);
  }
  return sum * choice.slope(row);
}

void Explainer::appendHeader(Text &out) const {
  if (options.json)
    return;
  out.append(options.integrates ? "target,prediction,baseline" : "target,prediction");
  for (const RawColumn &column : columns) {
    Text name;
    appendColumnName(name, column, source);
    appendCell(out.append(","), name.get());
  }
  out.append("\n");
}

void Explainer::appendRows(Text &out) const {
  for (int64_t row = 0; row < rows.count; ++row)
    options.json ? appendJsonRow(out, row) : appendRow(out, row);
}

void Explainer::appendRow(Text &out, int64_t row) const {
  choice.appendName(out, row, false);
  appendNumber(out.append(","), scores[row]);
  if (options.integrates)
    appendNumber(out.append(","), baselines[row]);
  for (const RawColumn &column : columns)
    appendNumber(out.append(","), attribution(column, row));
  out.append("\n");
}

void Explainer::appendJsonRow(Text &out, int64_t row) const {
  choice.appendName(out.append("{\"target\":"), row, true);
  appendJsonNumber(out.append(",\"prediction\":"), scores[row]);
  if (options.integrates)
    appendJsonNumber(out.append(",\"baseline\":"), baselines[row]);
  out.append(",\"attributions\":{");
  appendColumns(out, row);
  out.append("}}\n");
}

/// An array is one entry, in its own dims; a column of a table one each.
static bool isArray(const RawColumn &column) {
  return column.prepared->feature->selection == bmc_select_array && bmc_program.fields[column.field].feature_count == 1;
}

void Explainer::appendColumns(Text &out, int64_t row) const {
  for (int64_t i = 0; i < columns.size();) {
    const RawColumn &column = columns[i];
    const bmc_field &field = bmc_program.fields[column.field];
    Text name;
    if (isArray(column))
      name.append(field.name);
    else
      appendColumnName(name, column, source);
    appendJsonString(out.append(i ? "," : ""), name.get());
    appendLists(out.append(":"), field.dims, isArray(column) ? field.rank : 0, i,
                [&](Text &text, int64_t at) { appendJsonNumber(text, attribution(columns[at], row)); });
  }
}

void Explainer::appendNumbers(Array<double> &numbers) const {
  for (int64_t row = 0; row < rows.count; ++row)
    for (const RawColumn &column : columns)
      numbers.push(attribution(column, row));
}

void Explainer::findDims(Array<int64_t> &dims) const {
  const bmc_field &field = bmc_program.fields[columns[0].field];
  if (isArray(columns[0]) && elementCount(field.dims, field.rank) == columns.size())
    dims.append(field.dims, field.rank);
  else
    dims.push(columns.size());
}

static void explainAsArray(Explainer &explainer, const char *path) {
  Array<double> numbers;
  Array<int64_t> dims;
  dims.push(0);
  explainer.findDims(dims);
  while (explainer.readRows())
    explainer.appendNumbers(numbers);
  dims[0] = numbers.size() / elementCount(dims.data() + 1, dims.size() - 1);
  writeNpy(path, numbers.data(), dims.data(), dims.size());
}

static void explainAsLines(Explainer &explainer, Lines lines) {
  Text text;
  explainer.appendHeader(text);
  lines.write(text);
  while (explainer.readRows()) {
    text.clear();
    explainer.appendRows(text);
    lines.write(text);
  }
}

static bool isNpy(const char *path) {
  const char *dot = strrchr(path, '.');
  return dot && !strcmp(dot, ".npy");
}

int bmc_part_explain(Options &options) {
  TrainedModel model(options);
  Explainer explainer(options, model, openInput(options.input, FieldUse::of(*bmc_program.predict)));
  if (!options.output) {
    explainAsLines(explainer, {nullptr});
    return exitDone;
  }
  checkWritable(options.output);
  if (isNpy(options.output)) {
    explainAsArray(explainer, options.output);
  } else {
    OutputFile file(options.output);
    explainAsLines(explainer, {&file});
    file.commit();
  }
  note("saved %s", options.output);
  return exitDone;
}

} // namespace bmc
