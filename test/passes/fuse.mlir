// RUN: bm-opt --bm-fuse --split-input-file %s | FileCheck %s

// A chain of pointwise ops is one kernel; a splat is computed in it, a table is read.
// CHECK-LABEL: @chain
// CHECK: %[[TABLE:.*]] = bm.constant dense<[1.000000e+00, 2.000000e+00]>
// CHECK: bm.kernel (%{{.*}} = %{{.*}}, %{{.*}} = %[[TABLE]] : tensor<2xf32>)
// CHECK: bm.constant dense<3.000000e+00>
// CHECK: bm.mul
// CHECK: bm.exp
// CHECK-NOT: bm.kernel
func.func @chain(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = bm.constant dense<3.0> : tensor<2xf32>
  %1 = bm.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %2 = bm.mul %x, %0 : tensor<2xf32>
  %3 = bm.exp %2 : tensor<2xf32>
  %4 = bm.add %3, %1 : tensor<2xf32>
  return %4 : tensor<2xf32>
}

// -----

// Pointwise work joins the kernel of rows that reads the same tensor.
// CHECK-LABEL: @rows
// CHECK: bm.kernel {{.*}} -> (tensor<8x16xf32>, tensor<8x16xf32>)
// CHECK-DAG: bm.reduce_sum
// CHECK-DAG: bm.mul
// CHECK: bm.yield
// CHECK-NOT: bm.kernel
func.func @rows(%x: tensor<8x16xf32>, %y: tensor<8x16xf32>) -> (tensor<8x16xf32>, tensor<8x16xf32>) {
  %0 = bm.exp %x : tensor<8x16xf32>
  %1 = bm.mul %x, %y : tensor<8x16xf32>
  %2 = bm.reduce_sum %0, [1] : tensor<8x16xf32>
  %3 = bm.broadcast %2, [0] : tensor<8xf32> to tensor<8x16xf32>
  %4 = bm.div %y, %3 : tensor<8x16xf32>
  return %1, %4 : tensor<8x16xf32>, tensor<8x16xf32>
}

// -----

// Bias and activation join the product; the product is not computed inside another product.
// CHECK-LABEL: @layers
// CHECK: bm.kernel
// CHECK: bm.matmul
// CHECK: bm.add
// CHECK: bm.tanh
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK: bm.matmul
// CHECK-NEXT: bm.yield
// CHECK-NOT: bm.kernel
func.func @layers(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>, %b: tensor<4xf32>) -> tensor<8x4xf32> {
  %0 = bm.matmul %x, %w : tensor<8x4xf32>, tensor<4x4xf32>
  %1 = bm.broadcast %b, [1] : tensor<4xf32> to tensor<8x4xf32>
  %2 = bm.add %0, %1 : tensor<8x4xf32>
  %3 = bm.tanh %2 : tensor<8x4xf32>
  %4 = bm.matmul %3, %w : tensor<8x4xf32>, tensor<4x4xf32>
  return %4 : tensor<8x4xf32>
}

// -----

// A product reads a transpose from memory, but what only repeats a smaller tensor is read as it is.
// CHECK-LABEL: @operands_of_products
// CHECK: bm.kernel
// CHECK: bm.transpose
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK: bm.broadcast
// CHECK-NEXT: bm.matmul
// CHECK-NOT: bm.kernel
func.func @operands_of_products(%x: tensor<4x2x8xf32>, %w: tensor<8x3xf32>) -> tensor<2x4x3xf32> {
  %0 = bm.transpose %x, [1, 0, 2] : tensor<4x2x8xf32>
  %1 = bm.broadcast %w, [1, 2] : tensor<8x3xf32> to tensor<2x8x3xf32>
  %2 = bm.matmul %0, %1 : tensor<2x4x8xf32>, tensor<2x8x3xf32>
  return %2 : tensor<2x4x3xf32>
}

// -----

// A softmax is one kernel of rows.
// CHECK-LABEL: @softmax
// CHECK: bm.kernel
// CHECK: bm.reduce_max
// CHECK: bm.exp
// CHECK: bm.reduce_sum
// CHECK: bm.div
// CHECK-NEXT: bm.yield
// CHECK-NOT: bm.kernel
func.func @softmax(%x: tensor<?x10xf32, #bm.dims<N, 10>>) -> tensor<?x10xf32, #bm.dims<N, 10>> {
  %0 = bm.reduce_max %x, [1] : tensor<?x10xf32, #bm.dims<N, 10>>
  %1 = bm.broadcast %0, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x10xf32, #bm.dims<N, 10>>
  %2 = bm.sub %x, %1 : tensor<?x10xf32, #bm.dims<N, 10>>
  %3 = bm.exp %2 : tensor<?x10xf32, #bm.dims<N, 10>>
  %4 = bm.reduce_sum %3, [1] : tensor<?x10xf32, #bm.dims<N, 10>>
  %5 = bm.broadcast %4, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x10xf32, #bm.dims<N, 10>>
  %6 = bm.div %3, %5 : tensor<?x10xf32, #bm.dims<N, 10>>
  return %6 : tensor<?x10xf32, #bm.dims<N, 10>>
}

// -----

// Over leading axes a result is complete only when the whole tensor was read: what uses it is another kernel.
// CHECK-LABEL: @columns
// CHECK: bm.kernel
// CHECK: bm.reduce_max
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK: bm.sub
// CHECK-NOT: bm.kernel
func.func @columns(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = bm.reduce_max %x, [0] : tensor<8x4xf32>
  %1 = bm.broadcast %0, [1] : tensor<4xf32> to tensor<8x4xf32>
  %2 = bm.sub %x, %1 : tensor<8x4xf32>
  return %2 : tensor<8x4xf32>
}

// -----

// A row's result that is repeated over another axis than its own is not in the row: the shape alone does not tell.
// CHECK-LABEL: @rows_as_columns
// CHECK: bm.kernel
// CHECK: bm.reduce_max
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK: bm.sub
func.func @rows_as_columns(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = bm.reduce_max %x, [1] : tensor<4x4xf32>
  %1 = bm.broadcast %0, [1] : tensor<4xf32> to tensor<4x4xf32>
  %2 = bm.sub %x, %1 : tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}

// -----

// An index map of an anchor's result stays outside the anchor's kernel.
// CHECK-LABEL: @moved_product
// CHECK: bm.matmul
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK: bm.slice
func.func @moved_product(%x: tensor<4x4xf32>) -> tensor<2x4xf32> {
  %0 = bm.matmul %x, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = bm.slice %0 [1, 0] step [2, 1] : tensor<4x4xf32> to tensor<2x4xf32>
  %2 = bm.exp %1 : tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}

// -----

// Two products never share a kernel, nor do kernels with a third between them: that would be a cycle.
// CHECK-LABEL: @no_cycle
// CHECK-COUNT-3: bm.kernel
// CHECK-NOT: bm.kernel
func.func @no_cycle(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = bm.exp %x : tensor<4x4xf32>
  %1 = bm.matmul %0, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %2 = bm.matmul %1, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %3 = bm.add %0, %2 : tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}

// -----

// Siblings of one shape that read one tensor become one kernel with several results; another shape does not join.
// CHECK-LABEL: @siblings
// CHECK: bm.kernel {{.*}} -> (tensor<2x8xf32>)
// CHECK: bm.kernel {{.*}} -> (tensor<8xf32>, tensor<8xi1>)
// CHECK-NOT: bm.kernel
func.func @siblings(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<2x8xf32>, tensor<8xi1>) {
  %0 = bm.exp %x : tensor<8xf32>
  %1 = bm.broadcast %x, [1] : tensor<8xf32> to tensor<2x8xf32>
  %2 = bm.sin %1 : tensor<2x8xf32>
  %3 = bm.compare lt %x, %x : tensor<8xf32>
  return %0, %2, %3 : tensor<8xf32>, tensor<2x8xf32>, tensor<8xi1>
}

// -----

// Scalars are computed once, in a kernel of scalars, not for each element.
// CHECK-LABEL: @scalars
// CHECK: bm.kernel {{.*}} -> (tensor<f32>)
// CHECK: bm.sub
// CHECK: bm.kernel {{.*}} -> (tensor<8xf32>)
func.func @scalars(%x: tensor<8xf32>, %s: tensor<f32>) -> tensor<8xf32> {
  %0 = bm.sub %s, %s : tensor<f32>
  %1 = bm.broadcast %0, [] : tensor<f32> to tensor<8xf32>
  %2 = bm.mul %x, %1 : tensor<8xf32>
  return %2 : tensor<8xf32>
}

// -----

// The update of an embedding joins the scatter that gives its gradient.
// CHECK-LABEL: @scatter
// CHECK: bm.kernel
// CHECK: bm.neg
// CHECK: bm.scatter_add
// CHECK: bm.sub
// CHECK-NOT: bm.kernel
func.func @scatter(%table: tensor<7x4xf32>, %dy: tensor<5x4xf32>, %at: tensor<5xi32>) -> tensor<7x4xf32> {
  %0 = bm.neg %dy : tensor<5x4xf32>
  %1 = bm.scatter_add %0 at %at axis 0 : tensor<5x4xf32>, tensor<5xi32> to tensor<7x4xf32>
  %2 = bm.sub %table, %1 : tensor<7x4xf32>
  return %2 : tensor<7x4xf32>
}

// -----

// Reshapes are views between kernels.
// CHECK-LABEL: @views
// CHECK: %[[A:.*]] = bm.kernel
// CHECK: %[[V:.*]] = bm.reshape %[[A]]
// CHECK: bm.kernel (%{{.*}} = %[[V]]
func.func @views(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %0 = bm.exp %x : tensor<2x3xf32>
  %1 = bm.reshape %0 : tensor<2x3xf32> to tensor<6xf32>
  %2 = bm.sin %1 : tensor<6xf32>
  return %2 : tensor<6xf32>
}

// -----

// What is a few operations away from a stored value is computed again where it is read; what costs more is stored.
// CHECK-LABEL: @recomputed
// CHECK: bm.kernel {{.*}} -> (tensor<8x8xf32>, tensor<8x8xf32>)
// CHECK: %[[SUM:.*]] = bm.matmul
// CHECK: %[[TANH:.*]] = bm.tanh
// CHECK: bm.yield %[[SUM]], %[[TANH]]
// CHECK: bm.kernel (%[[T:[a-z0-9]+]] = %{{[0-9]+}}#1 : {{.*}}, %[[S:[a-z0-9]+]] = %{{[0-9]+}}#0 :
// CHECK-DAG: bm.mul %[[S]], %[[S]]
// CHECK-DAG: bm.mul %{{.*}}, %[[T]]
func.func @recomputed(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %0 = bm.matmul %x, %w : tensor<8x8xf32>, tensor<8x8xf32>
  %1 = bm.mul %0, %0 : tensor<8x8xf32>
  %2 = bm.tanh %1 : tensor<8x8xf32>
  %3 = bm.matmul %2, %w : tensor<8x8xf32>, tensor<8x8xf32>
  %4 = bm.add %3, %0 : tensor<8x8xf32>
  %5 = bm.mul %1, %2 : tensor<8x8xf32>
  %6 = bm.add %4, %5 : tensor<8x8xf32>
  return %6 : tensor<8x8xf32>
}

// -----

// What reads its operand twice doubles the code of a kernel: ten such are enough for one.
// CHECK-LABEL: @doubling
// CHECK: bm.kernel
// CHECK-COUNT-2: bm.add
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel
// CHECK-COUNT-10: bm.add
// CHECK-NEXT: bm.yield
func.func @doubling(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = bm.add %x, %x : tensor<8xf32>
  %1 = bm.add %0, %0 : tensor<8xf32>
  %2 = bm.add %1, %1 : tensor<8xf32>
  %3 = bm.add %2, %2 : tensor<8xf32>
  %4 = bm.add %3, %3 : tensor<8xf32>
  %5 = bm.add %4, %4 : tensor<8xf32>
  %6 = bm.add %5, %5 : tensor<8xf32>
  %7 = bm.add %6, %6 : tensor<8xf32>
  %8 = bm.add %7, %7 : tensor<8xf32>
  %9 = bm.add %8, %8 : tensor<8xf32>
  %10 = bm.add %9, %9 : tensor<8xf32>
  %11 = bm.add %10, %10 : tensor<8xf32>
  return %11 : tensor<8xf32>
}

// -----

// Index maps of index maps are computed where they are read up to a size, which doubles with each turn here.
// CHECK-LABEL: @turning
// CHECK: bm.kernel
// CHECK: bm.yield
// CHECK: bm.kernel
// CHECK: bm.exp
// CHECK-NEXT: bm.yield
func.func @turning(%x: tensor<8xf32>) -> tensor<8xf32> {
  %a0 = bm.slice %x [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b0 = bm.slice %x [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %0 = bm.concatenate %a0, %b0 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a1 = bm.slice %0 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b1 = bm.slice %0 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %1 = bm.concatenate %a1, %b1 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a2 = bm.slice %1 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b2 = bm.slice %1 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %2 = bm.concatenate %a2, %b2 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a3 = bm.slice %2 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b3 = bm.slice %2 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %3 = bm.concatenate %a3, %b3 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a4 = bm.slice %3 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b4 = bm.slice %3 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %4 = bm.concatenate %a4, %b4 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a5 = bm.slice %4 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b5 = bm.slice %4 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %5 = bm.concatenate %a5, %b5 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a6 = bm.slice %5 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b6 = bm.slice %5 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %6 = bm.concatenate %a6, %b6 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a7 = bm.slice %6 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b7 = bm.slice %6 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %7 = bm.concatenate %a7, %b7 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a8 = bm.slice %7 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b8 = bm.slice %7 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %8 = bm.concatenate %a8, %b8 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a9 = bm.slice %8 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b9 = bm.slice %8 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %9 = bm.concatenate %a9, %b9 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a10 = bm.slice %9 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b10 = bm.slice %9 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %10 = bm.concatenate %a10, %b10 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a11 = bm.slice %10 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b11 = bm.slice %10 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %11 = bm.concatenate %a11, %b11 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a12 = bm.slice %11 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b12 = bm.slice %11 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %12 = bm.concatenate %a12, %b12 axis 0 : tensor<7xf32>, tensor<1xf32>
  %a13 = bm.slice %12 [1] step [1] : tensor<8xf32> to tensor<7xf32>
  %b13 = bm.slice %12 [0] step [1] : tensor<8xf32> to tensor<1xf32>
  %13 = bm.concatenate %a13, %b13 axis 0 : tensor<7xf32>, tensor<1xf32>
  %14 = bm.exp %13 : tensor<8xf32>
  return %14 : tensor<8xf32>
}

// -----

// Work that costs too much for each loop of the kernel that reads it rides on the product in front of it.
// CHECK-LABEL: @rides_on_the_product
// CHECK: bm.kernel {{.*}} -> (tensor<8x4xf32>, tensor<8x4xf32>)
// CHECK: bm.matmul
// CHECK: bm.erf
// CHECK: bm.kernel {{.*}} -> (tensor<8xf32>)
// CHECK-NOT: bm.kernel
func.func @rides_on_the_product(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) -> (tensor<8x4xf32>, tensor<8xf32>) {
  %y = bm.matmul %x, %w : tensor<8x4xf32>, tensor<4x4xf32>
  %a = bm.tanh %y : tensor<8x4xf32>
  %b = bm.erf %a : tensor<8x4xf32>
  %0 = bm.tanh %b : tensor<8x4xf32>
  %1 = bm.reduce_max %0, [1] : tensor<8x4xf32>
  %2 = bm.broadcast %1, [0] : tensor<8xf32> to tensor<8x4xf32>
  %3 = bm.sub %0, %2 : tensor<8x4xf32>
  %4 = bm.exp %3 : tensor<8x4xf32>
  %5 = bm.reduce_sum %4, [1] : tensor<8x4xf32>
  return %y, %5 : tensor<8x4xf32>, tensor<8xf32>
}

// -----

// What is grouped already stays so: text of a later stage can be edited and compiled.
// CHECK-LABEL: @grouped
// CHECK-COUNT-2: bm.kernel
// CHECK: #bm.schedule<elementwise, vector = 2>
func.func @grouped(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = bm.kernel (%a = %x : tensor<2xf32>) -> (tensor<2xf32>) {
    %2 = bm.exp %a : tensor<2xf32>
    bm.yield %2 : tensor<2xf32>
  }
  %1 = bm.kernel (%a = %0 : tensor<2xf32>) -> (tensor<2xf32>) schedule #bm.schedule<elementwise, vector = 2> {
    %2 = bm.exp %a : tensor<2xf32>
    bm.yield %2 : tensor<2xf32>
  }
  return %1 : tensor<2xf32>
}

// -----

// Equal work is an equal kernel, wherever its ops stand in the program.
// CHECK-LABEL: @in_another_order
// CHECK: bm.kernel (%[[A:[a-z0-9]+]] = {{[^,]*}}, %[[W:[a-z0-9]+]] = {{[^,]*}}, %[[B:[a-z0-9]+]] =
// CHECK-NEXT: bm.matmul %[[A]], %[[W]]
// CHECK-NEXT: bm.broadcast %[[B]]
// CHECK-NEXT: bm.add
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel (%[[A:[a-z0-9]+]] = {{[^,]*}}, %[[W:[a-z0-9]+]] = {{[^,]*}}, %[[B:[a-z0-9]+]] =
// CHECK-NEXT: bm.matmul %[[A]], %[[W]]
// CHECK-NEXT: bm.broadcast %[[B]]
// CHECK-NEXT: bm.add
// CHECK-NEXT: bm.yield
func.func @in_another_order(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>, %b: tensor<8xf32>) -> tensor<8x8xf32> {
  %0 = bm.matmul %x, %w : tensor<8x8xf32>, tensor<8x8xf32>
  %1 = bm.broadcast %b, [1] : tensor<8xf32> to tensor<8x8xf32>
  %2 = bm.add %0, %1 : tensor<8x8xf32>
  %3 = bm.broadcast %b, [1] : tensor<8xf32> to tensor<8x8xf32>
  %4 = bm.matmul %2, %w : tensor<8x8xf32>, tensor<8x8xf32>
  %5 = bm.add %4, %3 : tensor<8x8xf32>
  return %5 : tensor<8x8xf32>
}
