// See the header.
#include "passes/PackingRules.h"
#include "passes/RegisterTiles.h"
#include "passes/ScheduleRules.h"
#include "llvm/ADT/bit.h"

using namespace llvm;

namespace bmc {

// Products with fewer columns have no use for panels of columns, and those with fewer rows none for panels of rows.
static constexpr int64_t leastColumns = 16, leastRows = 8;
// An inner axis from which on adding up partial sums at the end counts little.
static constexpr int64_t longInner = 128;
// What rows of a panel in lanes lose to lanes along columns, whose tiles need no transposition on their way out, and
// what long rows that are read in place lose to panels: measured.
static constexpr double lossOfRowLanes = 0.045, lossInPlace = 0.12;
// The rows of any number for which a copy should pay.
static constexpr int64_t usualRows = 64;

// Whether lanes may run along the inner axis: it is long, and what its last, incomplete round of lanes costs is little.
static bool suitsDotProducts(int64_t inner) {
  return inner >= longInner && inner % partialSums * 4 <= inner / partialSums;
}

namespace {
class Rules {
public:
  Rules(const ProductSizes &sizes, const MachineModel &machine) : sizes(sizes), machine(machine) {}

  PackedBlocks choose() const {
    if (sizes.columns < leastColumns)
      return {};
    return sizes.transposesRhs ? chooseForTransposedRhs() : PackedBlocks{panelOfTransposedLhs(), panelOfLongRhs()};
  }

  int64_t panelAheadOfTime() const {
    return sizes.columns >= leastColumns && (sizes.transposesRhs || !isRhsNear()) ? panelOfColumns() : 0;
  }

private:
  int64_t rows() const { return sizes.rows.value_or(usualRows); }
  double seconds() const {
    return double(sizes.steps) * machine.productSeconds(rows(), sizes.columns, sizes.inner, sizes.elementBytes);
  }
  double secondsToPack(int64_t outer) const { return machine.secondsToCopy(outer * sizes.inner * sizes.elementBytes); }
  int64_t panelOfColumns() const {
    return bestPanel(machine, sizes.elementBytes, sizes.rows, sizes.columns,
                     sizes.transposesLhs ? Broadcast::AcrossInner : Broadcast::AlongInner);
  }

  // Read down its columns, a transposed left operand is a line of the cache a step: more steps than lines, and each is
  // fetched again for every tile.
  int64_t panelOfTransposedLhs() const {
    bool fits = sizes.inner * machine.lineElements(sizes.elementBytes) * sizes.elementBytes * 2 <=
                machine.bytesOf(MemoryLevel::L1);
    if (!sizes.transposesLhs || !sizes.rows || *sizes.rows < leastRows || fits ||
        lossInPlace * seconds() < secondsToPack(rows()))
      return 0;
    return rowsOfTile(machine, sizes.elementBytes, sizes.rows, panelOfColumns(), Broadcast::AcrossInner);
  }

  bool isRhsNear() const {
    return sizes.columns * sizes.inner * sizes.elementBytes <= machine.bytesOf(MemoryLevel::L2);
  }

  // A block of columns of a large operand is many pieces of memory, each in a page of its own.
  int64_t panelOfLongRhs() const {
    return isRhsNear() || lossInPlace * seconds() < secondsToPack(sizes.columns) ? 0 : panelOfColumns();
  }

  PackedBlocks chooseForTransposedRhs() const {
    bool isReadOften = rows() * sizes.steps >= 2 * partialSums;
    if (sizes.transposesLhs || sizes.steps > 1)
      return isReadOften ? PackedBlocks{panelOfTransposedLhs(), panelOfColumns()} : PackedBlocks();
    if (!sizes.rows)
      return {0, suitsDotProducts(sizes.inner) ? 0 : panelOfColumns()};
    if (rows() < leastRows)
      return {};
    bool packsRows = secondsToPack(rows()) + lossOfRowLanes * seconds() < secondsToPack(sizes.columns);
    return packsRows ? PackedBlocks{panelOfRows(), 0} : PackedBlocks{0, panelOfColumns()};
  }

  // Fewer rows than lanes are a vector of their own; else the vectors that waste least, the first of equals. One vector
  // of rows loads much for what it multiplies where loads bring vectors of columns, too.
  int64_t panelOfRows() const {
    int64_t lanes = machine.lanes(sizes.elementBytes);
    if (rows() < lanes)
      return int64_t(bit_floor(uint64_t(rows())));
    SmallVector<int64_t> blocks{2 * lanes, 3 * lanes, lanes};
    if (machine.broadcastElements(sizes.elementBytes) > 1)
      blocks.pop_back();
    return *std::min_element(blocks.begin(), blocks.end(),
                             [&](int64_t a, int64_t b) { return roundUp(rows(), a) < roundUp(rows(), b); });
  }

  const ProductSizes &sizes;
  const MachineModel &machine;
};
} // namespace

PackedBlocks choosePacking(const ProductSizes &sizes, const MachineModel &machine) {
  return Rules(sizes, machine).choose();
}

int64_t panelAheadOfTime(const ProductSizes &sizes, const MachineModel &machine) {
  return Rules(sizes, machine).panelAheadOfTime();
}

} // namespace bmc
