// `PROGRAM evaluate`: loss and metrics over the test set, or the train set where there is no other.
#include "data.h"
#include "errors.h"
#include "trained_model.h"
#include "verbs.h"

#include <stdio.h>

namespace bmc {

void printMeasures(const char *set, const Measures &measures, bool json) {
  Text line;
  if (json) {
    Text prefix;
    for (const char *p = set; *p; ++p)
      prefix.appendCharacter(*p | 0x20);
    line.append("{");
    measures.appendJson(line, prefix.append("_").get());
    line.append("}");
  } else {
    line.append(set).append(" ");
    measures.append(line);
  }
  puts(line.get());
  if (json)
    return;
  line.clear();
  measures.appendTensors(line);
  fputs(line.get(), stdout);
}

int evaluate(Options &options) {
  const char *path = options.testData ? options.testData : options.trainData;
  if (!path)
    fail(exitBadCommandLine, "%s evaluate: expected a data set, found none: say --data test=PATH", bmc_program.name);
  TrainedModel model(options);
  Rows rows(FieldUse::ofData());
  DataSet(options, options.testData ? DataKind::test : DataKind::train, model.preparation).read(rows);
  int64_t batch = options.settings.whole(settingBatch);
#ifdef BMC_DEVICE
  expectOnDevice({{batch && batch < rows.count ? batch : rows.count, rows.count}});
#endif
  Entry entry(*bmc_program.evaluate, model.variables);
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  scalars.seed = options.seed;
  Measures measures(model.variables);
  evaluateRows(entry, rows, batch, path, scalars, measures);
  printMeasures(options.testData ? "Test" : "Train", measures, options.json);
  return exitDone;
}

} // namespace bmc
