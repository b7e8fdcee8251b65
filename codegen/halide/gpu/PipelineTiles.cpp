// See the header.
#include "codegen/halide/gpu/PipelineTiles.h"

#include <optional>
#include <vector>

using namespace Halide::Internal;
using Halide::Expr;

namespace bmc::codegen {

using Sizes = std::map<std::string, int>;
using Values = std::map<std::string, Expr>;

static bool isBarrier(const Stmt &statement) {
  const auto *evaluate = statement.as<Evaluate>();
  return evaluate && Call::as_intrinsic(evaluate->value, {Call::gpu_thread_barrier});
}

static Stmt sharedBarrier() {
  return Evaluate::make(
      Call::make(Halide::Int(32), Call::gpu_thread_barrier, {IntImm::make(Halide::Int(32), 2)}, Call::Intrinsic));
}

static Expr movedBy(const Expr &index, const Expr &distance) {
  if (const auto *ramp = index.as<Ramp>(); ramp && ramp->base.type().is_scalar())
    return Ramp::make(ramp->base + distance, ramp->stride, ramp->lanes);
  return index.type().is_scalar() ? index + distance : index + Broadcast::make(distance, index.type().lanes());
}

// What a loop does
// -----------------------------------------------------------------------------------------------------

namespace {
// One iteration: copies to shared memory, and what is done with them.
struct Step {
  std::vector<Stmt> copies; // stores, all names in them replaced by their values
  Stmt products;
};

class MemoryUse : public IRVisitor {
public:
  std::set<std::string> loaded, stored;

protected:
  using IRVisitor::visit;
  void visit(const Load *load) override {
    loaded.insert(load->name);
    IRVisitor::visit(load);
  }
  void visit(const Store *store) override {
    stored.insert(store->name);
    IRVisitor::visit(store);
  }
};

class WithoutBarriers : public IRMutator {
public:
  using IRMutator::mutate;
  Stmt mutate(const Stmt &statement) override {
    return isBarrier(statement) ? Evaluate::make(0) : IRMutator::mutate(statement);
  }
};
} // namespace

// Whether the statement does nothing but copies to shared memory, which are added to the step's.
static bool takeCopies(const Stmt &statement, Values values, const Sizes &sizes, Step &step) {
  if (const auto *produce = statement.as<ProducerConsumer>())
    return produce->is_producer && takeCopies(produce->body, std::move(values), sizes, step);
  if (const auto *let = statement.as<LetStmt>()) {
    values[let->name] = substitute(values, let->value);
    return takeCopies(let->body, std::move(values), sizes, step);
  }
  if (const auto *block = statement.as<Block>())
    return takeCopies(block->first, values, sizes, step) && takeCopies(block->rest, values, sizes, step);
  const auto *store = statement.as<Store>();
  if (!store || !sizes.count(store->name))
    return false;
  step.copies.push_back(Store::make(store->name, substitute(values, store->value),
                                    simplify(substitute(values, store->index)), store->param,
                                    substitute(values, store->predicate), store->alignment));
  return true;
}

// Whether all copies of a step may be done while the products of the one before it still read theirs.
static bool isIndependent(const Step &step, const std::string &counter, const Sizes &sizes) {
  MemoryUse copies, products;
  for (const Stmt &copy : step.copies) {
    copy.accept(&copies);
    if (expr_uses_var(copy.as<Store>()->index, counter))
      return false;
  }
  step.products.accept(&products);
  for (const std::string &name : copies.loaded)
    if (sizes.count(name) || products.stored.count(name))
      return false;
  for (const std::string &name : products.stored)
    if (sizes.count(name))
      return false;
  return true;
}

static std::optional<Step> splitStep(const For *loop, const Sizes &sizes) {
  if (loop->for_type != ForType::Serial || !is_const_zero(loop->min))
    return std::nullopt;
  Step step;
  Values values;
  Stmt rest = loop->body;
  for (;;) {
    if (const auto *let = rest.as<LetStmt>()) {
      values[let->name] = substitute(values, let->value);
      rest = let->body;
      continue;
    }
    const auto *block = rest.as<Block>();
    if (!block || !(isBarrier(block->first) || takeCopies(block->first, values, sizes, step)))
      break;
    rest = block->rest;
  }
  if (step.copies.empty())
    return std::nullopt;
  step.products = substitute(values, WithoutBarriers().mutate(rest));
  return isIndependent(step, loop->name, sizes) ? std::optional(step) : std::nullopt;
}

// The loop in its new form
// ---------------------------------------------------------------------------------------------

static Expr halfOf(const Expr &counter, int size) { return (counter % 2) * size; }

namespace {
// Replaces loads from memory by names, which are bound to them in front of the products. A load that depends on a
// condition stays where it is.
class LoadsAhead : public IRMutator {
public:
  std::vector<std::pair<std::string, Expr>> loads;

protected:
  using IRMutator::visit;
  Expr visit(const Load *load) override {
    loads.emplace_back("ahead" + std::to_string(loads.size()), load);
    return Variable::make(load->type, loads.back().first);
  }
  Expr visit(const Call *call) override {
    return call->is_intrinsic(Call::if_then_else) ? Expr(call) : IRMutator::visit(call);
  }
};

// Reads one half of what there are two of, which one the counter says.
class FromHalf : public IRMutator {
public:
  FromHalf(const Expr &counter, Sizes halves) : counter(counter), halves(std::move(halves)) {}

protected:
  using IRMutator::visit;
  Expr visit(const Load *load) override {
    auto size = halves.find(load->name);
    if (size == halves.end())
      return IRMutator::visit(load);
    return Load::make(load->type, load->name, movedBy(mutate(load->index), halfOf(counter, size->second)), load->image,
                      load->param, mutate(load->predicate), load->alignment + ModulusRemainder(size->second, 0));
  }

private:
  Expr counter;
  Sizes halves;
};
} // namespace

static Stmt pipelined(const For *loop, const Step &step, const Sizes &sizes) {
  Expr counter = Variable::make(Halide::Int(32), loop->name), zero = IntImm::make(Halide::Int(32), 0);
  Expr next = min(counter + 1, loop->extent - 1); // behind the last step, that one once more, for nobody
  std::vector<Stmt> first, ahead;
  LoadsAhead hoisted;
  Sizes halves;
  for (const Stmt &statement : step.copies) {
    const auto *copy = statement.as<Store>();
    int size = halves[copy->name] = sizes.at(copy->name);
    first.push_back(substitute(loop->name, zero, statement));
    Expr value = hoisted.mutate(substitute(loop->name, next, copy->value));
    ahead.push_back(Store::make(copy->name, value, movedBy(copy->index, halfOf(counter + 1, size)), copy->param,
                                substitute(loop->name, next, copy->predicate),
                                copy->alignment + ModulusRemainder(size, 0)));
  }
  ahead.push_back(sharedBarrier());
  Stmt body = Block::make(FromHalf(counter, halves).mutate(step.products), Block::make(ahead));
  for (size_t i = hoisted.loads.size(); i-- > 0;)
    body = LetStmt::make(hoisted.loads[i].first, hoisted.loads[i].second, body);
  Stmt steps =
      For::make(loop->name, loop->min, loop->extent, loop->for_type, loop->partition_policy, loop->device_api, body);
  Stmt start = Block::make(first);
  if (!can_prove(loop->extent > 0))
    start = IfThenElse::make(loop->extent > 0, start);
  return Block::make({start, sharedBarrier(), steps});
}

Stmt PipelineTiles::visit(const Allocate *allocation) {
  int size = allocation->memory_type == Halide::MemoryType::GPUShared ? allocation->constant_allocation_size() : 0;
  if (size == 0)
    return IRMutator::visit(allocation);
  sizes[allocation->name] = size;
  Stmt body = mutate(allocation->body);
  sizes.erase(allocation->name);
  std::vector<Expr> extents = allocation->extents;
  if (halves.erase(allocation->name))
    extents = {IntImm::make(Halide::Int(32), 2 * size)};
  return Allocate::make(allocation->name, allocation->type, allocation->memory_type, extents, allocation->condition,
                        body, allocation->new_expr, allocation->free_function, allocation->padding);
}

Stmt PipelineTiles::visit(const For *loop) {
  std::optional<Step> step = splitStep(loop, sizes);
  if (!step)
    return IRMutator::visit(loop);
  for (const Stmt &copy : step->copies)
    halves.insert(copy.as<Store>()->name);
  return pipelined(loop, *step, sizes);
}

} // namespace bmc::codegen
