// Tiles of accumulators in the registers of a processor, for layouts (how wide a panel is) and for schedules.
#ifndef BMC_PASSES_REGISTER_TILES_H
#define BMC_PASSES_REGISTER_TILES_H

#include "passes/MachineModel.h"

namespace bmc {

struct RegisterTile {
  int64_t rows, columns;
};

/// How the operand that is broadcast lies in memory: whether its elements of one row, along the inner axis, or those of
/// one step, across it, are next to each other. Where a load brings several, they take as many registers as that asks
/// for.
enum class Broadcast { AlongInner, AcrossInner };

/// The tile that takes the fewest cycles for so many rows and columns, with what it computes behind the last of them.
/// An unknown number of rows is any from one to many.
RegisterTile bestTile(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows,
                      std::optional<int64_t> columns, Broadcast broadcast);
/// The rows of the best tile that is as wide as a panel.
int64_t rowsOfTile(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows, int64_t panelColumns,
                   Broadcast broadcast);
/// The columns of a tile for panels of so many rows, from which rows are broadcast.
int64_t columnsOfTile(const MachineModel &machine, int64_t elementBytes, int64_t panelRows);
/// The columns that are broadcast to panels of so many rows in lanes.
int64_t columnsOfRowLanes(const MachineModel &machine, int64_t elementBytes, int64_t panelRows);
/// How wide panels of so many columns should be.
int64_t bestPanel(const MachineModel &machine, int64_t elementBytes, std::optional<int64_t> rows, int64_t columns,
                  Broadcast broadcast);

} // namespace bmc

#endif
