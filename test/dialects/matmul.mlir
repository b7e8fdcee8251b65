// RUN: bm-opt %s | bm-opt | FileCheck %s
// RUN: bm-opt %s -canonicalize | FileCheck %s --check-prefix=CANONICAL

// CHECK-LABEL: @transposes
func.func @transposes(%x: tensor<?x3xf32, #bm.dims<N, 3>>, %w: tensor<5x3xf32>) -> tensor<5x5xf32> {
  // CHECK: bm.matmul {{%[a-z0-9]+}}, {{%[a-z0-9]+}} transposed : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<5x3xf32>
  %0 = bm.matmul %x, %w transposed : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<5x3xf32>
  // CHECK: bm.matmul {{%[a-z0-9]+}} transposed, {{%[a-z0-9]+}} : tensor<?x5xf32, #bm.dims<N, 5>>, tensor<?x5xf32, #bm.dims<N, 5>>
  %1 = bm.matmul %0 transposed, %0 : tensor<?x5xf32, #bm.dims<N, 5>>, tensor<?x5xf32, #bm.dims<N, 5>>
  return %1 : tensor<5x5xf32>
}

// CHECK-LABEL: @panels
func.func @panels(%x: tensor<?x3xf32, #bm.dims<N, 3>>, %w: tensor<5x3xf32>) -> (tensor<?x5xf32, #bm.dims<N, 5>>, tensor<?x5xf32, #bm.dims<N, 5>>) {
  // CHECK: bm.pack {{%[a-z0-9]+}} by 4 : tensor<?x3xf32, #bm.dims<N, 3>>
  %p = bm.pack %x by 4 : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.panel_matmul {{%[a-z0-9]+}} panels, {{%[a-z0-9]+}} transposed : tensor<?x3x4xf32, #bm.dims<"floordiv(N+3,4)", 3, 4>>, tensor<5x3xf32> to tensor<?x5xf32, #bm.dims<N, 5>>
  %0 = bm.panel_matmul %p panels, %w transposed : tensor<?x3x4xf32, #bm.dims<"floordiv(N+3,4)", 3, 4>>, tensor<5x3xf32> to tensor<?x5xf32, #bm.dims<N, 5>>
  // CHECK: bm.pack {{%[a-z0-9]+}} transposed by 8 : tensor<3x5xf32>
  %wt = bm.transpose %w, [1, 0] : tensor<5x3xf32>
  %q = bm.pack %wt transposed by 8 : tensor<3x5xf32>
  // CHECK: bm.panel_matmul {{%[a-z0-9]+}} rows, {{%[a-z0-9]+}} panels : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<1x3x8xf32> to tensor<?x5xf32, #bm.dims<N, 5>>
  %1 = bm.panel_matmul %x rows, %q panels : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<1x3x8xf32> to tensor<?x5xf32, #bm.dims<N, 5>>
  return %0, %1 : tensor<?x5xf32, #bm.dims<N, 5>>, tensor<?x5xf32, #bm.dims<N, 5>>
}

// CHECK-LABEL: @slices
func.func @slices(%x: tensor<?x3xf32, #bm.dims<N, 3>>, %d: tensor<?x5xf32, #bm.dims<N, 5>>) -> tensor<?x3x5xf32, #bm.dims<"floordiv(N+63,64)", 3, 5>> {
  // CHECK: bm.sliced_matmul {{%[a-z0-9]+}} transposed, {{%[a-z0-9]+}} by 64 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x5xf32, #bm.dims<N, 5>>
  %0 = bm.sliced_matmul %x transposed, %d by 64 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x5xf32, #bm.dims<N, 5>>
  return %0 : tensor<?x3x5xf32, #bm.dims<"floordiv(N+63,64)", 3, 5>>
}

// Transposes of the last two axes become flags; others stay.
// CANONICAL-LABEL: @takes_in
// CANONICAL-SAME: (%[[A:.*]]: tensor<4x3x5xf32>, %[[B:.*]]: tensor<4x3x7xf32>)
// CANONICAL-NEXT: bm.matmul %[[A]] transposed, %[[B]] : tensor<4x3x5xf32>, tensor<4x3x7xf32>
func.func @takes_in(%a: tensor<4x3x5xf32>, %b: tensor<4x3x7xf32>) -> tensor<4x5x7xf32> {
  %at = bm.transpose %a, [0, 2, 1] : tensor<4x3x5xf32>
  %bt = bm.transpose %b, [0, 2, 1] : tensor<4x3x7xf32>
  %y = bm.matmul %at, %bt transposed : tensor<4x5x3xf32>, tensor<4x7x3xf32>
  return %y : tensor<4x5x7xf32>
}

// CANONICAL-LABEL: @keeps
// CANONICAL: bm.transpose
func.func @keeps(%a: tensor<3x4x5xf32>, %b: tensor<4x5x7xf32>) -> tensor<4x3x7xf32> {
  %at = bm.transpose %a, [1, 0, 2] : tensor<3x4x5xf32>
  %y = bm.matmul %at, %b : tensor<4x3x5xf32>, tensor<4x5x7xf32>
  return %y : tensor<4x3x7xf32>
}
