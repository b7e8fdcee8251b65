// RUN: bm-opt %s | bm-opt | FileCheck %s

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<?x3xf32, #bm.dims<N, 3>>) {
  // CHECK: bm.neg
  %0 = bm.neg %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.abs
  %1 = bm.abs %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.sign
  %2 = bm.sign %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.exp
  %3 = bm.exp %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.log
  %4 = bm.log %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.log1p
  %5 = bm.log1p %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.sqrt
  %6 = bm.sqrt %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.rsqrt
  %7 = bm.rsqrt %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.sin
  %8 = bm.sin %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.cos
  %9 = bm.cos %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.tanh
  %10 = bm.tanh %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.sigmoid
  %11 = bm.sigmoid %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.floor
  %12 = bm.floor %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.ceil
  %13 = bm.ceil %x : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.round
  %14 = bm.round %x : tensor<?x3xf32, #bm.dims<N, 3>>
  return
}

// CHECK-LABEL: @binary
func.func @binary(%x: tensor<?x3xf32, #bm.dims<N, 3>>, %y: tensor<?x3xf32, #bm.dims<N, 3>>, %i: tensor<5xi32>) {
  // CHECK: bm.add
  %0 = bm.add %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.sub
  %1 = bm.sub %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.mul
  %2 = bm.mul %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.div
  %3 = bm.div %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.rem
  %4 = bm.rem %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.max
  %5 = bm.max %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.min
  %6 = bm.min %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.pow
  %7 = bm.pow %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.div {{.*}} : tensor<5xi32>
  %j = bm.div %i, %i : tensor<5xi32>
  return
}

// CHECK-LABEL: @conditions
func.func @conditions(%x: tensor<?x3xf32, #bm.dims<N, 3>>, %y: tensor<?x3xf32, #bm.dims<N, 3>>) {
  // CHECK: bm.compare eq
  %0 = bm.compare eq %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.compare ne
  %1 = bm.compare ne %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.compare lt
  %2 = bm.compare lt %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.compare le
  %3 = bm.compare le %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.compare gt
  %4 = bm.compare gt %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.compare ge
  %5 = bm.compare ge %x, %y : tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.and {{.*}} : tensor<?x3xi1, #bm.dims<N, 3>>
  %a = bm.and %0, %1 : tensor<?x3xi1, #bm.dims<N, 3>>
  // CHECK: bm.or
  %b = bm.or %2, %3 : tensor<?x3xi1, #bm.dims<N, 3>>
  // CHECK: bm.not
  %c = bm.not %b : tensor<?x3xi1, #bm.dims<N, 3>>
  // CHECK: bm.select {{.*}} : tensor<?x3xi1, #bm.dims<N, 3>>, tensor<?x3xf32, #bm.dims<N, 3>>
  %d = bm.select %c, %x, %y : tensor<?x3xi1, #bm.dims<N, 3>>, tensor<?x3xf32, #bm.dims<N, 3>>
  // CHECK: bm.cast {{.*}} : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x3xi64, #bm.dims<N, 3>>
  %e = bm.cast %x : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x3xi64, #bm.dims<N, 3>>
  // CHECK: bm.stop_gradient
  %f = bm.stop_gradient %x : tensor<?x3xf32, #bm.dims<N, 3>>
  return
}
