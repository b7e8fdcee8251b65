// Values of the rows are results of the kernel that computes the rows' elements.
// RUN: bm-opt --bm-fuse --split-input-file %s | FileCheck %s

// The sums of a softmax, which its gradient reads too.
// CHECK-LABEL: @softmax
// CHECK: bm.kernel {{.*}} -> (tensor<?x10xf32, #bm.dims<N, 10>>, tensor<?xf32, #bm.dims<N>>)
// CHECK-NOT: bm.kernel
// CHECK: return
!elements = tensor<?x10xf32, #bm.dims<N, 10>>
!rows = tensor<?xf32, #bm.dims<N>>
func.func @softmax(%x: !elements) -> (!elements, !rows) {
  %0 = bm.reduce_max %x, [1] : !elements
  %1 = bm.broadcast %0, [0] : !rows to !elements
  %2 = bm.sub %x, %1 : !elements
  %3 = bm.exp %2 : !elements
  %4 = bm.reduce_sum %3, [1] : !elements
  %5 = bm.broadcast %4, [0] : !rows to !elements
  %6 = bm.div %3, %5 : !elements
  return %6, %4 : !elements, !rows
}

// -----

// Cross entropy and its gradient: the rows are read once.
// CHECK-LABEL: @cross_entropy
// CHECK: bm.kernel {{.*}} -> (tensor<?x10xf32, #bm.dims<N, 10>>, tensor<?xf32, #bm.dims<N>>)
// CHECK-NOT: bm.kernel
// CHECK: return
!elements = tensor<?x10xf32, #bm.dims<N, 10>>
!rows = tensor<?xf32, #bm.dims<N>>
func.func @cross_entropy(%x: !elements, %classes: tensor<?xi32, #bm.dims<N>>) -> (!rows, !elements) {
  %0 = bm.reduce_max %x, [1] : !elements
  %1 = bm.broadcast %0, [0] : !rows to !elements
  %2 = bm.sub %x, %1 : !elements
  %3 = bm.exp %2 : !elements
  %4 = bm.reduce_sum %3, [1] : !elements
  %5 = bm.log %4 : !rows
  %6 = bm.broadcast %5, [0] : !rows to !elements
  %7 = bm.sub %2, %6 : !elements
  %8 = bm.one_hot %classes : tensor<?xi32, #bm.dims<N>> to !elements
  %9 = bm.mul %7, %8 : !elements
  %10 = bm.reduce_sum %9, [1] : !elements
  %11 = bm.neg %10 : !rows
  %12 = bm.broadcast %4, [0] : !rows to !elements
  %13 = bm.div %3, %12 : !elements
  %14 = bm.sub %13, %8 : !elements
  return %11, %14 : !rows, !elements
}

// -----

// A device's threads store results of one shape.
// CHECK-LABEL: @on_a_device
// CHECK-COUNT-2: bm.kernel
module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  func.func @on_a_device(%x: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8xf32>) {
    %0 = bm.reduce_max %x, [1] : tensor<8x4xf32>
    %1 = bm.broadcast %0, [0] : tensor<8xf32> to tensor<8x4xf32>
    %2 = bm.sub %x, %1 : tensor<8x4xf32>
    return %2, %0 : tensor<8x4xf32>, tensor<8xf32>
  }
}

// -----

// Without a sum, rows and elements have loops of their own.
// CHECK-LABEL: @no_sum
// CHECK-COUNT-2: bm.kernel
func.func @no_sum(%x: tensor<8x4xf32>, %s: tensor<8xf32>) -> (tensor<8x4xf32>, tensor<8xf32>) {
  %0 = bm.exp %s : tensor<8xf32>
  %1 = bm.broadcast %0, [0] : tensor<8xf32> to tensor<8x4xf32>
  %2 = bm.mul %x, %1 : tensor<8x4xf32>
  return %2, %0 : tensor<8x4xf32>, tensor<8xf32>
}
