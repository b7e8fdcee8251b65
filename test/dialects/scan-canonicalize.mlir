// RUN: bm-opt %s --canonicalize | FileCheck %s

// What nobody needs goes: a carried value whose last one nobody reads, though it goes on from itself, an output, a
// sequence, a constant.
// CHECK-LABEL: @unneeded
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<3x4xf32>, %{{.*}}: tensor<3x4xf32>, %[[A:[a-z0-9]+]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>)
// CHECK-NEXT: %[[R:[a-z0-9]+]] = bm.scan %{{.*}} in "3" sequences(%[[XI:[a-z0-9]+]] = %[[X]] : tensor<3x4xf32>) carry(%[[AI:[a-z0-9]+]] = %[[A]] : tensor<4xf32>) -> (tensor<4xf32>) {
// CHECK-NEXT: %[[S:[a-z0-9]+]] = bm.add %[[AI]], %[[XI]]
// CHECK-NEXT: bm.yield %[[S]] : tensor<4xf32>
// CHECK: return %[[R]]
func.func @unneeded(%x: tensor<3x4xf32>, %y: tensor<3x4xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r:3 = bm.scan %i in "3" sequences(%xi = %x : tensor<3x4xf32>, %yi = %y : tensor<3x4xf32>)
      carry(%ai = %a : tensor<4xf32>, %bi = %b : tensor<4xf32>) constants(%c = %b : tensor<4xf32>)
      -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>) {
    %s = bm.add %ai, %xi : tensor<4xf32>
    %t = bm.mul %bi, %yi : tensor<4xf32>
    %u = bm.exp %t : tensor<4xf32>
    bm.yield %s, %t, %u : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %r#0 : tensor<4xf32>
}

// A carried value stays if another one that is needed is computed from it.
// CHECK-LABEL: @needed_by_another
// CHECK: carry(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}} : tensor<4xf32>)
func.func @needed_by_another(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %r:2 = bm.scan %i in "3" carry(%ai = %a : tensor<4xf32>, %bi = %b : tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %s = bm.add %ai, %bi : tensor<4xf32>
    %t = bm.exp %bi : tensor<4xf32>
    bm.yield %s, %t : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0 : tensor<4xf32>
}

// Equal sequences, constants, carried values and outputs are one; an output that is a slice is the sequence.
// CHECK-LABEL: @twice
// CHECK-SAME: (%[[X:[a-z0-9]+]]: tensor<3x4xf32>, %[[A:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:[a-z0-9]+]]:2 = bm.scan %{{.*}} in "3" sequences(%[[XI:[a-z0-9]+]] = %[[X]] : tensor<3x4xf32>) carry(%[[AI:[a-z0-9]+]] = %[[A]] : tensor<4xf32>)
// CHECK-SAME: constants(%[[C:[a-z0-9]+]] = %[[A]] : tensor<4xf32>) -> (tensor<4xf32>, tensor<3x4xf32>)
// CHECK-NEXT: %[[P:[a-z0-9]+]] = bm.mul %[[XI]], %[[XI]]
// CHECK-NEXT: %[[Q:[a-z0-9]+]] = bm.mul %[[C]], %[[C]]
// CHECK-NEXT: %[[S:[a-z0-9]+]] = bm.add %[[P]], %[[Q]]
// CHECK-NEXT: %[[T:[a-z0-9]+]] = bm.add %[[S]], %[[AI]]
// CHECK-NEXT: bm.yield %[[T]], %[[S]]
// CHECK: return %[[R]]#0, %[[R]]#0, %[[R]]#1, %[[R]]#1, %[[X]]
func.func @twice(%x: tensor<3x4xf32>, %a: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) {
  %r:5 = bm.scan %i in "3" sequences(%x1 = %x : tensor<3x4xf32>, %x2 = %x : tensor<3x4xf32>)
      carry(%a1 = %a : tensor<4xf32>, %a2 = %a : tensor<4xf32>)
      constants(%c1 = %a : tensor<4xf32>, %c2 = %a : tensor<4xf32>)
      -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>) {
    %p = bm.mul %x1, %x2 : tensor<4xf32>
    %q = bm.mul %c1, %c2 : tensor<4xf32>
    %s = bm.add %p, %q : tensor<4xf32>
    %t = bm.add %s, %a2 : tensor<4xf32>
    bm.yield %t, %t, %s, %s, %x1 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1, %r#2, %r#3, %r#4 : tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
}

// What no step changes is not carried.
// CHECK-LABEL: @unchanged
// CHECK-SAME: (%[[A:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>)
// CHECK-NEXT: %[[R:[a-z0-9]+]] = bm.scan %{{.*}} in "3" carry(%[[AI:[a-z0-9]+]] = %[[A]] : tensor<4xf32>) constants(%[[BI:[a-z0-9]+]] = %[[B]] : tensor<4xf32>)
// CHECK-NEXT: bm.add %[[AI]], %[[BI]]
// CHECK: return %[[R]], %[[B]]
func.func @unchanged(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %r:2 = bm.scan %i in "3" carry(%ai = %a : tensor<4xf32>, %bi = %b : tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %s = bm.add %ai, %bi : tensor<4xf32>
    bm.yield %s, %bi : tensor<4xf32>, tensor<4xf32>
  }
  return %r#0, %r#1 : tensor<4xf32>, tensor<4xf32>
}

// Splats are computed in the loop; a sequence of equal slices is one of them.
// CHECK-LABEL: @equal_slices
// CHECK-SAME: (%[[A:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>)
// CHECK: bm.scan %{{.*}} in "3" carry(%[[AI:[a-z0-9]+]] = %[[A]] : tensor<4xf32>) constants(%[[BI:[a-z0-9]+]] = %[[B]] : tensor<4xf32>)
// CHECK: bm.constant dense<2.000000e+00> : tensor<4xf32>
func.func @equal_slices(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %two = bm.constant dense<2.0> : tensor<3x4xf32>
  %three = bm.constant dense<3.0> : tensor<4xf32>
  %bs = bm.broadcast %b, [1] : tensor<4xf32> to tensor<3x4xf32>
  %r = bm.scan %i in "3" sequences(%x = %two : tensor<3x4xf32>, %y = %bs : tensor<3x4xf32>)
      carry(%ai = %a : tensor<4xf32>) constants(%c = %three : tensor<4xf32>) -> (tensor<4xf32>) {
    %s = bm.mul %ai, %x : tensor<4xf32>
    %t = bm.mul %s, %y : tensor<4xf32>
    %u = bm.mul %t, %c : tensor<4xf32>
    bm.yield %u : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// An output that is equal in all steps is repeated behind the loop, which has nothing left to do.
// CHECK-LABEL: @equal_outputs
// CHECK-SAME: (%[[A:[a-z0-9]+]]: tensor<?xf32, #bm.dims<N>>)
// CHECK-NEXT: %[[R:[a-z0-9]+]] = bm.broadcast %[[A]], [1] : tensor<?xf32, #bm.dims<N>> to tensor<?x?xf32, #bm.dims<T, N>>
// CHECK-NEXT: return %[[R]]
func.func @equal_outputs(%a: tensor<?xf32, #bm.dims<N>>) -> tensor<?x?xf32, #bm.dims<T, N>> {
  %r = bm.scan %i in "T" constants(%c = %a : tensor<?xf32, #bm.dims<N>>) -> (tensor<?x?xf32, #bm.dims<T, N>>) {
    bm.yield %c : tensor<?xf32, #bm.dims<N>>
  }
  return %r : tensor<?x?xf32, #bm.dims<T, N>>
}
