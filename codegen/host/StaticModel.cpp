// The functions of a model without a heap. See the header.
#include "codegen/host/StaticModel.h"
#include "codegen/host/ResultAliases.h"

#include "codegen/host/StaticFunctions.h"
#include "dialects/Ops.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace bmc::codegen {

static bool isWeight(bm::VariableOp variable) {
  return variable.getRole() == "parameter" || variable.getRole() == "buffer";
}

static int64_t bytesOf(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return tensor.getNumElements() * bm::elementBytes(tensor.getElementType());
}

std::vector<StaticWeight> weightsOf(ModuleOp planned) {
  std::vector<StaticWeight> weights;
  int64_t offset = 0;
  for (bm::VariableOp variable : planned.getOps<bm::VariableOp>()) {
    if (!isWeight(variable))
      continue;
    auto type = cast<RankedTensorType>(variable.getType());
    int64_t size = bm::elementBytes(type.getElementType());
    offset = (offset + size - 1) / size * size;
    weights.push_back({variable.getSymName().str(), type, offset, bytesOf(type)});
    offset += weights.back().bytes;
  }
  return weights;
}

namespace {
struct EntryFunction {
  func::FuncOp source;
  llvm::SmallVector<int64_t> aliases; // of each result: the argument that it is written into, or -1
};

using Pointers = llvm::StringMap<Value>; // the caller's, by the name of the input, target or output

class Builder {
public:
  Builder(ModuleOp planned, const StaticModelOptions &options, StaticModel &model, const ModelSignature &signature)
      : planned(planned), options(options), model(model), signature(signature), host(*model.host),
        context(planned.getContext()), i32(IntegerType::get(context, 32)), i64(IntegerType::get(context, 64)),
        f64(Float64Type::get(context)), pointer(LLVM::LLVMPointerType::get(context)) {}

  LogicalResult build();

private:
  // Memory
  void placeVariables();
  LogicalResult placeArena();
  Address zeros(llvm::StringRef name, int64_t bytes);
  Address constant(llvm::StringRef name, llvm::StringRef bytes, LLVM::Linkage linkage);
  Address scratch(const llvm::Twine &name, int64_t bytes);
  void addHypers();

  // Functions
  StaticBuilder begin(llvm::StringRef name, llvm::ArrayRef<Type> arguments, bool gives = true);
  void finish(StaticBuilder &code);
  void addInit();
  void addCopy(bool isLoad);
  void addAnswering(llvm::StringRef name, const Entry &entry, llvm::StringRef function);
  void addTrainStep();
  void addEvaluate();
  void addEndEpoch();
  StaticBuilder beginMeasured(llvm::StringRef name, Pointers &given, Value &loss, Value &metrics);
  void runMeasured(StaticBuilder &code, llvm::StringRef function, const Pointers &given, Value loss, Value metrics,
                   bool measures);
  void readMeasures(StaticBuilder &code, const EntryFunction &function, Value loss, Value metrics);
  void addLoss(StaticBuilder &code, Value loss, Value value);
  void run(StaticBuilder &code, const EntryFunction &function, const Pointers &given);
  Value argumentOf(StaticBuilder &code, const EntryFunction &function, unsigned argument, const Pointers &given);
  Value resultOf(StaticBuilder &code, const EntryFunction &function, unsigned result, const Pointers &given);
  Address measureMemory(const EntryFunction &function, unsigned result);
  Value asDouble(StaticBuilder &code, Value place, Type element);
  const EntryFunction *find(llvm::StringRef name) const;

  ModuleOp planned;
  const StaticModelOptions &options;
  StaticModel &model;
  const ModelSignature &signature;
  ModuleOp host;
  MLIRContext *context;
  Type i32, i64, f64, pointer;
  std::vector<EntryFunction> functions;
  llvm::StringMap<Address> variables, memory; // by name
  Address arena, hypers, step, stepValue, key, monitored;
};
} // namespace

// Memory --------------------------------------------------------------------------------------------------------------

static LLVM::GlobalOp makeGlobal(ModuleOp host, Type type, bool isConstant, LLVM::Linkage linkage, llvm::StringRef name,
                                 Attribute value, int64_t alignment) {
  OpBuilder builder = OpBuilder::atBlockEnd(host.getBody());
  return LLVM::GlobalOp::create(builder, host.getLoc(), type, isConstant, linkage, name, value, uint64_t(alignment));
}

Address Builder::zeros(llvm::StringRef name, int64_t bytes) {
  auto type = LLVM::LLVMArrayType::get(IntegerType::get(context, 8), uint64_t(std::max<int64_t>(bytes, 1)));
  LLVM::GlobalOp global = makeGlobal(host, type, /*isConstant=*/false, LLVM::Linkage::Internal, name, Attribute(),
                                     options.target.alignment());
  OpBuilder builder(context);
  builder.createBlock(&global.getInitializerRegion());
  LLVM::ReturnOp::create(builder, host.getLoc(), LLVM::ZeroOp::create(builder, host.getLoc(), type).getResult());
  return {FlatSymbolRefAttr::get(global.getSymNameAttr())};
}

Address Builder::constant(llvm::StringRef name, llvm::StringRef bytes, LLVM::Linkage linkage) {
  auto type = LLVM::LLVMArrayType::get(IntegerType::get(context, 8), bytes.size());
  LLVM::GlobalOp global = makeGlobal(host, type, /*isConstant=*/true, linkage, name, StringAttr::get(context, bytes),
                                     options.target.alignment());
  return {FlatSymbolRefAttr::get(global.getSymNameAttr())};
}

Address Builder::scratch(const llvm::Twine &name, int64_t bytes) {
  std::string symbol = "memory." + name.str();
  Address &address = memory[symbol];
  if (!address.symbol) {
    address = zeros(symbol, bytes);
    model.stateBytes += bytes;
  }
  return address;
}

void Builder::placeVariables() {
  std::string image;
  for (const StaticWeight &weight : weightsOf(planned)) {
    model.weightBytes = weight.offset + weight.bytes;
    if (options.weights.empty())
      continue;
    image.resize(size_t(weight.offset));
    image += options.weights.at(weight.name);
  }
  if (!image.empty() && !options.predictsOnly) {
    std::string name = options.prefix + "_weights";
    constant(name, image, LLVM::Linkage::External);
    model.exported.push_back(name);
  }
  for (bm::VariableOp variable : planned.getOps<bm::VariableOp>()) {
    std::string name = "variable." + variable.getSymName().str();
    if (isWeight(variable) && options.predictsOnly) {
      variables[variable.getSymName()] =
          constant(name, options.weights.at(variable.getSymName().str()), LLVM::Linkage::Internal);
      continue;
    }
    if (!isWeight(variable) && options.predictsOnly)
      continue;
    variables[variable.getSymName()] = zeros(name, bytesOf(variable.getType()));
    if (!isWeight(variable))
      model.stateBytes += bytesOf(variable.getType());
  }
}

// Functions run one after the other, so all share one arena: the largest.
LogicalResult Builder::placeArena() {
  for (auto function : planned.getOps<func::FuncOp>()) {
    FailureOr<int64_t> bytes = staticArenaBytes(function, options.target);
    if (failed(bytes))
      return failure();
    model.arenaBytes = std::max(model.arenaBytes, *bytes);
  }
  arena = zeros("arena", model.arenaBytes);
  return success();
}

void Builder::addHypers() {
  llvm::SmallVector<double> values;
  if (auto list = signature.description.getAs<ArrayAttr>("hypers"))
    for (auto hyper : list.getAsRange<DictionaryAttr>())
      values.push_back(hyper.getAs<FloatAttr>("value").getValueAsDouble());
  if (values.empty() || options.predictsOnly)
    return;
  std::string name = options.prefix + "_hypers";
  auto type = LLVM::LLVMArrayType::get(f64, values.size());
  auto tensor = RankedTensorType::get(int64_t(values.size()), f64);
  makeGlobal(host, type, /*isConstant=*/false, LLVM::Linkage::External, name,
             DenseElementsAttr::get(tensor, llvm::ArrayRef(values)), options.target.alignment());
  hypers = {FlatSymbolRefAttr::get(context, name)};
  model.exported.push_back(name);
}

// Calls ---------------------------------------------------------------------------------------------------------------

const EntryFunction *Builder::find(llvm::StringRef name) const {
  for (const EntryFunction &function : functions)
    if (func::FuncOp(function.source).getSymName() == name)
      return &function;
  return nullptr;
}

static llvm::StringRef textOf(DictionaryAttr attributes, llvm::StringRef key) {
  auto text = attributes ? attributes.getAs<StringAttr>(key) : StringAttr();
  return text ? text.getValue() : "";
}

static int64_t indexIn(llvm::ArrayRef<std::string> names, llvm::StringRef name) {
  return llvm::find(names, name) - names.begin();
}

Value Builder::argumentOf(StaticBuilder &code, const EntryFunction &function, unsigned argument,
                          const Pointers &given) {
  DictionaryAttr attributes = func::FuncOp(function.source).getArgAttrDict(argument);
  if (auto variable = attributes ? attributes.getAs<FlatSymbolRefAttr>("bm.variable") : FlatSymbolRefAttr())
    return code.addressOf(variables.lookup(variable.getValue()).symbol);
  llvm::StringRef role = textOf(attributes, "bm.role"), name = textOf(attributes, "bm.name");
  if (role == "hyper")
    return code.offset(code.addressOf(hypers.symbol),
                       indexIn(signature.names("hypers"), name) * int64_t(sizeof(double)));
  if (role == "step")
    return code.addressOf(stepValue.symbol);
  if (role == "key")
    return code.addressOf(key.symbol);
  if (role == "monitored")
    return code.addressOf(monitored.symbol);
  if (role == "prediction")
    return code.addressOf(
        scratch("prediction." + name, bytesOf(func::FuncOp(function.source).getArgumentTypes()[argument])).symbol);
  Value place = given.lookup(name);
  return place ? place : code.null(); // what only another step reads
}

Address Builder::measureMemory(const EntryFunction &function, unsigned result) {
  func::FuncOp source = function.source;
  return scratch(source.getSymName() + "." + llvm::Twine(result), bytesOf(source.getResultTypes()[result]));
}

Value Builder::resultOf(StaticBuilder &code, const EntryFunction &function, unsigned result, const Pointers &given) {
  func::FuncOp source = function.source;
  DictionaryAttr attributes = source.getResultAttrDict(result);
  if (function.aliases[result] >= 0)
    return argumentOf(code, function, unsigned(function.aliases[result]), given);
  if (auto variable = attributes ? attributes.getAs<FlatSymbolRefAttr>("bm.variable") : FlatSymbolRefAttr())
    return code.addressOf(variables.lookup(variable.getValue()).symbol);
  llvm::StringRef role = textOf(attributes, "bm.role"), name = textOf(attributes, "bm.name");
  if (role == "prediction")
    return code.addressOf(scratch("prediction." + name, bytesOf(source.getResultTypes()[result])).symbol);
  if (role == "output")
    return given.lookup(("output " + llvm::Twine(result)).str());
  return code.addressOf(measureMemory(function, result).symbol);
}

void Builder::run(StaticBuilder &code, const EntryFunction &function, const Pointers &given) {
  func::FuncOp source = function.source;
  llvm::SmallVector<Value> buffers;
  for (unsigned i = 0; i < source.getNumArguments(); ++i)
    buffers.push_back(argumentOf(code, function, i, given));
  for (unsigned i = 0; i < source.getNumResults(); ++i)
    buffers.push_back(resultOf(code, function, i, given));
  buffers.push_back(code.addressOf(arena.symbol));
  code.returnIfFailed(code.create<LLVM::CallOp>(i32, staticFunctionName(source), buffers).getResult());
}

StaticBuilder Builder::begin(llvm::StringRef name, llvm::ArrayRef<Type> arguments, bool gives) {
  std::string symbol = options.prefix + "_" + name.str();
  StaticBuilder code(host, symbol, gives ? i32 : Type(LLVM::LLVMVoidType::get(context)), arguments);
  code.function().setLinkage(LLVM::Linkage::External);
  model.exported.push_back(symbol);
  return code;
}

void Builder::finish(StaticBuilder &code) { code.create<LLVM::ReturnOp>(code.status(0)); }

// The model's functions -----------------------------------------------------------------------------------------------

void Builder::addInit() {
  StaticBuilder code = begin("init", {i64});
  code.storeAt(code.argument(0), code.addressOf(key.symbol), 0);
  code.storeAt(code.integer(0), code.addressOf(step.symbol), 0);
  run(code, *find("init"), {});
  finish(code);
}

// PREFIX_load and PREFIX_save
void Builder::addCopy(bool isLoad) {
  StaticBuilder code = begin(isLoad ? "load" : "save", {pointer}, /*gives=*/false);
  for (const StaticWeight &weight : weightsOf(planned)) {
    Value own = code.addressOf(variables.lookup(weight.name).symbol);
    Value image = code.offset(code.argument(0), weight.offset);
    code.create<LLVM::MemcpyOp>(isLoad ? own : image, isLoad ? image : own, code.integer(weight.bytes),
                                /*isVolatile=*/false);
  }
  code.create<LLVM::ReturnOp>(ValueRange());
}

// predict, or an entry: inputs in, outputs out.
void Builder::addAnswering(llvm::StringRef name, const Entry &entry, llvm::StringRef functionName) {
  const EntryFunction &function = *find(functionName);
  StaticBuilder code = begin(name, llvm::SmallVector<Type>(entry.inputs.size() + entry.outputs.size(), pointer));
  Pointers given;
  unsigned argument = 0;
  for (const Argument &input : entry.inputs)
    given[input.name] = code.argument(argument++);
  func::FuncOp source = function.source;
  for (unsigned i = 0; i < source.getNumResults(); ++i)
    if (textOf(source.getResultAttrDict(i), "bm.role") == "output")
      given[("output " + llvm::Twine(i)).str()] = code.argument(argument++);
  run(code, function, given);
  finish(code);
}

Value Builder::asDouble(StaticBuilder &code, Value place, Type element) {
  bool isBool = element.isInteger(1);
  Type stored = isBool ? IntegerType::get(context, 8) : element;
  Value value = code.create<LLVM::LoadOp>(stored, place);
  if (element.isF64())
    return value;
  if (element.isF32())
    return code.create<LLVM::FPExtOp>(f64, value);
  return isBool ? Value(code.create<LLVM::UIToFPOp>(f64, value)) : Value(code.create<LLVM::SIToFPOp>(f64, value));
}

// What the caller asked for: null pointers take nothing.
static void runIfGiven(StaticBuilder &code, Value given, llvm::function_ref<void()> build) {
  code.runIf(code.create<LLVM::ICmpOp>(LLVM::ICmpPredicate::ne, given, code.null()), build);
}

void Builder::addLoss(StaticBuilder &code, Value loss, Value value) {
  runIfGiven(code, loss, [&] {
    Value sum = code.create<LLVM::FAddOp>(code.loadAt(f64, loss, 0), value);
    code.storeAt(sum, loss, 0);
  });
}

// Elements of metrics stand one metric behind the other.
void Builder::readMeasures(StaticBuilder &code, const EntryFunction &function, Value loss, Value metrics) {
  llvm::SmallVector<std::string> names = signature.names("metrics");
  llvm::StringMap<int64_t> begins;
  int64_t next = 0;
  auto elementsOf = [&](llvm::StringRef metric) -> int64_t {
    for (const EntryFunction &other : functions)
      for (unsigned i = 0; i < func::FuncOp(other.source).getNumResults(); ++i) {
        DictionaryAttr attributes = func::FuncOp(other.source).getResultAttrDict(i);
        if (textOf(attributes, "bm.role") == "metric" && textOf(attributes, "bm.name") == metric)
          return cast<RankedTensorType>(func::FuncOp(other.source).getResultTypes()[i]).getNumElements();
      }
    return 1;
  };
  for (const std::string &name : names) {
    begins[name] = next;
    next += elementsOf(name);
  }
  func::FuncOp source = function.source;
  for (unsigned i = 0; i < source.getNumResults(); ++i) {
    DictionaryAttr attributes = source.getResultAttrDict(i);
    llvm::StringRef role = textOf(attributes, "bm.role");
    auto type = cast<RankedTensorType>(source.getResultTypes()[i]);
    Type element = type.getElementType();
    if (role != "loss" && role != "metric")
      continue;
    Value found = code.addressOf(measureMemory(function, i).symbol);
    if (role == "loss") {
      addLoss(code, loss, asDouble(code, found, element));
      continue;
    }
    runIfGiven(code, metrics, [&] {
      Value first = code.offset(metrics, begins.lookup(textOf(attributes, "bm.name")) * 8);
      code.loop(type.getNumElements(), [&](Value step) {
        auto at = [&](Value array, int64_t bytes) {
          return code.offset(array, code.create<LLVM::MulOp>(step, code.integer(bytes)));
        };
        code.storeAt(asDouble(code, at(found, bm::elementBytes(element)), element), at(first, 8), 0);
      });
    });
  }
}

// The metrics are those of the first step's network. Those that accumulate begin anew: here a call is a whole pass.
void Builder::runMeasured(StaticBuilder &code, llvm::StringRef name, const Pointers &given, Value loss, Value metrics,
                          bool measures) {
  const EntryFunction *reset = find("reset"), *measure = find("measure");
  if (measures && measure && reset)
    run(code, *reset, given);
  run(code, *find(name), given);
  readMeasures(code, *find(name), loss, metrics);
  if (!measures || !measure)
    return;
  run(code, *measure, given);
  readMeasures(code, *measure, loss, metrics);
}

// The caller's pointers to a batch, to the loss and to the metrics. The loss is a sum from here on.
StaticBuilder Builder::beginMeasured(llvm::StringRef name, Pointers &given, Value &loss, Value &metrics) {
  std::vector<Argument> data = signature.inputsOfData();
  llvm::append_range(data, signature.targets);
  bool hasMetrics = !signature.names("metrics").empty();
  StaticBuilder code = begin(name, llvm::SmallVector<Type>(data.size() + 1 + hasMetrics, pointer));
  for (auto [i, argument] : llvm::enumerate(data))
    given[argument.name] = code.argument(unsigned(i));
  loss = code.argument(unsigned(data.size()));
  metrics = hasMetrics ? code.argument(unsigned(data.size() + 1)) : Value(code.null());
  runIfGiven(code, loss, [&] { code.storeAt(code.real(0), loss, 0); });
  return code;
}

void Builder::addTrainStep() {
  Pointers given;
  Value loss, metrics;
  StaticBuilder code = beginMeasured("train_step", given, loss, metrics);
  Value number = code.create<LLVM::AddOp>(code.loadAt(i64, code.addressOf(step.symbol), 0), code.integer(1));
  code.storeAt(code.create<LLVM::SIToFPOp>(f64, number), code.addressOf(stepValue.symbol), 0);
  if (find("train"))
    runMeasured(code, "train", given, loss, metrics, /*measures=*/true);
  if (auto steps = signature.description.getAs<ArrayAttr>("steps"))
    for (auto [i, entry] : llvm::enumerate(steps.getAsRange<DictionaryAttr>())) {
      std::string name = ("step." + entry.getAs<StringAttr>("name").getValue()).str();
      Value every = code.integer(entry.getAs<IntegerAttr>("every").getInt());
      Value isDue =
          code.create<LLVM::ICmpOp>(LLVM::ICmpPredicate::eq, code.create<LLVM::SRemOp>(number, every), code.integer(0));
      code.runIf(isDue, [&, i = i] { runMeasured(code, name, given, loss, metrics, /*measures=*/i == 0); });
    }
  code.storeAt(number, code.addressOf(step.symbol), 0);
  if (const EntryFunction *update = find("update")) {
    Value done = code.loadAt(f64, code.addressOf(variables.lookup("accumulated:batches").symbol), 0);
    double wanted = double(signature.description.getAs<IntegerAttr>("accumulate").getInt());
    Value isDue = code.create<LLVM::FCmpOp>(LLVM::FCmpPredicate::oge, done, code.real(wanted));
    code.runIf(isDue, [&] { run(code, *update, given); });
  }
  finish(code);
}

void Builder::addEvaluate() {
  Pointers given;
  Value loss, metrics;
  StaticBuilder code = beginMeasured("evaluate", given, loss, metrics);
  code.storeAt(code.real(1), code.addressOf(stepValue.symbol), 0);
  runMeasured(code, "evaluate", given, loss, metrics, /*measures=*/true);
  finish(code);
}

void Builder::addEndEpoch() {
  StaticBuilder code = begin("end_epoch", {f64});
  code.storeAt(code.argument(0), code.addressOf(monitored.symbol), 0);
  run(code, *find("epoch"), {});
  finish(code);
}

LogicalResult Builder::build() {
  Globals globals(host, RuntimeObjects::none);
  for (auto function : planned.getOps<func::FuncOp>()) {
    auto aliases = resultAliases(function);
    if (failed(aliases) || failed(lowerStaticFunction(function, options.target, host, globals)))
      return failure();
    functions.push_back({function, *aliases});
  }
  placeVariables();
  if (failed(placeArena()))
    return failure();
  addHypers();
  if (find("predict"))
    addAnswering("predict", {"", "", signature.inputs, signature.outputs}, "predict");
  for (const Entry &entry : signature.entries)
    addAnswering(entry.identifier, entry, "entry." + entry.name);
  if (options.predictsOnly)
    return success();
  step = scratch("step", 8);
  stepValue = scratch("step value", 8);
  key = scratch("key", 8);
  monitored = scratch("monitored", 8);
  if (find("init"))
    addInit();
  addCopy(/*isLoad=*/true);
  addCopy(/*isLoad=*/false);
  if (signature.trains())
    addTrainStep();
  if (find("evaluate"))
    addEvaluate();
  if (find("epoch"))
    addEndEpoch();
  return success();
}

FailureOr<StaticModel> lowerStaticModel(ModuleOp planned, const StaticModelOptions &options) {
  planned.getContext()->loadDialect<LLVM::LLVMDialect>();
  FailureOr<ModelSignature> signature = ModelSignature::of(planned);
  if (failed(signature))
    return failure();
  StaticModel model;
  model.host = ModuleOp::create(UnknownLoc::get(planned.getContext()));
  if (failed(Builder(planned, options, model, *signature).build()))
    return failure();
  return model;
}

} // namespace bmc::codegen
