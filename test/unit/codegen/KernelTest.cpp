// Every op as a compiled kernel against the reference interpreter, for every element type that it takes.
#include "KernelRunner.h"
#include "gtest/gtest.h"

using namespace bmc::test;

namespace {

const std::string plain = "schedule #bm.schedule<plain>";
const std::string vectors = "schedule #bm.schedule<elementwise, vector = 8, unroll = 2>";
const std::string flat = "schedule #bm.schedule<elementwise, vector = 8, unroll = 2, parallel = 32, flat>";

std::string dynamicTensor(const std::string &element) { return "tensor<?x3x" + element + ", D<N, 3>>"; }

// `name` of one operand on N x 3 floats.
Case unary(const std::string &name, Data data, const std::string &element) {
  std::string type = dynamicTensor(element);
  return {name + "_" + element,
          "%x : " + type,
          type,
          "  %y = bm." + name + " %x : " + type + "\n  bm.yield %y : " + type,
          {plain, vectors, flat},
          data,
          element == "f32" ? 2e-6 : 1e-14};
}

Case binary(const std::string &name, const std::string &element, Data data = Data::Special) {
  std::string type = dynamicTensor(element);
  return {name + "_" + element,
          "%x : " + type + ", %y : " + type,
          type,
          "  %z = bm." + name + " %x, %y : " + type + "\n  bm.yield %z : " + type,
          {plain, vectors, flat},
          data,
          element == "f64" ? 1e-14 : 2e-6};
}

TEST(KernelTest, Unary) {
  std::vector<Case> cases;
  for (const char *element : {"f32", "f64"})
    for (const char *name : {"neg", "abs", "sign", "exp", "expm1", "erf", "log", "log1p", "sqrt", "rsqrt", "tanh",
                             "sigmoid", "gelu", "floor", "ceil", "round"})
      cases.push_back(unary(name, Data::Special, element));
  for (const char *name : {"sin", "cos"}) { // huge arguments are the C library's business
    cases.push_back(unary(name, Data::Plain, "f32"));
    cases.push_back(unary(name, Data::Plain, "f64"));
  }
  expectAsReference(cases);
}

TEST(KernelTest, Binary) {
  std::vector<Case> cases;
  for (const char *element : {"f32", "f64", "i32", "i64"})
    for (const char *name : {"add", "sub", "mul", "div", "rem", "max", "min"})
      cases.push_back(binary(name, element, std::string(name) == "rem" ? Data::Plain : Data::Special));
  cases.push_back(binary("pow", "f32", Data::Special));
  cases.push_back(binary("pow", "f64", Data::Special));
  cases.push_back(binary("pow", "i32"));
  cases.push_back(binary("pow", "i64"));
  cases.push_back(binary("and", "i1"));
  cases.push_back(binary("or", "i1"));
  expectAsReference(cases);
}

TEST(KernelTest, CompareSelectCast) {
  std::vector<Case> cases;
  for (const char *element : {"f32", "f64", "i32", "i64", "i1"}) {
    std::string type = dynamicTensor(element), condition = dynamicTensor("i1");
    for (const char *predicate : {"eq", "ne", "lt", "le", "gt", "ge"})
      cases.push_back(
          {std::string("compare_") + predicate + "_" + element,
           "%x : " + type + ", %y : " + type,
           condition,
           std::string("  %z = bm.compare ") + predicate + " %x, %y : " + type + "\n  bm.yield %z : " + condition,
           {vectors},
           Data::Special});
    cases.push_back({std::string("select_") + element,
                     "%c : " + condition + ", %x : " + type + ", %y : " + type,
                     type,
                     "  %z = bm.select %c, %x, %y : " + condition + ", " + type + "\n  bm.yield %z : " + type,
                     {plain, flat},
                     Data::Special});
    for (const char *to : {"f32", "f64", "i32", "i64", "i1"}) {
      std::string result = dynamicTensor(to);
      cases.push_back({std::string("cast_") + element + "_" + to,
                       "%x : " + type,
                       result,
                       "  %z = bm.cast %x : " + type + " to " + result + "\n  bm.yield %z : " + result,
                       {vectors},
                       Data::Special});
    }
  }
  std::string type = dynamicTensor("i1");
  cases.push_back(
      {"not", "%x : " + type, type, "  %z = bm.not %x : " + type + "\n  bm.yield %z : " + type, {plain, flat}});
  expectAsReference(cases);
}

TEST(KernelTest, Shapes) {
  const std::string x = "tensor<?x3x4xf32, D<N, 3, 4>>";
  expectAsReference({
      {"broadcast",
       "%x : tensor<3xf32>, %y : tensor<1x4xf32>",
       x + ", " + x,
       "  %a = bm.broadcast %x, [1] : tensor<3xf32> to " + x +
           "\n  %b = bm.broadcast %y, [0, 2] : tensor<1x4xf32> to " + x + "\n  bm.yield %a, %b : " + x + ", " + x,
       {plain, vectors}},
      {"reshape",
       "%x : " + x,
       "tensor<?x12xf32, D<N, 12>>",
       "  %a = bm.reshape %x : " + x + " to tensor<?x12xf32, D<N, 12>>\n  bm.yield %a : tensor<?x12xf32, D<N, 12>>",
       {plain, vectors, flat}},
      {"reshape_mixed",
       "%x : " + x,
       "tensor<4x?x3x1xf32, D<4, N, 3, 1>>",
       "  %a = bm.reshape %x : " + x +
           " to tensor<4x?x3x1xf32, D<4, N, 3, 1>>\n  bm.yield %a : tensor<4x?x3x1xf32, D<4, N, 3, 1>>",
       {plain, vectors, flat}},
      {"reshape_units",
       "%x : " + x,
       "tensor<1x?x3x1x4xf32, D<1, N, 3, 1, 4>>",
       "  %a = bm.reshape %x : " + x +
           " to tensor<1x?x3x1x4xf32, D<1, N, 3, 1, 4>>\n  bm.yield %a : tensor<1x?x3x1x4xf32, D<1, N, 3, 1, 4>>",
       {plain, vectors}},
      {"transpose",
       "%x : " + x,
       "tensor<4x?x3xf32, D<4, N, 3>>",
       "  %a = bm.transpose %x, [2, 0, 1] : " + x + "\n  bm.yield %a : tensor<4x?x3xf32, D<4, N, 3>>",
       {plain, vectors}},
      {"slice",
       "%x : tensor<?x9xf32, D<\"N+2\", 9>>",
       "tensor<?x4xf32, D<N, 4>>",
       "  %a = bm.slice %x [1, 2] step [1, 2] : tensor<?x9xf32, D<\"N+2\", 9>> to tensor<?x4xf32, D<N, 4>>\n  bm.yield "
       "%a : tensor<?x4xf32, D<N, 4>>",
       {plain, vectors}},
      {"pad",
       "%x : tensor<?x4xf32, D<N, 4>>, %v : tensor<f32>",
       "tensor<?x11xf32, D<\"N+3\", 11>>",
       "  %a = bm.pad %x, %v [1, 2] step [1, 2] : tensor<?x4xf32, D<N, 4>>, tensor<f32> to tensor<?x11xf32, D<\"N+3\", "
       "11>>\n  bm.yield %a : tensor<?x11xf32, D<\"N+3\", 11>>",
       {plain, vectors}},
      {"concatenate",
       "%x : tensor<?x3xf32, D<N, 3>>, %y : tensor<2x3xf32>, %z : tensor<?x3xf32, D<N, 3>>",
       "tensor<?x3xf32, D<\"2*N+2\", 3>>",
       "  %a = bm.concatenate %x, %y, %z axis 0 : tensor<?x3xf32, D<N, 3>>, tensor<2x3xf32>, tensor<?x3xf32, D<N, "
       "3>>\n  bm.yield %a : tensor<?x3xf32, D<\"2*N+2\", 3>>",
       {plain, vectors}},
      {"concatenate_inner",
       "%x : tensor<?x3xi64, D<N, 3>>, %y : tensor<?x5xi64, D<N, 5>>",
       "tensor<?x8xi64, D<N, 8>>",
       "  %a = bm.concatenate %x, %y axis 1 : tensor<?x3xi64, D<N, 3>>, tensor<?x5xi64, D<N, 5>>\n  bm.yield %a : "
       "tensor<?x8xi64, D<N, 8>>",
       {plain, vectors}},
  });
}

TEST(KernelTest, Positions) {
  const std::string rows = "schedule #bm.schedule<scatter>", lanes = "schedule #bm.schedule<scatter, vector = 4>";
  expectAsReference({
      {"iota",
       "",
       "tensor<?x3xf32, D<N, 3>>, tensor<?x3xi64, D<N, 3>>",
       "  %a = bm.iota axis 0 : tensor<?x3xf32, D<N, 3>>\n  %b = bm.iota axis 1 : tensor<?x3xi64, D<N, 3>>\n  bm.yield "
       "%a, %b : tensor<?x3xf32, D<N, 3>>, tensor<?x3xi64, D<N, 3>>",
       {plain, vectors, flat}},
      {"one_hot",
       "%x : tensor<?xi64, D<N>>",
       "tensor<?x5xf32, D<N, 5>>",
       "  %a = bm.one_hot %x : tensor<?xi64, D<N>> to tensor<?x5xf32, D<N, 5>>\n  bm.yield %a : tensor<?x5xf32, D<N, "
       "5>>",
       {plain, vectors}},
      {"gather",
       "%x : tensor<4x3xf32>, %i : tensor<?x2xi32, D<N, 2>>",
       "tensor<?x2x3xf32, D<N, 2, 3>>",
       "  %a = bm.gather %x at %i axis 0 : tensor<4x3xf32>, tensor<?x2xi32, D<N, 2>>\n  bm.yield %a : "
       "tensor<?x2x3xf32, D<N, 2, 3>>",
       {plain, vectors}},
      {"gather_inner",
       "%x : tensor<?x4xf64, D<N, 4>>, %i : tensor<3xi64>",
       "tensor<?x3xf64, D<N, 3>>",
       "  %a = bm.gather %x at %i axis 1 : tensor<?x4xf64, D<N, 4>>, tensor<3xi64>\n  bm.yield %a : tensor<?x3xf64, "
       "D<N, 3>>",
       {plain, vectors}},
      {"scatter",
       "%u : tensor<?x2x3xf32, D<N, 2, 3>>, %i : tensor<?x2xi32, D<N, 2>>",
       "tensor<4x3xf32>",
       "  %a = bm.scatter_add %u at %i axis 0 : tensor<?x2x3xf32, D<N, 2, 3>>, tensor<?x2xi32, D<N, 2>> to "
       "tensor<4x3xf32>\n  bm.yield %a : tensor<4x3xf32>",
       {plain, rows, lanes}},
      {"scatter_inner",
       "%u : tensor<?x3xi64, D<N, 3>>, %i : tensor<3xi64>",
       "tensor<?x4xi64, D<N, 4>>",
       "  %a = bm.scatter_add %u at %i axis 1 : tensor<?x3xi64, D<N, 3>>, tensor<3xi64> to tensor<?x4xi64, D<N, 4>>\n  "
       "bm.yield %a : tensor<?x4xi64, D<N, 4>>",
       {plain, rows}},
      {"scatter_then_scale",
       "%u : tensor<?x3xf32, D<N, 3>>, %i : tensor<?xi32, D<N>>, %p : tensor<4x3xf32>",
       "tensor<4x3xf32>",
       "  %a = bm.scatter_add %u at %i axis 0 : tensor<?x3xf32, D<N, 3>>, tensor<?xi32, D<N>> to tensor<4x3xf32>\n  %b "
       "= bm.sub %p, %a : tensor<4x3xf32>\n  bm.yield %b : tensor<4x3xf32>",
       {plain, rows, rows + " in_place [2]"}},
  });
}

TEST(KernelTest, Random) {
  const std::string key = "%k : tensor<2xi32>", n3 = "tensor<?x3xi32, D<N, 3>>", f3 = "tensor<?x3xf32, D<N, 3>>";
  expectAsReference({
      {"bits", key, n3, "  %a = bm.random_bits %k : " + n3 + "\n  bm.yield %a : " + n3, {plain, vectors, flat}},
      {"bits64",
       key,
       dynamicTensor("i64"),
       "  %a = bm.random_bits %k : " + dynamicTensor("i64") + "\n  bm.yield %a : " + dynamicTensor("i64"),
       {plain, flat}},
      {"uniform",
       key,
       f3,
       "  %a = bm.random_uniform %k : " + f3 + "\n  bm.yield %a : " + f3,
       {plain, vectors, flat},
       Data::Plain,
       0},
      {"uniform64",
       key,
       dynamicTensor("f64"),
       "  %a = bm.random_uniform %k : " + dynamicTensor("f64") + "\n  bm.yield %a : " + dynamicTensor("f64"),
       {plain, flat},
       Data::Plain,
       0},
      {"fold_in",
       key + ", %d : tensor<i64>",
       "tensor<2xi32>",
       "  %a = bm.fold_in %k, %d : tensor<i64>\n  bm.yield %a : tensor<2xi32>",
       {plain, vectors}},
  });
}

TEST(KernelTest, Constants) {
  expectAsReference({
      {"constants",
       "",
       "tensor<2x3xf32>, tensor<2x3xi64>, tensor<2x3xi1>, tensor<2x3xf64>",
       "  %a = bm.constant dense<[[1.5, -0.0, 0x7FC00000], [0x7F800000, 0xFF800000, 3.0e+38]]> : tensor<2x3xf32>\n"
       "  %b = bm.constant dense<9223372036854775807> : tensor<2x3xi64>\n"
       "  %c = bm.constant dense<[[true, false, true], [false, false, true]]> : tensor<2x3xi1>\n"
       "  %d = bm.constant dense<0.1> : tensor<2x3xf64>\n"
       "  bm.yield %a, %b, %c, %d : tensor<2x3xf32>, tensor<2x3xi64>, tensor<2x3xi1>, tensor<2x3xf64>",
       {plain, vectors, flat},
       Data::Plain,
       0},
      {"sizes",
       "%x : tensor<?xf32, D<N>>",
       "tensor<f32>, tensor<i64>",
       "  %a = bm.size \"2*N+1\" : tensor<f32>\n  %b = bm.size \"N*N\" : tensor<i64>\n  bm.yield %a, %b : tensor<f32>, "
       "tensor<i64>",
       {plain, vectors},
       Data::Plain,
       0},
  });
}

} // namespace
