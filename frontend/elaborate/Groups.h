// The entries of a train block that say what is trained, and how: `optimizer`, `freeze` and `gradients`.
#pragma once

#include "TrainBlock.h"

namespace bmc::frontend {

class GroupReader {
public:
  GroupReader(Evaluator &evaluator, TrainBlock &block, const Instance *network)
      : e(evaluator), block(block), network(network) {}

  void optimizer(Objective &objective, const Entry &entry);
  void freeze(const Entry &entry);
  void gradients(Objective &objective, const Entry &entry);
  /// When all entries are read: which variables are trained, by which group, and the names of the numbers.
  void settle();

private:
  void group(Objective &objective, const Entry &entry, const std::string &owner);
  void gradientFunction(Objective &objective, const Expr &expr);
  void settle(Objective &objective);
  std::set<unsigned> parameters(const Expr &expr);
  void collect(const Object &object, std::set<unsigned> &found);
  void argument(Scope &scope, const Parameter &parameter, const std::string &owner, bool isOfOptimizer);
  void number(Scope &scope, const std::string &argument, const Named &named, bool isOfOptimizer);
  void scheduleNumbers(const Object &object, const Named &named, bool isOfOptimizer);

  Evaluator &e;
  TrainBlock &block;
  const Instance *network; // null after an error in it
};

} // namespace bmc::frontend
