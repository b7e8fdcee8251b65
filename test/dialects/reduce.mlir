// RUN: bm-opt %s | bm-opt | FileCheck %s

// CHECK-LABEL: @reductions
func.func @reductions(%x: tensor<?x3x5xf32, #bm.dims<N, 3, 5>>) -> (tensor<3xf32>, tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x5xi32, #bm.dims<N, 5>>) {
  // CHECK: bm.reduce_sum {{.*}}, [0, 2] : tensor<?x3x5xf32, #bm.dims<N, 3, 5>>
  %0 = bm.reduce_sum %x, [0, 2] : tensor<?x3x5xf32, #bm.dims<N, 3, 5>>
  // CHECK: bm.reduce_max {{.*}}, [2] : tensor<?x3x5xf32, #bm.dims<N, 3, 5>>
  %1 = bm.reduce_max %x, [2] : tensor<?x3x5xf32, #bm.dims<N, 3, 5>>
  // CHECK: bm.argmax {{.*}} axis 1 : tensor<?x3x5xf32, #bm.dims<N, 3, 5>>
  %2 = bm.argmax %x axis 1 : tensor<?x3x5xf32, #bm.dims<N, 3, 5>>
  return %0, %1, %2 : tensor<3xf32>, tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x5xi32, #bm.dims<N, 5>>
}
