// RUN: bmc %s --emit=llvm --no-selftest | FileCheck %s
// RUN: bmc %s --emit=llvm --no-selftest | FileCheck %s --check-prefix=TABLE

// A kernel's wrapper: symbols become 32-bit arguments, each tensor a buffer of which only the address is set. The input
// that is written in place (number 1) is not passed, its result (number 2) is.
// CHECK: llvm.func @[[K:k_[0-9a-f]+]](i32, !llvm.ptr, !llvm.ptr) -> i32
// CHECK: llvm.func internal @[[K]]_call(%arg0: !llvm.ptr, %arg1: !llvm.ptr) -> i32
// CHECK: llvm.getelementptr %arg1[0]
// CHECK: llvm.getelementptr %arg0[0]
// CHECK: llvm.getelementptr %{{.*}}[0, 2]
// CHECK-NOT: llvm.getelementptr %arg0[1]
// CHECK: llvm.getelementptr %arg0[2]
// CHECK: %[[STATUS:.*]] = llvm.call @[[K]](
// CHECK: llvm.return %[[STATUS]]
// CHECK: llvm.func internal @[[K]]_dims

// An entry function calls the kernels in order and stops at the first that fails.
// CHECK: llvm.func internal @train.run(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: !llvm.ptr) -> i32
// CHECK: %[[FIRST:.*]] = llvm.call @{{k_[0-9a-f]+}}_call(%{{.*}}, %arg1)
// CHECK: llvm.cond_br %{{.*}}, ^[[EXIT:bb[0-9]+]](%[[FIRST]] : i32), ^bb1
// CHECK: ^bb1:
// CHECK: llvm.call @{{k_[0-9a-f]+}}_call
// CHECK: ^[[EXIT]](%[[CODE:.*]]: i32):
// CHECK-NEXT: llvm.return %[[CODE]] : i32
// CHECK: llvm.func internal @train.arena_bytes(%arg0: !llvm.ptr) -> i64
// CHECK: llvm.func internal @train.result_dims

// The table; equal texts are one global.
// TABLE: "x\00"
// TABLE-NOT: "x\00"
// TABLE: llvm.mlir.global external constant @bmc_program
module attributes {bm.program = {name = "m", source = "m.bm", fields = [
    {name = "x", type = tensor<3xf32>, features = [{name = "x.0", column_count = 3 : i64, numbers = array<i64: 0, 1, 2>}], classes = 0 : i64, is_input = true}]}} {
  bm.variable "parameter" @w : tensor<3xf32> trainable
  func.func @train(%w: tensor<3xf32> {bm.variable = @w}, %x: tensor<?x3xf32, #bm.dims<N, 3>> {bm.role = "input", bm.name = "x"})
      -> (tensor<3xf32> {bm.variable = @w}, tensor<f32> {bm.role = "loss", bm.name = "loss"}) {
    %s = bm.reduce_sum %x, [0] : tensor<?x3xf32, #bm.dims<N, 3>>
    %y = bm.add %s, %w : tensor<3xf32>
    %l = bm.reduce_sum %x, [0, 1] : tensor<?x3xf32, #bm.dims<N, 3>>
    return %y, %l : tensor<3xf32>, tensor<f32>
  }
}
