// The entries of a train block that say what is measured: `loss` and `metrics`.
#pragma once

#include "TrainBlock.h"

namespace bmc::frontend {

class ScoreReader {
public:
  ScoreReader(Evaluator &evaluator, TrainBlock &block) : e(evaluator), block(block) {}

  void loss(Objective &objective, const Entry &entry);
  void metrics(const Entry &entry);

private:
  Applied applied(const Expr &expr);
  Score score(const std::string &name, const Expr &expr);
  void lossPart(Objective &objective, const std::string &name, const Expr &expr);
  void metric(const std::string &name, const Expr &expr);
  /// Nothing else that is reported has this name.
  void checkName(const std::string &name, Range range);
  Object classWeights(const CallExpr &call);

  Evaluator &e;
  TrainBlock &block;
};

} // namespace bmc::frontend
