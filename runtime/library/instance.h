// An instance of a compiled model: all its memory, its entry functions with their arguments bound, and its message.
// Libraries know nothing of `fail` and of the program's memory: errors are codes, memory is the caller's.
#ifndef BMC_LIBRARY_INSTANCE_H
#define BMC_LIBRARY_INSTANCE_H

#include "../values.h"
#include "bmc/model.h"
#include "bmc/program.h"

namespace bmc {

using Program = struct bmc_program; // its name is the table's too

/// An input, a target or an output, of `predict` or of an entry.
struct Port {
  int64_t rowBytes;
  char *own; // the instance's memory for it, for all rows that are reserved
};

/// An entry function with its arguments and results.
struct Call {
  const bmc_function *function = nullptr;           // null: the model or the instance does not have it
  void **buffers = nullptr;                         // as `function->run` takes them
  int64_t *symbols = nullptr;                       // their values for `rows` rows
  int64_t *places = nullptr;                        // for each port: its index in `buffers`, or -1
  int64_t firstOutput = 0, outputCount = 0;         // its ports
  char *measures = nullptr;                         // the loss and the metrics among the results
  int64_t rowSymbol = -1, fixedRows = 0, rows = -1; // 0: any number; -1: none yet
};

enum {
  callInit,
  callTrain,
  callUpdate,
  callEpoch,
  callEvaluate,
  callPredict,
  callReset,
  callMeasure,
  callPrepare,
  callCount
};

/// How packed weights stand to the weights, see packing.h. Atomic, but for `readers`, which the lock is for.
struct Packing {
  int64_t changes;       // of the weights, as far as the library sees them
  int64_t packedChanges; // as of the last packing
  int64_t readers;       // calls that began to read packed weights when these were not current, or a pointer was lent
  bool lends;            // a caller has a pointer to a weight
  bool isLocked;
};

struct Instance {
  bmc_model base; // first: what callers hold
  const Program *program;
  bmc_allocator allocator;
  Instance *owner;         // of the weights: this, or another instance
  bool trains, hasWeights; // `hasWeights` is the owner's
  int64_t step, rows;      // steps done; rows that memory is reserved for
  uint64_t seed;

  Packing packing; // the owner's

  int64_t inputCount, targetCount, outputCount, portCount;
  int64_t *metricBegins; // of each metric: its first element among those of all
  Port *ports;           // inputs, targets, outputs, then what only entries take, then what they give
  void **variables;      // null: not held
  void **packed;         // the owner's weights in panels
  uint8_t *marks;        // one for each variable, for what goes through all of them
  double *hypers;        // `scalarStride` apart
  double *stepValue, *monitored;
  int32_t *key;
  Call calls[callCount];
  Call *more; // the steps of training that have names, then the entries

  // What the weights' program learned about columns: the entries of the file (key, value, ..., each zero-terminated),
  // and the numbers of all steps. Those of the owner count.
  char *kept;
  int64_t keptBytes, keptCapacity;
  double *learned;
  bool isPrepared; // the numbers are there

  char *rowMemory, *arena;
  int64_t fixedBytes, rowMemoryBytes, arenaBytes;
  void *pool; // of threads; null: the caller's alone
  char message[512];
};

enum { scalarStride = BMC_ALIGNMENT / sizeof(double) };

inline Instance &instanceOf(bmc_model *model) { return *reinterpret_cast<Instance *>(model); }
inline const Instance &instanceOf(const bmc_model *model) { return *reinterpret_cast<const Instance *>(model); }

/// All its calls, those of `more` last.
inline int64_t countCalls(const Instance &instance) {
  return callCount + instance.program->step_count + instance.program->entry_count;
}
inline Call &callAt(Instance &instance, int64_t i) {
  return i < callCount ? instance.calls[i] : instance.more[i - callCount];
}

/// Records what went wrong, and returns the status.
int failWith(Instance &instance, bmc_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/// Calls the compiled function with what is bound.
int runCall(Instance &instance, Call &call);

/// At the begin of each function that can fail.
inline void clearMessage(Instance &instance) { instance.message[0] = '\0'; }

void *allocate(const bmc_allocator &allocator, int64_t bytes);
void release(const bmc_allocator &allocator, void *memory, int64_t bytes);

int64_t variableBytes(const bmc_variable &variable);

/// Whether weight files and `weights` of other instances are about it.
inline bool isWeight(const bmc_variable &variable) {
  return variable.role == bmc_role_parameter || variable.role == bmc_role_buffer;
}

/// An output of a function without its row.
int describeOutput(const Program &program, const bmc_function &function, int64_t index, bmc_tensor &tensor);
int64_t countOutputs(const bmc_function *function);
int describeField(const bmc_field &field, bmc_tensor &tensor);

/// How many ports it has, their sizes, and which one is a field's.
int64_t countPorts(const Instance &instance);
int fillPorts(Instance &instance, const bmc_library *library);
int64_t portOfField(const Instance &instance, int64_t index);

/// A field that only entries take.
inline bool isOfEntries(const bmc_field &field) { return field.is_outside && !field.is_input; }

/// The index of the variable of that name, the search beginning at `hint`; -1 if there is none.
int64_t findVariable(const Program &program, const char *name, int64_t hint = 0);

/// The values of a function's symbols: a symbol that is not the row is a size of an input's row.
void bindSymbols(const Program &program, const bmc_function &function, int64_t *symbols, int64_t rows);

/// The table's functions, one file a subject.
int64_t count(const bmc_library *library, int list);
int describe(const bmc_library *library, int list, int64_t index, bmc_tensor *tensor);
int64_t countOfEntry(const bmc_library *library, int64_t entry, int list);
int describeOfEntry(const bmc_library *library, int64_t entry, int list, int64_t index, bmc_tensor *tensor);
int describeLayer(const bmc_library *library, int64_t index, bmc_layer_description *layer);
int create(const bmc_library *library, const bmc_options *options, bmc_model **model);
void destroy(bmc_model *model);
int reserve(bmc_model *model, int64_t rows);
int init(bmc_model *model, uint64_t seed);
int trainStep(bmc_model *model, const void *const *inputs, const void *const *targets, int64_t rows, double *loss,
              double *metrics);
int endEpoch(bmc_model *model, double value);
int evaluate(bmc_model *model, const void *const *inputs, const void *const *targets, int64_t rows, double *loss,
             double *metrics);
int predict(bmc_model *model, const void *const *inputs, int64_t rows, void *const *outputs);
int callEntry(bmc_model *model, const char *entry, const void *const *inputs, int64_t rows, void *const *outputs);
void *variable(bmc_model *model, const char *name, bmc_tensor *tensor);
void settle(bmc_model *model);
int setVariable(bmc_model *model, const char *name, const void *from, size_t bytes);
int getVariable(bmc_model *model, const char *name, void *to, size_t bytes);
int setHyper(bmc_model *model, const char *name, double value);
int getHyper(bmc_model *model, const char *name, double *value);
int prepare(bmc_model *model, const void *const *columns, int64_t rows, void *const *inputs);
int restore(bmc_model *model, int64_t output, const void *values, int64_t rows, double *to);
int loadFile(bmc_model *model, const char *path, int contents);
int loadMemory(bmc_model *model, const void *bytes, size_t size, int contents);
int saveFile(bmc_model *model, const char *path, int contents);
int saveMemory(bmc_model *model, void *bytes, size_t capacity, size_t *size, int contents);

} // namespace bmc

#endif
