// RUN: bmc %s --emit=llvm --no-selftest | FileCheck %s
// RUN: bmc %s --emit=llvm --no-selftest | FileCheck %s --check-prefix=TABLE

// Kernels are called with pointers to their arguments, by what Halide makes beside each; no code of ours is in between.
// CHECK: llvm.func @[[SUM:k_[0-9a-f]+]]_argv(!llvm.ptr) -> i32
// CHECK: llvm.func @[[LOSS:k_[0-9a-f]+]]_argv(!llvm.ptr) -> i32
// CHECK-NOT: llvm.call @k_

// An entry function is words. Kernel 0 takes size 0 (N), x (buffer 1: word 2), and w, which is written in place
// (buffer 0: word 0) and passed once; kernel 1 takes N, x and the loss (buffer 3: word 6).
// CHECK: llvm.func internal @train.sizes(%arg0: !llvm.ptr, %arg1: !llvm.ptr)
// CHECK: llvm.mlir.global internal constant @[[WORDS:integers.[0-9]+]](dense<[0, 0, 2, 0, 1, 0, 2, 6, -1]> : tensor<9xi16>)
// CHECK: llvm.mlir.global internal constant @[[CODE:array.[0-9]+]]()
// CHECK: llvm.mlir.addressof @train.sizes
// CHECK: llvm.mlir.addressof @[[WORDS]]
// CHECK: llvm.func internal @train.run(%arg0: !llvm.ptr, %arg1: !llvm.ptr, %arg2: !llvm.ptr) -> i32
// CHECK-NEXT: %[[ADDRESS:.*]] = llvm.mlir.addressof @[[CODE]]
// CHECK-NEXT: %[[STATUS:.*]] = llvm.call @bmc_run_code16(%[[ADDRESS]], %arg0, %arg1, %arg2)
// CHECK-NEXT: llvm.return %[[STATUS]] : i32
// CHECK: llvm.func internal @train.arena_bytes(%arg0: !llvm.ptr) -> i64

// Dims that are constants or symbols are in the table alone.
// CHECK-NOT: llvm.func internal @train.result_dims
// CHECK-NOT: llvm.func internal @{{.*}}_dims

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
