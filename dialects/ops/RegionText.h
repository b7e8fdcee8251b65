// The text form that ops with a region have in common: operands beside the region's arguments that stand for them.
#ifndef BMC_DIALECTS_OPS_REGION_TEXT_H
#define BMC_DIALECTS_OPS_REGION_TEXT_H

#include "mlir/IR/OpImplementation.h"

namespace bmc::bm {

/// `(%argument = %operand : type, ...)`; the type is the operand's.
struct RegionOperands {
  llvm::SmallVector<mlir::OpAsmParser::Argument> arguments; // their types are for the op to set
  llvm::SmallVector<mlir::OpAsmParser::UnresolvedOperand> operands;
  llvm::SmallVector<mlir::Type> types; // of tensors
  llvm::SMLoc place;

  mlir::ParseResult resolve(mlir::OpAsmParser &parser, mlir::OperationState &result) const;
};
mlir::ParseResult parseRegionOperands(mlir::OpAsmParser &parser, RegionOperands &group);
void printRegionOperands(mlir::OpAsmPrinter &printer, mlir::Block::BlockArgListType arguments,
                         mlir::OperandRange operands);

/// `-> (types)`.
mlir::ParseResult parseResultTypes(mlir::OpAsmParser &parser, mlir::OperationState &result);

} // namespace bmc::bm

#endif
