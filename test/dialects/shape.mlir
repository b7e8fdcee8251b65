// RUN: bm-opt %s | bm-opt | FileCheck %s

// CHECK-LABEL: @shapes
func.func @shapes(%x: tensor<?x3xf32, #bm.dims<N, 3>>, %one: tensor<1x3xf32>, %value: tensor<f32>) {
  // CHECK: bm.broadcast {{.*}}, [1, 2] : tensor<1x3xf32> to tensor<2x?x3xf32, #bm.dims<2, N, 3>>
  %0 = bm.broadcast %one, [1, 2] : tensor<1x3xf32> to tensor<2x?x3xf32, #bm.dims<2, N, 3>>
  // CHECK: bm.reshape {{.*}} : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?xf32, #bm.dims<"3*N">>
  %1 = bm.reshape %x : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?xf32, #bm.dims<"N*3">>
  // CHECK: bm.transpose {{.*}}, [2, 0, 1] : tensor<2x?x3xf32, #bm.dims<2, N, 3>>
  %2 = bm.transpose %0, [2, 0, 1] : tensor<2x?x3xf32, #bm.dims<2, N, 3>>
  // The result's type is inferred: CHECK: bm.exp {{.*}} : tensor<3x2x?xf32, #bm.dims<3, 2, N>>
  %3 = bm.exp %2 : tensor<3x2x?xf32, #bm.dims<3, 2, N>>
  // CHECK: bm.slice {{.*}} [0, 1] step [2, 1] : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x2xf32, #bm.dims<"floordiv(N+1,2)", 2>>
  %4 = bm.slice %x [0, 1] step [2, 1] : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x2xf32, #bm.dims<"floordiv(N+1,2)", 2>>
  // CHECK: bm.pad {{.*}}, {{.*}} [1, 0] step [1, 2] : tensor<1x3xf32>, tensor<f32> to tensor<3x5xf32>
  %5 = bm.pad %one, %value [1, 0] step [1, 2] : tensor<1x3xf32>, tensor<f32> to tensor<3x5xf32>
  // CHECK: bm.concatenate {{.*}} axis 0 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<1x3xf32>
  %6 = bm.concatenate %x, %one axis 0 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<1x3xf32>
  // CHECK: bm.exp {{.*}} : tensor<?x3xf32, #bm.dims<"N+1", 3>>
  %7 = bm.exp %6 : tensor<?x3xf32, #bm.dims<"N+1", 3>>
  return
}
