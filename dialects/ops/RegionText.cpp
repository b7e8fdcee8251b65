// The text form of ops with a region. See the header.
#include "dialects/ops/RegionText.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace bmc::bm {

ParseResult RegionOperands::resolve(OpAsmParser &parser, OperationState &result) const {
  return parser.resolveOperands(operands, types, place, result.operands);
}

ParseResult parseRegionOperands(OpAsmParser &parser, RegionOperands &group) {
  group.place = parser.getCurrentLocation();
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&]() -> ParseResult {
    SMLoc typePlace;
    if (parser.parseArgument(group.arguments.emplace_back()) || parser.parseEqual() ||
        parser.parseOperand(group.operands.emplace_back()) || parser.parseColon() ||
        parser.getCurrentLocation(&typePlace) || parser.parseType(group.types.emplace_back()))
      return failure();
    if (!isa<RankedTensorType>(group.types.back()))
      return parser.emitError(typePlace, "expected the type of a tensor");
    return success();
  });
}

void printRegionOperands(OpAsmPrinter &printer, Block::BlockArgListType arguments, OperandRange operands) {
  printer << "(";
  llvm::interleaveComma(llvm::zip_equal(arguments, operands), printer, [&](auto pair) {
    auto [argument, operand] = pair;
    printer << argument << " = " << operand << " : " << operand.getType();
  });
  printer << ")";
}

ParseResult parseResultTypes(OpAsmParser &parser, OperationState &result) {
  auto parseResultType = [&] { return parser.parseType(result.types.emplace_back()); };
  return failure(parser.parseArrow() || parser.parseCommaSeparatedList(AsmParser::Delimiter::Paren, parseResultType));
}

} // namespace bmc::bm
