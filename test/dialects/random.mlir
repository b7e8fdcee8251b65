// RUN: bm-opt %s | bm-opt | FileCheck %s

// CHECK-LABEL: @random
func.func @random(%key: tensor<2xi32>, %step: tensor<i64>) {
  // CHECK: bm.fold_in {{.*}}, {{.*}} : tensor<i64>
  %0 = bm.fold_in %key, %step : tensor<i64>
  // CHECK: bm.random_bits {{.*}} : tensor<?xi32, #bm.dims<N>>
  %1 = bm.random_bits %0 : tensor<?xi32, #bm.dims<N>>
  // CHECK: bm.random_uniform {{.*}} : tensor<3x5xf32>
  %2 = bm.random_uniform %0 : tensor<3x5xf32>
  return
}
