// What the tests of elaboration's diagnostics share: a case is a model that is wrong, and what is said of it.
#ifndef BMC_TEST_UNIT_FRONTEND_DIAGNOSTIC_CASES_H
#define BMC_TEST_UNIT_FRONTEND_DIAGNOSTIC_CASES_H

#include <gtest/gtest.h>

#include <string>
#include <vector>

struct DiagnosticCase {
  const char *name;
  std::string text;
  std::vector<std::string> expected; // all of them, in this order
};

inline std::string inNetwork(const std::string &body) { return "network M {\n  fc = Linear(3, 2)\n" + body + "}\n"; }
inline std::string inForward(const std::string &statements) {
  return "network M {\n  forward(x: f32[N, 3]) {\n" + statements + "\n  }\n}\n";
}
inline std::string inTrain(const std::string &entries) {
  return "network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n" + entries +
         "\n}\n";
}
inline const std::string data = "  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n";

/// The test of all cases is in DiagnosticTest.cpp.
class Diagnostic : public testing::TestWithParam<DiagnosticCase> {};
inline std::string diagnosticCaseName(const testing::TestParamInfo<DiagnosticCase> &info) { return info.param.name; }

#endif
