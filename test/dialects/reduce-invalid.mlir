// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @sum_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{reduce_sum axes must be strictly increasing and within f32[2, 3], got [1, 0]}}
  %y = bm.reduce_sum %x, [1, 0] : tensor<2x3xf32>
  return
}

// -----

func.func @max_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{reduce_max axes must be strictly increasing and within f32[2, 3], got [2]}}
  %y = bm.reduce_max %x, [2] : tensor<2x3xf32>
  return
}

// -----

func.func @argmax_c1(%x: tensor<?x3xf32, #bm.dims<N, 3>>) {
  // expected-error @+1 {{argmax axis 2 is outside f32[N, 3]}}
  %y = bm.argmax %x axis 2 : tensor<?x3xf32, #bm.dims<N, 3>>
  return
}
