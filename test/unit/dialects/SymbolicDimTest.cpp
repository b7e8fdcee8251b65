// Symbolic dimensions: one normal form for equal polynomials, and texts that are not polynomials.
#include "dialects/SymbolicDim.h"

#include <gtest/gtest.h>

using namespace bmc::bm;

namespace {

std::string normal(std::string_view text) {
  std::optional<SymbolicDim> dim = SymbolicDim::parse(text);
  return dim ? dim->text() : "nothing";
}

TEST(SymbolicDim, NormalForm) {
  EXPECT_EQ(normal("N"), "N");
  EXPECT_EQ(normal("0"), "0");
  EXPECT_EQ(normal("1+N+N"), "2*N+1");
  EXPECT_EQ(normal("T*N-N*T"), "0");
  EXPECT_EQ(normal("(N+1)*(N-1)"), "N*N-1");
  EXPECT_EQ(normal("-N"), "-N");
  EXPECT_EQ(normal(" 2 * (N - 3) "), "2*N-6");
}

TEST(SymbolicDim, TextReadsBack) {
  for (const char *text : {"N", "17", "2*N+1", "N*T", "floordiv(H-3,2)+1", "N*floordiv(floordiv(H,2)+1,3)-7"})
    EXPECT_EQ(normal(text), text);
}

TEST(SymbolicDim, ExactDivisionStaysAPolynomial) {
  EXPECT_EQ(normal("floordiv(12*N,2)"), "6*N");
  EXPECT_EQ(normal("floordiv(6*N*T+3*T,3*T)"), "2*N+1");
  EXPECT_EQ(normal("floordiv(N+1,N+1)"), "1");
  EXPECT_EQ(normal("floordiv(7,2)"), "3");
  EXPECT_EQ(normal("floordiv(-7,2)"), "-4");
  EXPECT_EQ(normal("floordiv(N,2)"), "floordiv(N,2)");
}

TEST(SymbolicDim, Values) {
  SymbolicDim dim = *SymbolicDim::parse("floordiv(H-3,2)*N+1");
  EXPECT_EQ(dim.symbols(), (std::vector<std::string>{"H", "N"}));
  EXPECT_EQ(dim.evaluate({{"H", 8}, {"N", 5}}), 11);
  EXPECT_EQ(dim.evaluate({{"H", 8}}), std::nullopt);
  EXPECT_EQ(dim.substitute({{"H", 8}}).text(), "2*N+1");
  EXPECT_EQ(SymbolicDim::symbol("N").singleSymbol(), "N");
  EXPECT_EQ(dim.singleSymbol(), std::nullopt);
  EXPECT_EQ(SymbolicDim(3).constant(), 3);
}

TEST(SymbolicDim, WhatIsTooLargeHasNoValue) {
  for (const char *large : {"N*N*N*N", "N*N*N*N-N", "N-N*N*N*N", "-(N*N*N*N)", "M-(N*N*N*N)",
                            "floordiv(-N*N*N*N,-1)", "floordiv(M*(-9223372036854775807-1),M*(-1))"})
    EXPECT_EQ(SymbolicDim::parse(large)->evaluate({{"N", int64_t(1) << 20}, {"M", 5}}), std::nullopt) << large;
}

TEST(SymbolicDim, HostileText) {
  for (std::string text : {"", "+", "N+", "N**2", "*N", "(N", "N)", "N N", "floordiv(N)", "floordiv(N,", "floordiv(N,2",
                           "99999999999999999999", "N-", "\xff", "N;", "\""})
    EXPECT_EQ(normal(text), "nothing") << text;
  EXPECT_EQ(normal(std::string(100000, '(')), "nothing");
  EXPECT_EQ(normal(std::string(100000, '(') + "N" + std::string(100000, ')')), "nothing");
}

TEST(SymbolicDim, DivisionByZeroHasNoValue) {
  EXPECT_EQ(SymbolicDim::parse("floordiv(N,M)")->evaluate({{"N", 4}, {"M", 0}}), std::nullopt);
}

} // namespace
