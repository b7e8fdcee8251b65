// RUN: bm-opt --bm-differentiate --split-input-file %s | FileCheck %s

// What reaches a value from two readers is summed, the last reader's share first.
// CHECK-LABEL: @fan_out
// CHECK: %[[ONE:.*]] = bm.constant dense<1.000000e+00> : tensor<f32>
// CHECK: %[[A:.*]] = bm.mul %[[ONE]], %{{.*}}
// CHECK: %[[B:.*]] = bm.mul %[[ONE]], %{{.*}}
// CHECK: bm.add %[[A]], %[[B]]
// CHECK-NOT: bm.grad
func.func @fan_out(%x: tensor<f32>) -> tensor<f32> {
  %0 = bm.mul %x, %x : tensor<f32>
  %1 = bm.grad %0 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  return %1 : tensor<f32>
}

// -----

// A value that the scalar does not depend on has a gradient of zeros; a value that it is computed from by another has the
// whole gradient; an op that leads nowhere is not asked.
// CHECK-LABEL: @zeros
// CHECK: %[[ZERO:.*]] = bm.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK: return %{{.*}}, %[[ZERO]]
func.func @zeros(%x: tensor<f32>, %unused: tensor<2xf32>) -> (tensor<f32>, tensor<2xf32>) {
  %0 = bm.exp %x : tensor<f32>
  %1:2 = bm.grad %0 wrt %x, %unused : tensor<f32>, tensor<f32>, tensor<2xf32> to tensor<f32>, tensor<2xf32>
  return %1#0, %1#1 : tensor<f32>, tensor<2xf32>
}

// -----

// A gradient of an open shape that nothing reaches is a broadcast zero.
// CHECK-LABEL: @open_zeros
// CHECK: %[[ZERO:.*]] = bm.constant dense<0.000000e+00> : tensor<f32>
// CHECK: bm.broadcast %[[ZERO]], [] : tensor<f32> to tensor<?xf32, #bm.dims<N>>
func.func @open_zeros(%x: tensor<f32>, %unused: tensor<?xf32, #bm.dims<N>>) -> tensor<?xf32, #bm.dims<N>> {
  %0 = bm.grad %x wrt %unused : tensor<f32>, tensor<?xf32, #bm.dims<N>> to tensor<?xf32, #bm.dims<N>>
  return %0 : tensor<?xf32, #bm.dims<N>>
}

// -----

// The second derivative of sin is -sin: the grad of a grad sees the ops of the first.
// CHECK-LABEL: @second
// CHECK: bm.cos
// CHECK: bm.sin
// CHECK: bm.neg
// CHECK-NOT: bm.grad
func.func @second(%x: tensor<f32>) -> tensor<f32> {
  %0 = bm.sin %x : tensor<f32>
  %1 = bm.grad %0 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  %2 = bm.grad %1 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  return %2 : tensor<f32>
}

// -----

// No gradient flows through integers.
// CHECK-LABEL: @through_integers
// CHECK: %[[ZERO:.*]] = bm.constant dense<0.000000e+00> : tensor<f32>
// CHECK: return %[[ZERO]]
func.func @through_integers(%x: tensor<f32>) -> tensor<f32> {
  %0 = bm.cast %x : tensor<f32> to tensor<i32>
  %1 = bm.cast %0 : tensor<i32> to tensor<f32>
  %2 = bm.grad %1 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  return %2 : tensor<f32>
}

// -----

// CHECK-LABEL: @stopped
// CHECK: %[[ZERO:.*]] = bm.constant dense<0.000000e+00> : tensor<f32>
// CHECK: return %[[ZERO]]
func.func @stopped(%x: tensor<f32>) -> tensor<f32> {
  %0 = bm.stop_gradient %x : tensor<f32>
  %1 = bm.grad %0 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  return %1 : tensor<f32>
}

// -----

// The gradient of a loop is a loop in the other direction, which carries the cotangents of the carried value and of the
// constant and stacks those of the slices. The forward loop stacks what is not cheap to compute again: the carried value
// that the product reads and the result of the hyperbolic tangent, which it yields anyway. Not the sum in front of it.
// CHECK-LABEL: @loop
// CHECK: %[[F:.*]]:3 = bm.scan %{{.*}} in "T" sequences(%[[X:.*]] = %{{.*}}) carry(%[[H:.*]] = %{{.*}}) constants(%[[W:.*]] = %{{.*}})
// CHECK: %[[P:.*]] = bm.mul %[[H]], %[[W]]
// CHECK: %[[S:.*]] = bm.add %[[P]], %[[X]]
// CHECK: %[[T:.*]] = bm.tanh %[[S]]
// CHECK: bm.yield %[[T]], %[[T]], %[[H]]
// CHECK: %[[B:.*]]:3 = bm.scan %{{.*}} in "T" reverse sequences(%[[SAVED_H:[a-z0-9]+]] = %[[F]]#2 : {{.*}}, %[[SAVED_T:[a-z0-9]+]] = %[[F]]#1 :
// CHECK-SAME: carry(%[[DH:[a-z0-9]+]] = %{{.*}}, %[[DW:[a-z0-9]+]] = %{{.*}}) constants(%{{.*}} = %arg2
// CHECK-NOT: bm.tanh
// CHECK: bm.yield
// CHECK: return %[[F]]#1, %[[B]]#2, %[[B]]#0, %[[B]]#1
func.func @loop(%xs: tensor<?x2xf32, #bm.dims<T, 2>>, %h0: tensor<2xf32>, %w: tensor<2xf32>)
    -> (tensor<?x2xf32, #bm.dims<T, 2>>, tensor<?x2xf32, #bm.dims<T, 2>>, tensor<2xf32>, tensor<2xf32>) {
  %h, %ys = bm.scan %i in "T" sequences(%x = %xs : tensor<?x2xf32, #bm.dims<T, 2>>) carry(%c = %h0 : tensor<2xf32>)
      constants(%v = %w : tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32, #bm.dims<T, 2>>) {
    %0 = bm.mul %c, %v : tensor<2xf32>
    %1 = bm.add %0, %x : tensor<2xf32>
    %2 = bm.tanh %1 : tensor<2xf32>
    bm.yield %2, %2 : tensor<2xf32>, tensor<2xf32>
  }
  %loss = bm.reduce_sum %ys, [0, 1] : tensor<?x2xf32, #bm.dims<T, 2>>
  %g:3 = bm.grad %loss wrt %xs, %h0, %w : tensor<f32>, tensor<?x2xf32, #bm.dims<T, 2>>, tensor<2xf32>, tensor<2xf32>
      to tensor<?x2xf32, #bm.dims<T, 2>>, tensor<2xf32>, tensor<2xf32>
  return %ys, %g#0, %g#1, %g#2 : tensor<?x2xf32, #bm.dims<T, 2>>, tensor<?x2xf32, #bm.dims<T, 2>>, tensor<2xf32>, tensor<2xf32>
}

// -----

// A gradient inside a loop is written out there.
// CHECK-LABEL: @inside
// CHECK: bm.scan
// CHECK: bm.cos
// CHECK: bm.yield
// CHECK-NOT: bm.grad
func.func @inside(%x: tensor<f32>) -> tensor<f32> {
  %y = bm.scan %i in "3" carry(%c = %x : tensor<f32>) -> (tensor<f32>) {
    %0 = bm.sin %c : tensor<f32>
    %1 = bm.grad %0 wrt %c : tensor<f32>, tensor<f32> to tensor<f32>
    bm.yield %1 : tensor<f32>
  }
  return %y : tensor<f32>
}

// -----

// What is marked is computed again, from its inputs, when its cotangents are known; then the mark is gone.
// CHECK-LABEL: @again
// CHECK-NOT: bm.checkpoint
// CHECK: bm.exp
// CHECK: bm.exp
// CHECK: %[[LOSS:.*]] = bm.mul
// CHECK: %[[D:.*]] = bm.mul
// CHECK: %[[X:.*]] = bm.after %arg0 await %[[D]] : tensor<f32> await tensor<f32>
// CHECK: %[[E:.*]] = bm.exp %[[X]]
// CHECK: bm.mul %{{.*}}, %[[E]]
// CHECK: return %[[LOSS]],
func.func @again(%x: tensor<f32>, %w: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %y = bm.checkpoint (%a = %x : tensor<f32>) -> (tensor<f32>) {
    %0 = bm.exp %a : tensor<f32>
    %1 = bm.exp %0 : tensor<f32>
    bm.yield %1 : tensor<f32>
  }
  %2 = bm.mul %y, %w : tensor<f32>
  %3 = bm.grad %2 wrt %x : tensor<f32>, tensor<f32> to tensor<f32>
  return %2, %3 : tensor<f32>, tensor<f32>
}
