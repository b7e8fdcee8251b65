// Random ops: Philox of the key and the element's row-major position.
#include "codegen/halide/Philox.h"
#include "codegen/halide/ops/Attach.h"

using namespace bmc::bm;
using namespace mlir;
using Halide::Expr;

namespace bmc::codegen {

static PhiloxKeyWords keyWords(const Element &key) {
  auto word = [&](int i) { return Halide::cast<uint32_t>(key({{Expr(i)}, Expr()})); };
  return {word(0), word(1)};
}

static Expr bitsAt(Algorithm &algorithm, const Element &key, RankedTensorType type, const Index &index) {
  return randomBits(keyWords(key), algorithm.linear(index, shapeOf(type)));
}

static Element randomBitsOp(RandomBitsOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  return [key = operands[0], type = op.getType(), &algorithm](const Index &index) {
    return Halide::cast(elementType(type), bitsAt(algorithm, key, type, index));
  };
}

static Element randomUniform(RandomUniformOp op, Algorithm &algorithm, ArrayRef<Element> operands) {
  return [key = operands[0], type = op.getType(), &algorithm](const Index &index) {
    Halide::Type real = elementType(type);
    Expr upper = Halide::cast<int32_t>(bitsAt(algorithm, key, type, index) >> 8);
    return Halide::cast(real, upper) * Halide::Internal::make_const(real, 0x1p-24); // exact
  };
}

static Element foldIn(FoldInOp op, Algorithm &, ArrayRef<Element> operands) {
  return [key = operands[0], data = operands[1]](const Index &index) {
    Expr zero = Halide::cast<uint32_t>(0), one = Halide::cast<uint32_t>(1);
    PhiloxWords words = philox({Halide::cast<uint32_t>(data({})), zero, zero, one}, keyWords(key));
    return Halide::cast<int32_t>(Halide::select(index.axes[0] == 0, words[0], words[1]));
  };
}

void attachRandom(MLIRContext *context) {
  attach<RandomBitsOp, randomBitsOp>(context);
  attach<RandomUniformOp, randomUniform>(context);
  attach<FoldInOp, foldIn>(context);
}

} // namespace bmc::codegen
