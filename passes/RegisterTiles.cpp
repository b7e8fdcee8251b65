// The known tiles, and the choice among them. See the header.
#include "passes/RegisterTiles.h"
#include "passes/ScheduleRules.h"

using namespace llvm;

namespace bmc {

namespace {
struct Tile {
  int64_t rows, vectors;
};

class Tiles {
public:
  Tiles(const MachineModel &machine, int64_t elementBytes, Broadcast broadcast)
      : machine(machine), elementBytes(elementBytes), broadcast(broadcast) {}

  /// Best first, where several take as long.
  SmallVector<Tile> all() const;
  /// Those of so many vectors, the tallest first.
  SmallVector<Tile> ofWidth(int64_t vectors) const;
  Tile best(ArrayRef<Tile> tiles, std::optional<int64_t> rows, std::optional<int64_t> columns) const;

private:
  bool loadsVectors() const { return machine.broadcastElements(elementBytes) > 1; }
  bool fits(Tile tile) const;
  double cycles(Tile tile, std::optional<int64_t> rows, std::optional<int64_t> columns) const;

  const MachineModel &machine;
  int64_t elementBytes;
  Broadcast broadcast;
};
} // namespace

// The tallest tile that is tried: taller ones waste more of few rows than they save.
static constexpr int64_t mostRows = 8;

// Whether accumulators, one row of the right operand and the vectors that are broadcast from leave a register free.
// Those of a step are whole vectors.
bool Tiles::fits(Tile tile) const {
  int64_t elements = machine.broadcastElements(elementBytes);
  if (broadcast == Broadcast::AcrossInner && tile.rows % elements != 0)
    return false;
  int64_t vectors = broadcast == Broadcast::AlongInner ? tile.rows : tile.rows / elements;
  return tile.rows * tile.vectors + tile.vectors + vectors < machine.vectorRegisters();
}

SmallVector<Tile> Tiles::all() const {
  static constexpr Tile wide[] = {{6, 4}, {8, 3}, {8, 2}, {4, 4}};
  static constexpr Tile few[] = {{6, 2}, {4, 2}, {4, 1}};
  static constexpr Tile byLane[] = {{8, 3}, {7, 3}, {5, 4}, {8, 2}, {4, 4}, {4, 3}, {4, 2}};
  if (!loadsVectors())
    return SmallVector<Tile>(machine.vectorRegisters() < 32 ? ArrayRef(few) : ArrayRef(wide));
  SmallVector<Tile> tiles;
  copy_if(byLane, std::back_inserter(tiles), [&](Tile tile) { return fits(tile); });
  return tiles;
}

SmallVector<Tile> Tiles::ofWidth(int64_t vectors) const {
  SmallVector<Tile> tiles;
  int64_t most = std::clamp<int64_t>(machine.vectorRegisters() * 3 / 4 / vectors, 1, mostRows);
  if (loadsVectors())
    for (most = mostRows; most > 1 && !fits({most, vectors});)
      --most;
  for (int64_t height = most; height >= std::max<int64_t>(most / 2, 1); --height)
    if (!loadsVectors() || height == most || fits({height, vectors}))
      tiles.push_back({height, vectors});
  return tiles;
}

// Cycles a step along the inner axis for all rows and columns, of each what they are to their number where that is not
// known: then small tiles, which waste less of few rows, are better. Small tiles load more, so where one row always has
// a tile of its own it does not count.
double Tiles::cycles(Tile tile, std::optional<int64_t> rows, std::optional<int64_t> columns) const {
  static constexpr int64_t usualRows[] = {1, 8, 32, 256};
  ArrayRef<int64_t> anyRows = ArrayRef(usualRows).drop_front(loadsVectors());
  double step = machine.stepCycles(tile.rows, tile.vectors, elementBytes);
  int64_t width = tile.vectors * machine.lanes(elementBytes);
  double columnTiles = columns ? double(ceilDiv(*columns, width)) : 1.0 / double(width);
  double rowTiles = rows ? double(ceilDiv(*rows, tile.rows)) : 0;
  if (!rows)
    for (int64_t any : anyRows)
      rowTiles += double(ceilDiv(any, tile.rows)) / double(any);
  return step * rowTiles * columnTiles;
}

Tile Tiles::best(ArrayRef<Tile> tiles, std::optional<int64_t> rows, std::optional<int64_t> columns) const {
  return *std::min_element(tiles.begin(), tiles.end(),
                           [&](Tile a, Tile b) { return cycles(a, rows, columns) < cycles(b, rows, columns); });
}

RegisterTile bestTile(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows,
                      std::optional<int64_t> columns, Broadcast broadcast) {
  Tiles tiles(machine, elementBytes, broadcast);
  Tile tile = tiles.best(tiles.all(), rows, columns);
  return {tile.rows, tile.vectors * machine.lanes(elementBytes)};
}

int64_t rowsOfTile(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows, int64_t panelColumns,
                   Broadcast broadcast) {
  Tiles tiles(machine, elementBytes, broadcast);
  int64_t vectors = std::max<int64_t>(panelColumns / machine.lanes(elementBytes), 1);
  return tiles.best(tiles.ofWidth(vectors), rows, panelColumns).rows;
}

int64_t columnsOfTile(const MachineModel &machine, int64_t elementBytes, int64_t panelRows) {
  int64_t vectors = std::clamp<int64_t>(machine.vectorRegisters() * 3 / 4 / panelRows, 1, 4);
  return vectors * machine.lanes(elementBytes);
}

int64_t columnsOfRowLanes(const MachineModel &machine, int64_t elementBytes, int64_t panelRows) {
  int64_t most = machine.vectorRegisters() >= 32 ? mostRows : mostRows / 2;
  int64_t vectors = std::max<int64_t>(panelRows / machine.lanes(elementBytes), 1);
  if (machine.broadcastElements(elementBytes) > 1) // a register a column beside its accumulators; stored in pairs
    most = std::min(most, (machine.vectorRegisters() - 1 - vectors) / (vectors + 1) / 2 * 2);
  return most;
}

int64_t bestPanel(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows, int64_t columns,
                  Broadcast broadcast) {
  return bestTile(machine, elementBytes, rows, columns, broadcast).columns;
}

} // namespace bmc
