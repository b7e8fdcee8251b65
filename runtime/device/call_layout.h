// Where what a call takes and gives is in the arena, and how much of the arena calls need.
#ifndef BMC_DEVICE_CALL_LAYOUT_H
#define BMC_DEVICE_CALL_LAYOUT_H

#include "../memory.h"
#include "device.h"
#include "device_arena.h"

namespace bmc {

/// The arguments and results of a call that are no variables, those of one kind one behind the other.
struct CallLayout {
  /// What an argument or a result is on the device.
  enum class Kind { variable, smallArgument, largeArgument, number, tensor, alias };
  struct Place {
    Kind kind;
    int64_t offset, bytes;
  };

  /// For these sizes. `resultDims` are those of all results, one behind the other.
  void layOut(const bmc_function &function, const Array<int64_t> &symbols, const Array<int64_t> &resultDims);

  Array<Place> places;                                    // of the arguments, then of the results
  int64_t smallEnd = 0, numbersBegin = 0, numbersEnd = 0; // small arguments come first
  int64_t bytes = 0;
};

/// An argument, or behind them a result.
const bmc_value &valueOf(const bmc_function &function, int64_t number);

/// The most rows that calls are going to have, and a whole pass.
struct ExpectedRows {
  int64_t ofCall = 0, ofPass = 0;
};

/// What a call with these sizes and this layout needs.
ArenaDemand demandOf(const bmc_device_function &function, const Array<int64_t> &symbols, const CallLayout &layout);
/// What calls with so many rows need at most; nothing where other sizes are open.
ArenaDemand demandOf(const bmc_device_function &function, const ExpectedRows &rows);

} // namespace bmc

#endif
