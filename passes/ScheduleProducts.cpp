// The schedules of matrix products: a tile of accumulators in registers, chosen by the cycles that it takes with what
// it wastes at the edges, and tasks of whole tiles.
#include "passes/RegisterTiles.h"
#include "passes/ScheduleRules.h"

using namespace mlir;
using namespace bmc::bm;

namespace bmc {

namespace {
struct Product {
  Product(ProductOpInterface op, const KernelShape &shape)
      : rows(shape.result[shape.result.size() - 2]), columns(shape.result.back()), inner(op.getInner()),
        lhs(op.layoutOfLhs()), rhs(op.layoutOfRhs()), lhsBlock(blockOf(op->getOperand(0), lhs)),
        rhsBlock(blockOf(op->getOperand(1), rhs)) {}

  // The lanes of a panel.
  static int64_t blockOf(Value operand, OperandLayout layout) {
    return layout == OperandLayout::Panels ? shapeOf(operand.getType()).back().constant().value_or(1) : 0;
  }

  // How rows lie in memory where columns are in lanes.
  Broadcast broadcastOfRows() const {
    return lhs == OperandLayout::Rows ? Broadcast::AlongInner : Broadcast::AcrossInner;
  }

  SymbolicDim rows, columns, inner;
  OperandLayout lhs, rhs;
  int64_t lhsBlock, rhsBlock;
};
} // namespace

// Tiles -------------------------------------------------------------------------------------------------------------

static void limitRows(Choice &choice, const Product &product) {
  if (auto rows = product.rows.constant())
    choice.tile[0] = std::clamp<int64_t>(choice.tile[0], 1, std::max<int64_t>(*rows, 1));
}

// What is broadcast is loaded in vectors where the machine multiplies by their lanes; across the inner axis the tile is
// whole vectors of rows then.
static void chooseBroadcast(Choice &choice, const Product &product, const KernelShape &shape) {
  int64_t elements = shape.machine.broadcastElements(shape.elementBytes);
  if (choice.lanes == "rows" || product.broadcastOfRows() == Broadcast::AlongInner || choice.tile[0] % elements == 0)
    choice.unroll = elements;
}

// A panel of rows in lanes, and as many columns as accumulators fit.
static void chooseRowPanels(Choice &choice, const Product &product, const KernelShape &shape) {
  choice.lanes = "rows";
  choice.vector = std::min(shape.lanes, product.lhsBlock);
  choice.tile = {product.lhsBlock, columnsOfRowLanes(shape.machine, shape.elementBytes, product.lhsBlock)};
}

// Fewer columns than lanes: vectors that divide them, so that no lane is behind the last.
static void chooseNarrowTile(Choice &choice, const Product &product) {
  int64_t columns = std::max<int64_t>(*product.columns.constant(), 1);
  choice.vector = columns & -columns;
  choice.tile = {4, columns};
}

// Whether an open number of rows may turn out as one: not if it is a multiple of another, as in a stack of matrices.
static bool mayBeOneRow(const Product &product, const KernelShape &shape) {
  return !product.rows.isConstant() && !shape.expected(product.rows) && extentWhere(product.rows, 1) <= 1;
}

// Lanes along the inner axis: the fixed number of partial sums an element, as many elements as fit.
static void chooseDotProducts(Choice &choice, const Product &product, const KernelShape &shape) {
  choice.lanes = "inner";
  choice.vector = std::min(shape.lanes, partialSums);
  choice.partial = partialSums / choice.vector;
  int64_t registers = shape.machine.vectorRegisters();
  bool isWide = choice.partial == 1 && registers >= 32;
  // Where four elements leave no register for what they are summed from, a row of so many that do.
  bool isShort = 4 * choice.partial >= registers;
  int64_t fitting = std::max<int64_t>((registers - 4) / choice.partial, 1);
  std::optional<int64_t> columns = product.columns.constant();
  // Whole tiles, if there is such a number.
  auto widthUpTo = [&](int64_t most, int64_t otherwise) {
    for (int64_t width = most; columns && width > 1; --width)
      if (*columns % width == 0)
        return width;
    return columns ? std::clamp<int64_t>(otherwise, 1, std::max<int64_t>(*columns, 1)) : otherwise;
  };
  SmallVector<int64_t> oneRow{1, isWide ? widthUpTo(10, 8) : isShort ? widthUpTo(fitting, fitting) : widthUpTo(5, 4)};
  bool isTall = choice.partial <= 4 && registers >= 32; // six elements of four vectors each
  choice.tile = {isWide ? 4 : 2, isWide ? widthUpTo(5, 4) : isTall ? widthUpTo(3, 3) : widthUpTo(2, 2)};
  if (isShort || product.rows.constant() == 1)
    choice.tile = oneRow;
  else if (mayBeOneRow(product, shape))
    choice.fewRowsTile = oneRow;
}

// One row of an open number takes less than a whole tile, if its weights are near enough for that to show, or the tile
// is one for many rows only (RegisterTiles.cpp): as many columns as hide the latency of a sum.
static void chooseFewRowsTile(Choice &choice, const Product &product, const KernelShape &shape) {
  int64_t bytes = shape.extent(product.columns) * shape.extent(product.inner) * shape.elementBytes;
  bool shows =
      bytes <= shape.machine.bytesOf(MemoryLevel::L3) || shape.machine.broadcastElements(shape.elementBytes) > 1;
  if (!mayBeOneRow(product, shape) || !product.columns.isConstant() || !shows)
    return;
  int64_t most = std::max(shape.machine.vectorRegisters() / 2 * shape.lanes, product.rhsBlock);
  int64_t columns = std::min(roundUp(*product.columns.constant(), product.rhsBlock), most);
  choice.fewRowsTile = {1, columns / product.rhsBlock * product.rhsBlock};
}

// Tasks -------------------------------------------------------------------------------------------------------------

// Rows of a task: so many that its columns are read often enough, and few enough that they stay in the cache meanwhile.
static constexpr int64_t rowsOfTask = 96;
// More tasks than this balance little: each reads its rows and columns anew.
static constexpr int64_t enoughTasks = 16;

static double secondsOf(const Product &product, int64_t rows, const KernelShape &shape) {
  return shape.machine.productSeconds(rows, shape.extent(product.columns), shape.extent(product.inner),
                                      shape.elementBytes);
}

namespace {
// How many tasks a product's tiles are shared out to.
struct TaskCounts {
  int64_t rows, columns;
};
} // namespace

// The longer side is cut first, and columns where a few rows already keep several threads busy.
static TaskCounts countTasks(int64_t tasks, int64_t rowTiles, int64_t columnTiles, int64_t fewestRowTasks,
                             bool columnsFirst) {
  if (columnsFirst) {
    int64_t columns = std::min(tasks, columnTiles);
    return {std::min(std::max(ceilDiv(tasks, columns), fewestRowTasks), rowTiles), columns};
  }
  int64_t rows = std::min(std::max(tasks, fewestRowTasks), rowTiles);
  return {rows, std::min(ceilDiv(tasks, rows), columnTiles)};
}

// The least number of rows that a second thread is worth.
static int64_t fewestParallelRows(const Product &product, int64_t rows, const KernelShape &shape) {
  int64_t fewest = 1;
  while (fewest < rows && !shape.machine.paysParallel(secondsOf(product, fewest, shape)))
    fewest *= 2;
  return std::min(fewest, rows);
}

static void chooseTasks(Choice &choice, const Product &product, const KernelShape &shape) {
  int64_t rows = shape.extent(product.rows), columns = shape.extent(product.columns);
  double seconds = secondsOf(product, rows, shape);
  if (!shape.machine.paysParallel(seconds))
    return;
  bool isOpen = !product.rows.isConstant();
  int64_t fewest = isOpen ? fewestParallelRows(product, rows, shape) : rows;
  int64_t rowTiles = ceilDiv(rows, choice.tile[0]), columnTiles = ceilDiv(columns, choice.tile[1]);
  TaskCounts tasks = countTasks(std::min(shape.machine.taskCount(seconds), enoughTasks), rowTiles, columnTiles,
                                ceilDiv(rows, rowsOfTask), columns >= rows || fewest < rowsOfTask);
  choice.parallel = ceilDiv(rowTiles, tasks.rows) * choice.tile[0];
  if (tasks.columns == 1)
    return;
  choice.parallelColumns = ceilDiv(columnTiles, tasks.columns) * choice.tile[1];
  choice.parallelFrom = isOpen ? fewest : 0;
  if (!choice.fewRowsTile.empty())
    choice.fewRowsTile[1] = std::min(choice.fewRowsTile[1], choice.parallelColumns);
}

Choice chooseProduct(const KernelShape &shape) {
  Product product(cast<ProductOpInterface>(shape.anchor), shape);
  Choice choice{.kind = "matmul", .vector = shape.lanes};
  std::optional<int64_t> rows = shape.expected(product.rows), columns = product.columns.constant();
  bool isDot = product.rhs == OperandLayout::Transposed && product.lhs == OperandLayout::Rows;
  if (product.lhsBlock && product.rhs == OperandLayout::Transposed) {
    chooseRowPanels(choice, product, shape);
  } else if (product.lhsBlock) {
    // Rows are broadcast from their panel.
    int64_t panel =
        product.rhsBlock ? product.rhsBlock : columnsOfTile(shape.machine, shape.elementBytes, product.lhsBlock);
    choice.tile = {product.lhsBlock, panel};
  } else if (product.rhsBlock) {
    choice.tile = {rowsOfTile(shape.machine, shape.elementBytes, rows, product.rhsBlock, product.broadcastOfRows()),
                   product.rhsBlock};
    chooseFewRowsTile(choice, product, shape);
  } else if (isDot && shape.extent(product.inner) >= partialSums) {
    chooseDotProducts(choice, product, shape);
  } else if (columns && *columns < shape.lanes) {
    if (shape.extent(product.inner) < partialSums)
      return {};
    chooseNarrowTile(choice, product);
  } else {
    RegisterTile tile = bestTile(shape.machine, shape.elementBytes, rows, columns, product.broadcastOfRows());
    choice.tile = {tile.rows, tile.columns};
  }
  if (!product.lhsBlock)
    limitRows(choice, product);
  if (choice.lanes != "inner" && choice.vector == shape.lanes)
    chooseBroadcast(choice, product, shape);
  if (shape.result.size() == 2)
    chooseTasks(choice, product, shape);
  else
    choice.parallel = shape.task(shape.extent(shape.result[0]));
  return choice;
}

} // namespace bmc
