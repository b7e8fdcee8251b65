// Products where multiplications take a factor from any lane of a register: what is broadcast is loaded in vectors, and
// tiles leave registers for them.
// RUN: bm-opt --bm-fuse --bm-schedule %s | FileCheck %s

module attributes {bm.target = #bm.target<triple = "aarch64-linux-musl", cpu = "neoverse-n1", vectorBits = 128, vectorRegisters = 32>} {
  // Rows along the inner axis: a register for each beside its accumulators.
  // CHECK-LABEL: @rows
  // CHECK: #bm.schedule<matmul, vector = 4, unroll = 4, tile = [7, 12],
  func.func @rows(%x: tensor<210x512xf32>, %w: tensor<512x240xf32>) -> tensor<210x240xf32> {
    %0 = bm.matmul %x, %w : tensor<210x512xf32>, tensor<512x240xf32>
    return %0 : tensor<210x240xf32>
  }

  // Rows across it: two registers for eight of them, so the tile is higher.
  // CHECK-LABEL: @transposed
  // CHECK: #bm.schedule<matmul, vector = 4, unroll = 4, tile = [8, 12],
  func.func @transposed(%x: tensor<512x240xf32>, %w: tensor<512x240xf32>) -> tensor<240x240xf32> {
    %0 = bm.matmul %x transposed, %w : tensor<512x240xf32>, tensor<512x240xf32>
    return %0 : tensor<240x240xf32>
  }

  // Less rows than a vector are loaded one by one.
  // CHECK-LABEL: @three_rows
  // CHECK: #bm.schedule<matmul, vector = 4, tile = [3, 16],
  func.func @three_rows(%x: tensor<512x3xf32>, %w: tensor<512x240xf32>) -> tensor<3x240xf32> {
    %0 = bm.matmul %x transposed, %w : tensor<512x3xf32>, tensor<512x240xf32>
    return %0 : tensor<3x240xf32>
  }

  // Two doubles are a vector.
  // CHECK-LABEL: @doubles
  // CHECK: #bm.schedule<matmul, vector = 2, unroll = 2, tile = [7, 6],
  func.func @doubles(%x: tensor<210x512xf64>, %w: tensor<512x240xf64>) -> tensor<210x240xf64> {
    %0 = bm.matmul %x, %w : tensor<210x512xf64>, tensor<512x240xf64>
    return %0 : tensor<210x240xf64>
  }

  // Panels of twelve rows in lanes leave room for six columns.
  // CHECK-LABEL: @row_panels
  // CHECK: #bm.schedule<matmul, vector = 4, unroll = 4, tile = [12, 6],
  func.func @row_panels(%p: tensor<20x512x12xf32>, %w: tensor<240x512xf32>) -> tensor<240x240xf32> {
    %0 = bm.panel_matmul %p panels, %w transposed : tensor<20x512x12xf32>, tensor<240x512xf32> to tensor<240x240xf32>
    return %0 : tensor<240x240xf32>
  }

  // One row of an open number has a tile of its own, so the other is one for many rows.
  // CHECK-LABEL: @any_rows
  // CHECK: #bm.schedule<matmul, vector = 4, unroll = 4, tile = [8, 8], fewRowsTile = [1, 32],
  func.func @any_rows(%x: tensor<?x512xf32, #bm.dims<N, 512>>, %w: tensor<64x512x8xf32>) -> tensor<?x512xf32, #bm.dims<N, 512>> {
    %0 = bm.panel_matmul %x rows, %w panels : tensor<?x512xf32, #bm.dims<N, 512>>, tensor<64x512x8xf32> to tensor<?x512xf32, #bm.dims<N, 512>>
    return %0 : tensor<?x512xf32, #bm.dims<N, 512>>
  }

  // Dot products: six elements of four vectors of partial sums.
  // CHECK-LABEL: @dot
  // CHECK: #bm.schedule<matmul, vector = 4, tile = [2, 3], partial = 4, {{.*}}lanes = inner>
  func.func @dot(%x: tensor<64x512xf32>, %w: tensor<240x512xf32>) -> tensor<64x240xf32> {
    %0 = bm.matmul %x, %w transposed : tensor<64x512xf32>, tensor<240x512xf32>
    return %0 : tensor<64x240xf32>
  }
}
