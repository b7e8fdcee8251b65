// The table of layers that a program's `info` shows: what each one is, gives, holds and costs.
#pragma once

#include "Evaluator.h"

#include <set>

namespace bmc::frontend {

/// What the calls of each layer's methods gave and cost while a function was emitted.
class LayerUses {
public:
  struct Use {
    std::string output;              // the shape of the first call's result; empty if it is no tensor
    bm::SymbolicDim flops = 0;       // of all calls, with what is called inside
    std::vector<mlir::Type> outputs; // of all calls
  };
  void record(const Instance &instance, const Object &result, const bm::SymbolicDim &flops);
  const Use *find(const Instance &instance) const;

  /// A call in progress. What a layer's methods call of the layer itself is part of that call.
  class Call {
  public:
    Call(LayerUses *uses, const Instance &instance)
        : uses(uses), instance(&instance), isOutermost(uses && uses->active.insert(&instance).second) {}
    ~Call() {
      if (isOutermost)
        uses->active.erase(instance);
    }
    Call(const Call &) = delete;

    void record(const Object &result, const bm::SymbolicDim &flops) {
      if (isOutermost)
        uses->record(*instance, result, flops);
    }

  private:
    LayerUses *uses;
    const Instance *instance;
    bool isOutermost;
  };

private:
  std::map<const Instance *, Use> uses;
  std::set<const Instance *> active;
};

/// Measures one call: the ops that were added to a block between two moments.
class CallMeter {
public:
  explicit CallMeter(const mlir::OpBuilder &builder);
  bm::SymbolicDim flops() const;

private:
  mlir::Block *block;
  mlir::Operation *last; // of the block when the call began
};

/// One dictionary for each layer that has its place under `root`, outer ones first: `name` (empty for the root),
/// `depth`, `kind` (`Linear(in = 3, out = 2)`), `output`, `parameters` (how many numbers), and `flops` and `bytes` for
/// one row, every symbolic dimension being 1: operations of the forward pass, and what it reads of parameters and
/// buffers and writes as results.
mlir::ArrayAttr layerTable(Evaluator &evaluator, const Instance &root, const LayerUses &uses);

} // namespace bmc::frontend
