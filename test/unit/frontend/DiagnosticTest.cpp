// Every diagnostic of elaboration: the place, the text and the notes. Those of the lexer and the parser are in
// SyntaxTest.cpp.
#include "Compile.h"

#include <gtest/gtest.h>

namespace {

struct Case {
  const char *name;
  std::string text;
  std::vector<std::string> expected; // all of them, in this order
};

std::string inNetwork(const std::string &body) { return "network M {\n  fc = Linear(3, 2)\n" + body + "}\n"; }
std::string inForward(const std::string &statements) {
  return "network M {\n  forward(x: f32[N, 3]) {\n" + statements + "\n  }\n}\n";
}
std::string inTrain(const std::string &entries) {
  return "network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n" + entries +
         "\n}\n";
}
const std::string data = "  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n";

std::string withMetric(const std::string &members, const std::string &entries = "") {
  return "metric m {\n" + members + "\n}\n" + inTrain(data + "  loss = mse\n  metrics = m\n  optimizer = GD" + entries);
}

const Case cases[] = {
    // Names.
    {"UnknownName",
     inForward("return reelu(x)"),
     {"t.bm:3:8: error: unknown name 'reelu'; did you mean 'relu'?", "return reelu(x)\n", "       ^~~~~"}},
    {"UnknownTarget", inForward("y = x"), {"t.bm:3:1: error: unknown name 'y'; a new name is introduced by 'let'"}},
    {"DeclaredTwice",
     "fn f() { return 1 }\nfn f() { return 2 }\nnetwork M { forward(x: f32[N]) { return x } }",
     {"t.bm:2:4: error: 'f' is declared twice in this file", "t.bm:1:4: note: the first declaration is here"}},
    {"MemberTwice",
     inNetwork("  fc = relu\n  forward(x: f32[N, 3]) { return x }\n"),
     {"t.bm:3:3: error: 'fc' is declared twice in this layer", "t.bm:2:3: note: the first one is here"}},
    {"ConstantOfItself",
     "let a = b\nlet b = a\n" + inForward("return x * a"),
     {"error: the constant 'a' is defined by itself"}},
    {"NoMember",
     inNetwork("  forward(x: f32[N, 3]) { return fc.wait }\n"),
     {"t.bm:3:37: error: the layer 'Linear' has no member 'wait'", "note: it is declared here"}},
    {"MemberOfNumber", inForward("let a = 1\nreturn a.b"), {"t.bm:4:8: error: the number 1 has no member 'b'"}},

    {"FieldTwice", inForward("let r = {a = x, a = 1}\nreturn r.a"), {"t.bm:3:17: error: the field 'a' is given twice"}},
    {"NoField",
     inForward("let r = {scale = 2}\nreturn x * r.scal"),
     {"t.bm:4:14: error: the record has no field 'scal'; did you mean 'scale'?"}},
    {"NotARecord",
     "fn f(r: record) { return r.a }\n" + inForward("return f(x)"),
     {"t.bm:4:10: error: parameter 'r' of the fn 'f' must be a record, found f32[N, 3]"}},
    {"RecordAsOutput",
     inForward("return {a = x}"),
     {"error: the 'forward' of a network must return tensors, found a record of 1 fields"}},

    // Shapes.
    {"InnerSizes",
     "network M {\n  param w: f32[4, 5] = 0\n  forward(x: f32[N, 3]) { return x @ w }\n}\n",
     {"t.bm:3:34: error: the inner sizes of '@' differ: f32[N, 3] has 3, f32[4, 5] has 4"}},
    {"ProductOfScalars",
     inForward("return sum(x) @ x"),
     {"error: '@' needs at least one dimension on both sides, found f32 and f32[N, 3]"}},
    {"ProductOfIntegers",
     "network M { forward(x: i32[N, 3]) { return x @ transpose(x) } }",
     {"error: '@' needs two tensors of the same float type"}},
    {"LayerShape",
     "network M {\n  fc1 = Linear(3, 2)\n  fc2 = Linear(4, 1)\n  forward(x: f32[N, 3]) { return fc2(fc1(x)) }\n}\n",
     {"t.bm:4:38: error: parameter 'x' of 'fc2' (Linear) has the shape f32[.., 4], found f32[N, 2]: dimension 1 is 2 "
      "instead of 4",
      "note: the shape is declared here", "t.bm:3:16: note: 'in' is 4 here"}},
    {"Broadcast",
     inForward("return x + reshape(x, [3, N])"),
     {"t.bm:3:8: error: the shapes f32[N, 3] and f32[3, N] do not broadcast: N against 3 in dimension 0"}},
    {"BroadcastTo",
     inForward("return broadcast(x, [N, 4])"),
     {"error: f32[N, 3] does not broadcast to f32[N, 4]: dimension 1 is 3 and 4"}},
    {"BroadcastToFewer",
     inForward("return broadcast(x, [3])"),
     {"error: f32[N, 3] does not broadcast to fewer dimensions"}},
    {"Reshape",
     inForward("return reshape(x, [N, 4])"),
     {"error: cannot reshape f32[N, 3] to f32[N, 4]: 3*N elements and 4*N"}},
    {"Rank",
     "fn f(x: f32[A, B, C]) { return x }\n" + inForward("return f(x)"),
     {"t.bm:4:10: error: parameter 'x' of the fn 'f' has the shape f32[A, B, C], found f32[N, 3]: the ranks differ: 3 "
      "and 2"}},
    {"SameDimension",
     "fn f(a: f32[K], b: f32[K]) { return a }\n" + inForward("return f(x[0], sum(x, axes = 1))"),
     {"t.bm:4:16: error: parameter 'b' of the fn 'f' has the shape f32[3], found f32[N]: dimension 0 is N instead of 3",
      "t.bm:1:20: note: the shape is declared here", "t.bm:1:13: note: 'K' is 3 here"}},
    {"SamePack",
     inForward("return mse(x, sum(x, axes = 1))"),
     {"error: parameter 'target' of the loss 'mse' has the shape float[N, 3], found f32[N]: the dimensions '..S' "
      "differ"}},
    {"TwoPacks",
     "fn f(x: f32[..A, ..B]) { return x }\n" + inForward("return f(x)"),
     {"error: a type has at most one '..'"}},
    {"ResultShape",
     "network M {\n  forward(x: f32[N, 3]) -> f32[N, 4] { return x }\n}\n",
     {"t.bm:2:28: error: the result of 'forward' of the network 'M' has the shape f32[N, 4], found f32[N, 3]"}},
    {"ElementType", "fn f(x: i32[N]) { return x }\n" + inForward("return f(x[:, 0])"), {"the element types differ"}},
    {"MixedElements",
     "network M { forward(x: f32[N, 3], y: i32[N, 3]) { return x + y } }",
     {"error: the element types differ: f32 and i32[N, 3]; cast(x, f32) converts"}},
    {"FractionOfIntegers",
     "network M { forward(x: i32[N]) { return x * 0.5 } }",
     {"error: 0.5 is not an integer, as the tensor's elements are"}},
    {"Joined",
     inForward("return concatenate([x, sum(x, axes = 1)])"),
     {"error: f32[N, 3] and f32[N] cannot be joined along axis 0"}},
    {"NotADimension",
     "network M {\n  param w: f32[0] = 0\n  forward(x: f32[N]) { return x }\n}",
     {"t.bm:2:16: error: a dimension must be at least 1, found 0"}},
    {"FractionalDimension",
     "layer L(n: dim) {\n  param w: f32[n / 2] = 0\n  forward(x) { return x }\n}\nnetwork M {\n  l = L(3)\n  "
     "forward(x: f32[N]) { return x }\n}",
     {"t.bm:2:16: error: a dimension must be an integer or a dimension, found the number 1.5",
      "t.bm:6:7: note: in what is called here"}},
    {"SymbolicParameter",
     "network M {\n  forward(x: f32[N, 3]) {\n    return Linear(N, 2)(x)\n  }\n}",
     {"error: a parameter has a shape that is known at compile time, found f32[2, N]"}},
    {"TooLarge",
     "network M {\n  param w: f32[1000000, 1000000] = 0\n  forward(x: f32[N]) { return x }\n}",
     {"t.bm:2:12: error: a tensor of 1000000000000 elements is too large"}},

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

    // Calls.
    {"ListOfTexts",
     "fn f(x: float[3]) { return x }\n" + inForward("return x + f([1, \"a\", 2])"),
     {"t.bm:4:14: error: parameter 'x' of the fn 'f' must be a tensor or a list of numbers, found a list of 3"}},
    {"RaggedList",
     "fn f(x: float[2, 2]) { return x }\n" + inForward("return f([[1, 2], [3]])"),
     {"must be a tensor or a list of numbers, found a list of 2 elements"}},
    {"FractionInList",
     "fn f(x: i32[2]) { return x }\n" + inForward("return f([1, 0.5])"),
     {"error: 0.5 is not an integer, as the elements of parameter 'x' of the fn 'f' are"}},
    {"NoneWhereNeeded",
     inForward("return mse(x, none)"),
     {"error: parameter 'target' of the loss 'mse' must be a tensor, found nothing"}},
    {"NumberAsSchedule",
     inTrain(data + "  loss = mse\n  optimizer = GD(lr = warmup(0.1, steps = 3))"),
     {"error: parameter 'after' of the schedule 'warmup' must be a schedule, found the number 0.1"}},
    {"InitialiserWithoutShape", inForward("return x + zeros()"), {"error: zeros and ones need a shape here"}},
    {"TooManyArguments",
     inForward("return relu(x, x)"),
     {"error: the fn 'relu' takes 1 arguments, found more", "note: it is declared here"}},
    {"MissingArgument",
     inForward("return mse(x)"),
     {"t.bm:3:8: error: the loss 'mse' needs a value for its parameter 'target'", "note: it is declared here"}},
    {"NoParameter",
     inForward("return softmax(x, axs = 1)"),
     {"error: the fn 'softmax' has no parameter 'axs'; did you mean 'axis'?"}},
    {"ParameterTwice",
     inForward("return softmax(x, x = x)"),
     {"error: the fn 'softmax' gets its parameter 'x' twice", "note: it was given here"}},
    {"BuiltinTooMany", inForward("return rank(x, 1)"), {"error: 'rank' takes 1 arguments, found more"}},
    {"BuiltinNoParameter",
     inForward("return sum(x, axis = 1)"),
     {"t.bm:3:22: error: 'sum' has no parameter 'axis'; its parameters are x [axes] [keep]"}},
    {"BuiltinTwice", inForward("return sum(x, x = x)"), {"error: 'sum' gets its parameter 'x' twice"}},
    {"BuiltinMissing", inForward("return reshape(x)"), {"error: 'reshape' needs a value for its parameter 'shape'"}},
    {"OperandCount", inForward("return exp(x, x)"), {"error: 'exp' takes 1 argument, found 2"}},
    {"OperandName", inForward("return exp(x = x)"), {"error: 'exp' takes its arguments by position"}},
    {"OperandType",
     "network M { forward(x: i32[N]) { return exp(x) } }",
     {"error: 'exp' cannot take i32[N]: its elements have the wrong type; cast(x, f32) converts"}},
    {"NotCallable", inForward("let a = 1\nreturn a(x)"), {"error: the number 1 cannot be called"}},
    {"NoReturn",
     "fn f(x) { let y = x }\n" + inForward("return f(x)"),
     {"t.bm:1:4: error: the fn 'f' ends without 'return'"}},
    {"ReturnNothing", inForward("return"), {"t.bm:3:1: error: expected a value behind 'return'"}},
    {"Recursion",
     "fn f(x) { return f(x) }\n" + inForward("return f(x)"),
     {"error: calls are nested more than 64 levels deep; does a layer contain itself?"}},
    {"LayerOfItself",
     "layer L { l = L()\n forward(x) { return x } }\nnetwork M { l = L()\n forward(x: f32[N]) { return x } }",
     {"error: calls are nested more than 64 levels deep"}},
    {"WrongKind",
     "layer L(n: dim) { forward(x) { return x } }\nnetwork M { l = L(0.5)\n forward(x: f32[N]) { return x } }",
     {"t.bm:2:19: error: parameter 'n' of the layer 'L' must be an integer, found the number 0.5"}},
    {"Require",
     "layer L(n: dim) {\n  require n % 2 == 0, \"n must be even\"\n  forward(x) { return x }\n}\nnetwork M {\n  l = "
     "L(3)\n  forward(x: f32[N]) { return x }\n}",
     {"t.bm:2:3: error: n must be even ('n % 2 == 0' does not hold)", "t.bm:6:7: note: in what is called here"}},

    // Layers.
    {"NotPlaced",
     "network M {\n  forward(x: f32[N, 3]) {\n    let l = Linear(3, 2)\n    return l(x)\n  }\n}\n",
     {"t.bm:4:12: error: the layer 'Linear' is not part of the network: its parameters have no names",
      "t.bm:3:13: note: it is created here"}},
    {"NoType",
     "network M {\n  param w = 0\n  forward(x: f32[N]) { return x }\n}",
     {"t.bm:2:9: error: the parameter 'w' needs a type"}},
    {"NoValue",
     "network M {\n  param w: f32[2]\n  forward(x: f32[N]) { return x }\n}",
     {"t.bm:2:9: error: the parameter 'w' needs an initial value"}},
    {"StateOfLayer",
     "network M {\n  state w = 0\n  forward(x: f32[N]) { return x }\n}",
     {"error: 'state' belongs to optimizers and metrics; a layer has buffers"}},
    {"AssignParameter",
     "network M {\n  param w: f32[2] = 0\n  forward(x: f32[N]) {\n    w = 1\n    return x\n  }\n}",
     {"t.bm:4:5: error: the parameter 'w' cannot be assigned to; only buffers can"}},
    {"AssignLayer",
     inNetwork("  forward(x: f32[N, 3]) {\n    fc = x\n    return x\n  }\n"),
     {"error: 'fc' belongs to the layer and cannot be assigned to"}},
    {"BufferShape",
     "network M {\n  buffer b: f32[2] = 0\n  forward(x: f32[N, 3]) {\n    b = x[0]\n    return x\n  }\n}",
     {"t.bm:4:9: error: the buffer 'b' has the shape f32[2], found f32[3]", "t.bm:2:10: note: it is declared here"}},
    {"NoForward", "network M { fc = Linear(3, 2) }", {"t.bm:1:9: error: the network 'M' has no 'forward'"}},
    {"NoMethod",
     "layer L { f(x) { return x } }\nnetwork M { l = L()\n forward(x: f32[N]) { return l(x) } }",
     {"error: the layer 'L' has no 'forward'"}},
    {"NoNetwork", "fn f() { return 1 }", {"t.bm:1:1: error: there is no network in this file"}},
    {"TwoNetworks",
     "network A { forward(x: f32[N]) { return x } }\nnetwork B { forward(x: f32[N]) { return x } }",
     {"t.bm:2:9: error: several networks and no train block that names one of them", "note: the other one is here"}},
    {"InputType", "network M { forward(x) { return x } }", {"error: the input 'x' of a network needs a type"}},
    {"InputScalar",
     "network M { forward(x: f32) { return x } }",
     {"error: the first dimension of an input is the row; found a scalar"}},
    {"NoInput", "network M { forward() { return 1 } }", {"error: the 'forward' of a network needs an input"}},
    {"OutputScalar",
     inForward("return sum(x)"),
     {"error: the first dimension of a network's output is the row; found a scalar"}},
    {"OutputNumber",
     inForward("return 1"),
     {"error: the 'forward' of a network must return tensors, found the number 1"}},

    // Compile time and run time.
    {"ConditionAtRunTime",
     inForward("if sum(x) > 0 { return x }\nreturn -x"),
     {"t.bm:3:4: error: this condition is only known when the program runs; use select(condition, a, b)"}},
    {"NotACondition", inForward("if 1 { return x }\nreturn x"), {"error: expected a condition, found the number 1"}},
    {"SymbolComparison",
     inForward("if N > 2 { return x }\nreturn x"),
     {"error: whether N > 2 is not known at compile time"}},
    {"UnusedValue", inForward("x + 1\nreturn x"), {"t.bm:3:1: error: the value of this expression is not used"}},
    {"DivisionByZero", inForward("return x * (1 / 0)"), {"error: division by zero"}},
    {"EndlessRange", inForward("for i in (0..) { }\nreturn x"), {"t.bm:3:10: error: this range has no end"}},
    {"LongLoop",
     inForward("for i in 0..10000000 { }\nreturn x"),
     {"error: the model takes more than 2000000 steps at compile time"}},
    {"NotASequence", inForward("for i in 3 { }\nreturn x"), {"error: expected a list or a range, found the number 3"}},
    {"TupleSize",
     inForward("let (a, b) = [1, 2, 3]\nreturn x"),
     {"error: expected 2 values for the names on the left, found a list of 3 elements"}},
    {"ListIndex",
     inForward("let a = [1, 2]\nreturn x * a[2]"),
     {"error: the index 2 is outside of a list of 2 elements"}},
    {"Operands", inForward("return x + \"a\""), {"error: '+' cannot be applied to f32[N, 3] and a string"}},
    {"NoRandomKey",
     inForward("return x + uniform(0, 1, [N, 3])"),
     {"error: random numbers are only to be had while training and in initial values"}},
    {"UniformShape", inForward("return x + uniform(0, 1)"), {"error: uniform needs a shape here"}},

    // Primitives.
    {"Axis", inForward("return sum(x, axes = 2)"), {"error: axis 2 does not exist: the tensor has 2 dimensions"}},
    {"AxisTwice", inForward("return sum(x, axes = [1, -1])"), {"error: an axis is named twice"}},
    {"SliceOutside",
     inForward("return x[:, 2:5]"),
     {"error: the elements 2 to 5 are not within dimension 1 of f32[N, 3]"}},
    {"TooManyIndices", inForward("return x[0, 0, 0]"), {"error: too many indices for f32[N, 3]"}},
    {"IndexType", inForward("return x[x]"), {"error: an index must be of integers, found f32[N, 3]"}},
    {"TransposeAxes",
     inForward("return transpose(x, [0, 0])"),
     {"error: the axes must be a list of each of the 2 axes once"}},
    {"TransposeVector",
     inForward("return transpose(x[0])"),
     {"error: transpose needs at least two dimensions, found f32[3]"}},
    {"SplitParts",
     inForward("return split(x, 2, axis = 1)"),
     {"error: cannot split dimension 1 of f32[N, 3] into 2 equal parts"}},
    {"PadNegative", inForward("return pad(x, [0, -1], [0, 0])"), {"error: the padding cannot be negative"}},
    {"SelectCondition",
     inForward("return select(x, x, x)"),
     {"error: the condition of select must be bool, found f32[N, 3]"}},
    {"GradOfTensor",
     inForward("return grad(x, x)"),
     {"error: grad needs a scalar, found f32[N, 3]; sum(x) or mean(x) makes one"}},
    {"GradOfIntegers",
     "network M { forward(x: f32[N, 3], y: i32[N, 3]) { return grad(sum(x), y) } }",
     {"error: only floats have gradients, found i32[N, 3]"}},
    {"MeanOfIntegers",
     "network M { forward(x: i32[N, 3]) { return mean(x, axes = 1) } }",
     {"error: the mean needs floats, found i32[N, 3]; cast(x, f32) converts"}},

    // The train block.
    {"UnknownEntry",
     inTrain(data + "  los = mse\n  optimizer = GD"),
     {"error: a train block has no entry 'los'; did you mean 'loss'?"}},
    {"EntryTwice",
     inTrain(data + "  loss = mse\n  loss = l1\n  optimizer = GD"),
     {"error: 'loss' is given twice", "note: the first one is here"}},
    {"MissingEntries",
     inTrain("  epochs = 1"),
     {"error: the train block needs 'data'", "error: the train block needs 'loss'",
      "error: the train block needs 'optimizer'"}},
    {"NotALoss",
     inTrain(data + "  loss = 3\n  optimizer = GD"),
     {"error: expected a loss, a metric or a function, found the number 3"}},
    {"NotAnOptimizer",
     inTrain(data + "  loss = mse\n  optimizer = relu"),
     {"error: expected an optimizer, found the fn 'relu'"}},
    {"Epochs",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  epochs = 0"),
     {"error: 'epochs' must be at least 1, found 0"}},
    {"NoSuchSource",
     inTrain("  data = images(\"a\")\n  loss = mse\n  optimizer = GD"),
     {"error: expected table(\"file.csv\", x = columns(...), ...)"}},
    {"NoDataField",
     inTrain("  data = table(\"a.csv\", z = columns(0..3), y = column(3))\n  loss = mse\n  optimizer = GD"),
     {"error: the data has no field 'x', which the network takes", "note: the input is declared here"}},
    {"ColumnCount",
     inTrain("  data = table(\"a.csv\", x = columns(0..4), y = column(4))\n  loss = mse\n  optimizer = GD"),
     {"error: the field 'x' has 4 values a row, the network takes f32[N, 3]"}},
    {"TargetCount",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = column(3))\n  loss = mse\n  optimizer = GD"),
     {"error: the field 'y' has 1 value a row, which does not fit 'target: float[..S]' of the loss for a prediction of "
      "f32[N, 2]",
      "note: it is declared here"}},
    {"OtherTestFields",
     inTrain(data + "  test = table(\"b.csv\", x = columns(0..3))\n  loss = mse\n  optimizer = GD"),
     {"error: the test data must have the same fields and columns as the training data",
      "note: the training data is here"}},
    {"OtherValidationFields",
     inTrain(data + "  valid = table(\"b.csv\", x = columns(0..3))\n  loss = mse\n  optimizer = GD"),
     {"error: the validation data must have the same fields and columns as the training data",
      "note: the training data is here"}},
    {"MonitorWithoutGoal",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  monitor = \"valid loss\""),
     {"error: expected minimize(\"valid loss\"), maximize(\"valid accuracy\") or the like"}},
    {"MonitorOfNothing",
     inTrain(data + "  loss = mse\n  metrics = l1\n  optimizer = GD\n  monitor = minimize(\"valid l2\")"),
     {"error: expected \"loss\", \"valid loss\", \"l1\", \"valid l1\", found \"valid l2\"; did you mean \"valid "
      "l1\"?"}},
    {"Patience",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  patience = -1"),
     {"error: 'patience' must be at least 0, found -1"}},
    {"MinDelta",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  min_delta = -0.5"),
     {"error: 'min_delta' must be a number of at least 0, found the number -0.5"}},
    {"Keep",
     inTrain(data + "  loss = mse\n  optimizer = GD\n  keep = \"first\""),
     {"error: expected \"best\" or \"last\": the epoch whose weights are saved"}},
    {"LossOfTensor",
     "fn id(p, t) { return p }\n" + inTrain(data + "  loss = id\n  optimizer = GD"),
     {"error: the loss must be a float scalar, found f32[N, 2]"}},
    {"OptimizerShape",
     "optimizer O(lr = 0.1) { update(p, g, t) { return sum(p) } }\n" + inTrain(data + "  loss = mse\n  optimizer = O"),
     {"error: the parameter that 'update' gives must keep its shape, f32[2, 3], found f32"}},
    {"NothingToTrain",
     "network M { forward(x: f32[N, 2]) { return x } }\ntrain M {\n  data = table(\"a.csv\", x = columns(0..2), y = "
     "columns(2..4))\n  loss = mse\n  optimizer = GD\n}",
     {"error: the network 'M' has no parameter to train"}},

    // Data.
    {"NoPreparation",
     inTrain(
         "  data = table(\"a.csv\", x = normalize(columns(0..3)), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: there is no preparation 'normalize'; did you mean 'normalise'?"}},
    {"NoColumn",
     inTrain("  data = table(\"a.csv\", x = [1], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: expected a column: its name, column(3), columns(0..3), others"}},
    {"ColumnsByBoth",
     inTrain("  data = table(\"a.csv\", x = columns(0, \"b\", 2), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: columns are given by their names or by their numbers, not by both"}},
    {"EmptyColumns",
     inTrain("  data = table(\"a.csv\", x = columns(3..3), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: the range of columns is empty or has no end"}},
    {"NegativeColumn",
     inTrain("  data = table(\"a.csv\", x = column(-1), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: a column must be from 0 to 1000000, found -1"}},
    {"SeveralInColumn",
     inTrain("  data = table(\"a.csv\", x = column(0, 1), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: 'column' takes one column; 'columns' takes several"}},
    {"StepBehindCategory",
     inTrain(
         "  data = table(\"a.csv\", x = log1p(one_hot(sex, 3)), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: a category is no number"}},
    {"CategoryTwice",
     inTrain("  data = table(\"a.csv\", x = one_hot(category(sex, 3), 3), y = columns(3..5))\n  loss = mse\n  "
             "optimizer = GD"),
     {"error: the column is a category already"}},
    {"CategoryOfStep",
     inTrain(
         "  data = table(\"a.csv\", x = one_hot(log1p(sex), 3), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: only 'impute' with a text or most_frequent can stand before a category"}},
    {"ImputeBehindCategory",
     inTrain("  data = table(\"a.csv\", x = impute(one_hot(sex, 3), 0), y = columns(3..5))\n  loss = mse\n  optimizer "
             "= GD"),
     {"error: impute first and then encode"}},
    {"ImputeWhat",
     inTrain(
         "  data = table(\"a.csv\", x = [impute(a, mode), b, c], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: expected mean, median, most_frequent or a value, found 'mode'"}},
    {"NoCategoryCount",
     inTrain("  data = table(\"a.csv\", x = one_hot(sex), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: expected the number or the list of the categories: one_hot(sex, 2)"}},
    {"CategoryCount",
     inTrain("  data = table(\"a.csv\", x = one_hot(sex, 0), y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: the number of classes must be from 1 to 1000000, found 0"}},
    {"ClipEnds",
     inTrain("  data = table(\"a.csv\", x = [clip(a, 2, 1), b, c], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: the low end of 'clip' is above the high one"}},
    {"ClipNeedsHigh",
     inTrain("  data = table(\"a.csv\", x = [clip(a, 2), b, c], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: 'clip' needs 'high'"}},
    {"TooManyForPreparation",
     inTrain(
         "  data = table(\"a.csv\", x = [normalise(a, 2), b, c], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: 'normalise' takes 1 argument"}},
    {"ColumnTimesColumn",
     inTrain("  data = table(\"a.csv\", x = [a * b, b, c], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: columns are computed with numbers only: age / 100"}},
    {"ColumnByZero",
     inTrain("  data = table(\"a.csv\", x = [a / 0, b, c], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: a column takes + - * with a number, and / with one that is not 0"}},
    {"TwoOpen",
     inTrain("  data = table(\"a.csv\", x = [others, others], y = columns(3..5))\n  loss = mse\n  optimizer = GD"),
     {"error: only one part of the field 'x' can have an open number of columns"}},
    {"FieldTwiceOfData",
     inTrain("  data = table(\"a.csv\", x = columns(0..3)) { x = columns(0..3) }\n  loss = mse\n  optimizer = GD"),
     {"error: the field 'x' is given twice"}},
    {"NoFields",
     inTrain("  data = table(\"a.csv\")\n  loss = mse\n  optimizer = GD"),
     {"error: the data has no field; name its columns: x = columns(0..3)"}},
    {"NoPath",
     inTrain("  data = table(x = columns(0..3))\n  loss = mse\n  optimizer = GD"),
     {"error: the first argument of table must be the path of a file"}},
    {"Separator",
     inTrain("  data = table(\"a.csv\", separator = \"ab\", x = columns(0..3), y = columns(3..5))\n  loss = mse\n  "
             "optimizer = GD"),
     {"error: the separator must be one character"}},
    {"MissingMarks",
     inTrain("  data = table(\"a.csv\", missing = [1], x = columns(0..3), y = columns(3..5))\n  loss = mse\n  "
             "optimizer = GD"),
     {"error: what marks a missing cell must be a list of strings"}},
    {"OneShare",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5)) { split 0.5 }\n  loss = mse\n  optimizer "
             "= GD"),
     {"error: expected two or three shares: split 0.8 / 0.2"}},
    {"Shares",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5)) { split 0.5 / 0.6 }\n  loss = mse\n  "
             "optimizer = GD"),
     {"error: the shares of a split must have the sum 1, found 1.1"}},
    {"ShareOfNothing",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5)) { split 1.5 / 0.6 }\n  loss = mse\n  "
             "optimizer = GD"),
     {"error: a share must be a number between 0 and 1, found the number 1.5"}},
    {"SplitTwice",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5)) { split 0.5 / 0.5; split 0.5 / 0.5 }\n  "
             "loss = mse\n  optimizer = GD"),
     {"error: 'split' is given twice"}},
    {"Stratify",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5)) { split 0.5 / 0.5 stratify y }\n  loss = "
             "mse\n  optimizer = GD"),
     {"error: 'stratify' needs one column, 'y' has several"}},
    {"DropOfStep",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5)) { drop log1p(a) }\n  loss = mse\n  "
             "optimizer = GD"),
     {"error: expected the name of a column"}},
    {"TestIsSplit",
     inTrain("  data = table(\"a.csv\", x = columns(0..3), y = columns(3..5))\n  test = table(\"b.csv\") { split 0.5 / "
             "0.5 }\n  loss = mse\n  optimizer = GD"),
     {"error: only the training data is split; the test data is taken whole"}},
    {"CategoriesAgainstLoss",
     "network M {\n  fc = Linear(3, 2)\n  forward(x: f32[N, 3]) { return fc(x) }\n}\ntrain M {\n  data = "
     "table(\"a.csv\", x = "
     "columns(0..3), y = category(kind, 3))\n  loss = cross_entropy\n  optimizer = GD\n}",
     {"error: the column has 3 categories, the loss takes 2 classes for a prediction of f32[N, 2]"}},
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

    // Loops.
    {"YieldOutside", inForward("yield x"), {"t.bm:3:1: error: 'yield' can only stand in a scan"}},
    {"YieldInCalled",
     "fn f(x) { yield x }\n" + inForward("return scan t in 0..3 carry (h = x) { h = f(h) }"),
     {"t.bm:1:11: error: 'yield' can only stand in a scan", "note: in what is called here"}},
    {"ReturnInScan",
     inForward("return scan t in 0..3 carry (h = x) { return h }"),
     {"t.bm:3:39: error: 'return' cannot leave a scan; 'yield' gives the output of a step"}},
    {"ScanOverList",
     inForward("return scan t in [1, 2] carry (h = x) { h = h + t }"),
     {"t.bm:3:18: error: a scan runs over a range such as 0..T, found a list of 2 elements; 'for' runs over lists"}},
    {"ScanBackwards",
     inForward("return scan t in 3..1 carry (h = x) { h = h + 1 }"),
     {"t.bm:3:18: error: the range ends before it begins: 3..1"}},
    {"ScanOfNothing",
     inForward("let y = scan t in 0..3 { let a = x }\nreturn x"),
     {"t.bm:3:9: error: a scan that carries nothing and yields nothing computes nothing"}},
    {"ScanOutsideOfFunctions",
     inNetwork("  a = scan t in 0..3 { yield t }\n  forward(x: f32[N, 3]) { return x }\n"),
     {"t.bm:3:7: error: a scan can only run in a function of the program"}},
    {"CarriedTwice",
     inForward("let (a, b) = scan t in 0..3 carry (h = x, h = x) { h = h + 1 }\nreturn a"),
     {"t.bm:3:43: error: the scan has the name 'h' twice"}},
    {"CarriedLikeVariable",
     inForward("return scan t in 0..3 carry (t = x) { t = t + 1 }"),
     {"t.bm:3:30: error: the scan has the name 't' twice"}},
    {"CarriedString",
     inForward("return scan t in 0..3 carry (h = \"a\") { h = h + 1 }"),
     {"t.bm:3:34: error: expected a tensor or a number, found a string"}},
    {"CarriedShape",
     inForward("return scan t in 0..3 carry (h = 0) { h = h + x }"),
     {"t.bm:3:34: error: what a scan carries keeps its shape: 'h' is f32 before the first step, and f32[N, 3] after "
      "one"}},
    {"CarriedForm",
     inForward("return scan t in 0..3 carry (h = (x, x)) { h = (x,) }"),
     {"t.bm:3:34: error: what a scan carries keeps its form: 'h' is a tuple of 2 elements before the first step, and a "
      "tuple of 1 elements after one"}},
    {"AssignedOutside",
     inForward("let y = x\nreturn scan t in 0..3 carry (h = x) { y = h }"),
     {"t.bm:4:39: error: 'y' is from outside of the scan; what changes from step to step is carried: carry (y = ...)"}},
    {"AssignedVariable",
     inForward("return scan t in 0..3 carry (h = x) { t = 1 }"),
     {"t.bm:3:39: error: 't' counts the steps and cannot be assigned to"}},
    {"CarriedByLet",
     inForward("return scan t in 0..3 carry (h = x) { let h = x }"),
     {"t.bm:3:43: error: 'h' belongs to the scan; it is assigned to without 'let'"}},
    {"StepsOutside",
     inForward("return scan t in 0..4 carry (h = x[:, 0]) { h = h + x[:, t] }"),
     {"t.bm:3:58: error: the steps 0 to 4 are not within dimension 1 of f32[N, 3]"}},
    {"CheckpointOfTwo",
     inForward("return checkpoint(x, x)"),
     {"t.bm:3:8: error: checkpoint takes one expression: "
      "checkpoint(f(x))"}},
    {"CheckpointByName",
     inForward("let f = checkpoint\nreturn f(x)"),
     {"t.bm:4:8: error: checkpoint is no function that can be handed on; write checkpoint(f(x))"}},
    {"GradientBehindScan",
     inForward("let g = x * x\nreturn scan t in 0..3 carry (h = x) { h = grad(sum(g * h), x) }"),
     {"t.bm:4:48: error: this scalar is computed from values outside of the scan or checkpoint, which a gradient "
      "inside "
      "cannot follow"}},

    // What does not exist yet.
    {"Steps", inTrain("  step a every 1 { loss = mse }"), {"error: several networks or steps are not supported yet"}},
    {"Entry",
     "network M {\n  forward(x: f32[N]) { return x }\n  entry decode(x: f32[N]) { return x }\n}",
     {"t.bm:3:9: error: entry methods are not supported yet"}},
    {"Over", inTrain(data + "  loss = mse\n  optimizer = GD over M"), {"error: 'over' is not supported yet"}},
};

class Diagnostic : public testing::TestWithParam<Case> {};

TEST_P(Diagnostic, NamesPlaceAndCause) {
  Compiled compiled = compileText(GetParam().text);
  EXPECT_EQ(compiled.module, "");
  EXPECT_EQ(foreignWord(compiled.diagnostics), "");
  size_t at = 0;
  for (const std::string &expected : GetParam().expected) {
    size_t found = compiled.diagnostics.find(expected, at);
    ASSERT_NE(found, std::string::npos) << "no \"" << expected << "\" in:\n" << compiled.diagnostics;
    at = found + expected.size();
  }
}

INSTANTIATE_TEST_SUITE_P(Elaboration, Diagnostic, testing::ValuesIn(cases),
                         [](const auto &info) { return info.param.name; });

TEST(Imports, ReportWhatIsWrong) {
  auto network = [](const std::string &import) {
    return import + "\nnetwork M { forward(x: f32[N]) { return f(x) } }\n";
  };
  std::string f = "fn f(x) { return x }\n";
  EXPECT_NE(compileText(network("import \"a.bm\""), {}, {{"a.bm", f}}).module, "");
  auto expect = [&](const std::string &text, std::map<std::string, std::string> files, const std::string &message) {
    std::string found = compileText(text, {}, files).diagnostics;
    EXPECT_NE(found.find(message), std::string::npos) << found;
  };
  expect(network("import \"none.bm\""), {}, "t.bm:1:1: error: there is no file 'none.bm'");
  expect(network("import \"a.bm\""), {{"a.bm", "import \"b.bm\"\n" + f}, {"b.bm", "import \"a.bm\"\n"}},
         "b.bm:1:1: error: 'a.bm' imports itself");
  expect(network("import \"a.bm\"\nimport \"b.bm\""), {{"a.bm", f}, {"b.bm", f}},
         "t.bm:2:1: error: 'f' is declared by two imported files");
  expect(network("import \"a.bm\""), {{"a.bm", "fn ("}}, "a.bm:1:4: error: expected the name of the fn, found '('");
}

TEST(Bindings, MustNameADimension) {
  std::string text = "network M { forward(x: f32[N, 3]) { return x } }\n";
  EXPECT_NE(compileText(text, {{"N", 4}}).module.find("tensor<4x3xf32>"), std::string::npos);
  EXPECT_NE(compileText(text, {{"K", 4}}).diagnostics.find("-D K=4: the model has no symbolic dimension 'K'"),
            std::string::npos);
  EXPECT_NE(compileText(text, {{"N", 0}}).diagnostics.find("a dimension must be at least 1"), std::string::npos);
}

TEST(Files, ThatCannotBeRead) {
  bmc::frontend::SourceManager sources;
  bmc::frontend::Diagnostics diagnostics(sources);
  mlir::MLIRContext context;
  EXPECT_FALSE(
      bmc::frontend::compileToModule(context, sources, {"no-such-file.bm", {}, BMC_TEST_LIBRARY, {}}, diagnostics));
  std::ostringstream errors;
  diagnostics.print(errors);
  EXPECT_EQ(errors.str(), "bmc: error: cannot read 'no-such-file.bm': No such file or directory\n");
}

} // namespace
