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

// -----

func.func @sliced_c3(%a: tensor<?x3xf32, #bm.dims<N, 3>>, %b: tensor<4x2xf32>) {
  // expected-error @+1 {{matmul inner extents differ: 3 of f32[N, 3] against 4 of f32[4, 2]}}
  %y = bm.sliced_matmul %a, %b by 2 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<4x2xf32>
  return
}

// -----

func.func @sliced_c4(%a: tensor<2x3xf32>, %b: tensor<3x2xf32>) {
  // expected-error @+1 {{sliced_matmul needs slices of at least one position, got 0}}
  %y = bm.sliced_matmul %a, %b by 0 : tensor<2x3xf32>, tensor<3x2xf32>
  return
}

// -----

func.func @pack_c1(%a: tensor<3xf32>) {
  // expected-error @+2 {{pack needs a matrix, got f32[3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %y = "bm.pack"(%a) {block = 4 : i64} : (tensor<3xf32>) -> tensor<1x3x4xf32>
  return
}

// -----

func.func @pack_c2(%a: tensor<3x2xf32>) {
  // expected-error @+1 {{pack needs panels of at least one row, got 0}}
  %y = bm.pack %a by 0 : tensor<3x2xf32>
  return
}

// -----

func.func @panels_c1(%a: tensor<1x3x4xf32>, %b: tensor<5x3xf32>) {
  // expected-error @+1 {{needs operands of the result's element type and leading extents, got f32[1, 3, 4] and f32[5, 3] for f32[2, 4, 5]}}
  %y = bm.panel_matmul %a panels, %b transposed : tensor<1x3x4xf32>, tensor<5x3xf32> to tensor<2x4x5xf32>
  return
}

// -----

func.func @panels_c2(%a: tensor<1x3x4xf32>, %b: tensor<5x3xf32>) {
  // expected-error @+1 {{operands f32[1, 3, 4] and f32[5, 3] do not have the rows and columns of f32[6, 5]}}
  %y = bm.panel_matmul %a panels, %b transposed : tensor<1x3x4xf32>, tensor<5x3xf32> to tensor<6x5xf32>
  return
}

// -----

func.func @panels_c3(%a: tensor<1x3x4xf32>, %b: tensor<5x2xf32>) {
  // expected-error @+1 {{inner extents differ: 3 against 2}}
  %y = bm.panel_matmul %a panels, %b transposed : tensor<1x3x4xf32>, tensor<5x2xf32> to tensor<4x5xf32>
  return
}
