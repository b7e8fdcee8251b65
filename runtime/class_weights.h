// Weights that make rare classes count as much as frequent ones.
#ifndef BMC_CLASS_WEIGHTS_H
#define BMC_CLASS_WEIGHTS_H

#include "rows.h"
#include "variables.h"

namespace bmc {

/// Sets the variables that the model file calls `class_weights(y)`: for each class the number of rows, divided by the
/// number of classes times the rows of the class.
void setClassWeights(Rows &trainRows, Variables &variables);

} // namespace bmc

#endif
