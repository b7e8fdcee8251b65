// See the header. A value that several functions pack alike is packed once.
#include "passes/PackedWeights.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/BitVector.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

static bool isWeight(VariableOp variable) {
  return variable.getRole() == "parameter" || variable.getRole() == "buffer";
}

static constexpr StringLiteral variableAttr = "bm.variable";

PackedWeights::PackedWeights(ModuleOp module) : module(module) {
  for (auto variable : module.getOps<VariableOp>())
    variables[variable.getSymName()] = variable;
}

VariableOp PackedWeights::variableOf(BlockArgument argument) const {
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  auto name = function ? function.getArgAttrOfType<FlatSymbolRefAttr>(argument.getArgNumber(), variableAttr)
                       : FlatSymbolRefAttr();
  return name ? variables.lookup(name.getValue()) : VariableOp();
}

static bool isConstant(Value value) {
  return value.getDefiningOp() && value.getDefiningOp()->hasTrait<OpTrait::ConstantLike>();
}

// A step of training: what it packs is old when it ends. States count, since they become weights.
bool PackedWeights::changesWeights(func::FuncOp function) const {
  for (unsigned i = 0; i < function.getNumResults(); ++i)
    if (auto name = function.getResultAttrOfType<FlatSymbolRefAttr>(i, variableAttr))
      if (VariableOp variable = variables.lookup(name.getValue()); variable && variable.getRole() != "metric")
        return true;
  return false;
}

bool PackedWeights::isOfWeights(Value value) {
  if (auto found = isWeights.find(value); found != isWeights.end())
    return found->second;
  bool result;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    VariableOp variable = variableOf(argument);
    result = variable && isWeight(variable) && !changesWeights(cast<func::FuncOp>(argument.getOwner()->getParentOp()));
  } else {
    Operation *op = value.getDefiningOp();
    auto isStatic = [](Type type) { return cast<ShapedType>(type).hasStaticShape(); };
    auto mayBeRead = [&](Value operand) { return isConstant(operand) || isOfWeights(operand); };
    result = op->getNumRegions() == 0 && isMemoryEffectFree(op) && llvm::all_of(op->getResultTypes(), isStatic) &&
             llvm::all_of(op->getOperands(), mayBeRead) && !llvm::all_of(op->getOperands(), isConstant);
  }
  return isWeights[value] = result;
}

Value PackedWeights::cloned(OpBuilder &builder, Value value) {
  if (Value known = clones.lookupOrNull(value))
    return known;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = cast<func::FuncOp>(builder.getBlock()->getParentOp());
    Attribute name = FlatSymbolRefAttr::get(variableOf(argument).getSymNameAttr());
    for (BlockArgument own : function.getArguments())
      if (function.getArgAttr(own.getArgNumber(), variableAttr) == name)
        clones.map(value, own);
    return clones.lookup(value);
  }
  for (Value operand : value.getDefiningOp()->getOperands())
    cloned(builder, operand);
  builder.clone(*value.getDefiningOp(), clones);
  return clones.lookup(value);
}

SmallVector<Value> PackedWeights::packAll(OpBuilder &builder) {
  SmallVector<Value> values;
  for (auto &[panels, entry] : wanted) {
    auto [matrix, transposed, block] = panels;
    values.push_back(PackOp::create(builder, entry.place, cloned(builder, matrix), transposed, block));
  }
  return values;
}

static int64_t bytesOf(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return type.getNumElements() * elementBytes(type.getElementType());
}

static void dropUnusedArguments(func::FuncOp function, function_ref<bool(BlockArgument)> mayGo) {
  llvm::BitVector unused(function.getNumArguments());
  for (BlockArgument argument : function.getArguments())
    unused[argument.getArgNumber()] = argument.use_empty() && mayGo(argument);
  (void)function.eraseArguments(unused);
}

// Takes all weights, and gives all that is wanted, what is equal as one value.
func::FuncOp PackedWeights::makeFunction() {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  SmallVector<Type> types;
  SmallVector<DictionaryAttr> attributes;
  for (auto variable : module.getOps<VariableOp>())
    if (isWeight(variable)) {
      types.push_back(variable.getType());
      auto name = builder.getNamedAttr(variableAttr, FlatSymbolRefAttr::get(variable.getSymNameAttr()));
      attributes.push_back(builder.getDictionaryAttr(name));
    }
  auto function =
      func::FuncOp::create(builder, module.getLoc(), "prepare", builder.getFunctionType(types, {}), {}, attributes);
  builder.setInsertionPointToStart(function.addEntryBlock());
  func::ReturnOp::create(builder, module.getLoc(), packAll(builder));
  IRRewriter rewriter(module.getContext());
  DominanceInfo dominance;
  eliminateCommonSubExpressions(rewriter, dominance, function);
  return function;
}

void PackedWeights::prepare(int64_t mostBytes) {
  if (wanted.empty())
    return;
  func::FuncOp function = makeFunction();
  llvm::SetVector<Value> distinct;
  int64_t bytes = 0;
  for (auto [entry, value] : llvm::zip_equal(wanted, function.getBody().front().getTerminator()->getOperands())) {
    if (distinct.insert(value))
      bytes += bytesOf(value);
    entry.second.index = llvm::find(distinct, value) - distinct.begin();
  }
  if (bytes > mostBytes) {
    wanted.clear();
    return function.erase();
  }
  giveResults(function, distinct.getArrayRef());
  dropUnusedArguments(function, [](BlockArgument) { return true; });
}

// The first variable that a value follows from.
static BlockArgument sourceOf(Value value) {
  while (Operation *op = value.getDefiningOp())
    value = *llvm::find_if_not(op->getOperands(), isConstant);
  return cast<BlockArgument>(value);
}

VariableOp PackedWeights::addVariable(OpBuilder &builder, Value value) {
  std::string name = ("packed:" + variableOf(sourceOf(value)).getSymName()).str(), unique = name;
  for (int number = 2; variables.count(unique); ++number)
    unique = name + ":" + std::to_string(number);
  auto variable =
      VariableOp::create(builder, value.getLoc(), unique, "packed", false, cast<RankedTensorType>(value.getType()));
  return variables[unique] = packed.emplace_back(variable);
}

void PackedWeights::giveResults(func::FuncOp function, ArrayRef<Value> values) {
  OpBuilder builder(function);
  SmallVector<Attribute> attributes;
  SmallVector<Type> types;
  for (Value value : values) {
    auto name = FlatSymbolRefAttr::get(addVariable(builder, value).getSymNameAttr());
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(variableAttr, name)));
    types.push_back(value.getType());
  }
  function.getBody().front().getTerminator()->setOperands(values);
  function.setType(builder.getFunctionType(function.getArgumentTypes(), types));
  function.setResAttrsAttr(builder.getArrayAttr(attributes));
}

// Variables come first among a function's arguments.
Value PackedWeights::find(Panels panels) {
  auto found = wanted.find(panels);
  if (found == wanted.end())
    return {};
  auto function = cast<func::FuncOp>(std::get<Value>(panels).getParentRegion()->getParentOp());
  VariableOp variable = packed[found->second.index];
  Attribute name = FlatSymbolRefAttr::get(variable.getSymNameAttr());
  unsigned place = 0;
  for (; place < function.getNumArguments(); ++place) {
    Attribute other = function.getArgAttr(place, variableAttr);
    if (other == name)
      return function.getArgument(place);
    if (!other)
      break;
  }
  OpBuilder builder(module.getContext());
  auto attributes = builder.getDictionaryAttr(builder.getNamedAttr(variableAttr, name));
  (void)function.insertArgument(place, variable.getType(), attributes, variable.getLoc());
  readers.insert(function);
  return function.getArgument(place);
}

// Loops are given what their products read before.
void PackedWeights::dropUnread() {
  if (readers.empty())
    return;
  RewritePatternSet patterns(module.getContext());
  ScanOp::getCanonicalizationPatterns(patterns, module.getContext());
  FrozenRewritePatternSet frozen(std::move(patterns));
  for (Operation *reader : readers) {
    (void)applyPatternsGreedily(reader, frozen);
    dropUnusedArguments(cast<func::FuncOp>(reader), [&](BlockArgument argument) {
      VariableOp variable = variableOf(argument);
      return variable && isWeight(variable);
    });
  }
}

} // namespace bmc
