// RUN: bm-opt --bm-simplify --split-input-file %s | FileCheck %s

// Constants are computed in f64 and rounded to their type; splats stay splats of any size.
// CHECK-LABEL: @constants
// CHECK-DAG: %[[SUM:.*]] = bm.constant dense<[5.000000e+00, 7.000000e+00, 9.000000e+00]> : tensor<3xf32>
// CHECK-DAG: %[[SPLAT:.*]] = bm.constant dense<2.500000e-01> : tensor<1000000xf32>
// CHECK-DAG: %[[THIRD:.*]] = bm.constant dense<0.333333343> : tensor<f32>
// CHECK-DAG: %[[WRAPPED:.*]] = bm.constant dense<-2147483648> : tensor<i32>
// CHECK: return %[[SUM]], %[[SPLAT]], %[[THIRD]], %[[WRAPPED]]
func.func @constants() -> (tensor<3xf32>, tensor<1000000xf32>, tensor<f32>, tensor<i32>) {
  %0 = bm.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %1 = bm.constant dense<[4.0, 5.0, 6.0]> : tensor<3xf32>
  %2 = bm.add %0, %1 : tensor<3xf32>
  %3 = bm.constant dense<0.5> : tensor<1000000xf32>
  %4 = bm.mul %3, %3 : tensor<1000000xf32>
  %5 = bm.constant dense<1.0> : tensor<f32>
  %6 = bm.constant dense<3.0> : tensor<f32>
  %7 = bm.div %5, %6 : tensor<f32>
  %8 = bm.constant dense<2147483647> : tensor<i32>
  %9 = bm.constant dense<1> : tensor<i32>
  %10 = bm.add %8, %9 : tensor<i32>
  return %2, %4, %7, %10 : tensor<3xf32>, tensor<1000000xf32>, tensor<f32>, tensor<i32>
}

// -----

// Large constants are left to run time, and so are generators.
// CHECK-LABEL: @left_alone
// CHECK: bm.transpose
// CHECK: bm.iota
func.func @left_alone() -> (tensor<2x40xf32>, tensor<4xi32>) {
  %0 = bm.constant dense<"0x0000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F000000400000803F00000040"> : tensor<40x2xf32>
  %1 = bm.transpose %0, [1, 0] : tensor<40x2xf32>
  %2 = bm.iota axis 0 : tensor<4xi32>
  return %1, %2 : tensor<2x40xf32>, tensor<4xi32>
}

// -----

// Scalar work is done once, on a scalar.
// CHECK-LABEL: @scalar_work
// CHECK: %[[S:.*]] = bm.sqrt %{{.*}} : tensor<f32>
// CHECK: bm.broadcast %[[S]], [] : tensor<f32> to tensor<?xf32, #bm.dims<N>>
func.func @scalar_work(%x: tensor<f32>) -> tensor<?xf32, #bm.dims<N>> {
  %0 = bm.broadcast %x, [] : tensor<f32> to tensor<?xf32, #bm.dims<N>>
  %1 = bm.sqrt %0 : tensor<?xf32, #bm.dims<N>>
  return %1 : tensor<?xf32, #bm.dims<N>>
}

// -----

// Work on rows that are repeated is done once a row, though they were given an axis of extent 1 before.
// CHECK-LABEL: @row_work
// CHECK: bm.add %{{.*}}, %{{.*}} : tensor<?xf32, #bm.dims<N>>
// CHECK: %[[ROOT:.*]] = bm.rsqrt %{{.*}} : tensor<?xf32, #bm.dims<N>>
// CHECK-NOT: bm.reshape
// CHECK: bm.broadcast %[[ROOT]], [0]
func.func @row_work(%x: tensor<?xf32, #bm.dims<N>>, %eps: tensor<f32>) -> tensor<?x8xf32, #bm.dims<N, 8>> {
  %0 = bm.reshape %x : tensor<?xf32, #bm.dims<N>> to tensor<?x1xf32, #bm.dims<N, 1>>
  %1 = bm.broadcast %eps, [] : tensor<f32> to tensor<?x1xf32, #bm.dims<N, 1>>
  %2 = bm.add %0, %1 : tensor<?x1xf32, #bm.dims<N, 1>>
  %3 = bm.broadcast %2, [0, 1] : tensor<?x1xf32, #bm.dims<N, 1>> to tensor<?x8xf32, #bm.dims<N, 8>>
  %4 = bm.rsqrt %3 : tensor<?x8xf32, #bm.dims<N, 8>>
  return %4 : tensor<?x8xf32, #bm.dims<N, 8>>
}

// -----

// A row and a column are not repeated alike: their sum is no smaller tensor's.
// CHECK-LABEL: @outer_sum
// CHECK: bm.add %{{.*}}, %{{.*}} : tensor<4x4xf32>
func.func @outer_sum(%x: tensor<4xf32>) -> tensor<4x4xf32> {
  %0 = bm.broadcast %x, [0] : tensor<4xf32> to tensor<4x4xf32>
  %1 = bm.broadcast %x, [1] : tensor<4xf32> to tensor<4x4xf32>
  %2 = bm.add %0, %1 : tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}

// -----

// A sum over repeated values is a product; over others it stays.
// CHECK-LABEL: @sum_of_repeated
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
// CHECK: %[[N:.*]] = bm.size "N"
// CHECK: %[[COUNT:.*]] = bm.broadcast %[[N]]
// CHECK: %[[SUM:.*]] = bm.mul %[[X]], %[[COUNT]]
// CHECK: %[[KEPT:.*]] = bm.reduce_sum %{{.*}}, [1]
// CHECK: return %[[SUM]], %[[KEPT]]
func.func @sum_of_repeated(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<?xf32, #bm.dims<N>>) {
  %0 = bm.broadcast %x, [1] : tensor<4xf32> to tensor<?x4xf32, #bm.dims<N, 4>>
  %1 = bm.reduce_sum %0, [0] : tensor<?x4xf32, #bm.dims<N, 4>>
  %2 = bm.reduce_sum %0, [1] : tensor<?x4xf32, #bm.dims<N, 4>>
  return %1, %2 : tensor<4xf32>, tensor<?xf32, #bm.dims<N>>
}

// -----

// What stays repeated is repeated at its axis of the sum.
// CHECK-LABEL: @sum_still_repeated
// CHECK: bm.broadcast %{{.*}}, [1] : tensor<4xf32> to tensor<3x4xf32>
func.func @sum_still_repeated(%x: tensor<4xf32>) -> tensor<3x4xf32> {
  %0 = bm.broadcast %x, [2] : tensor<4xf32> to tensor<2x3x4xf32>
  %1 = bm.reduce_sum %0, [0] : tensor<2x3x4xf32>
  return %1 : tensor<3x4xf32>
}

// -----

// A product that is also read as it is stays, and is not computed twice.
// CHECK-LABEL: @product_read_twice
// CHECK: bm.matmul
// CHECK-NOT: bm.matmul
func.func @product_read_twice(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<4x2xf32>) {
  %0 = bm.matmul %a, %b : tensor<2x3xf32>, tensor<3x4xf32>
  %1 = bm.transpose %0, [1, 0] : tensor<2x4xf32>
  return %0, %1 : tensor<2x4xf32>, tensor<4x2xf32>
}

// -----

// A transposed product is the product of the transposes, if nobody else reads it.
// CHECK-LABEL: @transposed_product
// CHECK-SAME: %[[A:.*]]: tensor<2x3xf32>, %[[B:.*]]: tensor<3x4xf32>
// CHECK: %[[P:.*]] = bm.matmul %[[B]] transposed, %[[A]] transposed
// CHECK: return %[[P]]
func.func @transposed_product(%a: tensor<2x3xf32>, %b: tensor<3x4xf32>) -> tensor<4x2xf32> {
  %0 = bm.matmul %a, %b : tensor<2x3xf32>, tensor<3x4xf32>
  %1 = bm.transpose %0, [1, 0] : tensor<2x4xf32>
  return %1 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: @identities
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %[[Y:.*]]: tensor<f64>, %[[C:.*]]: tensor<i1>
// CHECK: %[[ONE_WAY:.*]] = bm.cast %[[Y]] : tensor<f64> to tensor<f32>
// CHECK: %[[ROUNDED:.*]] = bm.cast %[[ONE_WAY]] : tensor<f32> to tensor<f64>
// CHECK: return %[[X]], %[[X]], %[[X]], %[[ROUNDED]]
func.func @identities(%x: tensor<f32>, %y: tensor<f64>, %c: tensor<i1>) -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<f64>) {
  %0 = bm.stop_gradient %x : tensor<f32>
  %1 = bm.cast %x : tensor<f32> to tensor<f64>
  %2 = bm.cast %1 : tensor<f64> to tensor<f32>
  %3 = bm.select %c, %x, %x : tensor<i1>, tensor<f32>
  %4 = bm.cast %y : tensor<f64> to tensor<f32>
  %5 = bm.cast %4 : tensor<f32> to tensor<f64>
  return %0, %2, %3, %5 : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f64>
}

// -----

// x + 0 is not x: it makes a positive zero of a negative one. Equal values are computed once, unread ones not at all; an
// argument that nobody reads stays.
// CHECK-LABEL: @kept
// CHECK-SAME: %[[X:.*]]: tensor<f32>, %{{.*}}: tensor<f32>)
// CHECK: %[[SUM:.*]] = bm.add
// CHECK-NOT: bm.add
// CHECK-NOT: bm.exp
// CHECK: return %[[SUM]], %[[SUM]]
func.func @kept(%x: tensor<f32>, %unread: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %0 = bm.constant dense<0.0> : tensor<f32>
  %1 = bm.add %x, %0 : tensor<f32>
  %2 = bm.add %x, %0 : tensor<f32>
  %3 = bm.exp %unread : tensor<f32>
  return %1, %2 : tensor<f32>, tensor<f32>
}

// -----

// What a checkpoint computes again is not merged with what was computed before.
// CHECK-LABEL: @again
// CHECK: %[[Y:.*]] = bm.exp %arg0
// CHECK: %[[X:.*]] = bm.after %arg0 await %[[Y]]
// CHECK: %[[Z:.*]] = bm.exp %[[X]]
// CHECK: return %[[Y]], %[[Z]]
func.func @again(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %y = bm.exp %x : tensor<f32>
  %1 = bm.after %x await %y : tensor<f32> await tensor<f32>
  %2 = bm.exp %1 : tensor<f32>
  return %y, %2 : tensor<f32>, tensor<f32>
}
