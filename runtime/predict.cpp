// `PROGRAM predict`: reads rows, prints the model's outputs for each, a batch at a time, so that input of any length
// and an endless pipe work.
#include "data.h"
#include "errors.h"
#include "json.h"
#include "verbs.h"
#include "weights.h"

#include <stdio.h>
#include <unistd.h>

namespace bmc {

/// Rows of one call where the model file leaves the number open.
enum { defaultRows = 1024 };

/// Where the lines go: a file that appears at the end, or standard output as they come.
struct Lines {
  OutputFile *file;

  void write(const Text &text) {
    if (file)
      file->write(text.get(), text.size());
    else if (fwrite(text.get(), 1, text.size(), stdout) != static_cast<size_t>(text.size()) || fflush(stdout) != 0)
      finishStandardOutput();
  }
};

static void appendCsvRow(Text &out, const Entry &entry, int64_t row, int64_t rows) {
  bool first = true;
  for (int64_t r = 0; r < entry.resultCount(); ++r) {
    if (entry.result(r).role != bmc_role_output)
      continue;
    int64_t width = elementCount(entry.resultDims(r), entry.result(r).rank) / rows;
    for (int64_t i = 0; i < width; ++i, first = false) {
      out.append(first ? "" : ",");
      appendElement(out, entry.resultData(r), entry.result(r).element, row * width + i, false);
    }
  }
  out.append("\n");
}

/// The elements from `index` on as nested lists of the given dims; `index` moves behind them.
static void appendJsonLists(Text &out, const Entry &entry, int64_t r, const int64_t *dims, int64_t rank,
                            int64_t &index) {
  if (rank == 0)
    return appendElement(out, entry.resultData(r), entry.result(r).element, index++, true);
  out.append("[");
  for (int64_t i = 0; i < dims[0]; ++i) {
    out.append(i ? "," : "");
    appendJsonLists(out, entry, r, dims + 1, rank - 1, index);
  }
  out.append("]");
}

static void appendJsonRow(Text &out, const Entry &entry, int64_t row, int64_t rows) {
  bool first = true;
  out.append("{");
  for (int64_t r = 0; r < entry.resultCount(); ++r) {
    const bmc_value &result = entry.result(r);
    if (result.role != bmc_role_output)
      continue;
    out.append(first ? "" : ",");
    first = false;
    appendJsonString(out, result.name);
    out.append(":");
    int64_t index = row * (elementCount(entry.resultDims(r), result.rank) / rows);
    appendJsonLists(out, entry, r, entry.resultDims(r) + 1, result.rank - 1, index);
  }
  out.append("}\n");
}

static void checkOutputs(const Entry &entry, int64_t rows) {
  for (int64_t r = 0; r < entry.resultCount(); ++r) {
    const bmc_value &result = entry.result(r);
    if (result.role == bmc_role_output && (result.rank == 0 || entry.resultDims(r)[0] != rows))
      fail(exitBadInput, "%s: output '%s' has no row for each row of the input", bmc_program.name, result.name);
  }
}

static void predictRows(Entry &entry, RowReader &reader, const Options &options, Lines &lines) {
  int64_t fixed = entry.fixedRows();
  int64_t limit = fixed ? fixed : bmc_program.batch ? bmc_program.batch : int64_t(defaultRows);
  Rows rows(FieldUse::inputsOnly);
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  Text text;
  for (;;) {
    rows.count = 0;
    int64_t count = reader.read(rows, limit, RowFilter());
    if (count == 0)
      return;
    if (fixed && count != fixed)
      fail(exitBadInput, "%s: expected a multiple of %lld rows, which this program was compiled for, found %lld more",
           options.input, (long long)fixed, (long long)count);
    entry.run(&rows, scalars);
    checkOutputs(entry, count);
    text.clear();
    for (int64_t row = 0; row < count; ++row)
      options.json ? appendJsonRow(text, entry, row, count) : appendCsvRow(text, entry, row, count);
    lines.write(text);
  }
}

int predict(Options &options) {
  Variables variables(false);
  Text weights;
  if (!options.weights)
    defaultWeightsPath(weights);
  Preparation preparation;
  loadWeights(options.weights ? options.weights : weights.get(), variables, &preparation);
  Entry entry(*bmc_program.predict, variables);
  Source &source = openInput(options.input);
  Columns columns(source, FieldUse::inputsOnly, preparation);
  RowReader reader(source, columns, preparation, FieldUse::inputsOnly);
  if (!options.output) {
    Lines lines = {nullptr};
    predictRows(entry, reader, options, lines);
    return exitDone;
  }
  checkWritable(options.output);
  OutputFile file(options.output);
  Lines lines = {&file};
  predictRows(entry, reader, options, lines);
  file.commit();
  note("saved %s", options.output);
  return exitDone;
}

} // namespace bmc
