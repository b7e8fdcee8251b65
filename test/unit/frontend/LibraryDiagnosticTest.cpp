// Diagnostics that the library asks for: the requirements of its functions, layers and schedules.
#include "DiagnosticCases.h"

namespace {

std::string withSchedule(const std::string &members) {
  return "schedule s(rate: float) { " + members + " }\n" +
         inTrain(data + "  loss = mse\n  optimizer = GD(lr = s(0.1))");
}

std::string withNetworks(const std::string &entries) {
  return "network G { fc = Linear(2, 3); forward(z: f32[N, 2]) { return fc(z) } }\n"
         "network D { fc = Linear(3, 1); forward(x: f32[N, 3]) { return fc(x) } }\ntrain {\n" +
         entries + "\n}\n";
}
const std::string adversaries = "  networks = {g = G, d = D}\n  data = table(\"a.csv\", x = columns(0..3))\n";

const DiagnosticCase cases[] = {
    // The library's own requirements.
    {"Reduction", inForward("return mse(x, x, reduction = \"max\")"), {"error: a reduction is \"mean\", \"sum\" or"}},
    {"QuantileOutside", inForward("return quantile(x, x, q = 1.5)"), {"error: a quantile is between 0 and 1"}},
    {"IgnoredProbabilities",
     inForward("return cross_entropy(x, x, ignore_index = 1)"),
     {"error: ignore_index needs a target of class numbers"}},
    {"UnequalGroups",
     "network M {\n  n = GroupNorm(2, 3)\n  forward(x: f32[N, 3]) { return n(x) }\n}",
     {"error: the channels must be a multiple of the groups"}},
    {"NormalisedSizes",
     "network M {\n  n = LayerNorm(4)\n  forward(x: f32[N, 3]) { return n(x) }\n}",
     {"error: the normalised sizes must be the last ones of the input"}},
    {"PaddingRow",
     "network M {\n  e = Embedding(3, 2, padding_index = 3)\n  forward(x: i32[N]) { return e(x) }\n}",
     {"error: the padding index must be a row of the table"}},
    {"KaimingMode",
     "network M {\n  param w: f32[3, 3] = kaiming_normal(mode = \"in\")\n  forward(x: f32[N, 3]) { return x @ w }\n}",
     {"error: the mode must be fan_in or fan_out"}},
    {"UnknownGain",
     "network M {\n  param w: f32[3, 3] = kaiming_normal(nonlinearity = \"swish\")\n"
     "  forward(x: f32[N, 3]) { return x @ w }\n}",
     {"error: the nonlinearity must be linear, sigmoid, tanh, relu, leaky_relu or selu"}},
    {"SequenceMilestones",
     inTrain(data + "  loss = mse\n  optimizer = GD(lr = sequence([constant(0.1)], milestones = [3]))"),
     {"error: there must be one milestone between each two schedules"}},
    {"StepWithoutLoss",
     withNetworks(adversaries + "  step a { optimizer = GD over d }"),
     {"t.bm:6:8: error: the step 'a' needs 'loss'"}},
    {"StepWithoutOptimizer",
     withNetworks(adversaries + "  step a { loss = mean(d(x)) }"),
     {"t.bm:6:8: error: the step 'a' needs 'optimizer'"}},
    {"EveryZero",
     withNetworks(adversaries + "  step a every 0 { loss = mean(d(x)); optimizer = GD over d }"),
     {"t.bm:6:16: error: 'every' must be at least 1, found 0"}},
    {"StepTwice",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over d }\n"
                                "  step a { loss = mean(d(x)); optimizer = GD over d }"),
     {"t.bm:7:8: error: two steps are called 'a'", "t.bm:6:8: note: the first one is here"}},
    {"AccumulateWithSteps",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over d }\n  accumulate = 2"),
     {"t.bm:7:3: error: a train block with steps has no 'accumulate': each step works on one batch",
      "t.bm:6:8: note: the first step is here"}},
    {"EpochsInAStep",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over d; epochs = 3 }"),
     {"t.bm:6:54: error: a step has no entry 'epochs'; it belongs into the train block"}},
    {"UnknownEntryInAStep",
     withNetworks(adversaries + "  step a { los = mean(d(x)); optimizer = GD over d }"),
     {"t.bm:6:12: error: a step has no entry 'los'; did you mean 'loss'?"}},
    {"StepInAStep",
     withNetworks(adversaries + "  step a { step b { loss = mean(d(x)) } }"),
     {"t.bm:6:17: error: a step holds no other one"}},
    {"LossBesideSteps",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over d }\n  loss = mean(d(x))"),
     {"t.bm:7:3: error: where there are steps, 'loss' belongs into them"}},
    {"StepBehindALoss",
     withNetworks(adversaries + "  loss = mean(d(x))\n  step a { loss = mean(d(x)); optimizer = GD over d }"),
     {"t.bm:7:8: error: where there are steps, 'loss', 'optimizer' and 'gradients' belong into them"}},
    {"MetricOfAStepsName",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over d }\n  metrics = {a = mean(d(x))}"),
     {"t.bm:7:18: error: two metrics or steps are called 'a'", "t.bm:6:8: note: the first one is here"}},
    {"UnknownNetworkInOver",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over critic }"),
     {"t.bm:6:51: error: unknown name 'critic'"}},
    {"OverOfAnotherThing",
     withNetworks(adversaries + "  step a { loss = mean(d(x)); optimizer = GD over relu }"),
     {"t.bm:6:51: error: expected layers or parameters of the network 'Networks', found "}},
    {"NetworksAndANetwork",
     "network G { fc = Linear(2, 3); forward(z: f32[N, 2]) { return fc(z) } }\ntrain G {\n  networks = {g = G}\n}",
     {"t.bm:3:3: error: a train block has 'networks' or a network behind 'train', not both",
      "t.bm:2:7: note: the network is named here"}},
    {"NetworksWithoutNames",
     withNetworks("  networks = [G, D]\n"),
     {"t.bm:4:14: error: expected names and networks, {g = Generator(64), d = Critic()}, found a list of 2"}},
    {"NetworkThatIsNone",
     withNetworks("  networks = {g = G, d = relu}\n"),
     {"t.bm:4:26: error: expected a network, found "}},
    {"PredictWithoutNetworks",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  predict = fc"),
     {"t.bm:9:3: error: 'predict' says which of several networks predicts, and there are no 'networks' here"}},
    {"PredictOfNothing",
     withNetworks(adversaries + "  predict = h\n  loss = mean(d(x))\n  optimizer = GD"),
     {"t.bm:6:13: error: unknown name 'h'"}},
    {"PredictWithoutInput",
     withNetworks(adversaries + "  predict = 1 + 2\n  loss = mean(d(x))\n  optimizer = GD"),
     {"t.bm:6:13: error: 'predict' needs an input: a name that a network is called with"}},
    {"PredictionThatCannotBe",
     withNetworks(adversaries + "  loss = mean(prediction)\n  optimizer = GD"),
     {"t.bm:6:15: error: unknown name 'prediction'"}},
    {"AccumulateNothing",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  accumulate = 0"),
     {"t.bm:9:16: error: 'accumulate' must be at least 1, found 0"}},
    {"StateWithoutEpoch",
     withSchedule("state a = 1; at(step) { return rate * a }"),
     {"t.bm:1:33: error: the schedule 's' keeps a state, so it needs 'epoch(value)', which changes it behind each "
      "epoch"}},
    {"StateChangedInAt",
     withSchedule("state a = 1; at(step) { a = 2; return rate * a }; epoch(value) { a = a / 2 }"),
     {"t.bm:1:40: error: 'at' of a schedule changes no state, found an assignment to 'a'; 'epoch(value)' may do so"}},
    {"EpochThatReturns",
     withSchedule("state a = 1; at(step) { return rate * a }; epoch(value) { return 2 }"),
     {"t.bm:1:70: error: 'epoch' of a schedule returns nothing: it assigns to states"}},
    {"EpochWithoutValue",
     withSchedule("state a = 1; at(step) { return rate * a }; epoch() { a = 2 }"),
     {"error: 'epoch' of the schedule 's' takes 0 arguments, found more", "t.bm:1:70: note: it is declared here"}},
    {"ScheduleStateOfAnotherShape",
     withSchedule("state a = 1; at(step) { return rate * a }; epoch(value) { a = zeros([2]) }"),
     {"t.bm:1:33: error: the state 'a' must keep its shape, f64, found f32[2]"}},
    {"ScheduleStateWithoutValue",
     withSchedule("state a; at(step) { return rate * a }; epoch(value) { a = value }"),
     {"t.bm:1:33: error: the state 'a' needs an initial value"}},
    {"ScheduleStateTwice",
     withSchedule("state a = 1, a = 2; at(step) { return rate * a }; epoch(value) { a = value }"),
     {"t.bm:1:40: error: 'a' is declared twice in this schedule"}},
    {"RateThatIsNoNumber", withSchedule("at(step) { return rate * ones([2]) }"), {"error: "}},
};

INSTANTIATE_TEST_SUITE_P(Library, Diagnostic, testing::ValuesIn(cases), diagnosticCaseName);

} // namespace
