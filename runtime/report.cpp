// `PROGRAM report`: one page that shows a training and its model, and needs nothing but a browser: the run log as
// curves, loss and metrics on all data sets, what was predicted, the layers, the settings, the timings. The page's
// scripts (report/*.js) draw what stands in it as JSON.
//
// Linked where bmc is asked to (--with=report).
#include "clock.h"
#include "data.h"
#include "errors.h"
#include "info.h"
#include "json.h"
#include "output_file.h"
#include "report_outcomes.h"
#include "run_log.h"
#include "trained_model.h"
#include "verbs.h"

namespace bmc {

static const char style[] =
#include "report/page.css.inc"
    ;
static const char charts[] =
#include "report/charts.js.inc"
    ;
static const char page[] =
#include "report/page.js.inc"
    ;

static void appendLog(Text &out, const char *path) {
  Text log;
  readRunLog(path, log);
  appendJsonField(out.append(","), "logFile", path);
  appendJsonField(out.append(","), "log", log.get());
}

/// `{"name":"test","path":"test.csv","rows":30,"seconds":0.001,"measures":{...}}`
static void appendSet(Text &out, const Options &options, const char *name, const char *path, Rows &rows,
                      TrainedModel &model) {
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  scalars.seed = options.seed;
  Entry entry(*bmc_program.evaluate, model.variables);
  Measures measures(model.variables);
  double begin = monotonicSeconds();
  evaluateRows(entry, rows, options.settings.whole(settingBatch), path, scalars, measures);
  appendJsonField(out.append("{"), "name", name);
  appendJsonField(out.append(","), "path", path);
  out.format(",\"rows\":%lld,\"seconds\":%.9g,\"measures\":{", static_cast<long long>(rows.count),
             monotonicSeconds() - begin);
  measures.appendJson(out, "");
  out.append("}}");
}

static void appendOutcomes(Text &out, const Options &options, const char *path, Rows &rows, TrainedModel &model) {
  Scalars scalars;
  scalars.hypers = options.settings.hypers();
  Entry entry(*bmc_program.predict, model.variables);
  int64_t size = rowsPerCall(entry, options.settings.whole(settingBatch), rows.count, path);
  Batches batches(rows, size, entry.overwritesRows());
  Outcomes outcomes(entry, model.preparation, rows.count);
  // What answers for no target may take what the data does not have.
  while (Rows *part = outcomes.areThere() ? batches.next() : nullptr) {
    entry.run(part, scalars);
    outcomes.add(*part);
  }
  out.append(",\"outcomes\":");
  outcomes.appendJson(out);
}

/// All data sets, the last one of them with what was predicted for its rows.
static void appendSets(Text &out, const Options &options, TrainedModel &model) {
  static const char *const names[] = {"train", "valid", "test"};
  Text outcomes;
  bool isFirst = true;
  out.append(",\"sets\":[");
  for (int number = 0; number < 3; ++number) {
    auto kind = static_cast<DataKind>(number);
    const char *path = dataPath(options, kind);
    if (!path)
      continue;
    Rows rows(FieldUse::ofData());
    DataSet(options, kind, model.preparation).read(rows);
    outcomes.clear();
    appendSet(out.append(isFirst ? "" : ","), options, names[number], path, rows, model);
    appendOutcomes(outcomes, options, path, rows, model);
    isFirst = false;
  }
  out.append("]").append(outcomes.get());
}

static void write(OutputFile &file, const char *text) { file.write(text, static_cast<int64_t>(strlen(text))); }

/// A script ends where `</script>` stands, so no `<` may be in it: in JSON it stands in strings alone, where it has
/// another spelling.
static void writeContent(OutputFile &file, const Text &content) {
  for (const char *p = content.get(); *p; ++p)
    *p == '<' ? write(file, "\\u003c") : file.write(p, 1);
}

static void writePage(OutputFile &file, const Text &content) {
  write(file,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Report</title>\n<style>\n");
  write(file, style);
  write(
      file,
      "</style>\n</head>\n<body>\n<header><h1></h1><p class=\"faint\"></p><nav aria-label=\"Contents\"></nav></header>"
      "\n<main></main>\n<noscript><p>This report is drawn by the script that it holds; scripts are switched off "
      "here.</p></noscript>\n<script type=\"application/json\" id=\"report\">");
  writeContent(file, content);
  write(file, "</script>\n<script>\n");
  write(file, charts);
  write(file, page);
  write(file, "</script>\n</body>\n</html>\n");
}

int bmc_part_report(Options &options) {
  Text path, content("{\"info\":");
  path.append(options.output ? options.output : bmc_program.name).append(options.output ? "" : ".html");
  checkWritable(path.get());
  TrainedModel model(options);
  appendJsonInfo(content);
  appendJsonField(content.append(","), "weights", model.path.get());
  if (options.log)
    appendLog(content, options.log);
  appendSets(content, options, model);
  content.append("}");
  OutputFile file(path.get());
  writePage(file, content);
  file.commit();
  note("saved %s", path.get());
  return exitDone;
}

} // namespace bmc
