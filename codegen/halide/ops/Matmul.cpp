// The matrix product: one Func of accumulators. Its sum is fast-math, so that it becomes fused multiply-adds.
#include "codegen/halide/Strict.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;
using Halide::Func;
using Halide::Var;

namespace bmc::codegen {

// The index of an operand's element (row, column), exchanged if it is transposed.
static Index matrixIndex(std::vector<Expr> batch, Expr row, Expr column, bool isTransposed) {
  batch.push_back(isTransposed ? column : row);
  batch.push_back(isTransposed ? row : column);
  return {std::move(batch), Expr()};
}

static Element matmul(MatmulOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  Shape shape = shapeOf(op.getType());
  size_t rank = shape.size();
  std::vector<Var> vars = axisVars(rank), arguments = innermostFirst(vars);
  ArrayRef<int64_t> tile = algorithm.schedule() ? algorithm.schedule().getTile() : ArrayRef<int64_t>();
  Expr row = algorithm.inside(vars[rank - 2], shape[rank - 2], tile.size() == 2 ? tile[0] : 1);
  Expr column = algorithm.inside(vars[rank - 1], shape[rank - 1], tile.size() == 2 ? tile[1] : 1);
  std::vector<Expr> batch(vars.begin(), vars.end() - 2);
  Halide::RDom inner(0, algorithm.extent(op.getLhs(), rank - (op.getTransposeLhs() ? 2 : 1)), "k");
  Func product("product");
  product(arguments) = Halide::Internal::make_zero(elementType(op.getType()));
  product(arguments) += operands[0](matrixIndex(batch, row, inner, op.getTransposeLhs())) *
                        operands[1](matrixIndex(batch, inner, column, op.getTransposeRhs()));
  algorithm.add({AccessPattern::Contraction, shape, product, vars, Func()});
  // LLVM takes the result of fast-math for a number, and would decide what follows by that. It cannot for a choice of
  // which one arm is NaN.
  return [product](const Index &index) {
    Expr sum = at(product, index);
    return Halide::select(strict::isNaN(sum), strict::notANumber(sum.type()), sum);
  };
}

void attachMatmul(MLIRContext *context) { attach<MatmulOp, matmul>(context); }

} // namespace bmc::codegen
