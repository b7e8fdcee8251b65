// RUN: bm-opt %s | bm-opt | FileCheck %s
// RUN: bm-opt %s --mlir-print-op-generic | bm-opt | FileCheck %s

// CHECK-LABEL: @checkpoint
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32, #bm.dims<N>>, %[[W:.*]]: tensor<f32>)
func.func @checkpoint(%x: tensor<?xf32, #bm.dims<N>>, %w: tensor<f32>) -> tensor<?xf32, #bm.dims<N>> {
  // CHECK-NEXT: %[[Y:.*]]:2 = bm.checkpoint (%[[A:.*]] = %[[X]] : tensor<?xf32, #bm.dims<N>>, %[[B:.*]] = %[[W]] : tensor<f32>)
  // CHECK-SAME: -> (tensor<?xf32, #bm.dims<N>>, tensor<f32>) attributes {note = "seen"} {
  %y:2 = bm.checkpoint (%a = %x : tensor<?xf32, #bm.dims<N>>, %b = %w : tensor<f32>)
      -> (tensor<?xf32, #bm.dims<N>>, tensor<f32>) attributes {note = "seen"} {
    // CHECK-NEXT: %[[E:.*]] = bm.exp %[[A]]
    %e = bm.exp %a : tensor<?xf32, #bm.dims<N>>
    // CHECK-NEXT: bm.yield %[[E]], %[[B]]
    bm.yield %e, %b : tensor<?xf32, #bm.dims<N>>, tensor<f32>
  }
  // CHECK: bm.after %[[Y]]#0 await %[[Y]]#1, %[[W]] : tensor<?xf32, #bm.dims<N>> await tensor<f32>, tensor<f32>
  %z = bm.after %y#0 await %y#1, %w : tensor<?xf32, #bm.dims<N>> await tensor<f32>, tensor<f32>
  return %z : tensor<?xf32, #bm.dims<N>>
}
