// See the header.
#include "Calls.h"
#include "dialects/Ops.h"
#include "frontend/elaborate/Evaluator.h"

#include <regex>

namespace bmc::fuzz {

std::vector<std::string> callableNames(const std::vector<std::string> &libraryTexts) {
  std::vector<std::string> names = frontend::builtinNames();
  mlir::MLIRContext context;
  context.getOrLoadDialect<bm::BmDialect>();
  for (mlir::RegisteredOperationName op : context.getRegisteredOperationsByDialect("bm"))
    if (op.hasTrait<mlir::OpTrait::Elementwise>())
      names.push_back(op.stripDialect().str());
  std::regex declared("(?:^|\n)(?:fn|loss|metric|init|layer) (\\w+)\\(");
  for (const std::string &text : libraryTexts)
    for (std::sregex_iterator it(text.begin(), text.end(), declared), end; it != end; ++it)
      names.push_back((*it)[1]);
  return names;
}

// clang-format off
static const std::vector<std::string> arguments = {
    "x", "x", "x", "y", "i", "b", "d", "s", "w", "sum(x)", "x[0]", "x[:, 0]", "reshape(x, [-1])", "zeros([0, 3])", "ones([2, 2, 3])", "transpose(x)",
    "0", "1", "-1", "2", "3", "7", "0.5", "-0.5", "1e30", "1e400", "inf", "nan", "4294967296", "N", "N * N", "N - 3", "none", "true", "false", "training",
    "\"a\"", "\"ij->ji\"", "\"ij,jk\"", "[]", "[1]", "[0, 1]", "[1, 0]", "[N, 3]", "[-1]", "[3, -1]", "[x, x]", "[x, y]", "[[1, 2], [3, 4]]",
    "(x, y)", "{a = x}", "0..2", "1..", "f32", "i32", "i64", "f64", "bool", "relu", "sum", "Linear", "Linear(3, 2)", "mse", "cosine(0.1, total = 9)"};
static const std::vector<std::string> argumentNames = {"axis", "axes", "keep", "shape", "type", "reduction", "eps", "weight", "size", "value"};
// clang-format on

static std::string one(Mutator &random, const std::vector<std::string> &of) { return of[random.below(of.size())]; }

static std::string callText(const std::vector<std::string> &names, Mutator &random, unsigned depth) {
  std::string text = one(random, names) + "(";
  for (size_t i = 0, count = random.below(4) + (random.below(4) != 0); i < count; ++i) {
    text += i ? ", " : "";
    text += i && random.below(4) == 0 ? one(random, argumentNames) + " = " : "";
    bool isCall = depth < 2 && random.below(6) == 0;
    text += i == 0 && random.below(2) ? "x" : isCall ? callText(names, random, depth + 1) : one(random, arguments);
  }
  text += ")";
  static const std::vector<std::string> behind = {"(x)", "[0]", "[:, 1:]", " * x", " @ transpose(x)", "^2", " > 0"};
  return random.below(3) == 0 ? text + one(random, behind) : text;
}

std::string networkThatCalls(const std::vector<std::string> &names, Mutator &random) {
  std::string value = callText(names, random, 0);
  std::string loss =
      random.below(3) ? "mean((prediction - t)^2)" : "mean(cast(" + value + ", f32)) + 0 * sum(prediction)";
  return "network M {\n  param w: f32[3, 3] = 1\n"
         "  forward(x: f32[N, 3], y: f32[N, 3], i: i32[N] < 3, b: bool[N, 3], d: f64[N, 3], s: f32[N]) {\n    let r "
         "= " +
         value + "\n    return x @ w + " + (random.below(2) ? "sum(r)" : "r") +
         "\n  }\n}\ntrain M {\n  data = npz(\"a.npz\")\n  loss = " + loss + "\n  optimizer = Adam\n}\n";
}

} // namespace bmc::fuzz
