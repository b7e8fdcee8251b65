// What an einsum becomes, and what it says of a text or tensors that do not fit. Its values are compared with PyTorch's
// in test/unit/library/FunctionsTest.cpp.
#include "Compile.h"

#include <gtest/gtest.h>

namespace {

std::string network(const std::string &parameters, const std::string &value) {
  return "network M {\n  forward(" + parameters + ") {\n    return " + value + "\n  }\n}\n";
}

size_t count(const std::string &text, const std::string &word) {
  size_t found = 0;
  for (size_t at = 0; (at = text.find(word, at)) != std::string::npos; at += word.size())
    ++found;
  return found;
}

TEST(Einsum, IsOneProductWhereItIsOne) {
  const std::pair<const char *, const char *> cases[] = {
      {"x: f32[N, 3, 4], y: f32[N, 4, 5]", "einsum(\"bij,bjk->bik\", x, y)"},
      {"x: f32[N, 3], y: f32[3, 5]", "einsum(\"ni,ij->nj\", x, y)"},
      {"x: f32[N, 3, 4], y: f32[3, 4, 5]", "einsum(\"nab,abj->nj\", x, y)"},
  };
  for (auto [parameters, value] : cases) {
    Compiled compiled = compileText(network(parameters, value));
    EXPECT_EQ(compiled.diagnostics, "");
    EXPECT_EQ(count(compiled.module, "bm.matmul"), 1u) << compiled.module;
    EXPECT_EQ(count(compiled.module, "bm.transpose"), 0u) << compiled.module;
    EXPECT_EQ(count(compiled.module, "bm.mul"), 0u) << compiled.module;
  }
}

// What nobody needs is summed before it is multiplied.
TEST(Einsum, SumsEarly) {
  Compiled compiled = compileText(network("x: f32[N, 3], y: f32[4, 5]", "einsum(\"ni,jk->n\", x, y)"));
  EXPECT_LT(compiled.module.find("bm.reduce_sum"), compiled.module.find("bm.mul"));
  EXPECT_EQ(count(compiled.module, "tensor<?x3x4"), 0u) << compiled.module;
}

TEST(Einsum, TakesDiagonalsOfSizesThatAreNotKnown) {
  Compiled compiled = compileText(network("x: f32[N, N]", "einsum(\"nn->n\", x)"));
  EXPECT_EQ(compiled.diagnostics, "");
  EXPECT_EQ(count(compiled.module, "bm.select"), 1u);
}

TEST(Einsum, SaysWhereATextIsWrong) {
  const std::pair<const char *, const char *> cases[] = {
      {"einsum(\"ij,jk->ik\", x)", "t.bm:3:12: error: the text of einsum is for 2 tensors, found 1"},
      {"einsum(\"ijk->i\", x)", "t.bm:3:20: error: 'ijk' names 3 dimensions, but operand 1 is f32[N, 3]"},
      {"einsum(\"...ijk\", x)", "t.bm:3:20: error: '...ijk' names at least 3 dimensions, but operand 1 is f32[N, 3]"},
      {"einsum(\"ij->iz\", x)", "t.bm:3:25: error: 'z' is an axis of the result, but of no operand"},
      {"einsum(\"ij->i...\", x)", "t.bm:3:25: error: '...' is an axis of the result, but of no operand"},
      {"einsum(\"ij->ii\", x)", "t.bm:3:25: error: 'i' stands twice in the result"},
      {"einsum(\"i.j\", x)", "t.bm:3:21: error: expected a letter, '...', ',' or '->', found '.'"},
      {"einsum(\"......\", x)", "t.bm:3:23: error: '...' stands twice for the axes of one tensor"},
      {"einsum(\"\\tij\", x)", "t.bm:3:19: error: expected a letter, '...', ',' or '->', found '\t'"},
      {"einsum(3, x)", "t.bm:3:19: error: expected a text such as \"ij,jk->ik\", found the number 3"},
      {"einsum(\"ij,kj->ik\", x, ones([2, 4]))",
       "t.bm:3:24: error: 'j' is 3 in operand 1 (f32[N, 3]) and 4 in operand 2 (f32[2, 4])"},
      {"einsum(\"...,...\", x, ones([4]))",
       "t.bm:3:24: error: an axis of '...' is 3 in operand 1 (f32[N, 3]) and 4 in operand 2 (f32[4])"},
      {"einsum(\"ii\", x)", "t.bm:3:20: error: 'i' is N and 3 in operand 1 (f32[N, 3])"},
      {"einsum(\"ij\", x, axes = 1)", "'einsum' has no parameter 'axes'; its parameters are equation ..tensors"},
      {"einsum()", "'einsum' needs a value for its parameter 'equation'"},
      {"einsum(\"ij,ij\", x, ones([2, 3], i32))", "the element types differ: f32 and i32[2, 3]"},
      {"einsum(\"ab,cd,ef,gh,ij,kl,mn,op,qr->abcdefghijklmnopqr\", x, x, x, x, x, x, x, x, x)",
       "a tensor has at most 16 dimensions, found 18"},
  };
  for (auto [value, expected] : cases)
    EXPECT_NE(compileText(network("x: f32[N, 3]", value)).diagnostics.find(expected), std::string::npos)
        << compileText(network("x: f32[N, 3]", value)).diagnostics;
}

} // namespace
