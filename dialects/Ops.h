// All ops of the bm dialect, one generated header a family. Include a family's header alone where that is enough.
#ifndef BMC_DIALECTS_OPS_H
#define BMC_DIALECTS_OPS_H

#include "dialects/Dialect.h"

#define GET_OP_CLASSES
#include "dialects/ops/Checkpoint.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Elementwise.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Index.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Matmul.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Program.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Random.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Reduce.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Scan.h.inc"
#define GET_OP_CLASSES
#include "dialects/ops/Shape.h.inc"

#endif
