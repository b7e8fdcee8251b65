// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @iota_c1() {
  // expected-error @+1 {{axis 1 is outside i32[4]}}
  %y = bm.iota axis 1 : tensor<4xi32>
  return
}

// -----

func.func @one_hot_c1(%i: tensor<?xi64, #bm.dims<N>>) {
  // expected-error @+1 {{result f32[M, 3] is not the indices' i64[N] with one more axis}}
  %y = bm.one_hot %i : tensor<?xi64, #bm.dims<N>> to tensor<?x3xf32, #bm.dims<M, 3>>
  return
}

// -----

func.func @gather_c1(%x: tensor<2xf32>, %i: tensor<3xi32>) {
  // expected-error @+1 {{gather axis 1 is outside f32[2]}}
  %y = bm.gather %x at %i axis 1 : tensor<2xf32>, tensor<3xi32>
  return
}

// -----

func.func @scatter_add_c1(%u: tensor<3x4xf32>, %i: tensor<3xi32>) {
  // expected-error @+1 {{needs updates f32[3, 5] for indices i32[3] and result f32[7, 5], got f32[3, 4]}}
  %y = bm.scatter_add %u at %i axis 0 : tensor<3x4xf32>, tensor<3xi32> to tensor<7x5xf32>
  return
}

// -----

func.func @scatter_add_c1_axis(%u: tensor<3xf32>, %i: tensor<3xi32>) {
  // expected-error @+1 {{axis -1 is outside f32[7]}}
  %y = bm.scatter_add %u at %i axis -1 : tensor<3xf32>, tensor<3xi32> to tensor<7xf32>
  return
}
