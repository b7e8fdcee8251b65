// Registers the bm dialect; text form and checks of its attributes.
#include "dialects/Dialect.h"
#include "dialects/Ops.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace bmc::bm;

#include "dialects/BmDialect.cpp.inc"
#include "dialects/BmEnums.cpp.inc"
#include "dialects/BmInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "dialects/BmAttributes.cpp.inc"

void BmDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/BmAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Checkpoint.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Elementwise.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Index.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Matmul.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Program.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Random.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Reduce.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Scan.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialects/ops/Shape.cpp.inc"
      >();
}

Operation *BmDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  return elements && elements.getType() == type ? ConstantOp::create(builder, loc, elements) : nullptr;
}

// #bm.dims<N, 3, "2*N"> -----------------------------------------------------------------------------------------------

// dim = integer | name | string, each of them a polynomial's text
static FailureOr<SymbolicDim> parseDim(AsmParser &parser) {
  SMLoc place = parser.getCurrentLocation();
  int64_t number;
  if (OptionalParseResult result = parser.parseOptionalInteger(number); result.has_value()) {
    if (failed(*result))
      return failure();
    return SymbolicDim(number);
  }
  std::string text;
  if (failed(parser.parseOptionalKeywordOrString(&text)))
    return parser.emitError(place, "expected a dimension: a number, a name or a quoted polynomial");
  if (std::optional<SymbolicDim> dim = SymbolicDim::parse(text))
    return *dim;
  return parser.emitError(place) << "'" << text << "' is not a polynomial in dimension names";
}

Attribute DimsAttr::parse(AsmParser &parser, Type) {
  SmallVector<StringAttr> names;
  auto parseName = [&]() -> ParseResult {
    FailureOr<SymbolicDim> dim = parseDim(parser);
    if (failed(dim))
      return failure();
    names.push_back(parser.getBuilder().getStringAttr(dim->text()));
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseName))
    return {};
  return get(parser.getContext(), names);
}

void DimsAttr::print(AsmPrinter &printer) const {
  printer << "<";
  llvm::interleaveComma(getNames(), printer, [&](StringAttr name) {
    auto dim = SymbolicDim::parse(std::string_view(name.getValue()));
    if (dim && (dim->isConstant() || dim->singleSymbol()))
      printer << name.getValue();
    else
      printer << name;
  });
  printer << ">";
}

LogicalResult DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (getNames().size() != shape.size())
    return emitError() << "tensor of rank " << shape.size() << " has " << getNames().size() << " named dimensions";
  if (llvm::none_of(shape, ShapedType::isDynamic))
    return emitError() << "tensor with only static dimensions must not name them";
  for (auto [axis, extent, name] : llvm::enumerate(shape, getNames())) {
    auto dim = SymbolicDim::parse(std::string_view(name.getValue()));
    if (!dim)
      return emitError() << "name " << name << " of dimension " << axis << " is not a polynomial in dimension names";
    if (ShapedType::isDynamic(extent) && dim->isConstant())
      return emitError() << "dimension " << axis << " is dynamic but its name is the number " << dim->text();
    if (!ShapedType::isDynamic(extent) && dim->constant() != extent)
      return emitError() << "dimension " << axis << " is " << extent << " but its name is " << name.getValue();
  }
  return success();
}

// #bm.schedule<rows, vector = 16, partial = 4> ------------------------------------------------------------------------

static constexpr StringLiteral scheduleKinds[] = {"elementwise", "rows",        "columns",   "matmul",
                                                  "scatter",     "panels",      "plain",     "gpu_elements",
                                                  "gpu_rows",    "gpu_columns", "gpu_matmul",  "gpu_scatter"};
static constexpr StringLiteral laneAxes[] = {"columns", "rows", "inner"};

static ParseResult parseWord(AsmParser &parser, ArrayRef<StringLiteral> words, const char *what, StringRef &word) {
  SMLoc place = parser.getCurrentLocation();
  if (parser.parseKeyword(&word))
    return failure();
  if (llvm::is_contained(words, word))
    return success();
  return parser.emitError(place) << "'" << word << "' is not a " << what << "; expected one of "
                                 << llvm::join(words, ", ");
}

namespace {
// The parameters behind the kind, with their defaults.
struct ScheduleParameters {
  int64_t vector = 1, unroll = 1, partial = 1, parallel = 0, parallelColumns = 0, parallelFrom = 0, threads = 0;
  SmallVector<int64_t> tile, fewRowsTile;
  StringRef lanes = "columns";
  bool flat = false;

  int64_t *number(StringRef name) {
    return llvm::StringSwitch<int64_t *>(name)
        .Case("vector", &vector)
        .Case("unroll", &unroll)
        .Case("partial", &partial)
        .Case("parallel", &parallel)
        .Case("threads", &threads)
        .Case("parallelColumns", &parallelColumns)
        .Case("parallelFrom", &parallelFrom)
        .Default(nullptr);
  }
  SmallVector<int64_t> *numbers(StringRef name) {
    return llvm::StringSwitch<SmallVector<int64_t> *>(name)
        .Case("tile", &tile)
        .Case("fewRowsTile", &fewRowsTile)
        .Default(nullptr);
  }
};
} // namespace

// parameter = name "=" number | name "=" "[" numbers "]" | "lanes" "=" word | "flat"
static ParseResult parseScheduleParameter(AsmParser &parser, ScheduleParameters &parameters) {
  SMLoc place = parser.getCurrentLocation();
  StringRef name;
  if (parser.parseKeyword(&name))
    return failure();
  if (name == "flat") {
    parameters.flat = true;
    return success();
  }
  if (name == "lanes")
    return failure(parser.parseEqual() || parseWord(parser, laneAxes, "kind of axis", parameters.lanes));
  if (SmallVector<int64_t> *numbers = parameters.numbers(name))
    return failure(parser.parseEqual() || parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
      return parser.parseInteger(numbers->emplace_back());
    }));
  if (int64_t *number = parameters.number(name))
    return failure(parser.parseEqual() || parser.parseInteger(*number));
  return parser.emitError(place) << "'" << name << "' is not a schedule parameter";
}

Attribute ScheduleAttr::parse(AsmParser &parser, Type) {
  StringRef kind;
  ScheduleParameters parameters;
  if (parser.parseLess() || parseWord(parser, scheduleKinds, "kind of loop nest", kind))
    return {};
  while (succeeded(parser.parseOptionalComma()))
    if (parseScheduleParameter(parser, parameters))
      return {};
  if (parser.parseGreater())
    return {};
  return get(parser.getContext(), kind, parameters.vector, parameters.unroll, parameters.tile, parameters.fewRowsTile,
             parameters.partial, parameters.parallel, parameters.parallelColumns, parameters.parallelFrom,
             parameters.lanes, parameters.flat, parameters.threads);
}

void ScheduleAttr::print(AsmPrinter &printer) const {
  const ScheduleParameters defaults;
  auto number = [&](StringRef name, int64_t value, int64_t byDefault) {
    if (value != byDefault)
      printer << ", " << name << " = " << value;
  };
  printer << "<" << getKind();
  number("vector", getVector(), defaults.vector);
  number("unroll", getUnroll(), defaults.unroll);
  auto numbers = [&](StringRef name, ArrayRef<int64_t> values) {
    if (!values.empty())
      printer << ", " << name << " = [" << values << "]";
  };
  numbers("tile", getTile());
  numbers("fewRowsTile", getFewRowsTile());
  number("partial", getPartial(), defaults.partial);
  number("parallel", getParallel(), defaults.parallel);
  number("threads", getThreads(), defaults.threads);
  number("parallelColumns", getParallelColumns(), defaults.parallelColumns);
  number("parallelFrom", getParallelFrom(), defaults.parallelFrom);
  if (getLanes() != defaults.lanes)
    printer << ", lanes = " << getLanes();
  if (getFlat())
    printer << ", flat";
  printer << ">";
}
