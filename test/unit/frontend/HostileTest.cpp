// Model files that want too much: each is refused with an error at its place, in bounded time and memory.
#include "Compile.h"

#include <ctime>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace {

std::string repeat(const std::string &text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i)
    result += text;
  return result;
}

std::string inForward(const std::string &statements) {
  return "network M {\n  forward(x: f32[N, 3]) {\n" + statements + "\n  }\n}\n";
}

std::string function(const std::string &statements) { return "fn f(x) {\n" + statements + "\n}\n"; }

struct Case {
  const char *name;
  std::string (*text)();
  const char *expected;
};

const char *const nested = "this is nested more than 200 levels deep";
const char *const steps = "the model takes more than 2000000 steps at compile time";
const char *const operations = "the program has more than 300000 operations";
constexpr int many = 100'000;

const Case cases[] = {
    // Nesting, of all that the grammar can nest.
    {"Parentheses", [] { return "let a = " + repeat("(", many); }, nested},
    {"Lists", [] { return "let a = " + repeat("[", many); }, nested},
    {"Tuples", [] { return "let a = " + repeat("(1, ", many); }, nested},
    {"Records", [] { return "let a = " + repeat("{a = ", many); }, nested},
    {"Minuses", [] { return "let a = " + repeat("-", many) + "1"; }, nested},
    {"Nots", [] { return "let a = " + repeat("not ", many) + "true"; }, nested},
    {"Powers", [] { return "let a = 2" + repeat("^2", many); }, nested},
    {"Sums", [] { return "let a = 1" + repeat(" + 1", many); }, nested},
    {"Products", [] { return "let a = 1" + repeat(" * 1", many); }, nested},
    {"Ors", [] { return "let a = true" + repeat(" or true", many); }, nested},
    {"Ands", [] { return "let a = true" + repeat(" and true", many); }, nested},
    {"Conditionals", [] { return "let a = " + repeat("1 if true else ", many) + "1"; }, nested},
    {"CallsInArguments", [] { return "let a = " + repeat("f(", many); }, nested},
    {"CallsOfCalls", [] { return "let a = f" + repeat("(1)", many); }, nested},
    {"Indices", [] { return "let a = x" + repeat("[0]", many); }, nested},
    {"IndicesInIndices", [] { return "let a = " + repeat("x[", many); }, nested},
    {"Members", [] { return "let a = x" + repeat(".a", many); }, nested},
    {"Comprehensions", [] { return "let a = " + repeat("[", 300) + "1" + repeat(" for i in [1]]", 300); }, nested},
    {"Scans", [] { return "fn f(x) { return " + repeat("scan t in 0..2 { yield ", many); }, nested},
    {"ChainsInScans",
     [] { return "fn f(x) { return " + repeat("scan t in 0..2 { yield " + repeat("1 + ", 150), 50) + "1"; },
     "expected"},
    {"Blocks", [] { return "fn f(x) { " + repeat("if true { ", many); }, nested},
    {"Loops", [] { return "fn f(x) { " + repeat("for i in x { ", many); }, nested},
    {"ElseIfs", [] { return "fn f(x) { if true { }" + repeat(" else if true { }", many); }, nested},
    {"TupleTypes", [] { return "fn f(x: " + repeat("(", many); }, nested},
    {"ListTypes", [] { return "fn f(x: " + repeat("list[", many); }, nested},
    {"TypesInShapes", [] { return "fn f(x: f32[" + repeat("(", many); }, nested},
    {"Steps", [] { return "train M { " + repeat("step a { ", many); }, nested},
    {"Braces", [] { return repeat("{", 1'000'000); }, "expected a declaration"},

    // Sizes.
    {"ParameterOfManyElements",
     [] {
       return std::string("network M {\n  param w: f32[4611686018427387904] = 0\n  forward(x: f32[N]) { return x }\n}");
     },
     "t.bm:2:12: error: a tensor of 4.611686018427388e+18 elements is too large"},
    {"ParameterWhoseProductOverflows",
     [] {
       return std::string(
           "network M {\n  param w: f32[4294967296, 4294967296] = 0\n  forward(x: f32[N]) { return x }\n}");
     },
     "t.bm:2:12: error: a tensor of 1.8446744073709552e+19 elements is too large"},
    {"ConstantOfTerabytes", [] { return inForward("let z = zeros([1000000, 1000000])\nreturn x + sum(z)"); },
     "t.bm:3:9: error: a tensor of 1000000000000 elements is too large"},
    {"OpenTensorOfTerabytes", [] { return inForward("return zeros([N, 1000000, 1000000])"); }, "is too large"},
    {"BroadcastOfTerabytes",
     [] { return inForward("return x + sum(iota([1000000, 1], 0, f32) + iota([1, 1000000], 1, f32))"); },
     "t.bm:3:16: error: a tensor of 1000000000000 elements is too large"},
    {"OneHotOfTerabytes", [] { return inForward("return one_hot(cast(x, i32), 1000000000000)"); }, "is too large"},
    {"PaddingThatOverflows",
     [] { return inForward("return pad(x, [0, 9223372036854775806], [0, 9223372036854775806])"); }, "is too large"},
    {"SumThatOverflows", [] { return inForward("return x * (9223372036854775806 + 5)"); },
     "t.bm:3:12: error: this integer is too large"},
    {"ProductThatOverflows", [] { return inForward("return x * (4611686018427387904 * 4)"); },
     "this integer is too large"},
    {"PowerThatOverflows", [] { return inForward("return x * 3^60"); }, "this integer is too large"},
    {"NegativeThatOverflows", [] { return inForward("return x * (-9223372036854775806 - 5)"); },
     "this integer is too large"},
    {"NegativeDimensions", [] { return inForward("return reshape(x, [N, -3, -1, 1])"); },
     "a dimension cannot be negative, found -3"},
    {"TwoFreeDimensions", [] { return inForward("return reshape(x, [-1, -1])"); }, "a dimension cannot be negative"},
    {"LongRow",
     [] { return std::string("network M { forward(x: f32[N, 100000000000]) { return x } }\n"); },
     "t.bm:1:24: error: a row of an input has at most 4000000 values, found 100000000000"},
    {"ManyDimensions", [] { return inForward("let ones = [1 for i in 0..100000]\nreturn reshape(x, [N, 3, ..ones])"); },
     "a tensor has at most 16 dimensions, found 100002"},
    {"ManyDimensionsByExpand", [] { return inForward("for i in 0..1000 { x = expand(x, 0) }\nreturn x"); },
     "a tensor has at most 16 dimensions, found 17"},
    {"LargePolynomial", [] { return inForward("let a = N\nfor i in 0..60 { a = a * (a + 1) }\nreturn x"); },
     "this dimension is too complicated"},
    {"LargeDivision", [] { return inForward("let a = N\nfor i in 0..60 { a = floordiv(a * a + 1, 3) }\nreturn x"); },
     "this dimension is too complicated"},
    {"ManySplits", [] { return inForward("return split(iota(1000000000), 1000000000)[0]"); }, operations},

    // Work.
    {"LongLoop", [] { return inForward("for i in 0..1000000000 { }\nreturn x"); }, steps},
    {"LoopToTheLastInteger",
     [] { return inForward("for i in -9223372036854775806..9223372036854775806 { }\nreturn x"); }, steps},
    {"LongUnrolling", [] { return inForward("for i in 0..200000 { x = x * 2 }\nreturn x"); }, operations},
    {"NestedLoops", [] { return inForward("for i in 0..2000 { for j in 0..2000 { } }\nreturn x"); }, steps},
    {"LongComprehension", [] { return inForward("let l = [0 for i in 0..1000000000]\nreturn x"); }, steps},
    {"DoubledList", [] { return inForward("let l = [1]\nfor i in 0..60 { l = [..l, ..l] }\nreturn x"); }, steps},
    {"DoubledArguments",
     [] {
       return function("return x") + "layer L(..a) { forward(x) { return x } }\n" +
              inForward("let l = [1]\nfor i in 0..60 { l = [..l, ..l]\n let m = L(..l) }\nreturn x");
     },
     steps},
    {"DeepList", [] { return inForward("let l = [1]\nfor i in 0..100000 { l = [l] }\nreturn x"); },
     "lists, records and layers are nested more than 100 levels deep"},
    {"DeepRecord", [] { return inForward("let l = {a = 1}\nfor i in 0..100000 { l = {a = l} }\nreturn x"); },
     "lists, records and layers are nested more than 100 levels deep"},
    {"DeepLayer",
     [] {
       return std::string(
           "layer W(l) { forward(x) { return l(x) } }\nfn wrap(l) {\n  for i in 0..100000 { l = W(l) }\n  return "
           "l\n}\nnetwork M {\n  l = wrap(Linear(3, 3))\n  forward(x: f32[N, 3]) { return l(x) }\n}\n");
     },
     "lists, records and layers are nested more than 100 levels deep"},
    {"SharedLists",
     [] {
       return std::string(
           "fn two(l) {\n  for i in 0..60 { l = [l, l] }\n  return l\n}\nnetwork M {\n  l = two(Linear(3, 3))\n  "
           "forward(x: f32[N, 3]) { return x }\n}\n");
     },
     "a list has at most 2000000 elements"},
    {"SharedRecords", [] { return inForward("let r = {a = 1}\nfor i in 0..60 { r = {a = r, b = r} }\nreturn x"); },
     "a list has at most 2000000 elements"},
    {"ManyLayers",
     [] {
       return std::string(
           "network M {\n  l = [Linear(3, 3) for i in 0..1000000]\n  forward(x: f32[N, 3]) { return x }\n}\n");
     },
     "the program has more than 20000 parameters and buffers"},
    {"ManyKernels", [] { return inForward("for i in 0..100000 { x = x / sum(x, axes = 1, keep = true) }\nreturn x"); },
     operations},
    {"Recursion", [] { return function("return f(x)") + inForward("return f(x)"); },
     "calls are nested more than 64 levels deep"},
    {"RecursionThatBranches",
     [] { return function("let a = f(x)\nlet b = f(x)\nreturn a + b") + inForward("return f(x)"); },
     "calls are nested more than 64 levels deep"},
    {"RecursionOfTwo", [] { return "fn g(x) { return f(x) }\n" + function("return g(x)") + inForward("return f(x)"); },
     "calls are nested more than 64 levels deep"},
    {"CallsThatDouble",
     [] {
       std::string text = "fn f0(x) { return x }\n";
       for (int i = 1; i < 40; ++i)
         text += "fn f" + std::to_string(i) + "(x) { return f" + std::to_string(i - 1) + "(x) + f" +
                 std::to_string(i - 1) + "(x) }\n";
       return text + inForward("return f39(x)");
     },
     steps},
    {"DeepCallsInExpressions",
     [] {
       return "fn f(x, n) { return " + repeat("-(", 90) + "f(x, n - 1)" + repeat(")", 90) + " if n > 0 else x }\n" +
              inForward("return f(x, 60)");
     },
     "expressions and calls are nested too deeply"},

    // Text.
    {"LongName", [] { return "let " + repeat("a", 10'000'000) + " = 1"; },
     "a name has at most 256 characters, this one has 10000000"},
    {"LongString", [] { return "let a = \"" + repeat("a", 10'000'000) + "\""; },
     "a string has at most 65536 bytes, this one has 10000000"},
    {"LongNumber", [] { return "let a = " + repeat("9", 10'000'000); }, "this integer does not fit into 64 bits"},
    {"LongFile", [] { return repeat(" ", 17 << 20); }, "is larger than 16 MiB"},
    {"ManyTokens", [] { return "let a = [" + repeat("1,", 5'000'000); }, "a file has at most 1000000 words and signs"},
    {"ManyNulBytes", [] { return std::string(10'000'000, '\0'); }, "t.bm:1:1: error: NUL byte in the source"},
    {"ManyBrokenBytes", [] { return "// " + std::string(10'000'000, '\xFF'); }, "this byte is not valid UTF-8"},
    {"ManyDeclarations",
     [] {
       std::string text = inForward("return nothing");
       for (int i = 0; i < 50'000; ++i)
         text += "fn f" + std::to_string(i) + "(x: f32[N]) { return x }\n";
       return text;
     },
     "t.bm:3:8: error: unknown name 'nothing'"},
};

class Hostile : public testing::TestWithParam<Case> {};

TEST_P(Hostile, IsRefusedInTime) {
  std::string text = GetParam().text();
  std::clock_t begin = std::clock(); // the processor's time: the machine may be busy with other tests
  Compiled compiled = compileText(text);
  double seconds = double(std::clock() - begin) / CLOCKS_PER_SEC;
  EXPECT_EQ(compiled.module, "");
  EXPECT_EQ(foreignWord(compiled.diagnostics), "");
  EXPECT_NE(compiled.diagnostics.find(GetParam().expected), std::string::npos)
      << "no \"" << GetParam().expected << "\" in:\n"
      << compiled.diagnostics.substr(0, 2000);
  EXPECT_LT(compiled.diagnostics.size(), 20'000u);
  EXPECT_LT(seconds, 5);
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 1 << 20); // in KiB, of all tests so far
}

INSTANTIATE_TEST_SUITE_P(Models, Hostile, testing::ValuesIn(cases), [](const auto &info) { return info.param.name; });

std::string network(const std::string &imports) { return imports + "network M { forward(x: f32[N]) { return x } }\n"; }

TEST(HostileFiles, ManyImportsInARow) {
  std::map<std::string, std::string> files;
  for (int i = 0; i < 200; ++i)
    files["a" + std::to_string(i) + ".bm"] = "import \"a" + std::to_string(i + 1) + ".bm\"\n";
  std::string found = compileText(network("import \"a0.bm\"\n"), {}, files).diagnostics;
  EXPECT_NE(found.find("error: imports are nested more than 100 levels deep"), std::string::npos) << found;
}

TEST(HostileFiles, ManyImports) {
  std::map<std::string, std::string> files;
  std::string imports;
  for (int i = 0; i < 1100; ++i) {
    files["a" + std::to_string(i) + ".bm"] = "let c" + std::to_string(i) + " = 1\n";
    imports += "import \"a" + std::to_string(i) + ".bm\"\n";
  }
  std::string found = compileText(network(imports), {}, files).diagnostics;
  EXPECT_NE(found.find("error: a model has at most 1000 files"), std::string::npos) << found;
}

TEST(HostileFiles, ThatAreNoFiles) {
  namespace fs = std::filesystem;
  fs::path folder = fs::temp_directory_path() / ("bmc-hostile-files-" + std::to_string(getpid()));
  fs::create_directories(folder / "folder.bm");
  ASSERT_EQ(mkfifo((folder / "pipe.bm").c_str(), 0600), 0);
  auto errorOf = [](const std::string &path) {
    bmc::frontend::SourceManager sources;
    std::string error;
    EXPECT_FALSE(sources.open(path, error));
    return error;
  };
  EXPECT_EQ(errorOf((folder / "pipe.bm").string()), "is not a file");
  EXPECT_EQ(errorOf((folder / "folder.bm").string()), "is a directory");
  EXPECT_EQ(errorOf("/dev/zero"), "is not a file");
  EXPECT_EQ(errorOf("/dev/null"), "is not a file");
  EXPECT_EQ(errorOf((folder / std::string(5000, 'a')).string()), "File name too long");
  fs::remove_all(folder);
}

} // namespace
