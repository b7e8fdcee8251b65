// The table `bmc_program`: what the module's attributes say, in the structs that the runtime reads.
#include "codegen/host/ProgramTable.h"
#include "bmc/program.h"
#include "codegen/host/DataTable.h"
#include "codegen/host/HostProgram.h"
#include "codegen/host/Places.h"
#include "dialects/Cost.h"
#include "passes/DeviceArena.h"

using namespace mlir;

namespace bmc::codegen {

ProgramTypes::ProgramTypes(MLIRContext *context) {
  Type i16 = IntegerType::get(context, 16), i32 = IntegerType::get(context, 32), i64 = IntegerType::get(context, 64),
       f64 = Float64Type::get(context);
  Type pointer = LLVM::LLVMPointerType::get(context);
  auto structOf = [&](llvm::ArrayRef<Type> fields) { return LLVM::LLVMStructType::getLiteral(context, fields); };
  dim = structOf({i64, i64});
  variable = structOf({pointer, i16, i16, i16, i16, pointer});
  value = structOf({pointer, i16, i16, i32, pointer, i32, i32});
  code = structOf({pointer, pointer, pointer, pointer, i32, i32, i32, i32, i32, i32, i32});
  function = structOf({pointer, pointer, pointer, pointer, i64, pointer, i64, pointer, i64, pointer, i64});
  step = structOf({pointer, f64, f64});
  feature = structOf({pointer, i64, i64, i64, pointer, i64, pointer, i64, pointer, pointer, i64, pointer, i64, i64,
                      pointer, i64, i64, i64, i64});
  field = structOf({pointer, i32, i32, i64, pointer, i64, pointer, i64, i64, i64, i64});
  trainStep = structOf({pointer, i64, pointer});
  entry = structOf({pointer, pointer});
  file = structOf({pointer, pointer});
  split = structOf({pointer, f64, f64, f64, i64, pointer});
  folds = structOf({pointer, i64, i64, pointer});
  dataset =
      structOf({pointer, pointer, i64, pointer, i64, i64, i64, pointer, i64, i64, pointer, i64, pointer, pointer});
  hyper = structOf({pointer, f64});
  fixed = structOf({pointer, pointer});
  monitor = structOf({pointer, i64, i64, f64, i64});
  layer = structOf({pointer, i64, pointer, pointer, i64, f64, f64});
  kernel = structOf({pointer, pointer, pointer, pointer, pointer, i32, i32, i64, pointer, i64, pointer, pointer, i64});
  program = structOf({i64,     pointer, pointer, i64,     pointer, i64,     pointer, i64,     pointer,
                      i64,     pointer, i64,     pointer, i64,     pointer, i64,     pointer, i64,
                      i64,     i64,     i64,     i64,     pointer, pointer, pointer, pointer, pointer,
                      pointer, pointer, pointer, i64,     pointer, pointer, pointer, pointer, i64,
                      pointer, i64,     pointer, i64,     pointer, i64,     pointer, i64,     pointer});
  deviceConstant = structOf({pointer, i64, i64});
  deviceFunction = structOf({pointer, pointer});
  deviceProgram = structOf({pointer, i64, pointer, i64, pointer, i64, pointer, pointer, i64, i64, i64});
}

namespace {
/// What a value is for: its role, the name that it is known by, and its index among those of the role.
struct Purpose {
  std::string name;
  bmc_role role = bmc_role_output;
  int64_t index = 0;
};

class TableBuilder {
public:
  TableBuilder(ModuleOp planned, Globals &globals, const HostProgram &host)
      : planned(planned), globals(globals), host(host), types(planned.getContext()) {}

  LogicalResult build();
  LogicalResult buildForDevice(llvm::StringRef device);

private:
  LogicalResult readDescription();
  LogicalResult addFunctions();
  LogicalResult addFunction(const HostFunction &function);
  void addKernel(llvm::StringRef name, const HostKernel &kernel);
  Address addVariables(llvm::ArrayRef<bm::VariableOp> list);
  Address addFields();
  Address addMonitor();
  FailureOr<Purpose> purposeOf(func::FuncOp function, DictionaryAttr attributes, int64_t number);
  Row valueRow(const Purpose &purpose, Type type, llvm::ArrayRef<std::string> symbols, int64_t alias);
  Address functionNamed(llvm::StringRef name) { return functions.lookup(name); }
  int64_t number(llvm::StringRef key);
  Address text(DictionaryAttr attributes, llvm::StringRef key);
  llvm::SmallVector<DictionaryAttr> entries(llvm::StringRef key);

  ModuleOp planned;
  Globals &globals;
  const HostProgram &host;
  ProgramTypes types;
  DictionaryAttr description;
  llvm::SmallVector<bm::VariableOp> variables, packed;
  llvm::StringMap<int64_t> variableIndex, packedIndex, fieldIndex, hyperIndex, metricIndex, predictionIndex;
  std::vector<std::string> metrics;
  llvm::StringMap<Address> functions;
  std::vector<Address> functionTable; // the same in the module's order
  std::vector<Row> kernels;
};
} // namespace

static int64_t elementOf(Type type) {
  Type element = cast<RankedTensorType>(type).getElementType();
  if (element.isF32())
    return bmc_f32;
  if (element.isF64())
    return bmc_f64;
  if (element.isInteger(32))
    return bmc_i32;
  return element.isInteger(64) ? bmc_i64 : bmc_bool;
}

static int64_t rankOf(Type type) { return cast<RankedTensorType>(type).getRank(); }

static bmc_role roleOf(bm::VariableOp variable) {
  return llvm::StringSwitch<bmc_role>(variable.getRole())
      .Case("parameter", bmc_role_parameter)
      .Case("buffer", bmc_role_buffer)
      .Case("metric", bmc_role_metric_state)
      .Case("packed", bmc_role_packed)
      .Default(bmc_role_state);
}

LogicalResult TableBuilder::build() {
  if (failed(addFunctions()))
    return failure();
  for (const auto &[name, kernel] : host.kernels)
    addKernel(name, kernel);

  std::vector<Row> datasets, hypers, fixed, layers, steps, programEntries;
  for (DictionaryAttr entry : entries("layers"))
    layers.push_back({text(entry, "name"), entry.getAs<IntegerAttr>("depth").getInt(), text(entry, "kind"),
                      text(entry, "output"), entry.getAs<IntegerAttr>("parameters").getInt(),
                      entry.getAs<FloatAttr>("flops").getValueAsDouble(),
                      entry.getAs<FloatAttr>("bytes").getValueAsDouble()});
  DataTable data(globals, types);
  for (DictionaryAttr entry : entries("datasets"))
    datasets.push_back(data.dataset(entry));
  for (DictionaryAttr entry : entries("fixed"))
    fixed.push_back({text(entry, "name"), text(entry, "reason")});
  for (DictionaryAttr entry : entries("hypers"))
    hypers.push_back({text(entry, "name"), entry.getAs<FloatAttr>("value").getValueAsDouble()});
  for (DictionaryAttr entry : entries("steps"))
    steps.push_back({text(entry, "name"), entry.getAs<IntegerAttr>("every").getInt(),
                     functionNamed(("step." + entry.getAs<StringAttr>("name").getValue()).str())});
  if (auto names = description.getAs<ArrayAttr>("entries"))
    for (llvm::StringRef name : names.getAsValueRange<StringAttr>())
      programEntries.push_back({globals.string(name), functionNamed(("entry." + name).str())});
  Address variableTable = addVariables(variables), packedTable = addVariables(packed), fieldTable = addFields();
  auto accumulated = variableIndex.find("accumulated:batches");
  globals.exported("bmc_program", types.program,
                   {int64_t(BMC_PROGRAM_VERSION),
                    text(description, "name"),
                    text(description, "source"),
                    int64_t(layers.size()),
                    globals.structs(types.layer, layers),
                    int64_t(variables.size()),
                    variableTable,
                    int64_t(packed.size()),
                    packedTable,
                    int64_t(fieldIndex.size()),
                    fieldTable,
                    int64_t(datasets.size()),
                    globals.structs(types.dataset, datasets),
                    int64_t(hypers.size()),
                    globals.structs(types.hyper, hypers),
                    int64_t(metrics.size()),
                    globals.strings(metrics),
                    number("epochs"),
                    number("batch"),
                    number("accumulate"),
                    number("shuffle"),
                    number("seed"),
                    addMonitor(),
                    functionNamed("init"),
                    functionNamed("train"),
                    functionNamed("evaluate"),
                    functionNamed("predict"),
                    functionNamed("reset"),
                    functionNamed("measure"),
                    functionNamed("update"),
                    accumulated == variableIndex.end() ? int64_t(-1) : accumulated->second,
                    functionNamed("epoch"),
                    functionNamed("rates"),
                    functionNamed("prepare"),
                    packed.empty() ? Address() : globals.external("bmc_weight_packer"),
                    int64_t(steps.size()),
                    globals.structs(types.trainStep, steps),
                    int64_t(programEntries.size()),
                    globals.structs(types.entry, programEntries),
                    int64_t(functionTable.size()),
                    globals.addresses(functionTable),
                    int64_t(kernels.size()),
                    globals.structs(types.kernel, kernels),
                    int64_t(fixed.size()),
                    globals.structs(types.fixed, fixed)});
  return success();
}

LogicalResult TableBuilder::buildForDevice(llvm::StringRef device) {
  if (failed(addFunctions()))
    return failure();
  for (const auto &[name, kernel] : host.kernels)
    addKernel(name, kernel);
  std::vector<Row> deviceFunctions, constants;
  for (auto [function, table] : llvm::zip_equal(host.functions, functionTable))
    deviceFunctions.push_back({table, function.loopSteps});
  std::set<int64_t> placed; // equal constants have one place
  for (bm::ConstantOp constant : constantsInMemory(planned)) {
    int64_t offset = deviceOffsetOf(constant), bytes = *bm::bytesOf(constant.getY().getType()).constant();
    if (!placed.insert(offset).second)
      continue;
    constants.push_back({globals.tensor(constant.getValue()), bytes, offset});
    if (!std::get<Address>(constants.back().front()).symbol)
      return constant.emitError() << "the constant's elements are neither dense nor a resource";
  }
  llvm::SmallVector<int64_t> offsets = llvm::map_to_vector(variables, deviceOffsetOf);
  DeviceArena arena = deviceArenaOf(planned);
  globals.exported("bmc_device_program", types.deviceProgram,
                   {globals.external(("bmc_driver_" + device).str()), int64_t(deviceFunctions.size()),
                    globals.structs(types.deviceFunction, deviceFunctions), int64_t(kernels.size()),
                    globals.structs(types.kernel, kernels), int64_t(constants.size()),
                    globals.structs(types.deviceConstant, constants),
                    globals.integers(llvm::ArrayRef<int64_t>(offsets)), arena.constants, arena.saved, arena.variables});
  return success();
}

LogicalResult TableBuilder::addFunctions() {
  if (failed(readDescription()))
    return failure();
  for (const HostFunction &function : host.functions)
    if (failed(addFunction(function)))
      return failure();
  return success();
}

LogicalResult TableBuilder::readDescription() {
  description = planned->getAttrOfType<DictionaryAttr>("bm.program");
  if (!description)
    return planned.emitError() << "the module does not describe a program (bm.program)";
  for (auto variable : planned.getOps<bm::VariableOp>()) {
    bool isPacked = roleOf(variable) == bmc_role_packed;
    llvm::SmallVector<bm::VariableOp> &list = isPacked ? packed : variables;
    (isPacked ? packedIndex : variableIndex)[variable.getSymName()] = int64_t(list.size());
    list.push_back(variable);
  }
  for (auto [index, entry] : llvm::enumerate(entries("fields")))
    fieldIndex[entry.getAs<StringAttr>("name").getValue()] = int64_t(index);
  for (auto [index, entry] : llvm::enumerate(entries("hypers")))
    hyperIndex[entry.getAs<StringAttr>("name").getValue()] = int64_t(index);
  if (auto names = description.getAs<ArrayAttr>("metrics"))
    for (auto [index, name] : llvm::enumerate(names.getAsValueRange<StringAttr>())) {
      metricIndex[name] = int64_t(index);
      metrics.push_back(name.str());
    }
  return success();
}

int64_t TableBuilder::number(llvm::StringRef key) {
  Attribute value = description.get(key);
  if (auto flag = dyn_cast_or_null<BoolAttr>(value))
    return flag.getValue();
  auto integer = dyn_cast_or_null<IntegerAttr>(value);
  return integer ? integer.getValue().getSExtValue() : 0;
}

Address TableBuilder::text(DictionaryAttr attributes, llvm::StringRef key) {
  auto value = attributes.getAs<StringAttr>(key);
  return globals.string(value ? value.getValue() : "");
}

llvm::SmallVector<DictionaryAttr> TableBuilder::entries(llvm::StringRef key) {
  llvm::SmallVector<DictionaryAttr> found;
  if (auto list = description.getAs<ArrayAttr>(key))
    llvm::append_range(found, list.getAsRange<DictionaryAttr>());
  return found;
}

Address TableBuilder::addVariables(llvm::ArrayRef<bm::VariableOp> list) {
  std::vector<Row> rows;
  for (bm::VariableOp variable : list) {
    auto type = cast<RankedTensorType>(variable.getType());
    rows.push_back({globals.string(variable.getSymName()), int64_t(roleOf(variable)), elementOf(type), type.getRank(),
                    int64_t(variable.getTrainable()), globals.integers(type.getShape())});
  }
  return globals.structs(types.variable, rows);
}

Address TableBuilder::addFields() {
  DataTable data(globals, types);
  std::vector<Row> rows;
  for (DictionaryAttr entry : entries("fields")) {
    auto type = cast<RankedTensorType>(entry.getAs<TypeAttr>("type").getValue());
    auto variableNamed = [&](llvm::StringRef key) {
      auto name = entry.getAs<FlatSymbolRefAttr>(key);
      auto variable = name ? variableIndex.find(name.getValue()) : variableIndex.end();
      return variable == variableIndex.end() ? int64_t(-1) : variable->second;
    };
    rows.push_back(data.field(entry, elementOf(type), type, variableNamed("class_weights"), variableNamed("units")));
  }
  return globals.structs(types.field, rows);
}

Address TableBuilder::addMonitor() {
  auto monitor = description.getAs<DictionaryAttr>("monitor");
  if (!monitor)
    return globals.structs(types.monitor,
                           {{globals.string(""), int64_t(0), int64_t(0), 0.0, int64_t(bmc_keep_automatic)}});
  auto keep = llvm::StringSwitch<int64_t>(monitor.getAs<StringAttr>("keep").getValue())
                  .Case("last", bmc_keep_last)
                  .Case("best", bmc_keep_best)
                  .Default(bmc_keep_automatic);
  return globals.structs(types.monitor,
                         {{text(monitor, "name"), int64_t(monitor.getAs<BoolAttr>("maximize").getValue()),
                           monitor.getAs<IntegerAttr>("patience").getInt(),
                           monitor.getAs<FloatAttr>("min_delta").getValueAsDouble(), keep}});
}

// Finds an entry by its name, or diagnoses that a function names what the program does not describe.
static FailureOr<int64_t> lookUp(const llvm::StringMap<int64_t> &table, llvm::StringRef name, llvm::StringRef what,
                                 func::FuncOp function) {
  auto found = table.find(name);
  if (found != table.end())
    return found->second;
  return function.emitError() << "@" << function.getSymName() << " names the " << what << " '" << name
                              << "', which bm.program does not describe";
}

FailureOr<Purpose> TableBuilder::purposeOf(func::FuncOp function, DictionaryAttr attributes, int64_t number) {
  if (!attributes)
    attributes = DictionaryAttr::get(planned.getContext());
  Purpose purpose;
  if (auto symbol = attributes.getAs<FlatSymbolRefAttr>("bm.variable")) {
    if (auto found = packedIndex.find(symbol.getValue()); found != packedIndex.end())
      return Purpose{symbol.getValue().str(), bmc_role_packed, found->second};
    auto index = lookUp(variableIndex, symbol.getValue(), "variable", function);
    if (failed(index))
      return failure();
    bm::VariableOp variable = variables[*index];
    return Purpose{symbol.getValue().str(), roleOf(variable), *index};
  }
  auto role = attributes.getAs<StringAttr>("bm.role");
  auto name = attributes.getAs<StringAttr>("bm.name");
  if (!role)
    return function.emitError() << "@" << function.getSymName() << ": value " << number
                                << " has neither bm.role nor bm.variable";
  purpose.name = name ? name.str() : role.str();
  auto known = llvm::StringSwitch<std::optional<bmc_role>>(role.getValue())
                   .Case("input", bmc_role_input)
                   .Case("hyper", bmc_role_hyper)
                   .Case("step", bmc_role_step)
                   .Case("key", bmc_role_key)
                   .Case("loss", bmc_role_loss)
                   .Case("metric", bmc_role_metric)
                   .Case("output", bmc_role_output)
                   .Case("prediction", bmc_role_prediction)
                   .Case("probabilities", bmc_role_probabilities)
                   .Case("monitored", bmc_role_monitored)
                   .Case("rate", bmc_role_rate)
                   .Case("given", bmc_role_given)
                   .Case("gradient", bmc_role_gradient)
                   .Default(std::nullopt);
  if (!known)
    return function.emitError() << "@" << function.getSymName() << ": unknown bm.role " << role;
  purpose.role = *known;
  FailureOr<int64_t> index = 0;
  auto answered = attributes.getAs<StringAttr>("bm.predicts");
  if (*known == bmc_role_output)
    index = answered ? lookUp(fieldIndex, answered.getValue(), "target", function) : FailureOr<int64_t>(-1);
  if (*known == bmc_role_input || *known == bmc_role_probabilities || *known == bmc_role_gradient)
    index = lookUp(fieldIndex, purpose.name, "input", function);
  else if (*known == bmc_role_hyper)
    index = lookUp(hyperIndex, purpose.name, "hyperparameter", function);
  else if (*known == bmc_role_metric)
    index = lookUp(metricIndex, purpose.name, "metric", function);
  else if (*known == bmc_role_prediction)
    index = predictionIndex.try_emplace(purpose.name, int64_t(predictionIndex.size())).first->second;
  if (failed(index))
    return failure();
  purpose.index = *index;
  return purpose;
}

// A dimension: a constant, a symbol of the function, or something that only `result_dims` or `value_dims` tells.
static Row dimRow(const bm::SymbolicDim &dim, llvm::ArrayRef<std::string> symbols) {
  if (auto constant = dim.constant())
    return {*constant, int64_t(-1)};
  auto symbol = dim.singleSymbol();
  auto place = symbol ? llvm::find(symbols, *symbol) : symbols.end();
  return {int64_t(0), place == symbols.end() ? int64_t(-2) : int64_t(place - symbols.begin())};
}

Row TableBuilder::valueRow(const Purpose &purpose, Type type, llvm::ArrayRef<std::string> symbols, int64_t alias) {
  std::vector<Row> dims;
  for (const bm::SymbolicDim &dim : bm::shapeOf(type))
    dims.push_back(dimRow(dim, symbols));
  return {globals.string(purpose.name),
          int64_t(purpose.role),
          elementOf(type),
          rankOf(type),
          globals.structs(types.dim, dims),
          purpose.index,
          alias};
}

LogicalResult TableBuilder::addFunction(const HostFunction &function) {
  func::FuncOp source = function.source;
  std::vector<Row> arguments, results;
  for (BlockArgument argument : source.getArguments()) {
    unsigned number = argument.getArgNumber();
    auto purpose = purposeOf(source, source.getArgAttrDict(number), number);
    if (failed(purpose))
      return failure();
    arguments.push_back(valueRow(*purpose, argument.getType(), function.symbols, -1));
  }
  for (auto [number, type] : llvm::enumerate(source.getResultTypes())) {
    auto purpose = purposeOf(source, source.getResultAttrDict(number), int64_t(number));
    if (failed(purpose))
      return failure();
    results.push_back(valueRow(*purpose, type, function.symbols, function.aliases[number]));
  }
  Row row = {globals.string(source.getSymName()),
             function.run,
             function.arenaBytes,
             function.resultDims,
             int64_t(arguments.size()),
             globals.structs(types.value, arguments),
             int64_t(results.size()),
             globals.structs(types.value, results),
             int64_t(function.symbols.size()),
             globals.strings(function.symbols),
             function.kernelCalls};
  functionTable.push_back(functions[source.getSymName()] = globals.structs(types.function, {row}));
  return success();
}

static std::string scheduleText(bm::KernelOp kernel) {
  if (!kernel.getScheduleAttr())
    return "";
  std::string text;
  llvm::raw_string_ostream(text) << kernel.getScheduleAttr();
  llvm::StringRef inner = text;
  inner.consume_front("#bm.schedule<");
  inner.consume_back(">");
  return inner.str();
}

void TableBuilder::addKernel(llvm::StringRef name, const HostKernel &entry) {
  bm::KernelOp kernel = entry.kernel;
  std::vector<Row> arguments, results;
  auto purpose = [](llvm::StringRef what, size_t number) {
    return Purpose{(what + llvm::Twine(number)).str(), bmc_role_input, 0};
  };
  for (auto [number, type] : llvm::enumerate(kernel.getInputs().getTypes()))
    arguments.push_back(valueRow(purpose("input ", number), type, entry.symbols, -1));
  llvm::ArrayRef<int64_t> inPlace = kernel.getInPlace().value_or(llvm::ArrayRef<int64_t>());
  for (auto [number, type] : llvm::enumerate(kernel.getOutputs().getTypes()))
    results.push_back(
        valueRow(purpose("result ", number), type, entry.symbols, inPlace.empty() ? -1 : inPlace[number]));
  kernels.push_back({globals.string(name), globals.string(scheduleText(kernel)),
                     globals.string(placeText(kernel.getLoc())), entry.run, entry.plain, int64_t(entry.symbols.size()),
                     int64_t(entry.passed.size()), int64_t(arguments.size()), globals.structs(types.value, arguments),
                     int64_t(results.size()), globals.structs(types.value, results), entry.valueDims, entry.calls});
}

LogicalResult addProgramTable(ModuleOp planned, Globals &globals, const HostProgram &program) {
  return TableBuilder(planned, globals, program).build();
}

LogicalResult addDeviceTable(ModuleOp planned, Globals &globals, const HostProgram &program, llvm::StringRef device) {
  return TableBuilder(planned, globals, program).buildForDevice(device);
}

} // namespace bmc::codegen
