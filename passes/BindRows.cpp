// Gives each function's rows a number, so that every size is known: what a model without a heap is planned from. All
// that stands in terms of the symbol changes with it, types as well as sizes that ops name.
#include "dialects/Ops.h"
#include "dialects/ProgramError.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/Passes.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {
#define GEN_PASS_DEF_BINDROWS
#include "passes/Passes.h.inc"

static bool isInput(func::FuncOp function, unsigned argument) {
  auto role = function.getArgAttrOfType<StringAttr>(argument, "bm.role");
  return role && role.getValue() == "input";
}

// What answers a caller's rows, where all others take a batch of the training.
static bool takesRows(func::FuncOp function) {
  StringRef name = function.getSymName();
  return name == "predict" || name.starts_with("entry.");
}

// The symbols that an input has as its first dimension: its rows. A function of predictions alone has theirs.
static SymbolValues rowSymbols(func::FuncOp function, int64_t rows) {
  SymbolValues values;
  for (BlockArgument argument : function.getArguments()) {
    Shape shape = shapeOf(argument.getType());
    if (shape.empty() || !isInput(function, argument.getArgNumber()))
      continue;
    if (std::optional<std::string> symbol = shape[0].singleSymbol())
      values[*symbol] = rows;
  }
  return values;
}

static StringAttr substituteIn(StringAttr size, const SymbolValues &values) {
  std::optional<SymbolicDim> dim = SymbolicDim::parse(std::string_view(size.getValue()));
  return StringAttr::get(size.getContext(), dim->substitute(values).text());
}

static Type substituteIn(Type type, const SymbolValues &values) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return type;
  Shape shape = shapeOf(tensor);
  for (SymbolicDim &dim : shape)
    dim = dim.substitute(values);
  return tensorType(shape, tensor.getElementType());
}

static void bindSizes(func::FuncOp function, const SymbolValues &values) {
  auto bound = [&](Value value) { value.setType(substituteIn(value.getType(), values)); };
  function.walk([&](Operation *op) {
    llvm::for_each(op->getResults(), bound);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        llvm::for_each(block.getArguments(), bound);
  });
  function.setFunctionType(FunctionType::get(function.getContext(), function.getBody().getArgumentTypes(),
                                             function.getBody().front().getTerminator()->getOperandTypes()));
  function.walk([&](SizeOp size) { size.setExpressionAttr(substituteIn(size.getExpressionAttr(), values)); });
  function.walk([&](ScanOp scan) { scan.setLengthAttr(substituteIn(scan.getLengthAttr(), values)); });
}

// An argument whose size is still open, by the symbol.
static std::optional<std::string> openSymbol(func::FuncOp function) {
  for (Type type : function.getArgumentTypes())
    for (const SymbolicDim &dim : shapeOf(type))
      if (!dim.isConstant())
        return dim.symbols().front();
  return std::nullopt;
}

namespace {
struct BindRows : impl::BindRowsBase<BindRows> {
  using BindRowsBase::BindRowsBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(bindFunction(function)))
        return signalPassFailure();
  }

  LogicalResult bindFunction(func::FuncOp function) {
    int64_t number = takesRows(function) ? rows : batchRows();
    SymbolValues values = rowSymbols(function, number);
    Operation *returned = function.getBody().front().getTerminator(); // it has a place in the model file
    if (!values.empty() && number < 1)
      return emitProgramError(returned) << "the model trains on all rows of its data at a time (`batch = all`), and "
                                           "memory that is there from the start needs their number: say --batch=N";
    bindSizes(function, values);
    if (std::optional<std::string> symbol = openSymbol(function))
      return emitProgramError(returned) << "memory that is there from the start needs all sizes, and '" << *symbol
                                        << "' is open: say -D " << *symbol << "=N";
    return success();
  }

  // As the pass is told, else as the model file says; 0: it does not.
  int64_t batchRows() {
    if (batch > 0)
      return batch;
    auto program = getOperation()->getAttrOfType<DictionaryAttr>("bm.program");
    auto named = program ? program.getAs<IntegerAttr>("batch") : IntegerAttr();
    return named ? named.getInt() : 0;
  }
};
} // namespace
} // namespace bmc
