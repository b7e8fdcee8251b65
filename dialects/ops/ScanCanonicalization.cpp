// Canonical forms of the loop: it is given, carries and yields nothing that nobody needs, nothing twice, and nothing
// that is the same in each step.
#include "dialects/ScanEditing.h"

using namespace mlir;
using namespace bmc::bm;

namespace {

// What is needed ------------------------------------------------------------------------------------------------------

// The yielded values that results, or needed carried values, are computed from.
llvm::BitVector neededYields(ScanOp scan) {
  Operation *yield = scan.getBody().front().getTerminator();
  llvm::BitVector needed(yield->getNumOperands());
  llvm::DenseSet<Value> seen;
  SmallVector<Value> rest;
  auto need = [&](unsigned number) {
    needed.set(number);
    rest.push_back(yield->getOperand(number));
  };
  for (OpResult result : scan->getResults())
    if (!result.use_empty())
      need(result.getResultNumber());
  while (!rest.empty()) {
    Value value = rest.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (Operation *op = value.getDefiningOp())
      rest.append(op->operand_begin(), op->operand_end());
    else if (auto carry = llvm::find(scan.getCarries(), value); carry != scan.getCarries().end())
      need(carry - scan.getCarries().begin());
  }
  return needed;
}

struct DropUnneeded : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    llvm::BitVector needed = neededYields(scan);
    if (needed.all())
      return failure();
    replaceResults(rewriter, scan, needed, {});
    return success();
  }
};

// Sequences and constants that no step reads.
struct DropUnread : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [operands, arguments] : {std::pair(scan.getSequencesMutable(), scan.getSlices()),
                                       std::pair(scan.getConstantsMutable(), scan.getConstantArguments())})
      for (auto [number, argument] : llvm::enumerate(arguments))
        if (argument.use_empty()) {
          rewriter.modifyOpInPlace(scan, [&, &operands = operands, &argument = argument] {
            operands.erase(number);
            scan.getBody().eraseArgument(argument.getArgNumber());
          });
          return success();
        }
    return failure();
  }
};

// What is there twice -------------------------------------------------------------------------------------------------

LogicalResult mergeArguments(PatternRewriter &rewriter, OperandRange operands, Block::BlockArgListType arguments) {
  for (size_t i = 0; i < arguments.size(); ++i)
    for (size_t j = i + 1; j < arguments.size(); ++j)
      if (operands[i] == operands[j] && !arguments[j].use_empty()) {
        rewriter.replaceAllUsesWith(arguments[j], arguments[i]);
        return success();
      }
  return failure();
}

struct MergeOperands : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    return success(succeeded(mergeArguments(rewriter, scan.getSequences(), scan.getSlices())) ||
                   succeeded(mergeArguments(rewriter, scan.getConstants(), scan.getConstantArguments())));
  }
};

// Carried values that begin alike and go on alike.
struct MergeCarries : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (size_t i = 0; i < scan.getInits().size(); ++i)
      for (size_t j = i + 1; j < scan.getInits().size(); ++j) {
        if (scan.getInits()[i] != scan.getInits()[j] || scan.getNextCarries()[i] != scan.getNextCarries()[j] ||
            (scan.getCarries()[j].use_empty() && scan.getFinals()[j].use_empty()))
          continue;
        rewriter.replaceAllUsesWith(scan.getCarries()[j], scan.getCarries()[i]);
        rewriter.replaceAllUsesWith(scan.getFinals()[j], scan.getFinals()[i]);
        return success();
      }
    return failure();
  }
};

struct MergeOutputs : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [output, stacked] : llvm::zip_equal(scan.getStepOutputs(), scan.getStacked()))
      if (Value first = stackedOf(scan, output); first != stacked && !stacked.use_empty()) {
        rewriter.replaceAllUsesWith(stacked, first); // another output, or the sequence that it is a slice of
        return success();
      }
    return failure();
  }
};

// What is the same in each step ---------------------------------------------------------------------------------------

// A carried value that no step changes.
struct CarryOfConstant : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [number, carry] : llvm::enumerate(scan.getCarries())) {
      Value init = scan.getInits()[number], next = scan.getNextCarries()[number], final = scan.getFinals()[number];
      bool isRead = !final.use_empty() || llvm::any_of(carry.getUses(), [&](OpOperand &use) {
        return use.getOwner() != scan.getBody().front().getTerminator() || use.getOperandNumber() != number;
      });
      if ((next != carry && constantOf(scan, next) != init) || !isRead)
        continue;
      rewriter.replaceAllUsesWith(final, init);
      rewriter.replaceAllUsesWith(carry, addConstant(rewriter, scan, init));
      return success();
    }
    return failure();
  }
};

// An op without operands, but for broadcasts of such: cheaper to compute than to hand over.
bool isFree(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast_or_null<ConstantOp>(op))
    return isa<SplatElementsAttr>(constant.getValue());
  if (auto broadcast = dyn_cast_or_null<BroadcastOp>(op))
    return isFree(broadcast.getX());
  return isa_and_nonnull<SizeOp, IotaOp>(op);
}

Value cloneFree(PatternRewriter &rewriter, Value value) {
  Operation *op = value.getDefiningOp();
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(cloneFree(rewriter, operand));
  Operation *copy = rewriter.clone(*op);
  copy->setOperands(operands);
  return copy->getResult(0);
}

struct ComputeConstants : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [operand, argument] : llvm::zip_equal(scan.getConstants(), scan.getConstantArguments()))
      if (isFree(operand) && !argument.use_empty()) {
        rewriter.setInsertionPointToStart(&scan.getBody().front());
        rewriter.replaceAllUsesWith(argument, cloneFree(rewriter, operand));
        return success();
      }
    return failure();
  }
};

// A sequence with equal slices.
struct SequenceOfConstant : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [sequence, slice] : llvm::zip_equal(scan.getSequences(), scan.getSlices())) {
      if (slice.use_empty())
        continue;
      auto type = cast<RankedTensorType>(slice.getType());
      auto constant = sequence.getDefiningOp<ConstantOp>();
      auto splat = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : SplatElementsAttr();
      auto broadcast = sequence.getDefiningOp<BroadcastOp>();
      rewriter.setInsertionPointToStart(&scan.getBody().front());
      if (splat) {
        rewriter.replaceAllUsesWith(slice, ConstantOp::create(rewriter, constant.getLoc(), splat.resizeSplat(type)));
        return success();
      }
      if (!broadcast || llvm::is_contained(broadcast.getDimensions(), 0))
        continue;
      SmallVector<int64_t> dimensions;
      for (int64_t dimension : broadcast.getDimensions())
        dimensions.push_back(dimension - 1);
      Value constantSlice = BroadcastOp::create(rewriter, broadcast.getLoc(), type,
                                                addConstant(rewriter, scan, broadcast.getX()), dimensions);
      rewriter.replaceAllUsesWith(slice, constantSlice);
      return success();
    }
    return failure();
  }
};

// An output that is equal in all steps is repeated behind the loop.
struct OutputOfConstant : OpRewritePattern<ScanOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ScanOp scan, PatternRewriter &rewriter) const override {
    for (auto [output, stacked] : llvm::zip_equal(scan.getStepOutputs(), scan.getStacked())) {
      Value constant = constantOf(scan, output);
      if (stacked.use_empty() || (!constant && !isFree(output)))
        continue;
      rewriter.setInsertionPointAfter(scan);
      if (!constant)
        constant = cloneFree(rewriter, output);
      int64_t rank = cast<RankedTensorType>(output.getType()).getRank();
      rewriter.replaceAllUsesWith(stacked, BroadcastOp::create(rewriter, scan.getLoc(),
                                                               cast<RankedTensorType>(stacked.getType()), constant,
                                                               llvm::to_vector(llvm::seq<int64_t>(1, rank + 1))));
      return success();
    }
    return failure();
  }
};
} // namespace

void ScanOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<DropUnneeded, DropUnread, MergeOperands, MergeCarries, MergeOutputs, CarryOfConstant, ComputeConstants,
               SequenceOfConstant, OutputOfConstant>(context);
}
