// Kernels that store values of rows beside elements.
#include "ScheduledCases.h"
#include "gtest/gtest.h"

using namespace bmc::test;

namespace {

// What both read, what only one of them reads, rows of several axes, an input
// that the elements are written over.
TEST(RowValuesTest, AreThoseOfTheReference) {
  const std::string x = "tensor<?x37xf32, D<N, 37>>", row = "tensor<?xf32, D<N>>";
  const std::string stacked = "tensor<?x3x20xf32, D<N, 3, 20>>", rows = "tensor<?x3xf32, D<N, 3>>";
  const std::vector<std::string> schedules{plain, schedule("rows, vector = 8, partial = 2"),
                                           schedule("rows, vector = 8, partial = 2, parallel = 2"),
                                           schedule("rows, vector = 4, parallel = 3")};
  const std::string body = "  %m = bm.reduce_max %x, [1] : " + x + "\n  %b = bm.broadcast %m, [0] : " + row + " to " +
                           x + "\n  %d = bm.sub %x, %b : " + x + "\n  %e = bm.exp %d : " + x +
                           "\n  %s = bm.reduce_sum %e, [1] : " + x + "\n  %l = bm.log %s : " + row;
  expectAsReference({
      {"log_sum", "%x : " + x, x + ", " + row + ", " + row,
       body + "\n  bm.yield %e, %l, %m : " + x + ", " + row + ", " + row, schedules, Data::Plain, 1e-5},
      {"other_sum",
       "%x : " + x + ", %y : " + x,
       x + ", " + row,
       body + "\n  %z = bm.mul %y, %d : " + x + "\n  bm.yield %z, %l : " + x + ", " + row,
       {plain, schedule("rows, vector = 8, partial = 2") + " in_place [1, -1]",
        schedule("rows, vector = 8, partial = 2, parallel = 2") + " in_place [1, -1]", plain + " in_place [1, -1]"},
       Data::Plain,
       1e-5},
      {"stacked", "%x : " + stacked, stacked + ", " + stacked + ", " + rows,
       "  %s = bm.reduce_sum %x, [2] : " + stacked + "\n  %b = bm.broadcast %s, [0, 1] : " + rows + " to " + stacked +
           "\n  %d = bm.sub %x, %b : " + stacked + "\n  %q = bm.mul %d, %d : " + stacked +
           "\n  %v = bm.reduce_sum %q, [2] : " + stacked + "\n  bm.yield %d, %q, %v : " + stacked + ", " + stacked +
           ", " + rows,
       schedules, Data::Plain, 1e-4},
  });
}

} // namespace
