// Every kind of schedule, with sizes that do and do not fit its vectors and tiles, in place and not, on numbers and on
// NaN and infinities.
#include "ScheduledCases.h"
#include "gtest/gtest.h"

using namespace bmc::test;

namespace {

TEST(ScheduleTest, Matmul) {
  std::vector<std::string> tiles{plain,
                                 schedule("matmul, vector = 8, tile = [4, 16]"),
                                 schedule("matmul, vector = 4, tile = [1, 4]"),
                                 schedule("matmul, vector = 8, tile = [3, 8], parallel = 6"),
                                 schedule("matmul, vector = 8, tile = [4, 5], lanes = inner"),
                                 schedule("matmul, vector = 4, partial = 4, tile = [2, 3], lanes = inner"),
                                 schedule("matmul, vector = 8, tile = [16, 8], lanes = rows"),
                                 schedule("matmul, vector = 8, tile = [16, 3], lanes = rows, parallel = 16"),
                                 schedule("matmul, vector = 8, tile = [3, 8], parallel = 6, parallelColumns = 16"),
                                 schedule("matmul, vector = 8, tile = [16, 3], lanes = rows, parallel = 16, "
                                          "parallelColumns = 3, parallelFrom = 2"),
                                 schedule("matmul, vector = 8, tile = [4, 8], fewRowsTile = [1, 24], parallel = 8, "
                                          "parallelColumns = 24, parallelFrom = 4"),
                                 schedule("matmul, vector = 8, tile = [4, 5], fewRowsTile = [2, 8], lanes = inner, "
                                          "parallel = 4, parallelColumns = 5")};
  std::vector<Case> cases;
  for (int transposed = 0; transposed < 4; ++transposed) {
    std::string suffix = std::to_string(transposed);
    cases.push_back(product("narrow" + suffix, "f32", transposed & 2, transposed & 1, "5", "9", tiles));
    cases.push_back(product("wide" + suffix, "f32", transposed & 2, transposed & 1, "32", "8", tiles));
    cases.push_back(product("open" + suffix, "f32", transposed & 2, transposed & 1, "N", "T", tiles));
    cases.push_back(product("double" + suffix, "f64", transposed & 2, transposed & 1, "7", "6", tiles));
    cases.push_back(
        product("special" + suffix, "f32", transposed & 2, transposed & 1, "5", "3", tiles, Data::NotFinite));
  }
  expectAsReference(cases);
}

// Terms that are the same everywhere are added as often as there are some.
const std::string repeatedProduct = "  %a = bm.broadcast %x, [] : tensor<f32> to tensor<5x9xf32>\n"
                                    "  %b = bm.broadcast %x, [] : tensor<f32> to tensor<9x8xf32>\n"
                                    "  %p = bm.matmul %a, %b : tensor<5x9xf32>, tensor<9x8xf32>\n"
                                    "  bm.yield %p : tensor<5x8xf32>";

TEST(ScheduleTest, MatmulOfRepeatedNumbers) {
  expectAsReference({{"product",
                      "%x : tensor<f32>",
                      "tensor<5x8xf32>",
                      repeatedProduct,
                      {plain, schedule("matmul, vector = 8, tile = [4, 8]"),
                       schedule("matmul, vector = 4, tile = [3, 4], lanes = inner")},
                      Data::Plain,
                      1e-5}});
}

TEST(ScheduleTest, SumsOfRepeatedNumbers) {
  expectAsReference(
      {sumsOfRepeatedNumbers("39", {plain, schedule("rows, vector = 4, partial = 2"), schedule("rows, vector = 8")})});
}

// What is broadcast is loaded as vectors: along the inner axis, whose last steps are fewer, or across it; in tiles of
// whole vectors and not, where all rows are inside and where not.
TEST(ScheduleTest, VectorsOfBroadcasts) {
  const std::string tall = schedule("matmul, vector = 4, unroll = 4, tile = [7, 12], parallel = 14"),
                    twoTiles = schedule("matmul, vector = 4, unroll = 4, tile = [8, 8], fewRowsTile = [1, 16]"),
                    rowLanes = schedule("matmul, vector = 4, unroll = 2, tile = [8, 6], lanes = rows");
  expectAsReference({product("inner", "f32", false, false, "20", "11", {tall, twoTiles}),
                     product("across", "f32", true, false, "20", "11", {tall, twoTiles}),
                     product("columns_inner", "f32", false, true, "20", "11", {rowLanes}),
                     product("columns_across", "f32", true, false, "20", "11", {rowLanes}),
                     product("open", "f32", false, false, "N", "T", {twoTiles}),
                     product("short", "f64", false, false, "12", "3", {tall}),
                     product("special", "f32", false, false, "20", "8", {twoTiles}, Data::NotFinite)});
}

// The same product with operands in panels: the panels are made and read by kernels that do nothing else.
TEST(ScheduleTest, PanelMatmul) {
  const std::string x = "tensor<?x9xf32, D<N, 9>>", w = "tensor<20x9xf32>", y = "tensor<?x20xf32, D<N, 20>>",
                    rowPanels = "tensor<?x9x8xf32, D<\"floordiv(N+7,8)\", 9, 8>>", columnPanels = "tensor<2x9x16xf32>";
  expectAsReference({
      {"rows",
       "%p : " + rowPanels + ", %w : " + w,
       y,
       "  %y = bm.panel_matmul %p panels, %w transposed : " + rowPanels + ", " + w + " to " + y +
           "\n  bm.yield %y : " + y,
       {plain, schedule("matmul, vector = 8, tile = [8, 8], lanes = rows"),
        schedule("matmul, vector = 4, unroll = 4, tile = [8, 6], lanes = rows"),
        schedule("matmul, vector = 4, tile = [8, 3], lanes = rows, parallel = 8")},
       Data::Plain,
       2e-5},
      {"columns",
       "%x : " + x + ", %p : " + columnPanels,
       y,
       "  %y = bm.panel_matmul %x rows, %p panels : " + x + ", " + columnPanels + " to " + y + "\n  bm.yield %y : " + y,
       {plain, schedule("matmul, vector = 8, tile = [6, 16]"), schedule("matmul, vector = 4, tile = [1, 16]"),
        schedule("matmul, vector = 8, tile = [4, 16], fewRowsTile = [1, 32]"),
        // A tile of three panels, of which there are two; tasks of columns from seven rows on.
        schedule("matmul, vector = 8, tile = [4, 16], fewRowsTile = [2, 48], parallel = 8, parallelColumns = 16, "
                 "parallelFrom = 7")},
       Data::Plain,
       2e-5},
      {"both",
       "%p : " + rowPanels + ", %q : " + columnPanels,
       y,
       "  %y = bm.panel_matmul %p panels, %q panels : " + rowPanels + ", " + columnPanels + " to " + y +
           "\n  bm.yield %y : " + y,
       {plain, schedule("matmul, vector = 8, tile = [8, 16]"),
        schedule("matmul, vector = 4, unroll = 4, tile = [8, 16]"),
        schedule("matmul, vector = 8, tile = [8, 16], parallel = 16, parallelColumns = 16")},
       Data::Plain,
       2e-5},
      {"broadcast_rows",
       "%p : " + rowPanels + ", %w : tensor<9x20xf32>",
       y,
       "  %y = bm.panel_matmul %p panels, %w rows : " + rowPanels + ", tensor<9x20xf32> to " + y +
           "\n  bm.yield %y : " + y,
       {plain, schedule("matmul, vector = 8, tile = [8, 16]"), schedule("matmul, vector = 4, tile = [8, 8]")},
       Data::Plain,
       2e-5},
  });
}

TEST(ScheduleTest, Panels) {
  auto pack = [](const std::string &operand, const std::string &options, const std::string &result) {
    return "  %y = bm.pack %x" + options + " : " + operand + "\n  bm.yield %y : " + result;
  };
  const std::string x = "tensor<?x9xf32, D<N, 9>>", rows = "tensor<?x9x8xf32, D<\"floordiv(N+7,8)\", 9, 8>>",
                    columns = "tensor<1x?x16xf32, D<1, N, 16>>", batched = "tensor<2x?x10xf64, D<2, N, 10>>",
                    batchedRows = "tensor<2x?x10x16xf64, D<2, \"floordiv(N+15,16)\", 10, 16>>";
  std::vector<std::string> clauses{plain, schedule("elementwise, vector = 8"), schedule("panels, vector = 8"),
                                   schedule("panels, vector = 8, parallel = 1")};
  expectAsReference({{"rows", "%x : " + x, rows, pack(x, " by 8", rows), clauses, Data::NotFinite},
                     {"columns",
                      "%x : " + x,
                      columns,
                      pack(x, " transposed by 16", columns),
                      {plain, schedule("elementwise, vector = 8"), schedule("elementwise, vector = 16, parallel = 1"),
                       schedule("panels, vector = 16"), schedule("panels, vector = 8, unroll = 2, parallel = 1")}},
                     {"batched", "%x : " + batched, batchedRows, pack(batched, " by 16", batchedRows), clauses}});
}

TEST(ScheduleTest, BatchedMatmul) {
  expectAsReference({{"batched",
                      "%a : tensor<2x?x3xf32, D<2, N, 3>>, %b : tensor<2x5x3xf32>",
                      "tensor<2x?x5xf32, D<2, N, 5>>",
                      "  %p = bm.matmul %a, %b transposed : tensor<2x?x3xf32, D<2, N, 3>>, tensor<2x5x3xf32>\n"
                      "  bm.yield %p : tensor<2x?x5xf32, D<2, N, 5>>",
                      {plain, schedule("matmul, vector = 8, tile = [4, 8]"),
                       schedule("matmul, vector = 8, tile = [4, 8], parallel = 1")}}});
}

TEST(ScheduleTest, MatmulInPlace) {
  const std::string w = "tensor<7x10xf32>",
                    inputs =
                        "%d : tensor<?x7xf32, D<N, 7>>, %x : tensor<?x10xf32, D<N, 10>>, %w : " + w + ", %m : " + w;
  const std::string body = "  %g = bm.matmul %d transposed, %x : tensor<?x7xf32, D<N, 7>>, tensor<?x10xf32, D<N, "
                           "10>>\n  %n = bm.add %m, %g : " +
                           w + "\n  %v = bm.sub %w, %n : " + w + "\n  bm.yield %v, %n : " + w + ", " + w;
  std::vector<std::string> clauses;
  for (const char *parameters :
       {"plain", "matmul, vector = 8, tile = [4, 16]", "matmul, vector = 4, tile = [2, 8], parallel = 4"})
    for (const char *inPlace : {"", " in_place [2, 3]", " in_place [-1, 3]", " in_place [3, 2]"})
      clauses.push_back(schedule(parameters) + inPlace);
  expectAsReference({{"update", inputs, w + ", " + w, body, clauses, Data::Plain, 1e-5}});
}

TEST(ScheduleTest, Rows) {
  std::vector<std::string> clauses{plain, schedule("rows"), schedule("rows, vector = 8"),
                                   schedule("rows, vector = 4, unroll = 2, partial = 4, parallel = 4"),
                                   schedule("rows, vector = 16, partial = 4")};
  std::vector<Case> cases{
      softmax("10", "ten", Data::Plain, clauses),       softmax("103", "rest", Data::Plain, clauses),
      softmax("64", "sixtyfour", Data::Plain, clauses), softmax("37", "odd", Data::Plain, clauses),
      softmax("N", "open", Data::Plain, clauses),       softmax("37", "special", Data::NotFinite, clauses)};
  const std::string block = "tensor<?x4x40xf32, D<N, 4, 40>>", blockRow = "tensor<?x4xf32, D<N, 4>>";
  cases.push_back({"tiles_of_rows",
                   "%x : " + block,
                   block,
                   "  %m = bm.reduce_max %x, [2] : " + block + "\n  %b = bm.broadcast %m, [0, 1] : " + blockRow +
                       " to " + block + "\n  %d = bm.sub %x, %b : " + block + "\n  %e = bm.exp %d : " + block +
                       "\n  %s = bm.reduce_sum %e, [2] : " + block + "\n  %t = bm.broadcast %s, [0, 1] : " + blockRow +
                       " to " + block + "\n  %y = bm.div %e, %t : " + block + "\n  bm.yield %y : " + block,
                   {plain, schedule("rows, vector = 8, unroll = 5, tile = [2], partial = 2"),
                    schedule("rows, vector = 16, unroll = 3, tile = [2], parallel = 1"),
                    schedule("rows, vector = 4, tile = [4], partial = 4")},
                   Data::NotFinite,
                   1e-5});
  for (const char *element : {"f32", "f64", "i32", "i64"}) {
    std::string x = std::string("tensor<?x19x") + element + ", D<N, 19>>",
                row = std::string("tensor<?x") + element + ", D<N>>";
    for (const char *op : {"reduce_sum", "reduce_max"})
      for (Data data : {Data::Plain, Data::NotFinite})
        cases.push_back({std::string(op) + "_" + element + (data == Data::Plain ? "" : "_special"), "%x : " + x, row,
                         std::string("  %s = bm.") + op + " %x, [1] : " + x + "\n  bm.yield %s : " + row, clauses, data,
                         1e-5});
    cases.push_back({std::string("argmax_") + element, "%x : " + x, "tensor<?xi32, D<N>>",
                     "  %s = bm.argmax %x axis 1 : " + x + "\n  bm.yield %s : tensor<?xi32, D<N>>", clauses,
                     Data::Special});
  }
  cases.push_back({"mean_of_all",
                   "%x : tensor<?x3xf32, D<N, 3>>",
                   "tensor<f32>",
                   "  %s = bm.reduce_sum %x, [0, 1] : tensor<?x3xf32, D<N, 3>>\n  %n = bm.size \"3*N\" : tensor<f32>\n "
                   " %m = bm.div %s, %n : tensor<f32>\n  bm.yield %m : tensor<f32>",
                   {plain, schedule("rows"), schedule("rows, vector = 8, partial = 4"), schedule("rows, vector = 2")},
                   Data::Plain,
                   1e-5});
  cases.push_back({"all_of_one_axis",
                   "%x : tensor<?xf32, D<N>>",
                   "tensor<f32>",
                   "  %s = bm.reduce_sum %x, [0] : tensor<?xf32, D<N>>\n  bm.yield %s : tensor<f32>",
                   {plain, schedule("rows, vector = 8"), schedule("rows, vector = 16, partial = 4")},
                   Data::Plain,
                   1e-5});
  expectAsReference(cases);
}

TEST(ScheduleTest, Columns) {
  std::vector<std::string> clauses{plain, schedule("columns, vector = 8"),
                                   schedule("columns, vector = 4, unroll = 2, parallel = 8"),
                                   schedule("rows, vector = 8")};
  std::vector<Case> cases;
  for (const char *columns : {"2", "16", "21"}) {
    std::string x = std::string("tensor<?x") + columns + "xf32, D<N, " + columns + ">>",
                sums = std::string("tensor<") + columns + "xf32>";
    cases.push_back(
        {std::string("columns_") + columns,
         "%x : " + x + ", %p : " + sums,
         sums,
         "  %s = bm.reduce_sum %x, [0] : " + x + "\n  %q = bm.sub %p, %s : " + sums + "\n  bm.yield %q : " + sums,
         {clauses[0], clauses[1] + " in_place [1]", clauses[2], clauses[2] + " in_place [1]", clauses[3]},
         Data::Plain,
         1e-5});
    cases.push_back({std::string("columns_argmax_") + columns, "%x : " + x, std::string("tensor<") + columns + "xi32>",
                     "  %s = bm.argmax %x axis 0 : " + x + "\n  bm.yield %s : tensor<" + columns + "xi32>", clauses,
                     Data::Special});
  }
  std::string x = "tensor<3x?x5xf32, D<3, N, 5>>", middle = "tensor<3x5xf32>", ends = "tensor<?xf32, D<N>>";
  cases.push_back({"middle", "%x : " + x, middle, "  %s = bm.reduce_max %x, [1] : " + x + "\n  bm.yield %s : " + middle,
                   clauses, Data::Special});
  cases.push_back({"ends", "%x : " + x, ends, "  %s = bm.reduce_sum %x, [0, 2] : " + x + "\n  bm.yield %s : " + ends,
                   clauses, Data::Plain, 1e-5});
  expectAsReference(cases);
}

// Adam: three results, each in the place of its old value.
TEST(ScheduleTest, ElementwiseInPlace) {
  const std::string x = "tensor<?x3xf32, D<N, 3>>";
  const std::string body = "  %a = bm.add %m, %g : " + x + "\n  %q = bm.mul %g, %g : " + x +
                           "\n  %b = bm.add %v, %q : " + x + "\n  %r = bm.sqrt %b : " + x +
                           "\n  %u = bm.div %a, %r : " + x + "\n  %w = bm.sub %p, %u : " + x +
                           "\n  bm.yield %w, %a, %b : " + x + ", " + x + ", " + x;
  std::vector<std::string> clauses;
  for (const char *parameters :
       {"plain", "elementwise, vector = 8", "elementwise, vector = 8, unroll = 2, flat",
        "elementwise, vector = 16, parallel = 8, flat", "elementwise, vector = 4, parallel = 2"})
    for (const char *inPlace : {"", " in_place [0, 1, 2]", " in_place [-1, 1, -1]", " in_place [3, 2, 1]"})
      clauses.push_back(schedule(parameters) + inPlace);
  expectAsReference({{"adam", "%p : " + x + ", %m : " + x + ", %v : " + x + ", %g : " + x, x + ", " + x + ", " + x,
                      body, clauses, Data::Positive, 1e-5},
                     {"flags",
                      "%p : tensor<?xi1, D<N>>, %q : tensor<?xi1, D<N>>",
                      "tensor<?xi1, D<N>>",
                      "  %r = bm.and %p, %q : tensor<?xi1, D<N>>\n  bm.yield %r : tensor<?xi1, D<N>>",
                      {schedule("elementwise, vector = 16, flat") + " in_place [1]"}}});
}

// A NaN that comes out of a product or a sum is still one for what follows in the kernel.
TEST(ScheduleTest, NaNPassesThroughFastSums) {
  const std::string a = "tensor<?x3xf32, D<N, 3>>", y = "tensor<?x16xf32, D<N, 16>>",
                    flags = "tensor<?x16xi1, D<N, 16>>";
  expectAsReference({{"nan_of_product",
                      "%a : " + a + ", %b : tensor<3x16xf32>",
                      y + ", " + flags,
                      "  %p = bm.matmul %a, %b : " + a + ", tensor<3x16xf32>\n  %e = bm.sigmoid %p : " + y +
                          "\n  %n = bm.compare ne %p, %p : " + y + "\n  bm.yield %e, %n : " + y + ", " + flags,
                      {plain, schedule("matmul, vector = 8, tile = [4, 16]")},
                      Data::NotFinite,
                      1e-5}});
}

} // namespace
