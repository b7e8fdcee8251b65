// The same with sixteen registers, as 32-bit ARM has them.
// RUN: bm-opt --bm-fuse --bm-schedule %s | FileCheck %s

module attributes {bm.target = #bm.target<triple = "armv7-linux-musleabihf", cpu = "generic", vectorBits = 128, vectorRegisters = 16>} {
  // Eight accumulators, two vectors of columns, and one of each row.
  // CHECK-LABEL: @rows
  // CHECK: #bm.schedule<matmul, vector = 4, unroll = 4, tile = [4, 8],
  func.func @rows(%x: tensor<210x512xf32>, %w: tensor<512x240xf32>) -> tensor<210x240xf32> {
    %0 = bm.matmul %x, %w : tensor<210x512xf32>, tensor<512x240xf32>
    return %0 : tensor<210x240xf32>
  }

  // Panels of eight rows in lanes leave room for four columns.
  // CHECK-LABEL: @row_panels
  // CHECK: #bm.schedule<matmul, vector = 4, unroll = 4, tile = [8, 4],
  func.func @row_panels(%p: tensor<30x512x8xf32>, %w: tensor<240x512xf32>) -> tensor<240x240xf32> {
    %0 = bm.panel_matmul %p panels, %w transposed : tensor<30x512x8xf32>, tensor<240x512xf32> to tensor<240x240xf32>
    return %0 : tensor<240x240xf32>
  }

  // Dot products: a row of three elements with four vectors of partial sums each.
  // CHECK-LABEL: @dot
  // CHECK: #bm.schedule<matmul, vector = 4, tile = [1, 3], partial = 4, {{.*}}lanes = inner>
  func.func @dot(%x: tensor<64x512xf32>, %w: tensor<240x512xf32>) -> tensor<64x240xf32> {
    %0 = bm.matmul %x, %w transposed : tensor<64x512xf32>, tensor<240x512xf32>
    return %0 : tensor<64x240xf32>
  }

  // Eight vectors of two doubles are one element.
  // CHECK-LABEL: @doubles
  // CHECK: #bm.schedule<matmul, vector = 2, tile = [1, 1], partial = 8, {{.*}}lanes = inner>
  func.func @doubles(%x: tensor<64x512xf64>, %w: tensor<240x512xf64>) -> tensor<64x240xf64> {
    %0 = bm.matmul %x, %w transposed : tensor<64x512xf64>, tensor<240x512xf64>
    return %0 : tensor<64x240xf64>
  }
}
