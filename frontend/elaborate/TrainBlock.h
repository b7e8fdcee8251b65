// The train block, checked: which data, loss, optimizer and metrics, and how long.
#pragma once

#include "DataBlock.h"

#include <set>

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

/// A loss or a metric: a function that gets the outputs of the network and the targets, or an expression of
/// `prediction`, the fields of the data and the members of the network.
struct Score {
  std::string name;
  std::optional<Applied> applied;
  const Expr *expr = nullptr; // where it is no function
  Range range;
  std::shared_ptr<Scope> numbers; // of a loss: those that `--set` changes
};

/// One with members has an instance: it accumulates over batches, or asks for all rows. `given` are the arguments that
/// it gets in the place of outputs and targets.
struct Metric : Score {
  std::shared_ptr<Instance> instance;
  std::vector<const Expr *> given;
};

/// An optimizer and the parameters that it trains.
struct Group {
  std::shared_ptr<Instance> optimizer;
  std::set<unsigned> variables; // without `over`: all
  bool isOverAll = true;
  Range range;
};

/// A function from the list of all gradients to the list of those to step by.
struct GradientFunction {
  DeclaredObject function;
  std::shared_ptr<Scope> arguments; // by name
  Range range;
};

/// Where several have a name, `owner` stands before it: `head.lr`.
struct Named {
  std::string name;
  std::string owner;
};

/// A number that `--set` changes: an argument of the optimizer (`lr`), of a schedule in it (`lr.rate`), of a function of
/// the gradients, of a loss (`loss.delta`), or of a layer (`drop.p`).
struct Hyper : Named {
  enum Kind { Optimizer, Loss, Layer };

  double value;
  Scope *scope; // the optimizer's, the schedule's, the function's or the layer's
  std::string argument;
  Kind kind = Optimizer;
  std::optional<Range> decidesAt = {}; // where it decides what is compiled
  bool isPredictedWith = false;        // predictions need it
};

/// A schedule in the place of a number of an optimizer (`lr`), or of one of another schedule (`lr.after`).
struct ScheduledNumber : Named {
  std::shared_ptr<Instance> schedule;
  bool isOfOptimizer;
  int64_t every; // of how many batches one is a step of its optimizer
};

/// What a step of training lessens, and the optimizers that do so.
struct Objective {
  Name name;                 // empty: the train block has no `step`, and this is its only objective
  int64_t every = 1;         // of how many batches one takes this step
  std::vector<Score> losses; // their sum is the loss
  std::vector<Group> groups;
  std::vector<GradientFunction> gradientFunctions;

  bool isNamed() const { return !name.text.empty(); }
  /// What a part of the loss is reported as.
  std::string reportedName(const Score &part) const { return isNamed() ? name.text + "." + part.name : part.name; }
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
  std::vector<DataSet> datasets;     // the training data is the first
  std::vector<Objective> objectives; // in the order of their steps
  std::vector<Metric> metrics;
  std::set<unsigned> frozen;
  std::vector<Hyper> hypers;
  std::vector<ScheduledNumber> scheduled; // outer ones first
  std::vector<ClassWeights> classWeights;
  int64_t epochs = 1;
  int64_t batch = 0;      // all
  int64_t accumulate = 0; // batches an update; 0: the block does not say, and each batch is one
  int64_t seed = 0;
  bool shuffle = false;
  Monitor monitor;

  /// The fields of the training data.
  std::vector<Field> &fields() { return datasets.front().fields; }
  const std::vector<Field> &fields() const { return datasets.front().fields; }
  bool hasSteps() const { return objectives.front().isNamed(); }
  /// The names of what is reported beside the loss: the losses of the steps, the parts of a loss, where it has several,
  /// and the metrics.
  std::vector<std::string> reported() const;
};

/// Reads a train block; throws Stop after the errors of all its entries were reported. Settles which variables are
/// trained.
TrainBlock readTrainBlock(Evaluator &evaluator, const Declaration &decl, const Instance *network);

} // namespace bmc::frontend
