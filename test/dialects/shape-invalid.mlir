// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @broadcast_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{needs one dimension for each axis of f32[2, 3], got 1}}
  %y = bm.broadcast %x, [1] : tensor<2x3xf32> to tensor<2x2x3xf32>
  return
}

// -----

func.func @broadcast_c1_order(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{dimensions must be strictly increasing and within f32[3, 2], got [1, 0]}}
  %y = bm.broadcast %x, [1, 0] : tensor<2x3xf32> to tensor<3x2xf32>
  return
}

// -----

func.func @broadcast_c1_rank(%x: tensor<2xf32>) {
  // expected-error @+1 {{dimensions must be strictly increasing and within f32[3, 2], got [2]}}
  %y = bm.broadcast %x, [2] : tensor<2xf32> to tensor<3x2xf32>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<?x3xf32, #bm.dims<M, 3>>) {
  // expected-error @+1 {{cannot repeat axis 0 of f32[M, 3] as axis 0 of f32[N, 3]: M is neither 1 nor N}}
  %y = bm.broadcast %x, [0, 1] : tensor<?x3xf32, #bm.dims<M, 3>> to tensor<?x3xf32, #bm.dims<N, 3>>
  return
}

// -----

func.func @broadcast_type(%x: tensor<3xf32>) {
  // expected-error @+1 {{keeps the element type, but f32[3] would become f64[2, 3]}}
  %y = bm.broadcast %x, [1] : tensor<3xf32> to tensor<2x3xf64>
  return
}

// -----

func.func @reshape_c1(%x: tensor<?x3xf32, #bm.dims<N, 3>>) {
  // expected-error @+1 {{f32[N, 3] has 3*N elements, f32[N, 2] has 2*N}}
  %y = bm.reshape %x : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x2xf32, #bm.dims<N, 2>>
  return
}

// -----

func.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{transpose needs a permutation of the axes of f32[2, 3], got [0, 0]}}
  %y = bm.transpose %x, [0, 0] : tensor<2x3xf32>
  return
}

// -----

func.func @slice_c1(%x: tensor<7xf32>) {
  // expected-error @+1 {{needs one start and one step for each axis of f32[7] and of f32[2], got 2 and 1}}
  %y = bm.slice %x [0, 0] step [1] : tensor<7xf32> to tensor<2xf32>
  return
}

// -----

func.func @slice_c1_sign(%x: tensor<7xf32>) {
  // expected-error @+1 {{axis 0 has start 0 and step 0; starts must not be negative and steps must be positive}}
  %y = bm.slice %x [0] step [0] : tensor<7xf32> to tensor<2xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<7xf32>) {
  // expected-error @+1 {{reaches element 7 of axis 0 of f32[7]}}
  %y = bm.slice %x [1] step [3] : tensor<7xf32> to tensor<3xf32>
  return
}

// -----

func.func @pad_c1(%x: tensor<2xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{axis 0 has start -1 and step 1; starts must not be negative and steps must be positive}}
  %y = bm.pad %x, %v [-1] step [1] : tensor<2xf32>, tensor<f32> to tensor<4xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<2xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{reaches element 4 of axis 0 of f32[4]}}
  %y = bm.pad %x, %v [3] step [1] : tensor<2xf32>, tensor<f32> to tensor<4xf32>
  return
}

// -----

func.func @pad_c3(%x: tensor<2xf32>) {
  // expected-error @+1 {{value must be a single number, got f32[2]}}
  %y = bm.pad %x, %x [0] step [1] : tensor<2xf32>, tensor<2xf32> to tensor<4xf32>
  return
}

// -----

func.func @concatenate_c1() {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{concatenate needs at least one operand}}
  %y = "bm.concatenate"() {axis = 0 : i64} : () -> tensor<2xf32>
  return
}

// -----

func.func @concatenate_c1_type(%x: tensor<2xf32>, %z: tensor<2x1xf32>) {
  // expected-error @+1 {{concatenate needs one element type and one rank, got f32[2] and f32[2, 1]}}
  %y = bm.concatenate %x, %z axis 0 : tensor<2xf32>, tensor<2x1xf32>
  return
}

// -----

func.func @concatenate_c2(%x: tensor<2x3xf32>, %z: tensor<2x4xf32>) {
  // expected-error @+1 {{concatenate along axis 0 needs equal other extents: 3 of f32[2, 3] against 4 of f32[2, 4]}}
  %y = bm.concatenate %x, %z axis 0 : tensor<2x3xf32>, tensor<2x4xf32>
  return
}

// -----

func.func @concatenate_c3(%x: tensor<2xf32>) {
  // expected-error @+1 {{concatenate axis 1 is outside f32[2]}}
  %y = bm.concatenate %x axis 1 : tensor<2xf32>
  return
}
