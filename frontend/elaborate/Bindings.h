// What names of optimizers and schedules stand for while a function is emitted.
#pragma once

#include "Program.h"

namespace bmc::frontend {

/// While it lives, the numbers that `--set` changes are arguments of the function that is being emitted.
class Program::BoundHypers {
public:
  BoundHypers(const TrainBlock &training, Body &body);
  ~BoundHypers();
  BoundHypers(const BoundHypers &) = delete;

private:
  std::vector<std::pair<const Hyper *, Object>> saved;
};

/// While it lives, the states of schedules are the values of the function that is being emitted.
class Program::BoundSchedules {
public:
  BoundSchedules(Program &program, const Body &body);
  ~BoundSchedules();
  BoundSchedules(const BoundSchedules &) = delete;

private:
  Program &program;
};

} // namespace bmc::frontend
