// Values of the rows are results of the kernel that computes the rows' elements.
// RUN: bm-opt --bm-fuse --split-input-file %s | FileCheck %s
// RUN: bm-opt --bm-fuse=reasons=true --split-input-file %s | FileCheck %s --check-prefix=REASONS

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

// A block of a device's threads stores values of the row that it sums together.
// CHECK-LABEL: @on_a_device
// CHECK: bm.kernel {{.*}} -> (tensor<8x4x32xf32>, tensor<8x4xf32>)
// CHECK-NOT: bm.kernel
// CHECK: return
module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  func.func @on_a_device(%x: tensor<8x4x32xf32>) -> (tensor<8x4x32xf32>, tensor<8x4xf32>) {
    %0 = bm.reduce_max %x, [2] : tensor<8x4x32xf32>
    %1 = bm.broadcast %0, [0, 1] : tensor<8x4xf32> to tensor<8x4x32xf32>
    %2 = bm.sub %x, %1 : tensor<8x4x32xf32>
    return %2, %0 : tensor<8x4x32xf32>, tensor<8x4xf32>
  }
}

// -----

// A thread that sums a short row stores one number.
// CHECK-LABEL: @short_on_a_device
// CHECK-COUNT-2: bm.kernel
// REASONS-LABEL: @short_on_a_device
// REASONS: {name = "short-rows", text = "on a device values of rows are stored beside elements only where rows have 32 elements or more"}
module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  func.func @short_on_a_device(%x: tensor<8x31xf32>) -> (tensor<8x31xf32>, tensor<8xf32>) {
    %0 = bm.reduce_max %x, [1] : tensor<8x31xf32>
    %1 = bm.broadcast %0, [0] : tensor<8xf32> to tensor<8x31xf32>
    %2 = bm.sub %x, %1 : tensor<8x31xf32>
    return %2, %0 : tensor<8x31xf32>, tensor<8xf32>
  }
}

// -----

// Rows of an open number are as many as the program says, and as long.
// CHECK-LABEL: @train
// CHECK-COUNT-2: bm.kernel
// CHECK-LABEL: @predict
// CHECK-COUNT-1: bm.kernel
// CHECK-NOT: bm.kernel
// CHECK: return
!square = tensor<?x?xf32, #bm.dims<N, N>>
!side = tensor<?xf32, #bm.dims<N>>
module attributes {bm.program = {batch = 16 : i64}, bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  func.func @train(%x: !square) -> (!square, !side) {
    %0 = bm.reduce_max %x, [1] : !square
    %1 = bm.broadcast %0, [0] : !side to !square
    %2 = bm.sub %x, %1 : !square
    return %2, %0 : !square, !side
  }
  func.func @predict(%x: !square) -> (!square, !side) {
    %0 = bm.reduce_max %x, [1] : !square
    %1 = bm.broadcast %0, [0] : !side to !square
    %2 = bm.sub %x, %1 : !square
    return %2, %0 : !square, !side
  }
}

// -----

// Two axes that may be long are no grid of blocks.
// CHECK-LABEL: @beyond_the_grid
// CHECK-COUNT-2: bm.kernel
// REASONS-LABEL: @beyond_the_grid
// REASONS: {name = "row-grid", text = "on a device values of rows are stored beside elements only where the rows are a grid of up to three axes, of which one may be open or longer than 65535"}
!elements = tensor<?x70000x32xf32, #bm.dims<N, 70000, 32>>
!rows = tensor<?x70000xf32, #bm.dims<N, 70000>>
module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  func.func @beyond_the_grid(%x: !elements) -> (!elements, !rows) {
    %0 = bm.reduce_max %x, [2] : !elements
    %1 = bm.broadcast %0, [0, 1] : !rows to !elements
    %2 = bm.sub %x, %1 : !elements
    return %2, %0 : !elements, !rows
  }
}

// -----

// What a block sums down columns it does not store beside their elements.
// CHECK-LABEL: @columns_on_a_device
// CHECK-COUNT-2: bm.kernel
module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  func.func @columns_on_a_device(%x: tensor<64x64xf32>) -> (tensor<64x64xf32>, tensor<64xf32>) {
    %0 = bm.reduce_max %x, [0] : tensor<64x64xf32>
    %1 = bm.broadcast %0, [1] : tensor<64xf32> to tensor<64x64xf32>
    %2 = bm.sub %x, %1 : tensor<64x64xf32>
    return %2, %0 : tensor<64x64xf32>, tensor<64xf32>
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
