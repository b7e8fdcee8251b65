// The known tiles, and the choice among them. See the header.
#include "passes/RegisterTiles.h"
#include "passes/ScheduleRules.h"

using namespace llvm;

namespace bmc {

namespace {
struct Tile {
  int64_t rows, vectors;
};
} // namespace

// Best first, where several take as long: accumulators, one row of the right operand and a broadcast fit.
static ArrayRef<Tile> tilesOf(const MachineModel &machine, int64_t elementBytes) {
  static constexpr Tile wide[] = {{6, 4}, {8, 3}, {8, 2}, {4, 4}};
  static constexpr Tile narrowLanes[] = {{8, 2}, {7, 3}, {4, 4}};
  static constexpr Tile few[] = {{6, 2}, {4, 2}, {4, 1}};
  if (machine.vectorRegisters() < 32)
    return few;
  return machine.lanes(elementBytes) > 4 ? ArrayRef(wide) : ArrayRef(narrowLanes);
}

// Cycles a step along the inner axis for all rows and columns, of each what they are to their number where that is not
// known: then small tiles, which waste less of few rows, are better.
static double cycles(const MachineModel &machine, int64_t elementBytes, Tile tile, std::optional<int64_t> rows,
                     std::optional<int64_t> columns) {
  static constexpr int64_t anyRows[] = {1, 8, 32, 256};
  double step = machine.stepCycles(tile.rows, tile.vectors);
  int64_t width = tile.vectors * machine.lanes(elementBytes);
  double columnTiles = columns ? double(ceilDiv(*columns, width)) : 1.0 / double(width);
  double rowTiles = rows ? double(ceilDiv(*rows, tile.rows)) : 0;
  if (!rows)
    for (int64_t any : anyRows)
      rowTiles += double(ceilDiv(any, tile.rows)) / double(any);
  return step * rowTiles * columnTiles;
}

static Tile best(const MachineModel &machine, int64_t elementBytes, ArrayRef<Tile> tiles, std::optional<int64_t> rows,
                 std::optional<int64_t> columns) {
  return *std::min_element(tiles.begin(), tiles.end(), [&](Tile a, Tile b) {
    return cycles(machine, elementBytes, a, rows, columns) < cycles(machine, elementBytes, b, rows, columns);
  });
}

RegisterTile bestTile(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows,
                      std::optional<int64_t> columns) {
  Tile tile = best(machine, elementBytes, tilesOf(machine, elementBytes), rows, columns);
  return {tile.rows, tile.vectors * machine.lanes(elementBytes)};
}

int64_t rowsOfTile(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows,
                   int64_t panelColumns) {
  int64_t vectors = std::max<int64_t>(panelColumns / machine.lanes(elementBytes), 1);
  int64_t most = std::clamp<int64_t>(machine.vectorRegisters() * 3 / 4 / vectors, 1, 8);
  SmallVector<Tile> tiles;
  for (int64_t height = most; height >= std::max<int64_t>(most / 2, 1); --height)
    tiles.push_back({height, vectors});
  return best(machine, elementBytes, tiles, rows, panelColumns).rows;
}

int64_t columnsOfTile(const MachineModel &machine, int64_t elementBytes, int64_t panelRows) {
  int64_t vectors = std::clamp<int64_t>(machine.vectorRegisters() * 3 / 4 / panelRows, 1, 4);
  return vectors * machine.lanes(elementBytes);
}

int64_t bestPanel(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows, int64_t columns) {
  return bestTile(machine, elementBytes, rows, columns).columns;
}

} // namespace bmc
