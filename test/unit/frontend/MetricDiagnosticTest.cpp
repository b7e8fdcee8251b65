// Diagnostics of metrics.
#include "DiagnosticCases.h"

namespace {

std::string withMetric(const std::string &members, const std::string &entries = "") {
  return "metric m {\n" + members + "\n}\n" + inTrain(data + "  loss = mse\n  metrics = m\n  optimizer = GD" + entries);
}

const DiagnosticCase cases[] = {
    // Metrics.
    {"MetricTwice",
     inTrain(data + "  loss = mse\n  metrics = [mse, mse]\n  optimizer = GD"),
     {"t.bm:8:19: error: two metrics are called 'mse'", "t.bm:8:14: note: the first one is here"}},
    {"MetricWithoutValue",
     withMetric("state n = 0; add(p, y) { n = n + 1 }"),
     {"t.bm:1:8: error: the metric 'm' needs 'value', which gives its result"}},
    {"MetricWithoutAdd",
     withMetric("state n = 0; value { return n }"),
     {"t.bm:1:8: error: the metric 'm' needs 'add', which gets each batch"}},
    {"MetricWithoutMethods", withMetric("state n = 0"), {"error: the metric 'm' needs 'add' and 'value', or 'whole'"}},
    {"MetricOfBothKinds",
     withMetric("whole(p, y) { return mean(p) }\nvalue { return 0 }"),
     {"t.bm:2:1: error: the metric 'm' has 'whole', so it can have neither 'add' nor 'value'",
      "t.bm:3:1: note: it is declared here"}},
    {"MetricOfAllRowsWithState",
     withMetric("state n = 0; whole(p, y) { return mean(p) }"),
     {"t.bm:2:7: error: the metric 'm' gets all rows at once, so it keeps no state"}},
    {"MetricStateWithoutValue",
     withMetric("state n; add(p, y) { n = n + 1 }; value { return n }"),
     {"t.bm:2:7: error: the state 'n' needs an initial value"}},
    {"MetricStateOfRows",
     withMetric("state n: f32[N] = 0; add(p: f32[N, C], y) { n = n + 1 }; value { return n }"),
     {"t.bm:2:14: error: unknown name 'N'"}},
    {"MetricStateOfOtherShape",
     withMetric("state n: f32[3] = 0; add(p, y) { n = sum(p, axes = 0) }; value { return n }"),
     {"error: the state 'm.n' is f32[3], but 'add' makes it f32[2]", "t.bm:2:7: note: it is declared here"}},
    {"MetricAddReturns",
     withMetric("state n = 0; add(p, y) { return n }; value { return n }"),
     {"t.bm:2:14: error: 'add' of a metric returns nothing: it assigns to states"}},
    {"MetricValueOfRows",
     withMetric("whole(p, y) { return p }"),
     {"error: the value of the metric 'm' must have a shape that is known at compile time, found f32[N, 2]"}},
    {"MetricWithLayer",
     withMetric("state n = 0; a = 1; add(p, y) { n = 1 }; value { return n }"),
     {"t.bm:2:14: error: a metric has states and methods only"}},
    {"MetricMonitored",
     withMetric("whole(p, y) { return sum(p, axes = 0) }", "\n  monitor = minimize(\"m\")"),
     {"t.bm:13:22: error: what is monitored must be one number, found f32[2]",
      "t.bm:11:13: note: the metric is named here"}},
    {"MetricCalled",
     "metric m { state n = 0; add(p, y) { n = n + 1 }; value { return n } }\n" + inForward("return m(x, x)"),
     {"error: the metric 'm' accumulates over batches, so it cannot be called"}},
    {"MetricAsLoss",
     "metric m { state n = 0; add(p, y) { n = n + 1 }; value { return n } }\n" +
         inTrain(data + "  loss = m\n  optimizer = GD"),
     {"error: a metric that accumulates over batches cannot be a loss"}},
    {"NoArray",
     inTrain("  data = npy(x = \"x.npy\", y = \"y.npy\") { x = z; y = y }\n  loss = mse\n  optimizer = GD"),
     {"error: the data has no array 'z'"}},
    {"ColumnsOfArray",
     inTrain("  data = npz(\"a.npz\", x = columns(0..3), y = y)\n  loss = mse\n  optimizer = GD"),
     {"error: an array has no columns: name it whole"}},
    {"UnnamedArray",
     inTrain("  data = npy(\"x.npy\", \"y.npy\")\n  loss = mse\n  optimizer = GD"),
     {"error: each file gives an array, which needs a name: x = \"x.npy\""}},
    {"ArrayPath",
     inTrain("  data = npy(x = \"a,b.npy\")\n  loss = mse\n  optimizer = GD"),
     {"error: a path here has no comma"}},
    {"NoArrays",
     inTrain("  data = npy()\n  loss = mse\n  optimizer = GD"),
     {"error: expected a file for each array: x = \"x.npy\""}},
    {"NoWindow",
     inTrain("  data = text(\"a.txt\")\n  loss = mse\n  optimizer = GD"),
     {"error: 'text' needs the number of bytes a row: window = 64"}},
    {"Window",
     inTrain("  data = text(\"a.txt\", window = 0)\n  loss = mse\n  optimizer = GD"),
     {"error: 'window' must be from 1 to 1000000, found 0"}},
    {"TextOption",
     inTrain("  data = text(\"a.txt\", lines = true)\n  loss = mse\n  optimizer = GD"),
     {"error: 'text' takes a path, 'window' and 'stride'"}},
    {"FewFolds",
     "data d = table(\"a.csv\", x = columns(0..3), y = column(3)) { folds 1 }\n" +
         inTrain("  data = d\n  loss = mse\n  optimizer = GD"),
     {"error: the number of folds must be from 2 to 1000, found 1"}},
    {"FoldsTwice",
     "data d = table(\"a.csv\", x = columns(0..3), y = column(3)) { folds 5; folds 3 }\n" +
         inTrain("  data = d\n  loss = mse\n  optimizer = GD"),
     {"error: 'folds' is given twice"}},
    {"FoldsOfTest",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n  test = table(\"b.csv\") { folds 3 }\n"
             "  loss = mse\n  optimizer = GD"),
     {"error: only the training data has folds, not the test data"}},
    {"NoFieldOfLines",
     inTrain("  data = lines(\"a.txt\", bytes(line, 3))\n  loss = mse\n  optimizer = GD"),
     {"error: expected 'name = bytes(line, 64)' or 'name = category(label)'"}},
    {"NoPartOfLines",
     inTrain("  data = lines(\"a.txt\", x = bytes(lin, 3), y = label)\n  loss = mse\n  optimizer = GD"),
     {"error: the data has no array 'lin'; did you mean 'line'?"}},
    {"NoLength",
     inTrain("  data = lines(\"a.txt\", x = bytes(line), y = label)\n  loss = mse\n  optimizer = GD"),
     {"error: 'bytes' needs the length of the sequence"}},
    {"NoNumberOfCharacters",
     inTrain("  data = lines(\"a.txt\", x = characters(line, 3, 2), y = label)\n  loss = mse\n  optimizer = GD"),
     {"error: the number of different numbers must be from 3 to 1000000, found 2"}},
    {"PadOfCharacters",
     inTrain(
         "  data = lines(\"a.txt\", x = characters(line, 3, 9, pad = 2), y = label)\n  loss = mse\n  optimizer = GD"),
     {"error: 'characters' takes a column, a length and a number of numbers"}},
    {"PreparedText",
     inTrain("  data = lines(\"a.txt\", x = bytes(normalise(line), 3), y = label)\n  loss = mse\n  optimizer = GD"),
     {"error: 'bytes' takes a column as it is"}},
    {"OtherKindOfTest",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n  test = npz(\"a.npz\")\n  loss = mse\n "
             " optimizer = GD"),
     {"error: the test data must be of the same kind as the training data"}},
    {"ClassWeightsOfNumbers",
     "loss l(p: f32[N, C], t: f32[N, C], w: f32[C] = 1) -> f32 { return mean(p * w) }\n" +
         inTrain(data + "  loss = l(w = class_weights(y))\n  optimizer = GD"),
     {"error: the target 'y' has no classes"}},
    {"PredictsShape",
     "loss l(p: f32[N, C], t: i32[N] < C) -> f32 predicts sum { return mean(p) }\nnetwork M {\n  fc = Linear(3, 2)\n"
     "  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n  data = table(\"a.csv\", x = columns(0..3), y = "
     "category(k))\n"
     "  loss = l\n  optimizer = GD\n}",
     {"error: 'sum' must give a probability for each value of the prediction, f32[N, 2], found f32"}},
};

INSTANTIATE_TEST_SUITE_P(Metrics, Diagnostic, testing::ValuesIn(cases), diagnosticCaseName);

} // namespace
