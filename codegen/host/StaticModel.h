// Models without a heap: a planned module of static sizes becomes host code with functions of the model's own types,
// and all memory as objects of the program: the arena, variables, what a call measures. No table, no instance, nothing
// that is looked up at run time.
//
//     int PREFIX_init(uint64_t seed);
//     void PREFIX_load(const void *weights), PREFIX_save(void *weights);
//     int PREFIX_predict(const float *x, float *output);
//     int PREFIX_train_step(const float *x, const float *y, double *loss, double *metrics);
//     int PREFIX_evaluate(as PREFIX_train_step), PREFIX_end_epoch(double value);
//     double PREFIX_hypers[];
//     const unsigned char PREFIX_weights[];
//
// `staticHeader` writes the header that declares them.
#ifndef BMC_CODEGEN_HOST_STATIC_MODEL_H
#define BMC_CODEGEN_HOST_STATIC_MODEL_H

#include "codegen/Target.h"
#include "codegen/host/ModelSignature.h"
#include "mlir/IR/OwningOpRef.h"

#include <map>

namespace bmc::codegen {

/// A parameter or a buffer, as `PREFIX_load` and `PREFIX_save` have it.
struct StaticWeight {
  std::string name;
  mlir::RankedTensorType type;
  int64_t offset, bytes;
};

/// The bytes of weights by their names.
using WeightValues = std::map<std::string, std::string>;

struct StaticModelOptions {
  Target target;
  std::string prefix;        // a C identifier
  WeightValues weights;      // empty: none are compiled in
  bool predictsOnly = false; // nothing trains: weights stay where they are compiled in
};

struct StaticModel {
  mlir::OwningOpRef<mlir::ModuleOp> host;
  std::vector<std::string> exported; // symbols
  /// Bytes of what is not code.
  int64_t arenaBytes = 0, weightBytes = 0, stateBytes = 0;
};

/// All parameters and buffers of a module, one behind the other.
std::vector<StaticWeight> weightsOf(mlir::ModuleOp planned);

/// Errors are diagnosed at the module.
mlir::FailureOr<StaticModel> lowerStaticModel(mlir::ModuleOp planned, const StaticModelOptions &options);

/// The header of such a model.
mlir::FailureOr<std::string> staticHeader(mlir::ModuleOp planned, const StaticModelOptions &options);

} // namespace bmc::codegen

#endif
