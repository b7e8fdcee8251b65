// RUN: bm-opt --bm-plan-memory --split-input-file --verify-diagnostics %s

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "haswell", vectorBits = 256, vectorRegisters = 16>

module attributes {bm.target = #target} {
  func.func @not_fused(%x: tensor<8xf32>) -> tensor<8xf32> {
    // expected-error@+1 {{'bm.exp' is in no kernel, but fusion is over}}
    %0 = bm.exp %x : tensor<8xf32>
    return %0 : tensor<8xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "haswell", vectorBits = 256, vectorRegisters = 16>

module attributes {bm.target = #target} {
  func.func @not_scheduled(%x: tensor<8xf32>) -> tensor<8xf32> {
    // expected-error@+1 {{has no schedule, but the plan is made}}
    %0 = bm.kernel (%a = %x : tensor<8xf32>) -> (tensor<8xf32>) {
      %1 = bm.exp %a : tensor<8xf32>
      bm.yield %1 : tensor<8xf32>
    }
    return %0 : tensor<8xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "haswell", vectorBits = 256, vectorRegisters = 16>

module attributes {bm.target = #target} {
  func.func @not_fused_in_loop(%x: tensor<8xf32>) -> tensor<8xf32> {
    %0 = bm.scan %i in "2" carry(%a = %x : tensor<8xf32>) -> (tensor<8xf32>) {
      // expected-error@+1 {{'bm.exp' is in no kernel, but fusion is over}}
      %1 = bm.exp %a : tensor<8xf32>
      bm.yield %1 : tensor<8xf32>
    }
    return %0 : tensor<8xf32>
  }
}
