// See the header.
#include "codegen/halide/gpu/SingleRegisters.h"

#include <vector>

using namespace Halide::Internal;
using Halide::Expr;

namespace bmc::codegen {

// The index of a vector's element.
static Expr elementOf(const Ramp *ramp, int element) { return simplify(ramp->base + ramp->stride * element); }

Stmt SingleRegisters::visit(const Allocate *allocation) {
  bool isInRegisters = allocation->memory_type == Halide::MemoryType::Register;
  if (isInRegisters)
    registers.insert(allocation->name);
  Stmt result = IRMutator::visit(allocation);
  if (isInRegisters)
    registers.erase(allocation->name);
  return result;
}

Stmt SingleRegisters::visit(const Store *store) {
  const auto *ramp = store->index.as<Ramp>();
  if (!ramp || !registers.count(store->name))
    return IRMutator::visit(store);
  std::string name = store->name + ".vector";
  Expr vector = Variable::make(store->value.type(), name);
  std::vector<Stmt> stores;
  for (int i = 0; i < ramp->lanes; ++i)
    stores.push_back(Store::make(store->name, Shuffle::make_extract_element(vector, i), elementOf(ramp, i),
                                 store->param, const_true(), ModulusRemainder()));
  return LetStmt::make(name, mutate(store->value), Block::make(stores));
}

Expr SingleRegisters::visit(const Load *load) {
  const auto *ramp = load->index.as<Ramp>();
  if (!ramp || !registers.count(load->name))
    return IRMutator::visit(load);
  std::vector<Expr> elements;
  for (int i = 0; i < ramp->lanes; ++i)
    elements.push_back(Load::make(load->type.element_of(), load->name, elementOf(ramp, i), load->image, load->param,
                                  const_true(), ModulusRemainder()));
  return Shuffle::make_concat(elements);
}

} // namespace bmc::codegen
