// The functions of the module: `@init`, `@train`, `@evaluate`, `@predict`, for metrics `@reset` and `@measure`, for
// schedules `@epoch` and `@rates`; and the description of the program that the module carries (docs/architecture.md has
// the contract).
#pragma once

#include "LayerTable.h"
#include "TrainBlock.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace bmc::frontend {

class Program {
public:
  /// With `explains` the module gets the function that explains predictions.
  Program(Evaluator &evaluator, const Module &main, mlir::ModuleOp module, bool explains = false);

  /// Fills the module; throws Stop after an error was reported.
  void build();

private:
  bool attempt(llvm::function_ref<void()> step);

  /// An input of an entry function: a parameter of `forward`, or a target of the loss.
  struct Input {
    std::string name;
    mlir::RankedTensorType type;
    bool isTarget = false;
    bool isOutside = false; // of the data: only `predict` reads it
    std::string rowName;    // of its first dimension; may be empty
    std::vector<Feature> features;
    int64_t classes = 0;
    std::optional<int64_t> ignored; // the number of rows without a class
    std::string classWeights;       // the buffer of this name has the weights of its classes
    std::string units;              // the variable of this name has the numbers of its units
    Range range;
  };
  struct Result {
    mlir::Value value;
    mlir::DictionaryAttr attributes;
  };
  struct Body {
    mlir::func::FuncOp function;
    Emission emission;
    std::map<std::string, mlir::Value> inputs, hypers;
    std::vector<mlir::Value> predictions;
    mlir::Value step, monitored;
    std::vector<Result> results;
  };
  /// What a parameter of a loss or metric gets: an output of the network, or a field of the data.
  struct Source {
    const Parameter *parameter;
    int output; // -1: none
    std::string field;
  };
  /// A call that outputs and fields go into.
  struct Use {
    std::vector<Source> sources;
    const Module *module;
    Range range;
    const Scope *scope;             // what the types of the parameters see
    std::optional<int64_t> ignored; // the class number of rows that do not count
  };
  enum Arguments : unsigned {
    Variables = 1,
    States = 2,
    Targets = 4,
    Hypers = 8,
    Step = 16,
    Key = 32,
    Inputs = 64,
    MetricStates = 128,
    Predictions = 256,
    Monitored = 512,
  };

  // Networks.cpp
  void createNetwork();
  std::pair<Object, Range> namedNetwork();
  void createNetworks(const Entry &networks, const Declaration &train);
  void readPredictor(const Entry *entry);
  Range predictorRange();
  /// The parameters of a network, a layer or a method that an expression calls; null where it calls something else.
  const std::vector<Parameter> *calledParameters(const CallExpr &call, std::shared_ptr<Instance> &owner);
  void findInputsOf(const Expr &expr);
  void nameVariables();
  void prepareStates();
  std::vector<const Member *> stateMembers(const Instance &owner);
  unsigned declareState(const Instance &owner, const Member &member, std::string name, mlir::RankedTensorType type);
  void findInputs();
  Input inputOf(const Parameter &parameter, const Instance &owner);
  static int64_t valuesOfRow(mlir::RankedTensorType type);
  void fitInputs();
  bool isInput(const std::string &field) const;
  void findTargets();
  Input target(Field &field, const TypeExpr *type, Scope &scope, const Parameter *parameter);
  std::optional<Input> fit(Field &field, const TypeExpr &type, Scope &scope);
  void shapeClassWeights();
  void countCategories(Field &field, Input &input);
  void emitInit();
  void beginPredict(Body &body);
  void finishPredict(Body &body);
  void addOutputs(Body &body, const Object &output, Range place, const std::string &what);
  const Applied *linkedLoss() const;
  void emitProbabilities(Body &body);
  void emitTrain();
  void emitStep(size_t number);
  void addResults(Body &body, const Emission &before);
  void foldStepIntoKey(Body &body);
  void emitEvaluate();

  // ModelNumbers.cpp
  void findModelNumbers();
  void findNumbersOf(const Applied &loss, const std::string &owner, Scope &scope);
  void findNumbersIn(const Expr &expr, const std::string &owner, Scope &scope);
  void findNumbersOf(const Object &object, std::set<const Instance *> &seen);
  void addModelNumber(const std::string &owner, const std::string &argument, Scope &scope, Hyper::Kind kind);
  void noteNumbersOfPredictions(const Body &body);
  std::string whyFixed(const Hyper &hyper) const;
  void settleModelNumbers();

  // Explain.cpp
  void emitExplain();
  mlir::Value addGiven(Body &body, const std::string &name, mlir::RankedTensorType type);

  void describeProgram();
  void numberColumns();
  void giveColumns(Input &input, int64_t &column);
  mlir::Attribute describeField(const Input &input);
  mlir::Attribute describeFeature(const Feature &feature, const std::string &name, std::optional<int64_t> ignored = {});
  mlir::Attribute describeDataset(const DataSet &set);

  // Accumulation.cpp
  void prepareAccumulation();
  unsigned declareSum(std::string name, mlir::RankedTensorType type);
  void accumulate(Body &body, llvm::ArrayRef<mlir::Value> gradients);
  void emitUpdate();

  // Entries.cpp
  void emitEntries();
  void emitEntriesOf(const std::shared_ptr<Instance> &owner, const std::string &prefix);
  void emitEntry(const std::shared_ptr<Instance> &owner, const Member &method, const std::string &name);
  Input entryInput(const Parameter &parameter, const Instance &owner, const Member &method, int64_t &column);

  // Schedules.cpp
  void prepareSchedules();
  Object numberAt(const Object &object, mlir::Value step, Range range);
  void emitEpoch();
  mlir::Value stepOf(const ScheduledNumber &number, mlir::Value batch);
  void changeStates(Body &body, const ScheduledNumber &number);
  void emitRates();

  // Units.cpp
  struct Units {
    unsigned variable;
    std::vector<std::string> inverses; // of the functions in its preparation, the last one's first
  };
  void declareUnits();
  bool isUnits(unsigned variable) const;
  mlir::Value undone(mlir::Value value, const Units &units, mlir::Value numbers, Range range);
  Object inUnits(Body &body, const Object &prediction);

  // Metrics.cpp
  void prepareMetrics();
  const Member &inputMethod(const Metric &metric);
  void bindMetricDims(Metric &metric);
  Call calledWith(const Metric &metric, const Object &prediction, const Body &body);
  void declareMetricState(Metric &metric, const Member &member);
  void setMetricStates(const Metric &metric, const Body &body);
  void addToMetrics(Body &body, const Object &prediction);
  void keepPredictions(Body &body, const Object &prediction);
  void emitReset();
  void emitMeasure();
  mlir::Value valueOf(const Metric &metric, Body &body, const Object &prediction);
  bool asksForAllRows() const;
  bool asksForInputs();
  Range metricsRange() const;

  void begin(Body &body, const std::string &name, unsigned arguments, llvm::ArrayRef<Input> own = {});
  void finish(Body &body, bool dropUnused);
  Object forward(Body &body);
  Object callWith(Body &body, const std::shared_ptr<Instance> &owner, const std::string &method,
                  llvm::ArrayRef<Input> given);

  // Scores.cpp
  std::vector<Source> sourcesOf(const std::vector<Parameter> &parameters, const std::vector<Bound> &given);
  std::vector<Source> sourcesIn(const std::vector<Parameter> &parameters, const std::vector<const Expr *> &arguments);
  std::vector<Source> sourcesOf(const Metric &metric);
  std::vector<Use> uses();
  Scope names(const Object &prediction, const Body &body);
  Call scored(const std::vector<Source> &sources, const Object &prediction, const Body &body, Range range);
  bool asksForPrediction(const Score &score);
  Object predictionFor(Body &body, const Objective *objective, bool measures);
  mlir::Value score(const Score &score, const Object &prediction, Body &body, const std::string &what);
  mlir::Value lossOf(Body &body, const Objective &objective, const Object &prediction);
  void measure(Body &body, const Object &prediction);
  std::vector<unsigned> trainedVariables(const Objective &objective);
  std::vector<mlir::Value> gradientsOf(Body &body, const Objective &objective, mlir::Value loss);
  void update(Body &body, const Objective &objective, std::vector<mlir::Value> gradients);
  mlir::Value stepParameter(Body &body, const Group &group, unsigned variable, mlir::Value gradient);
  std::vector<mlir::Value> changedGradients(const Objective &objective, std::vector<mlir::Value> gradients);
  class BoundHypers;
  class BoundSchedules;
  mlir::DictionaryAttr role(const std::string &role, const std::string &name = "");
  mlir::DictionaryAttr variableAttribute(unsigned index);
  void result(Body &body, mlir::Value value, mlir::DictionaryAttr attributes) {
    body.results.push_back({value, attributes});
  }

  Evaluator &e;
  const Module &main;
  mlir::ModuleOp module;
  bool explains;
  std::shared_ptr<Instance> network; // where there are several, they are the members of this one
  std::optional<Declaration> several;
  /// What predicts: a method of a network, or an expression of the networks and the fields of the data.
  struct Predictor {
    std::shared_ptr<Instance> network;
    std::string method = "forward";
    const Expr *expr = nullptr;
  } predictor;
  bool predictsFromData = true; // whether the data has all that the predictor takes
  std::optional<TrainBlock> training;
  std::vector<std::pair<std::string, std::string>> fixedNumbers; // those that `--set` cannot change, and why
  std::vector<Input> inputs, targets;
  std::map<size_t, Units> units;  // of targets whose preparation metrics undo, by their place
  std::vector<Input> entryInputs; // what entries take beside them
  std::vector<std::string> entries;
  std::vector<unsigned> order; // the named variables
  /// The states of an optimizer for each variable that it trains, by name.
  std::map<const Group *, std::map<unsigned, std::map<std::string, unsigned>>> states;
  /// Where gradients of several batches make one update: their sums, by parameter, and what is counted.
  struct Accumulation {
    std::map<unsigned, unsigned> sums;
    unsigned rows, batches, updates;
  };
  std::optional<Accumulation> accumulation;
  std::map<const Instance *, std::map<std::string, unsigned>> scheduleStates; // of each schedule, by name
  std::map<const Metric *, std::vector<std::pair<std::string, unsigned>>> metricStates;
  std::vector<mlir::RankedTensorType> predictionTypes; // of all outputs
  mlir::RankedTensorType predictionType;               // of the first
  LayerUses layerUses;                                 // of the forward pass
};

} // namespace bmc::frontend
