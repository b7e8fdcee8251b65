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
