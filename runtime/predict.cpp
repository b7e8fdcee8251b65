// `PROGRAM predict`: reads rows, prints the model's outputs for each, a batch at a time, so that input of any length
// and an endless pipe work.
#include "answers.h"
#include "data.h"
#include "errors.h"
#include "lines.h"
#include "trained_model.h"
#include "verbs.h"

namespace bmc {

static void checkOutputs(const Entry &entry, int64_t rows) {
  for (int64_t r = 0; r < entry.resultCount(); ++r) {
    const bmc_value &result = entry.result(r);
    if (result.role == bmc_role_output && (result.rank == 0 || entry.resultDims(r)[0] != rows))
      fail(exitBadInput, "%s: output '%s' has no row for each row of the input", bmc_program.name, result.name);
  }
}

static void predictRows(Entry &entry, RowReader &reader, const Preparation &preparation, const Options &options,
                        Lines &lines) {
  Rows rows(FieldUse::of(entry.code()));
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  Answers answers(entry, preparation, {options.json, options.probabilities});
  Text text;
  answers.appendHeader(text);
  while (int64_t count = readRowsOfCall(entry, reader, rows, options.input)) {
    entry.run(&rows, scalars);
    checkOutputs(entry, count);
    for (int64_t row = 0; row < count; ++row)
      answers.appendRow(text, row, count);
    lines.write(text);
    text.clear();
  }
}

int predict(Options &options) {
  TrainedModel model(options);
  const Preparation &preparation = model.preparation;
  Entry entry(*options.function, model.variables);
  FieldUse use = FieldUse::of(entry.code());
  Source &source = openInput(options.input, use);
  Columns columns(source, use, preparation);
  RowReader reader(source, columns, preparation, use);
  if (!options.output) {
    Lines lines = {nullptr};
    predictRows(entry, reader, preparation, options, lines);
    return exitDone;
  }
  checkWritable(options.output);
  OutputFile file(options.output);
  Lines lines = {&file};
  predictRows(entry, reader, preparation, options, lines);
  file.commit();
  note("saved %s", options.output);
  return exitDone;
}

} // namespace bmc
