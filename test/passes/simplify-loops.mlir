// RUN: bm-opt --bm-simplify %s | FileCheck %s

// What is the same in each step is computed once, with all that it is computed from; what is cheap again stays.
// CHECK-LABEL: @invariant
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<3x4xf32>, %[[W:[a-z0-9]+]]: tensor<4xf32>, %[[S:[a-z0-9]+]]: tensor<f32>)
// CHECK-NEXT: %[[B:[a-z0-9]+]] = bm.broadcast %[[S]], [] : tensor<f32> to tensor<4xf32>
// CHECK-NEXT: %[[M:[a-z0-9]+]] = bm.mul %[[W]], %[[B]]
// CHECK-NEXT: %[[E:[a-z0-9]+]] = bm.exp %[[M]]
// CHECK-NEXT: bm.scan %{{.*}} in "3" sequences(%[[XI:[a-z0-9]+]] = %[[X]] : tensor<3x4xf32>) constants(%{{.*}} = %[[S]] : tensor<f32>, %[[EI:[a-z0-9]+]] = %[[E]] : tensor<4xf32>)
// CHECK-NEXT: bm.broadcast
// CHECK-NEXT: bm.mul
// CHECK-NEXT: bm.add
// CHECK-NEXT: bm.yield
func.func @invariant(%x: tensor<3x4xf32>, %w: tensor<4xf32>, %s: tensor<f32>) -> tensor<3x4xf32> {
  %r = bm.scan %i in "3" sequences(%xi = %x : tensor<3x4xf32>)
      constants(%wi = %w : tensor<4xf32>, %si = %s : tensor<f32>) -> (tensor<3x4xf32>) {
    %b = bm.broadcast %si, [] : tensor<f32> to tensor<4xf32>
    %m = bm.mul %wi, %b : tensor<4xf32>
    %e = bm.exp %m : tensor<4xf32>
    %p = bm.mul %xi, %b : tensor<4xf32>
    %q = bm.add %p, %e : tensor<4xf32>
    bm.yield %q : tensor<4xf32>
  }
  return %r : tensor<3x4xf32>
}

// A product takes a transposition in before it could leave the loop.
// CHECK-LABEL: @transposed_invariant
// CHECK-NEXT: bm.scan
// CHECK-NEXT: bm.matmul %{{.*}}, %{{.*}} transposed
func.func @transposed_invariant(%w: tensor<4x4xf32>, %h: tensor<?x4xf32, #bm.dims<N, 4>>) -> tensor<?x4xf32, #bm.dims<N, 4>> {
  %r = bm.scan %i in "3" carry(%hi = %h : tensor<?x4xf32, #bm.dims<N, 4>>) constants(%wi = %w : tensor<4x4xf32>) -> (tensor<?x4xf32, #bm.dims<N, 4>>) {
    %t = bm.transpose %wi, [1, 0] : tensor<4x4xf32>
    %p = bm.matmul %hi, %t : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x4xf32>
    %q = bm.tanh %p : tensor<?x4xf32, #bm.dims<N, 4>>
    bm.yield %q : tensor<?x4xf32, #bm.dims<N, 4>>
  }
  return %r : tensor<?x4xf32, #bm.dims<N, 4>>
}

// The product of the slices with a matrix becomes one in front of the loop.
// CHECK-LABEL: @product_of_sequence
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<?x?x3xf32, #bm.dims<T, N, 3>>, %[[W:[a-z0-9]+]]: tensor<4x3xf32>, %[[H:[a-z0-9]+]]: tensor<?x4xf32, #bm.dims<N, 4>>)
// CHECK-NEXT: %[[R:[a-z0-9]+]] = bm.reshape %[[X]] : {{.*}} to tensor<?x3xf32, #bm.dims<"N*T", 3>>
// CHECK-NEXT: %[[P:[a-z0-9]+]] = bm.matmul %[[R]], %[[W]] transposed
// CHECK-NEXT: %[[S:[a-z0-9]+]] = bm.reshape %[[P]] : {{.*}} to tensor<?x?x4xf32, #bm.dims<T, N, 4>>
// CHECK-NEXT: bm.scan %{{.*}} in "T" sequences(%[[SI:[a-z0-9]+]] = %[[S]] : {{.*}}) carry(%[[HI:[a-z0-9]+]] = %[[H]] : {{.*}}) -> (
// CHECK-NEXT: bm.add %[[HI]], %[[SI]]
func.func @product_of_sequence(%x: tensor<?x?x3xf32, #bm.dims<T, N, 3>>, %w: tensor<4x3xf32>, %h: tensor<?x4xf32, #bm.dims<N, 4>>)
    -> tensor<?x4xf32, #bm.dims<N, 4>> {
  %r = bm.scan %i in "T" sequences(%xi = %x : tensor<?x?x3xf32, #bm.dims<T, N, 3>>)
      carry(%hi = %h : tensor<?x4xf32, #bm.dims<N, 4>>) constants(%wi = %w : tensor<4x3xf32>) -> (tensor<?x4xf32, #bm.dims<N, 4>>) {
    %p = bm.matmul %xi, %wi transposed : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<4x3xf32>
    %s = bm.add %hi, %p : tensor<?x4xf32, #bm.dims<N, 4>>
    %t = bm.tanh %s : tensor<?x4xf32, #bm.dims<N, 4>>
    bm.yield %t : tensor<?x4xf32, #bm.dims<N, 4>>
  }
  return %r : tensor<?x4xf32, #bm.dims<N, 4>>
}

// An output that is a product with a matrix becomes one behind the loop, which yields the other factor instead.
// CHECK-LABEL: @product_of_outputs
// CHECK: %[[R:[a-z0-9]+]]:2 = bm.scan
// CHECK: %[[T:[a-z0-9]+]] = bm.tanh
// CHECK-NEXT: bm.yield %[[T]], %[[T]]
// CHECK: bm.reshape %[[R]]#1 : {{.*}} to tensor<15x4xf32>
// CHECK-NEXT: bm.matmul %{{.*}}, %{{.*}} : tensor<15x4xf32>, tensor<4x2xf32>
// CHECK-NEXT: bm.reshape %{{.*}} : tensor<15x2xf32> to tensor<5x3x2xf32>
func.func @product_of_outputs(%h: tensor<3x4xf32>, %w: tensor<4x2xf32>) -> (tensor<3x4xf32>, tensor<5x3x2xf32>) {
  %r:2 = bm.scan %i in "5" carry(%hi = %h : tensor<3x4xf32>) constants(%wi = %w : tensor<4x2xf32>)
      -> (tensor<3x4xf32>, tensor<5x3x2xf32>) {
    %t = bm.tanh %hi : tensor<3x4xf32>
    %p = bm.matmul %t, %wi : tensor<3x4xf32>, tensor<4x2xf32>
    bm.yield %t, %p : tensor<3x4xf32>, tensor<3x2xf32>
  }
  return %r#0, %r#1 : tensor<3x4xf32>, tensor<5x3x2xf32>
}

// Gradients of weights: products over the rows of each step are one over the rows of all steps, and the sum over the
// rows of what is stacked then follows.
// CHECK-LABEL: @sums
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<5x3x2xf32>, %[[H:[a-z0-9]+]]: tensor<3x4xf32>, %[[W:[a-z0-9]+]]: tensor<2x4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:[a-z0-9]+]]:2 = bm.scan %{{.*}} in "5" reverse carry(%[[HI:[a-z0-9]+]] = %[[H]] : tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>)
// CHECK-NEXT: %[[T:[a-z0-9]+]] = bm.tanh %[[HI]]
// CHECK-NEXT: bm.yield %[[T]], %[[T]]
// CHECK-DAG: %[[XS:[a-z0-9]+]] = bm.reshape %[[X]] : tensor<5x3x2xf32> to tensor<15x2xf32>
// CHECK-DAG: %[[TS:[a-z0-9]+]] = bm.reshape %[[R]]#1 : tensor<5x3x4xf32> to tensor<15x4xf32>
// CHECK-DAG: %[[P:[a-z0-9]+]] = bm.matmul %[[XS]] transposed, %[[TS]]
// CHECK-DAG: %[[DW:[a-z0-9]+]] = bm.add %[[W]], %[[P]]
// CHECK-DAG: %[[S:[a-z0-9]+]] = bm.reduce_sum %[[R]]#1, [0, 1]
// CHECK-DAG: %[[DB:[a-z0-9]+]] = bm.add %[[B]], %[[S]]
// CHECK: return %[[R]]#0, %[[DW]], %[[DB]]
func.func @sums(%x: tensor<5x3x2xf32>, %h: tensor<3x4xf32>, %w: tensor<2x4xf32>, %b: tensor<4xf32>)
    -> (tensor<3x4xf32>, tensor<2x4xf32>, tensor<4xf32>) {
  %r:3 = bm.scan %i in "5" reverse sequences(%xi = %x : tensor<5x3x2xf32>)
      carry(%hi = %h : tensor<3x4xf32>, %wi = %w : tensor<2x4xf32>, %bi = %b : tensor<4xf32>)
      -> (tensor<3x4xf32>, tensor<2x4xf32>, tensor<4xf32>) {
    %t = bm.tanh %hi : tensor<3x4xf32>
    %p = bm.matmul %xi transposed, %t : tensor<3x2xf32>, tensor<3x4xf32>
    %dw = bm.add %wi, %p : tensor<2x4xf32>
    %s = bm.reduce_sum %t, [0] : tensor<3x4xf32>
    %db = bm.add %bi, %s : tensor<4xf32>
    bm.yield %t, %dw, %db : tensor<3x4xf32>, tensor<2x4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<3x4xf32>, tensor<2x4xf32>, tensor<4xf32>
}

// A sum that steps read, and one of something that is not stacked, stay in the loop.
// CHECK-LABEL: @sums_that_stay
// CHECK: bm.scan {{.*}} carry(%{{.*}} = %{{.*}} : tensor<4xf32>, %{{.*}} = %{{.*}} : tensor<4xf32>) ->
func.func @sums_that_stay(%x: tensor<5x3x4xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<5x4xf32>) {
  %r:3 = bm.scan %i in "5" sequences(%xi = %x : tensor<5x3x4xf32>)
      carry(%ai = %a : tensor<4xf32>, %bi = %b : tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<5x4xf32>) {
    %e = bm.exp %xi : tensor<3x4xf32>
    %s = bm.reduce_sum %e, [0] : tensor<3x4xf32>
    %as = bm.add %ai, %s : tensor<4xf32>
    %m = bm.reduce_max %e, [0] : tensor<3x4xf32>
    %bs = bm.add %bi, %m : tensor<4xf32>
    %y = bm.tanh %bi : tensor<4xf32>
    bm.yield %as, %bs, %y : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<4xf32>, tensor<4xf32>, tensor<5x4xf32>
}
