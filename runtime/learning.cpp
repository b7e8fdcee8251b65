// Learning the preparation from the training rows, and its place in weight files: the metadata `data.x.0` holds the
// numbers of the feature's steps column by column, or the lists of its categories, and `data.x.0.columns` the names of
// the columns that `others` stood for.
//
// A step may follow another one that learns: `normalise(impute(age, median))`. So the rows are passed as often as the
// longest chain of learning steps demands.
#include "columns.h"
#include "errors.h"
#include "json.h"
#include "numbers.h"
#include "preparation.h"
#include "split.h"

#include <math.h>

namespace bmc {

/// The step of a feature that learns in a pass, counted from 0; -1: none. `place` is where its numbers begin.
static int64_t learningStep(const bmc_feature &feature, int64_t pass, int64_t &place) {
  place = 0;
  for (int64_t s = 0; s < feature.step_count; ++s) {
    if (feature.steps[s].kind->learnedCount > 0 && pass-- == 0)
      return s;
    place += feature.steps[s].kind->learnedCount;
  }
  return -1;
}

static bool learnsCategories(const bmc_feature &feature, int64_t pass) {
  return feature.encoding && feature.encoding->learning && pass == 0 &&
         (!feature.categories || feature.missing == bmc_missing_is_most_frequent);
}

static void addCell(PreparedFeature &prepared, int64_t column, int64_t step, Sample *samples, Source &source,
                    int64_t cell) {
  const bmc_feature &feature = *prepared.feature;
  if (step >= 0)
    feature.steps[step].kind->add(samples[column], Preparation::apply(prepared, column, step, source.number(cell)));
  else
    prepared.categories[column]->learn(source.text(cell));
}

static void finishColumn(PreparedFeature &prepared, int64_t column, int64_t step, int64_t place, Sample *samples,
                         Source &source, int64_t cell) {
  const bmc_feature &feature = *prepared.feature;
  if (step < 0)
    return prepared.categories[column]->finish(source, cell);
  double *learned = prepared.learned.data() + column * prepared.learnedCount + place;
  if (feature.steps[step].kind->finish(samples[column], learned))
    return;
  const char *name = source.columnName(cell);
  Text number;
  number.format("%lld", static_cast<long long>(cell + 1));
  fail(exitBadInput, "%s: column %s: expected numbers for '%s' in the training rows, found none", source.name(),
       name && *name ? name : number.get(), feature.steps[step].kind->name);
}

/// One feature's work in a pass.
struct Task {
  PreparedFeature *prepared;
  int64_t step, place;
  const int64_t *cells;
  Sample *samples; // one a column
};

static void findTasks(Preparation &preparation, const Columns &columns, int64_t pass, Array<Task> &tasks) {
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    PreparedFeature &prepared = preparation.feature(f);
    Task task = {&prepared, 0, 0, columns.of(f), nullptr};
    task.step = learningStep(*prepared.feature, pass, task.place);
    if (!task.cells || (task.step < 0 && !learnsCategories(*prepared.feature, pass)))
      continue;
    int64_t count = prepared.feature->column_count;
    task.samples = static_cast<Sample *>(growMemory(nullptr, count * sizeof(Sample), "the preparation"));
    for (int64_t c = 0; c < count; ++c)
      new (Place{task.samples + c}) Sample();
    tasks.push(task);
  }
}

static void finishTasks(Array<Task> &tasks, Source &source) {
  for (Task &task : tasks) {
    for (int64_t c = 0; c < task.prepared->feature->column_count; ++c) {
      finishColumn(*task.prepared, c, task.step, task.place, task.samples, source, task.cells[c]);
      task.samples[c].~Sample();
    }
    free(task.samples);
  }
}

static void rememberColumns(Preparation &preparation, Source &source, const Columns &columns) {
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    PreparedFeature &prepared = preparation.feature(f);
    prepared.columnNames.clear();
    if (prepared.feature->selection != bmc_select_others)
      continue;
    for (int64_t c = 0; c < prepared.feature->column_count; ++c)
      if (const char *name = source.columnName(columns.of(f)[c]))
        prepared.columnNames.append(name, static_cast<int64_t>(strlen(name)) + 1);
  }
}

static void learn(Preparation &preparation, Source &source, const Columns &columns, const RowFilter &filter) {
  rememberColumns(preparation, source, columns);
  for (int64_t pass = 0;; ++pass) {
    Array<Task> tasks;
    findTasks(preparation, columns, pass, tasks);
    if (tasks.size() == 0)
      return;
    source.rewind();
    for (int64_t row = 0; source.next(); ++row) {
      if (!filter.takes(row))
        continue;
      for (Task &task : tasks)
        for (int64_t c = 0; c < task.prepared->feature->column_count; ++c)
          addCell(*task.prepared, c, task.step, task.samples, source, task.cells[c]);
    }
    finishTasks(tasks, source);
  }
}

static void keyOf(const bmc_feature &feature, const char *part, Text &key) {
  key.append("data.").append(feature.name).append(part);
}

static void save(const Preparation &preparation, SafetensorsWriter &file) {
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    const PreparedFeature &prepared = preparation.feature(f);
    Text value, key;
    for (int64_t i = 0; i < prepared.learned.size(); ++i)
      value.format(i ? " %.17g" : "%.17g", prepared.learned[i]);
    if (learnsCategories(*prepared.feature, 0)) {
      for (int64_t c = 0; c < prepared.categories.size(); ++c)
        prepared.categories[c]->save(value.append(c ? "," : "["));
      value.append("]");
    }
    keyOf(*prepared.feature, "", key);
    if (value.size())
      file.addMetadata(key.get(), value.get());
    if (prepared.columnNames.size() == 0)
      continue;
    Text names("["), columnsKey;
    for (const char *p = prepared.columnNames.data(); p < prepared.columnNames.end(); p += strlen(p) + 1) {
      names.append(names.size() > 1 ? "," : "");
      appendJsonString(names, p);
    }
    keyOf(*prepared.feature, ".columns", columnsKey);
    file.addMetadata(columnsKey.get(), names.append("]").get());
  }
}

static void loadNumbers(PreparedFeature &prepared, const WeightFile &file, const char *key, const char *text) {
  Text word;
  for (int64_t i = 0; i < prepared.learned.size(); ++i) {
    int64_t length = static_cast<int64_t>(strcspn(text, " "));
    word.clear();
    word.append(text, length);
    if (!parseNumber(word.get(), prepared.learned[i]) || !isfinite(prepared.learned[i]))
      fail(exitBadInput, "%s: expected %lld numbers for '%s' in its metadata, found '%s'", file.path(),
           (long long)prepared.learned.size(), key, word.get());
    text += length;
    text += *text == ' ';
  }
}

static void checkRead(const JsonReader &json, const WeightFile &file, const char *key) {
  if (json.failed())
    fail(exitBadInput, "%s: '%s' in its metadata cannot be read: %s", file.path(), key, json.message());
}

/// The names of the columns as `others` found them in training.
static void loadColumnNames(PreparedFeature &prepared, const WeightFile &file) {
  Text key, name;
  keyOf(*prepared.feature, ".columns", key);
  prepared.columnNames.clear();
  const char *text = file.metadata(key.get());
  if (!text)
    return;
  JsonReader json(text, static_cast<int64_t>(strlen(text)));
  int64_t count = 0;
  json.expect('[');
  do {
    readJsonString(json, name);
    prepared.columnNames.append(name.get(), name.size() + 1);
    ++count;
  } while (json.accept(','));
  json.expect(']');
  checkRead(json, file, key.get());
  if (count != prepared.feature->column_count)
    fail(exitBadInput, "%s: expected %lld names for '%s' in its metadata, found %lld", file.path(),
         (long long)prepared.feature->column_count, key.get(), (long long)count);
}

/// One JSON list of texts for each column.
static void loadCategories(PreparedFeature &prepared, const WeightFile &file, const char *key, const char *text) {
  JsonReader json(text, static_cast<int64_t>(strlen(text)));
  json.expect('[');
  for (int64_t c = 0; c < prepared.categories.size(); ++c) {
    if (c)
      json.expect(',');
    prepared.categories[c]->load(json);
  }
  json.expect(']');
  checkRead(json, file, key);
}

static void load(Preparation &preparation, const WeightFile &file) {
  for (int64_t f = 0; f < preparation.featureCount(); ++f) {
    PreparedFeature &prepared = preparation.feature(f);
    loadColumnNames(prepared, file);
    if (prepared.learned.size() == 0 && !learnsCategories(*prepared.feature, 0))
      continue;
    Text key;
    keyOf(*prepared.feature, "", key);
    const char *text = file.metadata(key.get());
    if (!text && prepared.feature->encoding)
      continue; // class numbers are their own names
    if (!text)
      fail(exitBadInput,
           "%s: expected the learned preparation '%s' in its metadata, found none: weights made elsewhere need a "
           "training with this program first",
           file.path(), key.get());
    if (prepared.feature->encoding)
      loadCategories(prepared, file, key.get(), text);
    else
      loadNumbers(prepared, file, key.get(), text);
  }
}

const Learning stepLearning = {learn, save, load};

} // namespace bmc
