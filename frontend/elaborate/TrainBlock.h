// The train block, checked: which data, loss, optimizer and metrics, and how long.
#pragma once

#include "DataBlock.h"

namespace bmc::frontend {

/// A function with the arguments that were given ahead.
struct Applied {
  DeclaredObject function;
  std::vector<Bound> arguments;
  Range range;
};

/// `class_weights(y)`: a buffer that the program fills from the training rows.
struct ClassWeights {
  Name field;
  unsigned variable;
};

/// A metric with its arguments. One with members has an instance: it accumulates over batches, or asks for all rows.
struct Metric {
  std::string name;
  Applied applied;
  std::shared_ptr<Instance> instance;
};

/// A number that `--set` changes: an argument of the optimizer (`lr`) or of a schedule in it (`lr.rate`).
struct Hyper {
  std::string name;
  double value;
  Scope *scope; // the optimizer's or the schedule's
  std::string argument;
};

/// Which epoch is the best one, when training stops before the last epoch, and whose weights are saved.
struct Monitor {
  std::string name; // `valid loss`; empty: the loss, on the validation data where there is some
  bool maximize = false;
  int64_t patience = 0; // 0: training never stops early
  double minDelta = 0;
  std::string keep; // `best` or `last`; empty: `best` where there is validation data
  Range range;      // of the name
};

struct TrainBlock {
  const Declaration *decl = nullptr;
  std::vector<DataSet> datasets; // the training data is the first
  std::optional<Applied> loss;
  std::vector<Metric> metrics;
  std::shared_ptr<Instance> optimizer;
  std::vector<Hyper> hypers;
  std::vector<ClassWeights> classWeights;
  int64_t epochs = 1;
  int64_t batch = 0; // all
  int64_t seed = 0;
  bool shuffle = false;
  Monitor monitor;

  /// The fields of the training data.
  std::vector<Field> &fields() { return datasets.front().fields; }
  const std::vector<Field> &fields() const { return datasets.front().fields; }
};

/// Reads a train block; throws Stop after the errors of all its entries were reported.
TrainBlock readTrainBlock(Evaluator &evaluator, const Declaration &decl);

} // namespace bmc::frontend
