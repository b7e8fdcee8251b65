// Work moves before a reshape that splits rows, so that it can be part of the kernel that computes the rows.
// RUN: bm-opt --bm-simplify --split-input-file %s | FileCheck %s
// RUN: bm-opt --bm-simplify --bm-fuse --split-input-file %s | FileCheck %s --check-prefix=FUSED

// A bias, an activation, a mask and a residual behind a product of stacked matrices are computed on the product's rows;
// a residual from elsewhere is looked at as rows.
// CHECK-LABEL: @behind_stacked_product
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<?x6x8xf32, {{[^%]*}}, %[[ROWS:[a-z0-9]+]]:
// CHECK-DAG: %[[PRODUCT:.*]] = bm.matmul %[[ROWS]]
// CHECK-DAG: %[[BIAS:.*]] = bm.broadcast %{{.*}}, [1] : tensor<8xf32> to tensor<?x8xf32, #bm.dims<"6*N", 8>>
// CHECK-DAG: %[[SUM:.*]] = bm.add %[[PRODUCT]], %[[BIAS]]
// CHECK-DAG: %[[GELU:.*]] = bm.gelu %[[SUM]]
// CHECK: %[[MASK:.*]] = bm.mul %[[GELU]]
// CHECK: %[[VIEW:.*]] = bm.reshape %[[X]] : tensor<?x6x8xf32, #bm.dims<N, 6, 8>> to tensor<?x8xf32, #bm.dims<"6*N", 8>>
// CHECK: %[[ALL:.*]] = bm.add %[[MASK]], %[[VIEW]]
// CHECK: bm.reshape %[[ALL]]
// CHECK-NEXT: return

// FUSED-LABEL: @behind_stacked_product
// FUSED: bm.kernel
// FUSED: bm.matmul
// FUSED: bm.gelu
// FUSED: bm.add
// FUSED-NOT: bm.kernel
// FUSED: return
!rows = tensor<?x4xf32, #bm.dims<"6*N", 4>>
!flat = tensor<?x8xf32, #bm.dims<"6*N", 8>>
!stacked = tensor<?x6x8xf32, #bm.dims<N, 6, 8>>
!each = tensor<?x6xf32, #bm.dims<N, 6>>
func.func @behind_stacked_product(%x: !stacked, %rows: !rows, %w: tensor<4x8xf32>, %b: tensor<8xf32>, %m: !each) -> !stacked {
  %0 = bm.matmul %rows, %w : !rows, tensor<4x8xf32>
  %1 = bm.reshape %0 : !flat to !stacked
  %2 = bm.broadcast %b, [2] : tensor<8xf32> to !stacked
  %3 = bm.add %1, %2 : !stacked
  %4 = bm.gelu %3 : !stacked
  %5 = bm.broadcast %m, [0, 1] : !each to !stacked
  %6 = bm.mul %4, %5 : !stacked
  %7 = bm.add %6, %x : !stacked
  return %7 : !stacked
}

// -----

// So are a row's sums, and what is computed with them; sums of columns run over the rows.
// CHECK-LABEL: @sums_of_stacked_rows
// CHECK: %[[ROWS:.*]] = bm.tanh
// CHECK: %[[SUMS:.*]] = bm.reduce_sum %[[ROWS]], [1] : tensor<24x8xf32>
// CHECK: bm.broadcast %[[SUMS]], [0] : tensor<24xf32> to tensor<24x8xf32>
// CHECK: bm.reduce_max %{{.*}}, [0] : tensor<24x8xf32>
// CHECK: bm.argmax %{{.*}} axis 1 : tensor<24x8xf32>
func.func @sums_of_stacked_rows(%p: tensor<24x8xf32>) -> (tensor<4x6x8xf32>, tensor<8xf32>, tensor<4x6xi32>) {
  %0 = bm.tanh %p : tensor<24x8xf32>
  %1 = bm.reshape %0 : tensor<24x8xf32> to tensor<4x6x8xf32>
  %2 = bm.reduce_sum %1, [2] : tensor<4x6x8xf32>
  %3 = bm.broadcast %2, [0, 1] : tensor<4x6xf32> to tensor<4x6x8xf32>
  %4 = bm.sub %1, %3 : tensor<4x6x8xf32>
  %5 = bm.reduce_max %4, [0, 1] : tensor<4x6x8xf32>
  %6 = bm.argmax %4 axis 2 : tensor<4x6x8xf32>
  return %4, %5, %6 : tensor<4x6x8xf32>, tensor<8xf32>, tensor<4x6xi32>
}

// -----

// A sum over one of the axes of the rows stays behind the reshape.
// CHECK-LABEL: @sum_over_a_sequence
// CHECK: bm.reduce_sum %{{.*}}, [1] : tensor<4x6x8xf32>
func.func @sum_over_a_sequence(%p: tensor<24x8xf32>) -> tensor<4x8xf32> {
  %0 = bm.tanh %p : tensor<24x8xf32>
  %1 = bm.reshape %0 : tensor<24x8xf32> to tensor<4x6x8xf32>
  %2 = bm.reduce_sum %1, [1] : tensor<4x6x8xf32>
  return %2 : tensor<4x8xf32>
}

// -----

// What is repeated along one of the axes of the rows (a position's values) and what is computed of class numbers is
// computed in the kernel for its rows.
// CHECK-LABEL: @other_orders_of_rows
// CHECK: bm.reshape %{{.*}} : tensor<4x6x8xf32> to tensor<24x8xf32>
// FUSED-LABEL: @other_orders_of_rows
// FUSED: bm.kernel
// FUSED: bm.matmul
// FUSED-NOT: bm.kernel
// FUSED: return
func.func @other_orders_of_rows(%x: tensor<24x4xf32>, %w: tensor<4x8xf32>, %p: tensor<6x8xf32>, %c: tensor<4x6xi32>) -> tensor<4x6x8xf32> {
  %0 = bm.matmul %x, %w : tensor<24x4xf32>, tensor<4x8xf32>
  %1 = bm.reshape %0 : tensor<24x8xf32> to tensor<4x6x8xf32>
  %2 = bm.broadcast %p, [1, 2] : tensor<6x8xf32> to tensor<4x6x8xf32>
  %3 = bm.add %1, %2 : tensor<4x6x8xf32>
  %4 = bm.one_hot %c : tensor<4x6xi32> to tensor<4x6x8xf32>
  %5 = bm.constant dense<0.0> : tensor<4x6x8xf32>
  %6 = bm.compare gt %4, %5 : tensor<4x6x8xf32>
  %7 = bm.select %6, %3, %5 : tensor<4x6x8xi1>, tensor<4x6x8xf32>
  return %7 : tensor<4x6x8xf32>
}

// -----

// Random numbers are counted in row-major order, so they have any shape.
// CHECK-LABEL: @dropout
// CHECK-DAG: bm.random_uniform %{{.*}} : tensor<24x8xf32>
// CHECK: bm.select %{{.*}} : tensor<24x8xi1>, tensor<24x8xf32>
// CHECK-NOT: 4x6x8
// CHECK: bm.reshape
// CHECK-NEXT: return
func.func @dropout(%key: tensor<2xi32>, %p: tensor<24x8xf32>) -> tensor<4x6x8xf32> {
  %0 = bm.tanh %p : tensor<24x8xf32>
  %1 = bm.reshape %0 : tensor<24x8xf32> to tensor<4x6x8xf32>
  %2 = bm.random_uniform %key : tensor<4x6x8xf32>
  %3 = bm.constant dense<0.5> : tensor<4x6x8xf32>
  %4 = bm.compare lt %2, %3 : tensor<4x6x8xf32>
  %5 = bm.constant dense<0.0> : tensor<4x6x8xf32>
  %6 = bm.select %4, %5, %1 : tensor<4x6x8xi1>, tensor<4x6x8xf32>
  return %6 : tensor<4x6x8xf32>
}

// -----

// An op stays with a later product of the shape behind the reshape.
// CHECK-LABEL: @residual_of_batched_product
// CHECK: bm.add %{{.*}} : tensor<4x6x8xf32>
func.func @residual_of_batched_product(%p: tensor<24x8xf32>, %q: tensor<4x6x6xf32>) -> tensor<4x6x8xf32> {
  %0 = bm.tanh %p : tensor<24x8xf32>
  %1 = bm.reshape %0 : tensor<24x8xf32> to tensor<4x6x8xf32>
  %2 = bm.matmul %q, %1 : tensor<4x6x6xf32>, tensor<4x6x8xf32>
  %3 = bm.add %1, %2 : tensor<4x6x8xf32>
  return %3 : tensor<4x6x8xf32>
}
