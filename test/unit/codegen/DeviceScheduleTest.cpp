// Every kind of a device's schedule, with sizes that do and do not fill its blocks and tiles.
#include "ScheduledCases.h"
#include "gtest/gtest.h"

using namespace bmc::test;

namespace {

TEST(DeviceScheduleTest, Matmul) {
  const std::vector<std::string> tiles{schedule("gpu_matmul, vector = 4, tile = [64, 64, 16], threads = 256"),
                                       schedule("gpu_matmul, tile = [64, 128, 16], threads = 256")};
  const std::vector<std::string> large{schedule("gpu_matmul, vector = 4, tile = [128, 128, 8], threads = 256")};
  std::vector<Case> cases;
  for (int transposed = 0; transposed < 4; ++transposed) {
    std::string suffix = std::to_string(transposed);
    cases.push_back(product("odd" + suffix, "f32", transposed & 2, transposed & 1, "67", "33", tiles));
    cases.push_back(product("quads" + suffix, "f32", transposed & 2, transposed & 1, "136", "52", large));
  }
  cases.push_back(product("open", "f32", false, true, "N", "T", tiles));
  cases.push_back(product("special", "f32", false, false, "64", "16", tiles, Data::NotFinite));
  expectAsReference(cases);
}

// Where tiles begin is then no simple function of the size.
TEST(DeviceScheduleTest, MatmulOfSeveralRowsForEachOfTheBatch) {
  const std::string lhs = "tensor<?x36xf32, D<\"32*N\", 36>>", rhs = "tensor<36x128xf32>",
                    result = "tensor<?x128xf32, D<\"32*N\", 128>>", column = "tensor<?xf32, D<N>>";
  expectAsReference({{"sequences",
                      "%a : " + lhs + ", %b : " + rhs + ", %n : " + column,
                      result,
                      "  %p = bm.matmul %a, %b : " + lhs + ", " + rhs + "\n  bm.yield %p : " + result,
                      {schedule("gpu_matmul, vector = 4, tile = [128, 128, 8], threads = 256")},
                      Data::Plain,
                      1e-5}});
}

TEST(DeviceScheduleTest, SlicedMatmul) {
  const std::vector<std::string> tiles{schedule("gpu_matmul, vector = 4, tile = [64, 64, 16], threads = 256")};
  const std::vector<std::string> elements{schedule("gpu_elements, threads = 128")};
  std::vector<Case> cases;
  for (int transposed = 0; transposed < 4; ++transposed) {
    std::string suffix = std::to_string(transposed);
    cases.push_back(slicedProduct("rest" + suffix, transposed & 2, transposed & 1, "200", 64, tiles));
    cases.push_back(slicedProduct("open" + suffix, transposed & 2, transposed & 1, "N", 16, tiles));
  }
  cases.push_back(slicedProduct("whole", true, false, "128", 64, tiles));
  cases.push_back(slicedProduct("odd", true, false, "67", 16, tiles));
  cases.push_back(slicedProduct("elements", false, true, "N", 5, elements));
  expectAsReference(cases);
}

TEST(DeviceScheduleTest, Scatter) {
  const std::vector<std::string> clauses{schedule("gpu_scatter, threads = 32"), schedule("gpu_scatter, threads = 128")};
  const std::string updates = "tensor<?x3x50xf32, D<N, 3, 50>>", places = "tensor<?x3xi32, D<N, 3>>",
                    table = "tensor<300x50xf32>";
  const std::string inner = "tensor<7x?x5xf32, D<7, N, 5>>", one = "tensor<?xi64, D<N>>", middle = "tensor<7x90x5xf32>",
                    flat = "tensor<?xf32, D<N>>";
  expectAsReference({{"table", "%u : " + updates + ", %i : " + places, table,
                      "  %a = bm.scatter_add %u at %i axis 0 : " + updates + ", " + places + " to " + table +
                          "\n  bm.yield %a : " + table,
                      clauses},
                     {"middle", "%u : " + inner + ", %i : " + one, middle,
                      "  %v = bm.add %u, %u : " + inner + "\n  %a = bm.scatter_add %v at %i axis 1 : " + inner + ", " +
                          one + " to " + middle + "\n  bm.yield %a : " + middle,
                      clauses},
                     {"numbers", "%u : " + flat + ", %i : " + one, "tensor<100xf32>",
                      "  %a = bm.scatter_add %u at %i axis 0 : " + flat + ", " + one +
                          " to tensor<100xf32>\n  bm.yield %a : tensor<100xf32>",
                      clauses, Data::NotFinite}});
}

// Each update takes one of the indices, also where its value depends on none of their axes, or there is but one.
TEST(DeviceScheduleTest, ScatterOfRepeatedUpdates) {
  const std::vector<std::string> clauses{schedule("gpu_elements, threads = 128"),
                                         schedule("gpu_scatter, threads = 32")};
  const std::string places = "tensor<?x3xi32, D<N, 3>>", updates = "tensor<?x3x4xf32, D<N, 3, 4>>",
                    table = "tensor<9x4xf32>";
  auto repeated = [&](const std::string &name, const std::string &type, const std::string &axes) {
    return Case{name,
                "%u : " + type + ", %i : " + places,
                table,
                "  %b = bm.broadcast %u, " + axes + " : " + type + " to " + updates +
                    "\n  %a = bm.scatter_add %b at %i axis 0 : " + updates + ", " + places + " to " + table +
                    "\n  bm.yield %a : " + table,
                clauses,
                Data::Plain,
                1e-5};
  };
  expectAsReference(
      {repeated("number", "tensor<f32>", "[]"),
       repeated("row", "tensor<4xf32>", "[2]"),
       {"one",
        "%u : tensor<4xf32>, %i : tensor<i32>",
        table,
        "  %a = bm.scatter_add %u at %i axis 0 : tensor<4xf32>, tensor<i32> to " + table + "\n  bm.yield %a : " + table,
        {clauses[0], ""}}});
}

// Blocks find their places along the axes in front, whichever of them are open. Of three open ones a tile's cannot.
TEST(DeviceScheduleTest, OpenLeadingAxes) {
  const std::string matmul = schedule("gpu_matmul, vector = 4, tile = [64, 64, 16], threads = 256"),
                    elements = schedule("gpu_elements, threads = 128"),
                    columns = schedule("gpu_columns, partial = 8, threads = 64");
  auto leading = [&](const std::string &name, const std::string &extents, const std::string &dims, bool hasBlocks) {
    auto tensor = [&](const std::string &rows, const std::string &cols) {
      return "tensor<" + extents + "x" + rows + "x" + cols + "xf32, D<" + dims + ", " + rows + ", " + cols + ">>";
    };
    std::string a = tensor("9", "20"), b = tensor("20", "10"), product = tensor("9", "10"),
                slices = "tensor<2x" + product.substr(7, product.find(',') - 7) + ", D<2, " + dims + ", 9, 10>>",
                sums = "tensor<" + extents + "x10xf32, D<" + dims + ", 10>>";
    std::vector<std::string> ofProduct{elements, ""}, ofSums{elements, ""};
    if (hasBlocks) {
      ofProduct.push_back(matmul);
      ofSums.push_back(columns);
    }
    const std::string operands = "%a, %b", types = " : " + a + ", " + b, inputs = "%a : " + a + ", %b : " + b;
    std::string axis = std::to_string(std::count(dims.begin(), dims.end(), ',') + 1);
    return std::vector<Case>{
        {name + "_product", inputs, product, "  %p = bm.matmul " + operands + types + "\n  bm.yield %p : " + product,
         ofProduct, Data::Plain, 1e-5},
        {name + "_slices", inputs, slices,
         "  %p = bm.sliced_matmul " + operands + " by 16" + types + "\n  bm.yield %p : " + slices, ofProduct,
         Data::Plain, 1e-5},
        {name + "_sums", "%b : " + b, sums,
         "  %s = bm.reduce_sum %b, [" + axis + "] : " + b + "\n  bm.yield %s : " + sums, ofSums, Data::Plain, 1e-5}};
  };
  std::vector<Case> cases;
  for (const auto &some : {leading("second", "3x?", "3, N", true), leading("both", "?x?x2", "N, T, 2", true),
                           leading("between", "?x2x?", "N, 2, T", true), leading("three", "?x?x?", "N, T, N", false)})
    cases.insert(cases.end(), some.begin(), some.end());
  expectAsReference(cases);
}

TEST(DeviceScheduleTest, MatmulInPlaceAndBatched) {
  const std::string w = "tensor<70x68xf32>", d = "tensor<?x70xf32, D<N, 70>>", x = "tensor<?x68xf32, D<N, 68>>";
  const std::string body = "  %g = bm.matmul %d transposed, %x : " + d + ", " + x + "\n  %n = bm.add %m, %g : " + w +
                           "\n  %v = bm.sub %w, %n : " + w + "\n  bm.yield %v, %n : " + w + ", " + w;
  const std::string tile = schedule("gpu_matmul, vector = 4, tile = [64, 64, 16], threads = 256");
  const std::string a = "tensor<2x3x?x20xf32, D<2, 3, N, 20>>", b = "tensor<2x3x20x40xf32>",
                    c = "tensor<2x3x?x40xf32, D<2, 3, N, 40>>";
  expectAsReference({{"update",
                      "%d : " + d + ", %x : " + x + ", %w : " + w + ", %m : " + w,
                      w + ", " + w,
                      body,
                      {tile, tile + " in_place [2, 3]", tile + " in_place [3, -1]"},
                      Data::Plain,
                      1e-5},
                     {"batched",
                      "%a : " + a + ", %b : " + b,
                      c,
                      "  %p = bm.matmul %a, %b : " + a + ", " + b + "\n  bm.yield %p : " + c,
                      {tile},
                      Data::Plain,
                      1e-5}});
}

TEST(DeviceScheduleTest, Rows) {
  const std::vector<std::string> clauses{
      schedule("gpu_rows, partial = 32, threads = 32"), schedule("gpu_rows, unroll = 4, partial = 64, threads = 128"),
      schedule("gpu_rows, partial = 24, threads = 32"), schedule("gpu_rows, partial = 8, threads = 64")};
  std::vector<Case> cases{softmax("64", "whole", Data::Plain, clauses), softmax("201", "odd", Data::Plain, clauses),
                          softmax("N", "open", Data::Plain, clauses),
                          softmax("37", "special", Data::NotFinite, clauses)};
  const std::string x = "tensor<?x7x19xf32, D<N, 7, 19>>", row = "tensor<?xf32, D<N>>";
  for (const char *op : {"reduce_sum", "reduce_max"})
    cases.push_back({std::string("of_two_axes_") + op, "%x : " + x, row,
                     std::string("  %s = bm.") + op + " %x, [1, 2] : " + x + "\n  bm.yield %s : " + row, clauses,
                     Data::Plain, 1e-5});
  cases.push_back({"of_all", "%x : " + x, "tensor<f32>",
                   "  %s = bm.reduce_sum %x, [0, 1, 2] : " + x + "\n  bm.yield %s : tensor<f32>", clauses, Data::Plain,
                   1e-5});
  const std::string kept = "tensor<?x7xf32, D<N, 7>>";
  cases.push_back({"of_last_axis", "%x : " + x, kept,
                   "  %s = bm.reduce_sum %x, [2] : " + x + "\n  bm.yield %s : " + kept, clauses, Data::Plain, 1e-5});
  cases.push_back({"argmax", "%x : tensor<?x19xf32, D<N, 19>>", "tensor<?xi32, D<N>>",
                   "  %s = bm.argmax %x axis 1 : tensor<?x19xf32, D<N, 19>>\n  bm.yield %s : tensor<?xi32, D<N>>",
                   clauses, Data::Special});
  expectAsReference(cases);
}

// Beside the elements: of rows that do and do not fill the threads, of several axes in each order, in place.
TEST(DeviceScheduleTest, ValuesOfRows) {
  const std::vector<std::string> clauses{
      schedule("gpu_rows, partial = 32, threads = 32"), schedule("gpu_rows, unroll = 4, partial = 64, threads = 128"),
      schedule("gpu_rows, partial = 8, threads = 64"), schedule("gpu_rows, threads = 32"),
      schedule("gpu_rows, partial = 32, threads = 32") + " in_place [1, -1, -1]"};
  // The exponentials of a row with factors, their sum and how far it is from the largest number.
  auto exponentials = [&](const std::string &name, const std::string &columns, Data data) -> Case {
    std::string x = "tensor<?x" + std::string(isdigit(columns[0]) ? columns : "?") + "xf32, D<N, " + columns + ">>",
                row = "tensor<?xf32, D<N>>";
    return {name,
            "%x : " + x + ", %y : " + x,
            x + ", " + row + ", " + row,
            "  %m = bm.reduce_max %x, [1] : " + x + "\n  %b = bm.broadcast %m, [0] : " + row + " to " + x +
                "\n  %d = bm.sub %x, %b : " + x + "\n  %e = bm.exp %d : " + x + "\n  %z = bm.mul %e, %y : " + x +
                "\n  %s = bm.reduce_sum %e, [1] : " + x + "\n  %g = bm.sub %m, %s : " + row +
                "\n  bm.yield %z, %s, %g : " + x + ", " + row + ", " + row,
            clauses,
            data,
            1e-5};
  };
  std::vector<Case> cases{exponentials("whole", "64", Data::Plain), exponentials("odd", "201", Data::Plain),
                          exponentials("open", "N", Data::Plain), exponentials("special", "37", Data::NotFinite)};
  // What the values are is whose: a row's own position says so.
  for (auto [name, extents] :
       {std::pair("open_first", "N, 2, 3"), {"open_second", "2, N, 3"}, {"open_last", "2, 3, N"}}) {
    auto type = [extents = std::string(extents)](const std::string &element, const std::string &more) {
      std::string shape;
      for (char c : extents)
        shape += c == 'N' ? "?" : c == ',' ? "x" : c == ' ' ? "" : std::string(1, c);
      return "tensor<" + shape + (more.empty() ? "" : "x" + more) + "x" + element + ", D<" + extents +
             (more.empty() ? "" : ", " + more) + ">>";
    };
    std::string x = type("f32", "45"), row = type("f32", ""), place = type("i32", "");
    cases.push_back({name, "%x : " + x + ", %z : " + x + ", %y : " + row, x + ", " + row + ", " + place,
                     "  %s = bm.reduce_sum %x, [3] : " + x + "\n  %b = bm.broadcast %s, [0, 1, 2] : " + row + " to " +
                         x + "\n  %d = bm.sub %x, %b : " + x + "\n  %q = bm.mul %d, %d : " + x +
                         "\n  %v = bm.reduce_sum %q, [3] : " + x + "\n  %w = bm.add %v, %y : " + row +
                         "\n  %e = bm.mul %d, %z : " + x + "\n  %p = bm.argmax %q axis 3 : " + x +
                         "\n  bm.yield %e, %w, %p : " + x + ", " + row + ", " + place,
                     clauses, Data::Plain, 1e-4});
  }
  expectAsReference(cases);
}

// Elements as vectors: what is contiguous in memory, what is not, what is repeated, what begins anywhere, what
// is put together, parts of triples, doubles, masks, and a result over its input.
TEST(DeviceScheduleTest, VectorsOfElements) {
  const std::string x = "tensor<?x6x20xf32, D<N, 6, 20>>", turned = "tensor<?x20x6xf32, D<N, 20, 6>>",
                    row = "tensor<20xf32>", part = "tensor<?x6x8xf32, D<N, 6, 8>>",
                    mask = "tensor<?x6x20xi1, D<N, 6, 20>>", triples = "tensor<?x6x60xf32, D<N, 6, 60>>",
                    doubles = "tensor<?x6x20xf64, D<N, 6, 20>>";
  const std::string clause = schedule("gpu_elements, vector = 4, threads = 64");
  expectAsReference({
      {"broadcast",
       "%x : " + x + ", %r : " + row,
       x,
       "  %b = bm.broadcast %r, [2] : " + row + " to " + x + "\n  %y = bm.mul %x, %b : " + x +
           "\n  %z = bm.exp %y : " + x + "\n  bm.yield %z : " + x,
       {clause, clause + " in_place [0]"}},
      {"transpose",
       "%x : " + turned,
       x,
       "  %y = bm.transpose %x, [0, 2, 1] : " + turned + "\n  bm.yield %y : " + x,
       {clause}},
      {"slice",
       "%x : " + x,
       part,
       "  %y = bm.slice %x [0, 0, 3] step [1, 1, 1] : " + x + " to " + part + "\n  bm.yield %y : " + part,
       {clause}},
      {"columns",
       "%x : tensor<7x3xi1>, %y : tensor<7x1xi1>",
       "tensor<7x4xi1>",
       "  %b = bm.concatenate %x, %y axis 1 : tensor<7x3xi1>, tensor<7x1xi1>\n  bm.yield %b : tensor<7x4xi1>",
       {clause}},
      {"rows",
       "%x : tensor<1x3xi1>, %y : tensor<6x3xi1>, %z : tensor<7x1xi1>",
       "tensor<7x4xi1>",
       "  %a = bm.concatenate %x, %y axis 0 : tensor<1x3xi1>, tensor<6x3xi1>\n  %b = bm.concatenate %a, %z axis 1 : "
       "tensor<7x3xi1>, tensor<7x1xi1>\n  bm.yield %b : tensor<7x4xi1>",
       {clause}},
      {"triples",
       "%x : " + triples,
       x,
       "  %a = bm.slice %x [0, 0, 0] step [1, 1, 3] : " + triples + " to " + x +
           "\n  %b = bm.slice %x [0, 0, 2] step [1, 1, 3] : " + triples + " to " + x + "\n  %y = bm.sub %a, %b : " + x +
           "\n  bm.yield %y : " + x,
       {clause}},
      {"doubles",
       "%x : " + doubles + ", %y : " + x,
       doubles,
       "  %z = bm.cast %y : " + x + " to " + doubles + "\n  %a = bm.add %x, %z : " + doubles +
           "\n  bm.yield %a : " + doubles,
       {clause}},
      {"mask",
       "%x : " + x + ", %y : " + x,
       x + ", " + mask,
       "  %m = bm.compare lt %x, %y : " + x + "\n  %s = bm.select %m, %x, %y : " + mask + ", " + x +
           "\n  bm.yield %s, %m : " + x + ", " + mask,
       {clause},
       Data::Special},
  });
}

// Terms that are the same everywhere are added as often as there are some.
TEST(DeviceScheduleTest, SumsOfRepeatedNumbers) {
  expectAsReference({sumsOfRepeatedNumbers(
      "64", {schedule("gpu_elements, threads = 64"), schedule("gpu_rows, partial = 32, threads = 32")})});
}

TEST(DeviceScheduleTest, Columns) {
  const std::vector<std::string> clauses{schedule("gpu_columns, partial = 8, threads = 256"),
                                         schedule("gpu_columns, unroll = 2, partial = 16, threads = 64"),
                                         schedule("gpu_columns, unroll = 8, partial = 32, threads = 256")};
  const std::string x = "tensor<?x70xf32, D<N, 70>>", sums = "tensor<70xf32>",
                    y = "tensor<3x?x5x40xf32, D<3, N, 5, 40>>", middle = "tensor<3x40xf32>";
  expectAsReference(
      {{"columns",
        "%x : " + x + ", %p : " + sums,
        sums,
        "  %s = bm.reduce_sum %x, [0] : " + x + "\n  %q = bm.sub %p, %s : " + sums + "\n  bm.yield %q : " + sums,
        {clauses[0], clauses[1] + " in_place [1]", clauses[1]},
        Data::Plain,
        1e-5},
       {"middle", "%x : " + y, middle, "  %s = bm.reduce_max %x, [1, 2] : " + y + "\n  bm.yield %s : " + middle,
        clauses, Data::NotFinite}});
}

} // namespace
