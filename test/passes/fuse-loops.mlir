// RUN: bm-opt --bm-fuse --split-input-file %s | FileCheck %s

// A loop's body is fused as a function is: a product with its activation, whose operands are the step's. What stands
// around a loop does not join it, and cheap values that a loop is given are stored.
// CHECK-LABEL: @recurrence
// CHECK: %[[H0:[a-z0-9]+]] = bm.kernel () -> (tensor<3x4xf32>) {
// CHECK: bm.broadcast
// CHECK: %[[R:[a-z0-9]+]]:2 = bm.scan %{{.*}} in "5" sequences(%[[X:[a-z0-9]+]] = %{{.*}} : tensor<5x3x4xf32>) carry(%[[H:[a-z0-9]+]] = %[[H0]] : tensor<3x4xf32>) constants(%[[W:[a-z0-9]+]] = %{{.*}} : tensor<4x4xf32>)
// CHECK-NEXT: %[[T:[a-z0-9]+]] = bm.kernel (%{{.*}} = %[[H]] : tensor<3x4xf32>, %{{.*}} = %[[W]] : tensor<4x4xf32>, %{{.*}} = %[[X]] : tensor<3x4xf32>)
// CHECK-NEXT: bm.matmul
// CHECK-NEXT: bm.add
// CHECK-NEXT: bm.tanh
// CHECK-NEXT: bm.yield
// CHECK-NEXT: }
// CHECK-NEXT: bm.yield %[[T]], %[[T]]
// CHECK: bm.kernel (%{{.*}} = %[[R]]#1 : tensor<5x3x4xf32>)
// CHECK-NEXT: bm.exp
func.func @recurrence(%x: tensor<5x3x4xf32>, %w: tensor<4x4xf32>, %s: tensor<f32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>) {
  %z = bm.constant dense<0.0> : tensor<f32>
  %h0 = bm.broadcast %z, [] : tensor<f32> to tensor<3x4xf32>
  %r:2 = bm.scan %i in "5" sequences(%xi = %x : tensor<5x3x4xf32>) carry(%h = %h0 : tensor<3x4xf32>)
      constants(%wi = %w : tensor<4x4xf32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>) {
    %p = bm.matmul %h, %wi : tensor<3x4xf32>, tensor<4x4xf32>
    %q = bm.add %p, %xi : tensor<3x4xf32>
    %t = bm.tanh %q : tensor<3x4xf32>
    bm.yield %t, %t : tensor<3x4xf32>, tensor<3x4xf32>
  }
  %e = bm.exp %r#1 : tensor<5x3x4xf32>
  return %r#0, %e : tensor<3x4xf32>, tensor<5x3x4xf32>
}

// -----

// Loops in loops; the index is a scalar like any other.
// CHECK-LABEL: @nested
// CHECK: bm.scan %[[I:[a-z0-9]+]] in "2"
// CHECK-NEXT: bm.scan %[[J:[a-z0-9]+]] in "3" carry(%[[C:[a-z0-9]+]] = %{{.*}} : tensor<4xf32>) constants(%[[K:[a-z0-9]+]] = %[[I]] : tensor<i64>)
// CHECK-NEXT: %[[S:[a-z0-9]+]] = bm.kernel (%{{.*}} = %[[K]] : tensor<i64>) -> (tensor<f32>)
// CHECK: bm.kernel (%{{.*}} = %[[S]] : tensor<f32>, %{{.*}} = %[[C]] : tensor<4xf32>)
func.func @nested(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = bm.scan %i in "2" carry(%a = %x : tensor<4xf32>) -> (tensor<4xf32>) {
    %s = bm.scan %j in "3" carry(%b = %a : tensor<4xf32>) constants(%k = %i : tensor<i64>) -> (tensor<4xf32>) {
      %c = bm.cast %k : tensor<i64> to tensor<f32>
      %d = bm.broadcast %c, [] : tensor<f32> to tensor<4xf32>
      %e = bm.add %b, %d : tensor<4xf32>
      bm.yield %e : tensor<4xf32>
    }
    bm.yield %s : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// A large scatter is alone with what it adds up: its sums are in the buffer of the result. A small one takes the work
// behind it in.
// CHECK-LABEL: @scatters
// CHECK: bm.kernel
// CHECK: bm.scatter_add
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK: bm.sub
// CHECK: bm.kernel
// CHECK: bm.scatter_add
// CHECK-NEXT: bm.sub
func.func @scatters(%w: tensor<9999x8xf32>, %v: tensor<9x8xf32>, %g: tensor<5x8xf32>, %i: tensor<5xi32>)
    -> (tensor<9999x8xf32>, tensor<9x8xf32>) {
  %0 = bm.scatter_add %g at %i axis 0 : tensor<5x8xf32>, tensor<5xi32> to tensor<9999x8xf32>
  %1 = bm.sub %w, %0 : tensor<9999x8xf32>
  %2 = bm.scatter_add %g at %i axis 0 : tensor<5x8xf32>, tensor<5xi32> to tensor<9x8xf32>
  %3 = bm.sub %v, %2 : tensor<9x8xf32>
  return %1, %3 : tensor<9999x8xf32>, tensor<9x8xf32>
}
