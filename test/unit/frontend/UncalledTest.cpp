// What the program never calls is checked as well: its names always, the rest as far as its signature says.
#include "Compile.h"

#include <gtest/gtest.h>

namespace {

const std::string network = "network Any { forward(x: f32[N, 3]) { return x } }\n";

struct Case {
  const char *name;
  std::string text;
  std::string expected; // empty: no error
};

const Case cases[] = {
    // Names.
    {"UnknownName", "fn f(a) { return b }\n", "t.bm:1:18: error: unknown name 'b'"},
    {"UnknownFunction", "fn f(x) { return reelu(x) }\n",
     "t.bm:1:18: error: unknown name 'reelu'; did you mean 'relu'?"},
    {"UnknownInUntakenBranch", "fn f(x, n: int) {\n  if n > 7 { return nothing }\n  return x\n}\n",
     "t.bm:2:21: error: unknown name 'nothing'"},
    {"UnknownTarget", "fn f(x) {\n  y = x\n  return x\n}\n",
     "t.bm:2:3: error: unknown name 'y'; a new name is introduced by 'let'"},
    {"NameOfAnInnerScope", "fn f(x) {\n  for i in 0..2 { let y = x }\n  return y\n}\n",
     "t.bm:3:10: error: unknown name 'y'"},
    {"UnknownInALayer", "layer L {\n  fc = Linaer(3, 2)\n  forward(x) { return fc(x) }\n}\n",
     "t.bm:2:8: error: unknown name 'Linaer'; did you mean 'Linear'?"},
    {"UnknownInAMethod", "layer L { help(x) { return y } forward(x) { return x } }\n", "error: unknown name 'y'"},
    {"UnknownInADefault", "fn f(x, n = m) { return x }\n", "t.bm:1:13: error: unknown name 'm'"},
    {"UnknownInAShape", "layer L {\n  param w: f32[K] = 0\n  forward(x) { return x }\n}\n",
     "t.bm:2:16: error: unknown name 'K'"},
    {"UnknownInAConstant", "let a = b\n", "t.bm:1:9: error: unknown name 'b'"},
    {"UnknownInAScan", "fn f(x) { return scan t in 0..3 carry (h = x) { yield g } }\n", "error: unknown name 'g'"},
    {"UnknownInARecord", "fn f(x) { return {a = y} }\n", "t.bm:1:23: error: unknown name 'y'"},
    {"UnknownType", "fn f(x: tensor) { return x }\n", "t.bm:1:9: error: unknown type 'tensor'"},
    {"UnknownElementType", "fn f(x: f16[N]) { return x }\n", "t.bm:1:9: error: unknown element type 'f16'"},
    {"ForwardReference", "layer L {\n  a = b\n  b = Linear(3, 2)\n  forward(x) { return x }\n}\n",
     "t.bm:2:7: error: unknown name 'b'"},
    // Calls and members.
    {"TooManyArguments", "fn f(x) { return relu(x, x) }\n",
     "t.bm:1:26: error: the fn 'relu' takes 1 arguments, found more"},
    {"MissingArgument", "fn f(x) { return mse(x) }\n",
     "t.bm:1:18: error: the loss 'mse' needs a value for its parameter 'target'"},
    {"NoParameter", "fn f(x) { return softmax(x, axs = 1) }\n",
     "error: the fn 'softmax' has no parameter 'axs'; did you mean 'axis'?"},
    {"BuiltinArity", "fn f(x) { return reshape(x) }\n", "error: 'reshape' needs a value for its parameter 'shape'"},
    {"MemberOfALayer", "layer L(n) {\n  fc = Linear(n, n)\n  forward(x) { return x @ fc.wait }\n}\n",
     "t.bm:3:30: error: the layer 'Linear' has no member 'wait'"},
    // Types and shapes.
    {"InnerSizes", "fn f(x: f32[N, A], w: f32[B, C]) { return x @ w }\n",
     "t.bm:1:43: error: the inner sizes of '@' differ: f32[N, A] has A, f32[B, C] has B"},
    {"ElementTypes", "fn f(x: f32[N], y: i32[N]) {\n  let z = x + y\n  return z\n}\n",
     "t.bm:2:11: error: the element types differ"},
    {"ConditionAtRunTime", "fn f(x: f32[N]) {\n  if sum(x) > 0 { return x }\n  return -x\n}\n",
     "t.bm:2:6: error: this condition is only known when the program runs"},
    {"Axis", "fn f(x: f32[N, K]) { return sum(x, axes = 2) }\n",
     "error: axis 2 does not exist: the tensor has 2 dimensions"},
    {"Result", "fn f(x: f32[N, K]) -> f32[K] { return sum(x, axes = 1) }\n",
     "error: the result of the fn 'f' has the shape f32[K], found f32[N]"},
    {"NoReturn", "fn f(x: f32[N]) { let y = x }\n", "t.bm:1:4: error: the fn 'f' ends without 'return'"},
    {"LayerShapes",
     "layer L(in: dim, out: dim) {\n  fc = Linear(in, out)\n  forward(x: f32[N, out]) { return fc(x) }\n}\n",
     "t.bm:3:39: error: parameter 'x' of 'fc' (Linear) has the shape f32[.., in]"},
    {"InitialValue", "layer L(n: dim) {\n  param w: f32[n] = zeros([n, 2])\n  forward(x) { return x + w }\n}\n",
     "t.bm:2:21: error: "},
    {"MethodOfAUsedLayer",
     "layer L {\n  param w: f32[3] = 0\n  forward(x) { return x + w }\n  other(x: f32[N, 4]) { return x + w }\n}\n"
     "network P { l = L(); forward(x: f32[N, 3]) { return l(x) } }\ntrain P { }\n",
     "t.bm:4:32: error: the shapes f32[N, 4] and f32[3] do not broadcast"},
    {"Optimizer",
     "optimizer O(lr = 0.1) {\n  state m = 0\n  update(p, g, t) {\n    m = m + g[0]\n    return p - lr * m @ "
     "m[0]\n  }\n}\n",
     "t.bm:5:"},
    {"Schedule", "schedule s(rate: float) { at(step) { return rate * step @ step } }\n", "t.bm:1:"},

    // No errors: other values of the parameters make these right.
    {"AnyRank",
     "fn f(x: float[..S]) { return sum(x, axes = 1) }\nfn g(x: float[..S]) { return x[:, :, 0] }\n"
     "fn h(x: float[..S]) { return x + 1 if rank(x) == 0 else x }\n",
     ""},
    {"DivisibleDimensions",
     "layer Heads(d: dim, heads: int) {\n  require d % heads == 0\n  q = Linear(d, d)\n"
     "  forward(x: f32[N, T, d]) { return transpose(reshape(q(x), [N, T, heads, d / heads]), [0, 2, 1, 3]) }\n}\n"
     "layer Groups(groups: dim, c: dim) {\n  forward(x: f32[N, c]) { return reshape(x, [N, groups, c / groups]) }\n}\n",
     ""},
    {"Unknowns",
     "fn f(x, n, g: fn, l: layer, many: list, name: string) {\n  for i in 0..n { x = g(l(x), many[i]) }\n  if "
     "n > 2 { return x }\n  return x if name == \"a\" else l.weight\n}\n",
     ""},
    {"UndecidedConditions",
     "fn f(x: f32[N, K]) {\n  if K > 2 { return x[:, 2] }\n  for i in 0..K { x = x + i }\n  return "
     "x[:, 0]\n}\n",
     ""},
    {"Require", "layer L(n: dim) {\n  require n == 3, \"only three\"\n  forward(x: f32[N, 3]) { return x }\n}\n", ""},
    {"Alternatives",
     "loss l(p: float[N, C], t: i32[N] | float[N, C]) {\n  if rank(t) == 1 { return mean(p[:, 0] - "
     "cast(t, f32)) }\n  return mean(p * t)\n}\n",
     ""},
    {"SkipIfEqual",
     "layer L(in: dim, out: dim) {\n  fc = Linear(in, out)\n  skip = Linear(in, out) if in != out\n"
     "  forward(x: f32[N, in]) { return fc(x) + (skip(x) if skip else x) }\n}\n",
     ""},
    {"Optional",
     "layer L(n: dim, bias = true) {\n  param b: f32[n] = 0 if bias\n"
     "  forward(x: f32[N, n]) { return x + b if bias else x }\n}\n",
     ""},
    {"Training",
     "layer L(n: dim) {\n  buffer m: f32[n] = 0\n  forward(x: f32[N, n]) {\n    if training { m = mean(x, "
     "axes = 0) }\n    return x - m\n  }\n}\n",
     ""},
    {"Initialiser",
     "init i(shape, gain = 1.0) { return uniform(-gain, gain, shape) }\n"
     "layer L { param w: f32[3] = i(gain = 2.0)\n forward(x) { return x + w } }\n",
     ""},
    {"LongLoop", "fn f(x) {\n  for i in 0..100000000 { x = x + 1 }\n  return x\n}\n", ""},
};

class Uncalled : public testing::TestWithParam<Case> {};

TEST_P(Uncalled, IsChecked) {
  bool hasNetwork = GetParam().text.find("network ") != std::string::npos;
  std::string found = compileText(GetParam().text + (hasNetwork ? "" : network)).diagnostics;
  EXPECT_EQ(foreignWord(found), "");
  if (GetParam().expected.empty())
    EXPECT_EQ(found, "");
  else
    EXPECT_NE(found.find(GetParam().expected), std::string::npos) << "in:\n" << found;
}

INSTANTIATE_TEST_SUITE_P(Code, Uncalled, testing::ValuesIn(cases), [](const auto &info) { return info.param.name; });

TEST(Uncalled, OfImportedFilesToo) {
  std::string found = compileText("import \"a.bm\"\n" + network, {}, {{"a.bm", "fn f(x) { return y }\n"}}).diagnostics;
  EXPECT_NE(found.find("a.bm:1:18: error: unknown name 'y'"), std::string::npos) << found;
}

// The library's files as a user's: nothing in them is an error, whatever a program calls.
TEST(Uncalled, LibraryIsRight) {
  for (const auto &entry : std::filesystem::directory_iterator(BMC_TEST_LIBRARY)) {
    std::ifstream file(entry.path());
    std::string text(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(compileText(text + network).diagnostics, "") << entry.path();
  }
}

} // namespace
