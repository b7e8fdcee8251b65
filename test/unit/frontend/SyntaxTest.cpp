// The lexer, the parser and the diagnostics: what hostile or broken text gives. What good text gives is tested by
// test/frontend/parse-*.bm.
#include "frontend/syntax/AstPrinter.h"
#include "frontend/syntax/Parser.h"

#include <gtest/gtest.h>
#include <sstream>

using namespace bmc::frontend;

namespace {

struct Parsed {
  std::string tree;
  std::string diagnostics;
};

Parsed parseText(std::string text) {
  SourceManager sources;
  FileId file = sources.add("t.bm", std::move(text));
  Diagnostics diagnostics(sources);
  std::ostringstream tree, errors;
  printAst(tree, parse(sources, file, diagnostics));
  diagnostics.print(errors);
  return {tree.str(), errors.str()};
}

std::string errorsOf(std::string text) { return parseText(std::move(text)).diagnostics; }

void expectError(std::string text, const std::string &expected) {
  std::string found = errorsOf(text);
  EXPECT_NE(found.find(expected), std::string::npos) << "in:\n" << found;
}

TEST(Diagnostics, ShowLineCaretAndRange) {
  EXPECT_EQ(errorsOf("let a = 1\n\tlet b = 3x\n"), "t.bm:2:10: error: '3x' is neither a number nor a name\n"
                                                   "    \tlet b = 3x\n"
                                                   "    \t        ^~\n");
}

TEST(Diagnostics, CountColumnsInCodePoints) {
  EXPECT_EQ(errorsOf("let a = \"é…\" 1"), "t.bm:1:14: error: expected the end of the line or ';', found '1'\n"
                                          "    let a = \"é…\" 1\n"
                                          "                 ^\n");
}

TEST(Diagnostics, StopAfterTwentyErrors) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += "let = " + std::to_string(i) + "\n";
  std::string found = errorsOf(text);
  EXPECT_NE(found.find("t.bm:20:"), std::string::npos);
  EXPECT_EQ(found.find("t.bm:21:"), std::string::npos);
}

TEST(Diagnostics, ShowThePartOfALongLine) {
  std::string found = errorsOf("let a = [" + std::string(100000, ' ') + "+" + std::string(100000, ' '));
  EXPECT_NE(found.find("t.bm:1:100010: error: expected an expression, found '+'"), std::string::npos);
  EXPECT_LT(found.size(), 600u);
}

TEST(Lexer, ReportsBytesThatAreNoText) {
  expectError(std::string("let a = \0 1", 11), "t.bm:1:9: error: NUL byte in the source");
  expectError("let a = \xFF", "t.bm:1:9: error: this byte is not valid UTF-8");
  expectError("// \xC0\x80", "t.bm:1:4: error: this byte is not valid UTF-8");
  expectError("let a = \"\xED\xA0\x80\"", "t.bm:1:10: error: this byte is not valid UTF-8");
  expectError("let é = 1", "unexpected character 'é' (U+00E9)");
  expectError("let a = \x01", "unexpected control character U+0001");
}

TEST(Lexer, ReportsBadNumbersAndStrings) {
  expectError("let a = 9223372036854775808", "this integer does not fit into 64 bits");
  expectError("let a = 1e309", "this number is too large for f64");
  expectError("let a = \"abc\nlet b = 1", "t.bm:1:9: error: this string has no closing '\"' on its line");
  expectError("let a = \"\\q\"", "t.bm:1:10: error: unknown escape in a string");
}

TEST(Lexer, AcceptsByteOrderMarkAndAnyLineEnd) {
  Parsed parsed = parseText("\xEF\xBB\xBFlet a = 1\r\nlet b = 2\rlet c = 3\n");
  EXPECT_EQ(parsed.diagnostics, "");
  EXPECT_EQ(parsed.tree, "let a = 1\nlet b = 2\nlet c = 3\n");
  expectError("\xEF\xBB\xBF+", "t.bm:1:1: error");
}

TEST(Lexer, KeepsTheDotsOfARange) {
  EXPECT_EQ(parseText("let a = 0..3\nlet b = [0..n]\nlet c = 1.5e-3").tree,
            "let a = 0..3\nlet b = [0..n]\nlet c = 0.0015\n");
}

TEST(Parser, BindsLikeMathematics) {
  EXPECT_EQ(parseText("let a = -x^2 + b*c @ d").tree, "let a = (+ (- (^ x 2)) (@ (* b c) d))\n");
  EXPECT_EQ(parseText("let a = x^-y^2").tree, "let a = (^ x (- (^ y 2)))\n");
  EXPECT_EQ(parseText("let a = not p and q or r < 1+2").tree, "let a = (or (and (not p) q) (< r (+ 1 2)))\n");
  EXPECT_EQ(parseText("let a = 0..n-1").tree, "let a = 0..(- n 1)\n");
  EXPECT_EQ(parseText("let a = b if c else d if e else f").tree, "let a = (if c b (if e d f))\n");
}

TEST(Parser, EndsStatementsAtLines) {
  EXPECT_EQ(parseText("fn f() { let a = [1,\n  2] +\n 3; g(a)\n(b) }").tree,
            "fn f\n  let a = (+ [1, 2] 3)\n  (call g a)\n  b\n");
  expectError("fn f() { let a = 1 let b = 2 }", "t.bm:1:20: error: expected the end of the line or ';', found 'let'");
}

TEST(Parser, GoesOnAfterAnError) {
  std::string found = errorsOf("fn f() {\n  let = 1\n  let a = (1\n  return )\n}\nlayer { }\nfn g() { let 3 = 4 }\n");
  for (const char *place : {"t.bm:2:7", "t.bm:3:13", "t.bm:4:10", "t.bm:6:7", "t.bm:7:14"})
    EXPECT_NE(found.find(place), std::string::npos) << place << " in:\n" << found;
}

TEST(Parser, PointsBehindTheLineWhereSomethingIsMissing) {
  expectError("fn f() {\n  let a = 1 +\n}\n", "t.bm:2:14: error: expected an expression, found the end of the line");
}

TEST(Parser, NamesTheOpenBlockAtTheEnd) {
  std::string found = errorsOf("fn f() {\n  let a = 1\n");
  EXPECT_NE(found.find("error: expected '}', found the end of the file"), std::string::npos);
  EXPECT_NE(found.find("t.bm:1:8: note: the block begins here"), std::string::npos);
}

TEST(Parser, ReportsWhatCannotStandThere) {
  expectError("fn f() { 1 + 2 = 3 }", "only a name or a tuple of names can be assigned to");
  expectError("let a = 1 < 2 < 3", "comparisons do not chain");
  expectError("let a = b if c", "expected 'else' and the value for the other case");
  expectError("lyer A {}", "expected a declaration");
  expectError("train M {\n  data = {a = 1, 2}\n}", "expected 'name = value' in a record");
}

TEST(Parser, RefusesDeepNesting) {
  const char *openings[] = {
      "(", "[", "-", "not ", "f(", "a[", "{a=", "1+", "1^", "x.y.", "scan t in a {", "b if c else "};
  for (std::string opening : openings) {
    std::string text = "fn f() {\n  return ";
    for (int i = 0; i < 10000; ++i)
      text += opening;
    expectError(text, "this is nested more than 200 levels deep");
  }
  for (std::string opening : {"(", "list["}) {
    std::string text = "fn f(x: ";
    for (int i = 0; i < 10000; ++i)
      text += opening;
    expectError(text, "this is nested more than 200 levels deep");
  }
}

} // namespace
