// One run shows many errors: elaboration goes on behind a statement, a member or an entry that has one, and reports
// nothing that only follows from it.
#include "Compile.h"

#include <gtest/gtest.h>

namespace {

/// The errors of a text, each as `LINE: MESSAGE`.
std::vector<std::string> errorsOf(const std::string &text) {
  std::istringstream lines(compileText(text).diagnostics);
  std::vector<std::string> errors;
  for (std::string line; std::getline(lines, line);) {
    size_t at = line.find(": error: ");
    if (line.rfind("t.bm:", 0) == 0 && at != std::string::npos)
      errors.push_back(line.substr(5, line.find(':', 5) - 5) + line.substr(at + 7));
  }
  return errors;
}

using Errors = std::vector<std::string>;

TEST(Recovery, GoesOnBehindAStatement) {
  EXPECT_EQ(errorsOf("network M {\n"
                     "  forward(x: f32[N, 3]) {\n"
                     "    let a = x @ x\n"
                     "    let (b, c) = (reelu(x), x[7])\n"
                     "    let d = a + b * c\n"
                     "    if d > 0 { let y = d }\n"
                     "    for i in 0..3 { x = x + x[:, 9] }\n"
                     "    return x + \"a\"\n"
                     "  }\n"
                     "}\n"),
            (Errors{"4: unknown name 'reelu'; did you mean 'relu'?",
                    "3: the inner sizes of '@' differ: f32[N, 3] has 3, f32[N, 3] has N",
                    "7: the elements 9 to 10 are not within dimension 1 of f32[N, 3]"}));
}

TEST(Recovery, GoesOnBehindAMember) {
  EXPECT_EQ(errorsOf("network M {\n"
                     "  a = Linear(3, 0)\n"
                     "  b = Linear(3)\n"
                     "  c = Linear(3, 2)\n"
                     "  param w: f32[0] = 0\n"
                     "  buffer s: f32[2] = \"a\"\n"
                     "  forward(x: f32[N, 3]) { return c(b(a(x))) + w }\n"
                     "}\n"),
            (Errors{"3: the layer 'Linear' needs a value for its parameter 'out'",
                    "2: parameter 'out' of the layer 'Linear' must be a dimension of at least 1, found the number 0",
                    "5: a dimension must be at least 1, found 0", "6: expected a tensor or a number, found a string"}));
}

TEST(Recovery, ReadsTheTrainBlockOfABrokenNetwork) {
  EXPECT_EQ(errorsOf("network M {\n"
                     "  forward(x: f32[N, 3]) { return x[:, 3] }\n"
                     "}\n"
                     "train M {\n"
                     "  data = table(\"a.csv\", x = columns(0..3), y = column(3))\n"
                     "  loss = 3\n"
                     "  optimizer = Adam(beta3 = 1)\n"
                     "}\n"),
            (Errors{"2: the elements 3 to 4 are not within dimension 1 of f32[N, 3]",
                    "6: expected a loss, a metric or a function, found the number 3",
                    "7: the optimizer 'Adam' has no parameter 'beta3'; did you mean 'beta1'?"}));
}

TEST(Recovery, ChecksEachInitialValue) {
  EXPECT_EQ(errorsOf("network M {\n"
                     "  param a: f32[3] = ones\n"
                     "  param b: f32[3] = true + 1\n"
                     "  param c: f32[3] = zeros([2])\n"
                     "  forward(x: f32[N, 3]) { return x * a * b * c }\n"
                     "}\n")
                .size(),
            2u); // one of the three lies in the library, whose place is not in this file
}

// The variables of a layer live in it.
TEST(Recovery, KeepsALayerThatWasAssignedTo) {
  EXPECT_EQ(errorsOf("network M {\n"
                     "  a = [Linear(3, 3) for i in 0..3]\n"
                     "  forward(x: f32[N, 3]) {\n"
                     "    a = [Linear(3, 3)]\n"
                     "    return a[0](x)\n"
                     "  }\n"
                     "}\n"),
            (Errors{"4: 'a' belongs to the layer and cannot be assigned to; only buffers can"}));
}

TEST(Recovery, ReportsAnErrorInALayerOnce) {
  EXPECT_EQ(errorsOf("layer L(n: dim) { forward(x: f32[N, n]) { return x @ x } }\n"
                     "network M {\n"
                     "  all = [L(3) for i in 0..50]\n"
                     "  forward(x: f32[N, 3]) {\n"
                     "    for l in all { x = l(x) }\n"
                     "    return x\n"
                     "  }\n"
                     "}\n"),
            (Errors{"1: the inner sizes of '@' differ: f32[N, 3] has 3, f32[N, 3] has N"}));
}

TEST(Recovery, StopsAtTwentyErrors) {
  std::string text = "network M {\n  forward(x: f32[N, 3]) {\n";
  for (int i = 0; i < 100; ++i)
    text += "    let a" + std::to_string(i) + " = x @ x\n";
  std::string found = compileText(text + "    return x\n  }\n}\n").diagnostics;
  EXPECT_NE(found.find("t.bm:22:15: error: the inner sizes"), std::string::npos);
  EXPECT_EQ(found.find("t.bm:23:"), std::string::npos);
}

} // namespace
