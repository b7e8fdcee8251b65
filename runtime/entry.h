// Calls of the compiled entry functions: binds symbols, arguments, results and the arena.
#ifndef BMC_ENTRY_H
#define BMC_ENTRY_H

#include "rows.h"
#include "variables.h"

namespace bmc {

/// What an entry function takes beside variables and fields.
struct Scalars {
  const double *hypers = nullptr; // one for each of the program's hypers
  int64_t step = 1;
  int64_t seed = 0;
};

/// One entry function with the memory that its calls need, kept between calls.
class Entry {
public:
  Entry(const bmc_function &function, Variables &variables);
  ~Entry();
  Entry(const Entry &) = delete;
  Entry &operator=(const Entry &) = delete;

  /// The number of rows that it was compiled for, or 0 where it takes any.
  int64_t fixedRows() const;
  /// Whether a call may write over its rows, so that the caller must hand it a copy.
  bool overwritesRows() const;
  /// Runs it on `rows` (null: it takes no fields). Variables that are results are replaced.
  void run(Rows *rows, const Scalars &scalars);

  /// The value of the loss or of the metric with this number after a call; `found` tells whether there is one.
  double scalarResult(int32_t role, int64_t index, bool &found) const;

  int64_t resultCount() const { return function.result_count; }
  const bmc_value &result(int64_t i) const { return function.results[i]; }
  const void *resultData(int64_t i) const { return buffers[function.argument_count + i]; }
  const int64_t *resultDims(int64_t i) const { return dims.data() + dimsBegin[i]; }

private:
  void bindSymbols(const Rows *rows);
  void bindDim(const bmc_value &value, int64_t axis, int64_t size);
  void prepare();
  void bindArguments(Rows *rows, const Scalars &scalars);
  void bindResults();
  void replaceVariables();

  const bmc_function &function;
  Variables &variables;
  Array<int64_t> symbols, preparedSymbols;
  bool prepared = false;
  Array<void *> buffers;      // arguments, then results
  Array<void *> ownedScalars; // one for each argument that is a scalar or a key
  Array<void *> ownedResults; // one for each result that is not aliased
  Array<int64_t> ownedBytes;
  Array<int64_t> dims, dimsBegin;
  char *arena = nullptr;
  int64_t arenaBytes = 0;
};

} // namespace bmc

#endif
