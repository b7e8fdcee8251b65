// Calls of the compiled entry functions: binds symbols, arguments, results and the arena.
#ifndef BMC_ENTRY_H
#define BMC_ENTRY_H

#include "rows.h"
#include "variables.h"
#ifdef BMC_DEVICE
#include "device/device_entry.h"
#endif

namespace bmc {

/// A tensor that the caller of an entry function hands over for an argument.
struct GivenTensor {
  void *data;
  int64_t *dims;
};

/// What an entry function takes beside variables and fields.
struct Scalars {
  const double *hypers = nullptr; // one for each of the program's hypers
  int64_t step = 1;
  double monitored = 0; // of an epoch
  int64_t seed = 0;
  const GivenTensor *given = nullptr; // by argument: instead of rows, where `run` gets none
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
  /// Runs it on `rows`. Null: it takes no fields, or the given tensors. Variables that are results are replaced.
  void run(Rows *rows, const Scalars &scalars);

  /// The number of the result with this role, for metrics and predictions also with this index; -1: there is none.
  int64_t findResult(int32_t role, int64_t index) const;
  /// The value of the loss or of a metric after a call; 0 where there is none.
  double scalarResult(int32_t role, int64_t index) const;

  const bmc_function &code() const { return function; }
  int64_t resultCount() const { return function.result_count; }
  const bmc_value &result(int64_t i) const { return function.results[i]; }
#ifdef BMC_DEVICE
  const void *resultData(int64_t i) const {
    return onDevice ? onDevice->result(i) : buffers[function.argument_count + i];
  }
#else
  const void *resultData(int64_t i) const { return buffers[function.argument_count + i]; }
#endif
  const int64_t *resultDims(int64_t i) const { return dims.data() + dimsBegin[i]; }

private:
  void bindSymbols(const Rows *rows, const GivenTensor *given);
  void bindDim(const bmc_value &value, int64_t axis, int64_t size);
  void prepare();
  void bindArguments(Rows *rows, const Scalars &scalars);
  void bindResults();
  void replaceVariables();

#ifdef BMC_DEVICE
  DeviceEntry *onDevice = nullptr; // null: on the processor
#endif
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

/// The function, or one that takes and gives nothing, where the program does not have it.
const bmc_function &functionOrNone(const bmc_function *function);

} // namespace bmc

#endif
