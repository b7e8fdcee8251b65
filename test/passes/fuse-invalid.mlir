// RUN: bm-opt --bm-fuse --split-input-file --verify-diagnostics %s

func.func private @callee(%x: tensor<f32>) -> tensor<f32>

func.func @call(%x: tensor<f32>) -> tensor<f32> {
  // expected-error@+1 {{'func.call' cannot be in a kernel}}
  %0 = func.call @callee(%x) : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}

// -----

func.func private @callee(%x: tensor<f32>) -> tensor<f32>

func.func @call_in_loop(%x: tensor<f32>) -> tensor<f32> {
  %0 = bm.scan %i in "2" carry(%a = %x : tensor<f32>) -> (tensor<f32>) {
    // expected-error@+1 {{'func.call' cannot be in a kernel}}
    %1 = func.call @callee(%a) : (tensor<f32>) -> tensor<f32>
    bm.yield %1 : tensor<f32>
  }
  return %0 : tensor<f32>
}
