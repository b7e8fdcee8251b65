// RUN: bm-opt %s | bm-opt | FileCheck %s

// CHECK-LABEL: @indices
func.func @indices(%x: tensor<7x?x3xf32, #bm.dims<7, N, 3>>, %i: tensor<?x2xi64, #bm.dims<M, 2>>) {
  // CHECK: bm.iota axis 1 : tensor<?x5xi32, #bm.dims<N, 5>>
  %0 = bm.iota axis 1 : tensor<?x5xi32, #bm.dims<N, 5>>
  // CHECK: bm.one_hot {{.*}} : tensor<?x2xi64, #bm.dims<M, 2>> to tensor<?x2x9xf32, #bm.dims<M, 2, 9>>
  %1 = bm.one_hot %i : tensor<?x2xi64, #bm.dims<M, 2>> to tensor<?x2x9xf32, #bm.dims<M, 2, 9>>
  // CHECK: bm.gather {{.*}} at {{.*}} axis 0 : tensor<7x?x3xf32, #bm.dims<7, N, 3>>, tensor<?x2xi64, #bm.dims<M, 2>>
  %2 = bm.gather %x at %i axis 0 : tensor<7x?x3xf32, #bm.dims<7, N, 3>>, tensor<?x2xi64, #bm.dims<M, 2>>
  // CHECK: bm.scatter_add {{.*}} at {{.*}} axis 0 : tensor<?x2x?x3xf32, #bm.dims<M, 2, N, 3>>, tensor<?x2xi64, #bm.dims<M, 2>> to tensor<7x?x3xf32, #bm.dims<7, N, 3>>
  %3 = bm.scatter_add %2 at %i axis 0 : tensor<?x2x?x3xf32, #bm.dims<M, 2, N, 3>>, tensor<?x2xi64, #bm.dims<M, 2>> to tensor<7x?x3xf32, #bm.dims<7, N, 3>>
  return
}
