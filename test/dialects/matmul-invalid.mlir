// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @c1_types(%a: tensor<2x3xf32>, %b: tensor<3x2xf64>) {
  // expected-error @+1 {{matmul needs two operands of one element type and one rank of at least 2, got f32[2, 3] and f64[3, 2]}}
  %y = bm.matmul %a, %b : tensor<2x3xf32>, tensor<3x2xf64>
  return
}

// -----

func.func @c1_rank(%a: tensor<3xf32>) {
  // expected-error @+1 {{matmul needs two operands of one element type and one rank of at least 2, got f32[3] and f32[3]}}
  %y = bm.matmul %a, %a : tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @c2(%a: tensor<?x2x3xf32, #bm.dims<N, 2, 3>>, %b: tensor<5x3x2xf32>) {
  // expected-error @+1 {{matmul leading extents differ: N of f32[N, 2, 3] against 5 of f32[5, 3, 2]}}
  %y = bm.matmul %a, %b : tensor<?x2x3xf32, #bm.dims<N, 2, 3>>, tensor<5x3x2xf32>
  return
}

// -----

func.func @c3(%a: tensor<?x3xf32, #bm.dims<N, 3>>, %b: tensor<4x2xf32>) {
  // expected-error @+1 {{matmul inner extents differ: 3 of f32[N, 3] against 4 of f32[4, 2]}}
  %y = bm.matmul %a, %b : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<4x2xf32>
  return
}

// -----

func.func @c3_transposed(%a: tensor<3x?xf32, #bm.dims<3, N>>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{matmul inner extents differ: 3 of f32[3, N] against 4 of f32[2, 4]}}
  %y = bm.matmul %a transposed, %b transposed : tensor<3x?xf32, #bm.dims<3, N>>, tensor<2x4xf32>
  return
}

// -----

func.func @result(%a: tensor<2x3xf32>, %b: tensor<3x5xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{inferred type(s) 'tensor<2x5xf32>' are incompatible with return type(s) of operation 'tensor<2x4xf32>'}}
  %y = "bm.matmul"(%a, %b) : (tensor<2x3xf32>, tensor<3x5xf32>) -> tensor<2x4xf32>
  return
}
