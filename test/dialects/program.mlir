// RUN: bm-opt %s | bm-opt | FileCheck %s
// RUN: bm-opt %s --mlir-print-op-generic | bm-opt | FileCheck %s

// CHECK: bm.variable "parameter" @fc1.weight : tensor<2x3xf32> trainable
bm.variable "parameter" @fc1.weight : tensor<2x3xf32> trainable
// CHECK: bm.variable "state" @fc1.weight.m : tensor<2x3xf32>
bm.variable "state" @fc1.weight.m : tensor<2x3xf32>

// CHECK-LABEL: @values
func.func @values(%x: tensor<?xf32, #bm.dims<N>>, %loss: tensor<f32>) {
  // CHECK: bm.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %0 = bm.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: bm.size "N*T" : tensor<i64>
  %1 = bm.size "N*T" : tensor<i64>
  // CHECK: bm.grad {{.*}} wrt {{.*}}, {{.*}} : tensor<f32>, tensor<?xf32, #bm.dims<N>>, tensor<2xf32> to tensor<?xf32, #bm.dims<N>>, tensor<2xf32>
  %2:2 = bm.grad %loss wrt %x, %0 : tensor<f32>, tensor<?xf32, #bm.dims<N>>, tensor<2xf32> to tensor<?xf32, #bm.dims<N>>, tensor<2xf32>
  return
}

// CHECK-LABEL: @kernels
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
func.func @kernels(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xf32> {
  // CHECK-NEXT: %[[R:.*]]:2 = bm.kernel (%[[A:.*]] = %[[X]] : tensor<3xf32>, %[[B:.*]] = %[[Y]] : tensor<3xf32>) -> (tensor<3xf32>, tensor<3xi1>)
  // CHECK-SAME: schedule #bm.schedule<elementwise, vector = 8> in_place [0, -1] buffers [#bm.buffer<arena, 0>, #bm.buffer<result, 1>] attributes {note = "seen"} {
  %r:2 = bm.kernel (%a = %x : tensor<3xf32>, %b = %y : tensor<3xf32>) -> (tensor<3xf32>, tensor<3xi1>)
      schedule #bm.schedule<elementwise, vector = 8> in_place [0, -1]
      buffers [#bm.buffer<arena, 0>, #bm.buffer<result, 1>] attributes {note = "seen"} {
    // CHECK-NEXT: %[[S:.*]] = bm.add %[[A]], %[[B]] : tensor<3xf32>
    %s = bm.add %a, %b : tensor<3xf32>
    // CHECK-NEXT: %[[C:.*]] = bm.compare lt %[[A]], %[[B]] : tensor<3xf32>
    %c = bm.compare lt %a, %b : tensor<3xf32>
    // CHECK-NEXT: bm.yield %[[S]], %[[C]] : tensor<3xf32>, tensor<3xi1>
    bm.yield %s, %c : tensor<3xf32>, tensor<3xi1>
  }
  // CHECK: bm.kernel () -> (tensor<3xf32>) {
  %k = bm.kernel () -> (tensor<3xf32>) {
    %one = bm.constant dense<1.0> : tensor<3xf32>
    bm.yield %one : tensor<3xf32>
  }
  return %r#0 : tensor<3xf32>
}
