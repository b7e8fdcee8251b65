// The data sets of a program, as its verbs read them.
#ifndef BMC_DATA_H
#define BMC_DATA_H

#include "arguments.h"
#include "rows.h"

namespace bmc {

enum class DataKind { train, valid, test };

/// The path of a data set, as the model file or the command line says; null where there is none.
const char *dataPath(const Options &options, DataKind kind);

/// One data set, opened: its file, which of the file's rows it takes, and where the columns are.
class DataSet {
public:
  DataSet(const Options &options, DataKind kind, Preparation &preparation);
  ~DataSet();
  DataSet(const DataSet &) = delete;
  DataSet &operator=(const DataSet &) = delete;

  /// Leaves out one of so many parts of its rows, drawn as the model file says, or else with the seed.
  void holdOut(int64_t fold, int64_t folds, int64_t seed);
  /// Appends the rows that were left out.
  void readHeldOut(Rows &rows);
  /// Learns the preparation from its rows.
  void learn();
  /// Appends all its rows.
  void read(Rows &rows);

private:
  void deal(int64_t seed, Array<int64_t> &order);

  Source &source;
  Preparation &preparation;
  Columns columns;
  Array<uint8_t> parts, foldOf; // of each row of the file
  RowFilter filter;
  int64_t memory; // bytes that the rows may take of it
  bool wasRead = false;
};

/// Opens the input of `predict` or of an entry, whose rows are like the training data's.
Source &openInput(const char *path, FieldUse use);

} // namespace bmc

#endif
