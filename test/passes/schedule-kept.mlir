// RUN: bm-opt --bm-schedule %s | FileCheck %s

// A schedule that is there is kept.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "haswell", vectorBits = 256, vectorRegisters = 16>} {
  // CHECK-LABEL: @kept
  // CHECK: #bm.schedule<elementwise, vector = 4>
  func.func @kept(%x: tensor<64xf32>) -> tensor<64xf32> {
    %0 = bm.kernel (%a = %x : tensor<64xf32>) -> (tensor<64xf32>) schedule #bm.schedule<elementwise, vector = 4> {
      %1 = bm.exp %a : tensor<64xf32>
      bm.yield %1 : tensor<64xf32>
    }
    return %0 : tensor<64xf32>
  }
}
