// RUN: bm-opt %s | bm-opt | FileCheck %s
// RUN: bm-opt %s --mlir-print-op-generic | bm-opt | FileCheck %s

// CHECK-LABEL: @recurrence
// CHECK-SAME: (%[[XS:.*]]: tensor<?x?x4xf32, #bm.dims<T, N, 4>>, %[[H0:.*]]: tensor<?x4xf32, #bm.dims<N, 4>>, %[[W:.*]]: tensor<4x4xf32>)
func.func @recurrence(%xs: tensor<?x?x4xf32, #bm.dims<T, N, 4>>, %h0: tensor<?x4xf32, #bm.dims<N, 4>>, %w: tensor<4x4xf32>)
    -> (tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x?x4xf32, #bm.dims<T, N, 4>>) {
  // CHECK-NEXT: %[[R:.*]]:2 = bm.scan %[[I:.*]] in "T" sequences(%[[X:.*]] = %[[XS]] : tensor<?x?x4xf32, #bm.dims<T, N, 4>>)
  // CHECK-SAME: carry(%[[H:.*]] = %[[H0]] : tensor<?x4xf32, #bm.dims<N, 4>>) constants(%[[V:.*]] = %[[W]] : tensor<4x4xf32>)
  // CHECK-SAME: -> (tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x?x4xf32, #bm.dims<T, N, 4>>) {
  %h1, %ys = bm.scan %i in "T" sequences(%x = %xs : tensor<?x?x4xf32, #bm.dims<T, N, 4>>)
      carry(%h = %h0 : tensor<?x4xf32, #bm.dims<N, 4>>) constants(%v = %w : tensor<4x4xf32>)
      -> (tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x?x4xf32, #bm.dims<T, N, 4>>) {
    // CHECK-NEXT: %[[P:.*]] = bm.matmul %[[H]], %[[V]]
    %p = bm.matmul %h, %v : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x4xf32>
    // CHECK-NEXT: %[[S:.*]] = bm.add %[[P]], %[[X]]
    %s = bm.add %p, %x : tensor<?x4xf32, #bm.dims<N, 4>>
    // CHECK-NEXT: bm.yield %[[S]], %[[P]]
    bm.yield %s, %p : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x4xf32, #bm.dims<N, 4>>
  }
  // CHECK: return %[[R]]#0, %[[R]]#1
  return %h1, %ys : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x?x4xf32, #bm.dims<T, N, 4>>
}

// Every group may be absent; the length may be any polynomial, or 0.
// CHECK-LABEL: @parts
func.func @parts(%x: tensor<f32>, %n: tensor<?xf32, #bm.dims<N>>) {
  // CHECK: bm.scan %[[I:.*]] in "2*N+1" reverse -> (tensor<?xi64, #bm.dims<"2*N+1">>) attributes {note = "seen"} {
  // CHECK-NEXT: bm.yield %[[I]] : tensor<i64>
  %0 = bm.scan %i in "2*N+1" reverse -> (tensor<?xi64, #bm.dims<"2*N+1">>) attributes {note = "seen"} {
    bm.yield %i : tensor<i64>
  }
  // CHECK: bm.scan %{{.*}} in "0" carry(%{{.*}} = %{{.*}} : tensor<f32>) -> (tensor<f32>, tensor<0xf32>)
  %1:2 = bm.scan %i in "0" carry(%c = %x : tensor<f32>) -> (tensor<f32>, tensor<0xf32>) {
    bm.yield %c, %c : tensor<f32>, tensor<f32>
  }
  // CHECK: bm.scan %{{.*}} in "3" constants(%{{.*}} = %{{.*}} : tensor<f32>) -> () {
  bm.scan %i in "3" constants(%c = %x : tensor<f32>) -> () {
    // CHECK: bm.scan %{{.*}} in "2" carry(
    %2 = bm.scan %j in "2" carry(%d = %c : tensor<f32>) -> (tensor<f32>) {
      bm.yield %d : tensor<f32>
    }
    bm.yield
  }
  return
}
