// A forward kernel would store each value that the backward pass reads: for a GELU the input, its square, its half, the
// hyperbolic tangent, one more than that, and so on. Most of them are a few operations away from another one. They are
// computed again where they are read, if all that takes is one tensor that is stored anyway: that costs less than
// reading one more tensor, and memory only for what is really needed.
#include "passes/Recompute.h"
#include "dialects/Ops.h"
#include "llvm/ADT/SetVector.h"

#include <map>

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {
// Floating-point operations for an element that cost less than reading the element from memory.
constexpr int64_t maxRecomputedFlops = 8;

class Recomputation {
public:
  explicit Recomputation(const FusionGraph &graph) : graph(graph) {}

  bool run() {
    for (unsigned group = 0; group < graph.groupCount(); ++group)
      for (unsigned member : graph.members(group))
        if (isStoredForReadersOnly(member))
          if (std::optional<NodeList> recipe = recipeFor(member))
            recipes.push_back({member, *recipe});
    for (auto &[member, recipe] : recipes)
      copyToReaders(member, recipe);
    return !recipes.empty();
  }

private:
  bool isStored(unsigned member) const { return !dropped.contains(member) && graph.isStored(member); }

  static bool isPointwise(Operation *op) {
    return cast<FusibleOpInterface>(op).getAccessPattern() == AccessPattern::Pointwise;
  }

  // Whether all other groups that read a node's value read it where they compute.
  bool isStoredForReadersOnly(unsigned member) const {
    const Node &node = graph.node(member);
    if (!isStored(member) || node.returned || graph.standsAlone(graph.groupOf(member)) || !isPointwise(node.op))
      return false;
    return llvm::all_of(node.readers, [&](const Read &read) {
      return graph.groupOf(read.consumer) == graph.groupOf(member) || read.kind == ReadKind::Same;
    });
  }

  // The nodes that compute a value from at most one stored tensor of its size; the value is dropped if there are such.
  std::optional<NodeList> recipeFor(unsigned member) {
    llvm::SetVector<unsigned> recipe;
    llvm::DenseSet<Value> tensors;
    recipe.insert(member);
    int64_t flops = 0;
    for (size_t i = 0; i < recipe.size(); ++i) {
      const Node &node = graph.node(recipe[i]);
      flops += cast<FusibleOpInterface>(node.op).getFlopsPerElement();
      for (const Read &read : node.operands) {
        const Node &producer = graph.node(read.producer);
        bool isAtHand = graph.groupOf(read.producer) != graph.groupOf(member) || isStored(read.producer);
        if (!isAtHand && (read.kind != ReadKind::Same || !isPointwise(producer.op)))
          return std::nullopt;
        if (!isAtHand)
          recipe.insert(read.producer);
        else if (read.kind == ReadKind::Same)
          tensors.insert(read.value);
      }
      for (Value operand : node.op->getOperands()) // arguments and tables are no nodes
        if (Operation *producer = operand.getDefiningOp(); !producer || isa<ConstantOp>(producer))
          if (!splatValue(operand))
            tensors.insert(operand);
    }
    if (flops > maxRecomputedFlops || tensors.size() > 1)
      return std::nullopt;
    dropped.insert(member);
    NodeList result(recipe.begin(), recipe.end());
    llvm::sort(result);
    return result;
  }

  // Each group that reads the value gets a copy of the work. Copies stand behind their originals.
  void copyToReaders(unsigned member, ArrayRef<unsigned> recipe) {
    const Node &node = graph.node(member);
    for (const Read &read : node.readers) {
      unsigned group = graph.groupOf(read.consumer);
      if (group == graph.groupOf(member))
        continue;
      for (unsigned part : recipe)
        copyTo(group, graph.node(part).op);
      graph.node(read.consumer).op->replaceUsesOfWith(node.op->getResult(0), copies[{group, node.op}]->getResult(0));
    }
  }

  void copyTo(unsigned group, Operation *op) {
    Operation *&copy = copies[{group, op}];
    if (copy)
      return;
    copy = op->clone();
    op->getBlock()->getOperations().insertAfter(op->getIterator(), copy);
    for (OpOperand &operand : copy->getOpOperands())
      if (auto found = copies.find({group, operand.get().getDefiningOp()}); found != copies.end() && found->second)
        operand.set(found->second->getResult(0));
  }

  const FusionGraph &graph;
  llvm::DenseSet<unsigned> dropped;
  std::vector<std::pair<unsigned, NodeList>> recipes;
  std::map<std::pair<unsigned, Operation *>, Operation *> copies; // by reading group and original
};
} // namespace

bool recomputeInReaders(const FusionGraph &graph) { return Recomputation(graph).run(); }

} // namespace bmc
