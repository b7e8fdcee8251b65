// Simplifications are exact: nothing here changes a bit of a result, signed zeros and NaN included.
// RUN: bm-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: @identities
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32>)
// CHECK-NEXT: return %[[X]]
func.func @identities(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %one = bm.constant dense<1.0> : tensor<2x3xf32>
  %zero = bm.constant dense<0.0> : tensor<2x3xf32>
  %0 = bm.mul %x, %one : tensor<2x3xf32>
  %1 = bm.mul %one, %0 : tensor<2x3xf32>
  %2 = bm.sub %1, %zero : tensor<2x3xf32>
  %3 = bm.div %2, %one : tensor<2x3xf32>
  %4 = bm.pow %3, %one : tensor<2x3xf32>
  %5 = bm.neg %4 : tensor<2x3xf32>
  %6 = bm.neg %5 : tensor<2x3xf32>
  %7 = bm.cast %6 : tensor<2x3xf32> to tensor<2x3xf32>
  %8 = bm.broadcast %7, [0, 1] : tensor<2x3xf32> to tensor<2x3xf32>
  %9 = bm.reshape %8 : tensor<2x3xf32> to tensor<2x3xf32>
  %10 = bm.transpose %9, [0, 1] : tensor<2x3xf32>
  %11 = bm.slice %10 [0, 0] step [1, 1] : tensor<2x3xf32> to tensor<2x3xf32>
  %12 = bm.concatenate %11 axis 0 : tensor<2x3xf32>
  %13 = bm.reduce_sum %12, [] : tensor<2x3xf32>
  %14 = bm.reduce_max %13, [] : tensor<2x3xf32>
  return %14 : tensor<2x3xf32>
}

// CHECK-LABEL: @one_of_any_size
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32, #bm.dims<N>>)
// CHECK-NEXT: return %[[X]]
func.func @one_of_any_size(%x: tensor<?xf32, #bm.dims<N>>) -> tensor<?xf32, #bm.dims<N>> {
  %one = bm.constant dense<1.0> : tensor<f32>
  %ones = bm.broadcast %one, [] : tensor<f32> to tensor<?xf32, #bm.dims<N>>
  %y = bm.mul %x, %ones : tensor<?xf32, #bm.dims<N>>
  return %y : tensor<?xf32, #bm.dims<N>>
}

// -0 + 0 is 0, and -0 - (-0) is 0: neither is the identity.
// CHECK-LABEL: @signed_zeros
// CHECK: bm.add
// CHECK: bm.sub
func.func @signed_zeros(%x: tensor<3xf32>) -> tensor<3xf32> {
  %zero = bm.constant dense<0.0> : tensor<3xf32>
  %negative = bm.constant dense<-0.0> : tensor<3xf32>
  %0 = bm.add %x, %zero : tensor<3xf32>
  %1 = bm.sub %0, %negative : tensor<3xf32>
  return %1 : tensor<3xf32>
}

// CHECK-LABEL: @compositions
func.func @compositions(%x: tensor<2x3x5xf32>, %v: tensor<3xf32>) -> (tensor<30xf32>, tensor<3x5x2xf32>, tensor<7x2x3xf32>) {
  // CHECK: bm.reshape %{{.*}} : tensor<2x3x5xf32> to tensor<30xf32>
  %0 = bm.reshape %x : tensor<2x3x5xf32> to tensor<6x5xf32>
  %1 = bm.reshape %0 : tensor<6x5xf32> to tensor<30xf32>
  // CHECK: bm.transpose %{{.*}}, [1, 2, 0] : tensor<2x3x5xf32>
  %2 = bm.transpose %x, [2, 0, 1] : tensor<2x3x5xf32>
  %3 = bm.transpose %2, [2, 0, 1] : tensor<5x2x3xf32>
  // CHECK: bm.broadcast %{{.*}}, [2] : tensor<3xf32> to tensor<7x2x3xf32>
  %4 = bm.broadcast %v, [1] : tensor<3xf32> to tensor<2x3xf32>
  %5 = bm.broadcast %4, [1, 2] : tensor<2x3xf32> to tensor<7x2x3xf32>
  return %1, %3, %5 : tensor<30xf32>, tensor<3x5x2xf32>, tensor<7x2x3xf32>
}

// CHECK-LABEL: @powers
// CHECK-NEXT: %[[SQUARE:.*]] = bm.mul %[[X:.*]], %[[X]]
// CHECK: bm.mul %{{.*}}, %[[X]]
// CHECK-NOT: bm.pow
// CHECK: return
func.func @powers(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  %two = bm.constant dense<2.0> : tensor<3xf32>
  %three = bm.constant dense<3.0> : tensor<3xf32>
  %0 = bm.pow %x, %two : tensor<3xf32>
  %1 = bm.pow %x, %three : tensor<3xf32>
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: @constants
// CHECK-DAG: bm.constant dense<2.000000e+00> : tensor<6x2xf32>
// CHECK-DAG: bm.constant dense<{{\[}}[1, 2], [3, 4]]> : tensor<2x2xi32>
// CHECK-DAG: bm.constant dense<7> : tensor<i64>
func.func @constants() -> (tensor<6x2xf32>, tensor<2x2xi32>, tensor<i64>) {
  %two = bm.constant dense<2.0> : tensor<f32>
  %0 = bm.broadcast %two, [] : tensor<f32> to tensor<2x7xf32>
  %1 = bm.transpose %0, [1, 0] : tensor<2x7xf32>
  %2 = bm.slice %1 [1, 0] step [1, 1] : tensor<7x2xf32> to tensor<6x2xf32>
  %3 = bm.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %4 = bm.reshape %3 : tensor<4xi32> to tensor<2x2xi32>
  %5 = bm.size "2*3+1" : tensor<i64>
  return %2, %4, %5 : tensor<6x2xf32>, tensor<2x2xi32>, tensor<i64>
}
