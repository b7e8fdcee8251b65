// The preparation of columns in a library: what a program learned comes with its weights, and is saved with them again.
#ifndef BMC_LIBRARY_PREPARATION_H
#define BMC_LIBRARY_PREPARATION_H

#include "../json_reader.h"
#include "instance.h"

namespace bmc {

/// The units of metrics: another instance's, or lines that change nothing until weights tell what was learned.
void startUnits(Instance &instance);

/// The bytes that an entry of a weight file's metadata takes when it is kept; 0: it is none of a preparation.
int64_t keptBytes(JsonString key, JsonString value);

/// Keeps such entries: room for `bytes` of them, replacing what was kept before. False: there is no memory.
bool beginKeeping(Instance &instance, int64_t bytes);
void keep(Instance &instance, JsonString key, JsonString value);
/// All are there: the numbers are read.
void finishKeeping(Instance &instance);
void releaseKept(Instance &instance);

/// Hands out the kept entries one by one: `at` starts as 0. False at the end.
bool nextKept(const Instance &instance, int64_t &at, const char *&key, const char *&value);

/// The entry of a feature; null: there is none.
const char *keptOf(const Instance &instance, const bmc_feature &feature);

/// How many numbers all steps of the program learn.
int64_t learnedNumbers(const Program &program);

/// The raw columns, one entry for each feature of the inputs.
int64_t countColumns(const Program &program);
const bmc_feature *columnAt(const Program &program, int64_t index);

} // namespace bmc

#endif
