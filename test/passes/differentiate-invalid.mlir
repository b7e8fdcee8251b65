// RUN: bm-opt --bm-differentiate --verify-diagnostics %s

func.func private @opaque(%x: tensor<f32>) -> tensor<f32>

func.func @no_rule(%x: tensor<f32>) -> tensor<f32> {
  // expected-error@+1 {{'call' has no gradient, but the loss depends on it}}
  %0 = func.call @opaque(%x) : (tensor<f32>) -> tensor<f32>
  // expected-note@+1 {{the gradient is asked for here}}
  %1 = bm.grad %0 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  return %1 : tensor<f32>
}
