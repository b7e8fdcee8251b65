// RUN: bm-opt --bm-share-kernels --split-input-file %s | FileCheck %s

// Small kernels that differ in a number take it as an input, and are equal then. The number that they have in common
// stays inside.
// CHECK-LABEL: @keys
// CHECK: %[[A:.*]] = bm.constant dense<5> : tensor<i32>
// CHECK-NEXT: bm.kernel (%[[KEY:.*]] = %{{.*}} : tensor<2xi32>, %[[NUMBER:.*]] = %[[A]] : tensor<i32>)
// CHECK-NEXT: %[[COMMON:.*]] = bm.constant dense<1> : tensor<i32>
// CHECK-NEXT: bm.fold_in %[[KEY]], %[[NUMBER]]
// CHECK: %[[B:.*]] = bm.constant dense<6> : tensor<i32>
// CHECK-NEXT: bm.kernel ({{.*}} = %[[B]] : tensor<i32>)
func.func @keys(%key: tensor<2xi32>) -> (tensor<2xi32>, tensor<2xi32>) {
  %0 = bm.kernel (%k = %key : tensor<2xi32>) -> (tensor<2xi32>) {
    %c = bm.constant dense<5> : tensor<i32>
    %d = bm.constant dense<1> : tensor<i32>
    %y = bm.fold_in %k, %c : tensor<i32>
    %z = bm.fold_in %y, %d : tensor<i32>
    bm.yield %z : tensor<2xi32>
  }
  %1 = bm.kernel (%k = %key : tensor<2xi32>) -> (tensor<2xi32>) {
    %c = bm.constant dense<6> : tensor<i32>
    %d = bm.constant dense<1> : tensor<i32>
    %y = bm.fold_in %k, %c : tensor<i32>
    %z = bm.fold_in %y, %d : tensor<i32>
    bm.yield %z : tensor<2xi32>
  }
  return %0, %1 : tensor<2xi32>, tensor<2xi32>
}

// -----

// A kernel that no other is like keeps its number, and so does a large one.
// CHECK-LABEL: @kept
// CHECK: bm.kernel () -> (tensor<f32>)
// CHECK-NEXT: bm.constant dense<2.5
// CHECK: bm.kernel (%{{.*}} = %{{.*}} : tensor<64xf32>) -> (tensor<64xf32>)
// CHECK-NEXT: bm.constant dense<3.0
// CHECK: bm.kernel (%{{.*}} = %{{.*}} : tensor<64xf32>) -> (tensor<64xf32>)
// CHECK-NEXT: bm.constant dense<4.0
func.func @kept(%x: tensor<64xf32>) -> (tensor<f32>, tensor<64xf32>) {
  %0 = bm.kernel () -> (tensor<f32>) {
    %c = bm.constant dense<2.5> : tensor<f32>
    bm.yield %c : tensor<f32>
  }
  %1 = bm.kernel (%a = %x : tensor<64xf32>) -> (tensor<64xf32>) {
    %c = bm.constant dense<3.0> : tensor<f32>
    %b = bm.broadcast %c, [] : tensor<f32> to tensor<64xf32>
    %y = bm.mul %a, %b : tensor<64xf32>
    bm.yield %y : tensor<64xf32>
  }
  %2 = bm.kernel (%a = %1 : tensor<64xf32>) -> (tensor<64xf32>) {
    %c = bm.constant dense<4.0> : tensor<f32>
    %b = bm.broadcast %c, [] : tensor<f32> to tensor<64xf32>
    %y = bm.mul %a, %b : tensor<64xf32>
    bm.yield %y : tensor<64xf32>
  }
  return %0, %2 : tensor<f32>, tensor<64xf32>
}
