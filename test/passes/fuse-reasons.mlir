// Why kernels are not one: each rule of fusion names its reason on the kernel that reads, operand by operand.
// RUN: bm-opt --bm-fuse=reasons=true --split-input-file %s | FileCheck %s
// RUN: bm-opt "--bm-fuse=merges=false reasons=true" --split-input-file %s | FileCheck %s --check-prefix=UNMERGED

// Arguments have no reason. A product reads its operands whole.
// CHECK-LABEL: @product_of_product
// CHECK: bm.apart = [{}, {}]
// CHECK: bm.apart = [{name = "operand-complete", text = "all of it is needed before a result can begin; inside it would be computed again for each read"}, {}]
// UNMERGED-LABEL: @product_of_product
// UNMERGED: bm.apart = [{name = "not-optimized", text = "-O0 leaves each operation alone"}, {}]
func.func @product_of_product(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) -> tensor<8x4xf32> {
  %0 = bm.matmul %x, %w : tensor<8x4xf32>, tensor<4x4xf32>
  %1 = bm.matmul %0, %w : tensor<8x4xf32>, tensor<4x4xf32>
  return %1 : tensor<8x4xf32>
}

// -----

// CHECK-LABEL: @sum_of_product
// CHECK: bm.apart = [{name = "one-product"
func.func @sum_of_product(%x: tensor<8x4xf32>, %w: tensor<4x4xf32>) -> tensor<8xf32> {
  %0 = bm.matmul %x, %w : tensor<8x4xf32>, tensor<4x4xf32>
  %1 = bm.reduce_sum %0, [1] : tensor<8x4xf32>
  return %1 : tensor<8xf32>
}

// -----

// CHECK-LABEL: @rows_then_columns
// CHECK: bm.apart = [{name = "different-sums"
func.func @rows_then_columns(%x: tensor<8x4x2xf32>) -> tensor<4xf32> {
  %0 = bm.reduce_max %x, [2] : tensor<8x4x2xf32>
  %1 = bm.reduce_sum %0, [0] : tensor<8x4xf32>
  return %1 : tensor<4xf32>
}

// -----

// CHECK-LABEL: @columns_twice
// CHECK: bm.apart = [{}, {name = "column-sums", text = "a kernel sums columns once
func.func @columns_twice(%x: tensor<8x4xf32>) -> tensor<4xf32> {
  %0 = bm.reduce_max %x, [0] : tensor<8x4xf32>
  %1 = bm.reduce_sum %x, [0] : tensor<8x4xf32>
  %2 = bm.add %0, %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// CHECK-LABEL: @columns_then_rows
// CHECK: bm.apart = [{name = "sum-complete", text = "the sums must be complete before they are read in this order"}, {}]
func.func @columns_then_rows(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %0 = bm.reduce_max %x, [0] : tensor<8x4xf32>
  %1 = bm.broadcast %0, [1] : tensor<4xf32> to tensor<8x4xf32>
  %2 = bm.sub %x, %1 : tensor<8x4xf32>
  return %2 : tensor<8x4xf32>
}

// -----

// CHECK-LABEL: @results_of_two_shapes
// CHECK: bm.apart = [{name = "different-loops", text = "different loops: results of Nx4 and of 2xNx4"}]
func.func @results_of_two_shapes(%x: tensor<?x4xf32, #bm.dims<N, 4>>)
    -> (tensor<?x4xf32, #bm.dims<N, 4>>, tensor<2x?x4xf32, #bm.dims<2, N, 4>>) {
  %0 = bm.exp %x : tensor<?x4xf32, #bm.dims<N, 4>>
  %1 = bm.broadcast %0, [1, 2] : tensor<?x4xf32, #bm.dims<N, 4>> to tensor<2x?x4xf32, #bm.dims<2, N, 4>>
  %2 = bm.sin %1 : tensor<2x?x4xf32, #bm.dims<2, N, 4>>
  return %0, %2 : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<2x?x4xf32, #bm.dims<2, N, 4>>
}

// -----

// The first product leads to the last by way of the middle one.
// CHECK-LABEL: @around_a_product
// CHECK: bm.apart = [{name = "operand-complete"
// CHECK: bm.apart = [{name = "operand-complete", {{[^}]*}}}, {}, {name = "cycle", text = "a cycle: matmul reads the one and is read by the other"}]
func.func @around_a_product(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = bm.exp %x : tensor<4x4xf32>
  %1 = bm.matmul %0, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %2 = bm.matmul %1, %x : tensor<4x4xf32>, tensor<4x4xf32>
  %3 = bm.add %0, %2 : tensor<4x4xf32>
  return %3 : tensor<4x4xf32>
}

// -----

// A large scatter's sums are in the memory of its result, which nothing else uses.
// CHECK-LABEL: @large_scatter
// CHECK: bm.apart = [{}, {name = "large-scatter"
func.func @large_scatter(%w: tensor<9999x8xf32>, %g: tensor<5x8xf32>, %i: tensor<5xi32>) -> tensor<9999x8xf32> {
  %0 = bm.scatter_add %g at %i axis 0 : tensor<5x8xf32>, tensor<5xi32> to tensor<9999x8xf32>
  %1 = bm.sub %w, %0 : tensor<9999x8xf32>
  return %1 : tensor<9999x8xf32>
}

// -----

// CHECK-LABEL: @scalars
// CHECK: bm.apart = [{name = "scalar-work"
func.func @scalars(%x: tensor<8xf32>, %s: tensor<f32>) -> tensor<8xf32> {
  %0 = bm.sub %s, %s : tensor<f32>
  %1 = bm.broadcast %0, [] : tensor<f32> to tensor<8xf32>
  %2 = bm.mul %x, %1 : tensor<8xf32>
  return %2 : tensor<8xf32>
}

// -----

// CHECK-LABEL: @doubling
// CHECK: bm.apart = [{name = "large-expression"
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

// CHECK-LABEL: @views
// CHECK: bm.apart = [{name = "reshape", text = "a reshape to 6 stands between"}]
func.func @views(%x: tensor<2x3xf32>) -> tensor<6xf32> {
  %0 = bm.exp %x : tensor<2x3xf32>
  %1 = bm.reshape %0 : tensor<2x3xf32> to tensor<6xf32>
  %2 = bm.sin %1 : tensor<6xf32>
  return %2 : tensor<6xf32>
}

// -----

// CHECK-LABEL: @checkpoints
// CHECK: bm.apart = [{name = "checkpoint"
func.func @checkpoints(%x: tensor<4xf32>, %w: tensor<f32>) -> tensor<4xf32> {
  %0 = bm.exp %x : tensor<4xf32>
  %1 = bm.after %0 await %w : tensor<4xf32> await tensor<f32>
  %2 = bm.sin %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// A loop says it of what it reads, and its readers of what it gives.
// CHECK-LABEL: @loops
// CHECK: bm.scan
// CHECK: {bm.apart = [{name = "loop"
// CHECK: bm.apart = [{name = "loop", text = "a loop's steps are a block of their own"}]
func.func @loops(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = bm.exp %x : tensor<4xf32>
  %1 = bm.scan %i in "2" carry(%h = %0 : tensor<4xf32>) -> (tensor<4xf32>) {
    %3 = bm.sin %h : tensor<4xf32>
    bm.yield %3 : tensor<4xf32>
  }
  %2 = bm.exp %1 : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// What several kernels read is in memory anyway; what costs more than a read is not computed once for each read.
// CHECK-LABEL: @read_by_others
// CHECK: bm.apart = [{name = "read-by-others"
func.func @read_by_others(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = bm.exp %x : tensor<4x4xf32>
  %1 = bm.transpose %0, [1, 0] : tensor<4x4xf32>
  %2 = bm.sin %1 : tensor<4x4xf32>
  %3 = bm.matmul %0, %w : tensor<4x4xf32>, tensor<4x4xf32>
  return %2, %3 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// CHECK-LABEL: @returned
// CHECK: bm.apart = [{name = "returned"
func.func @returned(%x: tensor<4x4xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %0 = bm.exp %x : tensor<4x4xf32>
  %1 = bm.transpose %0, [1, 0] : tensor<4x4xf32>
  %2 = bm.sin %1 : tensor<4x4xf32>
  return %0, %2 : tensor<4x4xf32>, tensor<4x4xf32>
}

// -----

// The maximum and the sum are two loops over the rows.
// CHECK-LABEL: @several_loops
// CHECK: bm.apart = [{name = "several-loops"
func.func @several_loops(%x: tensor<8x4xf32>) -> tensor<8xf32> {
  %a = bm.tanh %x : tensor<8x4xf32>
  %b = bm.erf %a : tensor<8x4xf32>
  %0 = bm.tanh %b : tensor<8x4xf32>
  %1 = bm.reduce_max %0, [1] : tensor<8x4xf32>
  %2 = bm.broadcast %1, [0] : tensor<8xf32> to tensor<8x4xf32>
  %3 = bm.sub %0, %2 : tensor<8x4xf32>
  %4 = bm.exp %3 : tensor<8x4xf32>
  %5 = bm.reduce_sum %4, [1] : tensor<8x4xf32>
  return %5 : tensor<8xf32>
}

// -----

// CHECK-LABEL: @computed_again
// CHECK: bm.apart = [{name = "computed-again"
func.func @computed_again(%x: tensor<4xf32>) -> tensor<2x4xf32> {
  %0 = bm.exp %x : tensor<4xf32>
  %1 = bm.broadcast %0, [1] : tensor<4xf32> to tensor<2x4xf32>
  %2 = bm.sin %1 : tensor<2x4xf32>
  return %2 : tensor<2x4xf32>
}

// -----


// A kernel has sixteen results at most.
// CHECK-LABEL: @many_results
// CHECK: bm.apart = [{name = "many-results"
func.func @many_results(%0: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %1 = bm.exp %0 : tensor<4xf32>
  %2 = bm.exp %1 : tensor<4xf32>
  %3 = bm.exp %2 : tensor<4xf32>
  %4 = bm.exp %3 : tensor<4xf32>
  %5 = bm.exp %4 : tensor<4xf32>
  %6 = bm.exp %5 : tensor<4xf32>
  %7 = bm.exp %6 : tensor<4xf32>
  %8 = bm.exp %7 : tensor<4xf32>
  %9 = bm.exp %8 : tensor<4xf32>
  %10 = bm.exp %9 : tensor<4xf32>
  %11 = bm.exp %10 : tensor<4xf32>
  %12 = bm.exp %11 : tensor<4xf32>
  %13 = bm.exp %12 : tensor<4xf32>
  %14 = bm.exp %13 : tensor<4xf32>
  %15 = bm.exp %14 : tensor<4xf32>
  %16 = bm.exp %15 : tensor<4xf32>
  %17 = bm.exp %16 : tensor<4xf32>
  return %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
