// The parts of `bmc_program` that say what data it takes: fields and data sets, from the attributes of `bm.program`
// (frontend/elaborate/DescribeData.cpp writes them).
#ifndef BMC_CODEGEN_HOST_DATA_TABLE_H
#define BMC_CODEGEN_HOST_DATA_TABLE_H

#include "codegen/host/Globals.h"
#include "codegen/host/ProgramTable.h"

namespace bmc::codegen {

class DataTable {
public:
  DataTable(Globals &globals, const ProgramTypes &types) : globals(globals), types(types) {}

  /// `bmc_field`; the caller knows its element type and the indices of the variables with the weights of its classes
  /// and with its units.
  Row field(mlir::DictionaryAttr field, int64_t element, mlir::RankedTensorType type, int64_t classWeights,
            int64_t units);
  Row dataset(mlir::DictionaryAttr set);

private:
  Row feature(mlir::DictionaryAttr feature);
  Row step(mlir::DictionaryAttr step);
  Address stratify(mlir::DictionaryAttr draw);
  Address split(mlir::DictionaryAttr split);
  Address folds(mlir::DictionaryAttr folds);
  Address text(mlir::DictionaryAttr attributes, llvm::StringRef key);
  /// The runtime's object of this name; null where there is none.
  Address object(mlir::DictionaryAttr attributes, llvm::StringRef key);
  Address texts(mlir::DictionaryAttr attributes, llvm::StringRef key, int64_t &count);

  Globals &globals;
  const ProgramTypes &types;
};

} // namespace bmc::codegen

#endif
