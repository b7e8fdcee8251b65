// Variables from the tensors of a weight file. What does not fit is collected, so that one message tells all of it.
#ifndef BMC_TENSOR_LOADER_H
#define BMC_TENSOR_LOADER_H

#include "variables.h"
#include "weight_file.h"

namespace bmc {

/// Which variables: parameters and buffers, or optimizer state too.
enum class Contents { weights, everything };

inline bool isStored(const bmc_variable &variable, Contents contents) {
  return contents == Contents::everything || isSaved(variable);
}

class TensorLoader {
public:
  explicit TensorLoader(WeightFile &file) : file(file) { used.resize(file.tensorCount()); }

  /// Each variable from the tensor with its name behind `prefix`.
  void load(const char *prefix, Variables &variables, Contents contents);
  /// One tensor that must be there.
  void loadTensor(const char *name, void *to, int32_t element, const int64_t *dims, int64_t rank);
  /// Whether a name begins like this.
  bool has(const char *prefix) const;
  /// Ends the program where a tensor did not fit, or was missing and `acceptMissing` is false.
  void check(bool acceptMissing);
  /// Tells which tensors nobody asked for, and which were converted.
  void tellRest() const;

private:
  struct Missing {
    const bmc_variable *variable;
    const char *prefix;
  };
  bool tryTensor(const char *name, void *&to, int32_t element, const int64_t *dims, int64_t rank);
  void addProblem(const char *text);
  void addMissing(const Missing &missing);
  void listUnused(Text &out) const;

  WeightFile &file;
  Array<bool> used; // the file's tensors
  Array<Missing> missing;
  Text problems; // one a line
  int64_t problemCount = 0, inPlace = 0, converted = 0, firstConverted = 0;
};

} // namespace bmc

#endif
