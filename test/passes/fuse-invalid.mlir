// RUN: bm-opt --bm-fuse --verify-diagnostics %s

func.func private @callee(%x: tensor<f32>) -> tensor<f32>

func.func @call(%x: tensor<f32>) -> tensor<f32> {
  // expected-error@+1 {{'func.call' cannot be in a kernel}}
  %0 = func.call @callee(%x) : (tensor<f32>) -> tensor<f32>
  return %0 : tensor<f32>
}
