// See the header.
#include "codegen/host/StaticBuilder.h"

using namespace mlir;

namespace bmc::codegen {

// In the entry block, so that a frame has one size.
Value StaticBuilder::stack(Type type) {
  OpBuilder::InsertionGuard guard(*this);
  setInsertionPointToStart(&function().getBody().front());
  return create<LLVM::AllocaOp>(pointerType(), type, integer(1), 8);
}

Value StaticBuilder::offset(Value pointer, Value bytes) {
  return create<LLVM::GEPOp>(pointerType(), getI8Type(), pointer, llvm::ArrayRef<LLVM::GEPArg>{bytes});
}

Block *StaticBuilder::newBlock() {
  auto *block = new Block();
  function().getBody().push_back(block);
  return block;
}

void StaticBuilder::loop(int64_t count, llvm::function_ref<void(Value)> build) {
  Block *head = newBlock(), *body = newBlock(), *behind = newBlock();
  Value step = head->addArgument(getI64Type(), getLoc());
  create<LLVM::BrOp>(ValueRange(integer(0)), head);
  setInsertionPointToEnd(head);
  Value goesOn = create<LLVM::ICmpOp>(LLVM::ICmpPredicate::slt, step, integer(count));
  create<LLVM::CondBrOp>(goesOn, body, ValueRange(), behind, ValueRange());
  setInsertionPointToEnd(body);
  build(step);
  create<LLVM::BrOp>(ValueRange(create<LLVM::AddOp>(step, integer(1))), head);
  setInsertionPointToEnd(behind);
}

void StaticBuilder::runIf(Value condition, llvm::function_ref<void()> build) {
  Block *then = newBlock(), *behind = newBlock();
  create<LLVM::CondBrOp>(condition, then, ValueRange(), behind, ValueRange());
  setInsertionPointToEnd(then);
  build();
  create<LLVM::BrOp>(ValueRange(), behind);
  setInsertionPointToEnd(behind);
}

void StaticBuilder::returnIfFailed(Value value) {
  Block *failed = newBlock(), *next = newBlock();
  Value isFailure = create<LLVM::ICmpOp>(LLVM::ICmpPredicate::ne, value, status(0));
  create<LLVM::CondBrOp>(isFailure, failed, ValueRange(), next, ValueRange());
  setInsertionPointToEnd(failed);
  create<LLVM::ReturnOp>(value);
  setInsertionPointToEnd(next);
}

} // namespace bmc::codegen
