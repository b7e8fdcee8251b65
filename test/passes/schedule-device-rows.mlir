// Where values of rows are stored beside elements a block has a row, whatever else would be chosen.
// RUN: bm-opt %s --bm-schedule | FileCheck %s
// RUN: bm-opt %s --bm-schedule=plain=true | FileCheck %s

module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  // CHECK-LABEL: @rows
  // CHECK: #bm.schedule<gpu_rows, unroll = 2, partial = 128, threads = 128>
  func.func @rows(%x: tensor<8x300xf32>) -> (tensor<8x300xf32>, tensor<8xf32>) {
    %r:2 = bm.kernel (%a = %x : tensor<8x300xf32>) -> (tensor<8x300xf32>, tensor<8xf32>) {
      %s = bm.reduce_sum %a, [1] : tensor<8x300xf32>
      %e = bm.exp %a : tensor<8x300xf32>
      bm.yield %e, %s : tensor<8x300xf32>, tensor<8xf32>
    }
    return %r#0, %r#1 : tensor<8x300xf32>, tensor<8xf32>
  }

  // Fusion makes no such kernel, but a person may.
  // CHECK-LABEL: @short_rows
  // CHECK: #bm.schedule<gpu_rows, unroll = 2, partial = 16, threads = 16>
  func.func @short_rows(%x: tensor<8x20xf32>) -> (tensor<8x20xf32>, tensor<8xf32>) {
    %r:2 = bm.kernel (%a = %x : tensor<8x20xf32>) -> (tensor<8x20xf32>, tensor<8xf32>) {
      %s = bm.reduce_sum %a, [1] : tensor<8x20xf32>
      %e = bm.exp %a : tensor<8x20xf32>
      bm.yield %e, %s : tensor<8x20xf32>, tensor<8xf32>
    }
    return %r#0, %r#1 : tensor<8x20xf32>, tensor<8xf32>
  }
}
