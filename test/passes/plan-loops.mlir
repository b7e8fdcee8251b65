// RUN: bm-opt --bm-fuse --bm-schedule --bm-plan-memory --split-input-file %s | FileCheck %s

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// The carried value lives where the first one does. Its next value is written over it, and a second time into its place
// in the stacked result: the product that reads the old one comes before.
// CHECK-LABEL: @over_carry
// CHECK-SAME: bm.arena = {{\[\[}}"48"], ["48"]]
// CHECK: bm.kernel () {{.*}} buffers [#bm.buffer<result, 0>]
// CHECK: bm.scan {{.*}} attributes {buffers = [#bm.buffer<result, 0>, #bm.buffer<result, 1>]}
// CHECK-NEXT: bm.kernel {{.*}} in_place [-1] buffers [#bm.buffer<arena, 0>]
// CHECK-NEXT: bm.matmul
// CHECK: bm.kernel {{.*}} -> (tensor<3x4xf32>, tensor<3x4xf32>) {{.*}} in_place [-1, 0] buffers [#bm.buffer<result, 1>, #bm.buffer<argument, 1>]
// CHECK-NOT: bm.kernel
// CHECK: return
module attributes {bm.target = #target} {
  func.func @over_carry(%w: tensor<4x4xf32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>) {
    %h0 = bm.constant dense<1.0> : tensor<3x4xf32>
    %r:2 = bm.scan %i in "5" carry(%h = %h0 : tensor<3x4xf32>)
        constants(%wi = %w : tensor<4x4xf32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>) {
      %p = bm.matmul %h, %wi : tensor<3x4xf32>, tensor<4x4xf32>
      %m = bm.transpose %p, [1, 0] : tensor<3x4xf32>
      %n = bm.reshape %m : tensor<4x3xf32> to tensor<3x4xf32>
      %t = bm.mul %h, %n : tensor<3x4xf32>
      bm.yield %t, %t : tensor<3x4xf32>, tensor<3x4xf32>
    }
    return %r#0, %r#1 : tensor<3x4xf32>, tensor<5x3x4xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A kernel that reads the whole old value while it makes the next one writes its place in the stacked result, from
// where it is copied.
// CHECK-LABEL: @copied_carry
// CHECK-SAME: bm.arena = []
// CHECK: bm.scan
// CHECK-NEXT: %[[T:[a-z0-9]+]] = bm.kernel {{.*}} in_place [-1] buffers [#bm.buffer<result, 1>]
// CHECK-NEXT: bm.matmul
// CHECK-NEXT: bm.tanh
// CHECK: bm.kernel (%{{.*}} = %[[T]] : tensor<3x4xf32>) {{.*}} buffers [#bm.buffer<argument, 1>]
// CHECK-NEXT: bm.yield
module attributes {bm.target = #target} {
  func.func @copied_carry(%w: tensor<4x4xf32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>) {
    %h0 = bm.constant dense<1.0> : tensor<3x4xf32>
    %r:2 = bm.scan %i in "5" carry(%h = %h0 : tensor<3x4xf32>)
        constants(%wi = %w : tensor<4x4xf32>) -> (tensor<3x4xf32>, tensor<5x3x4xf32>) {
      %p = bm.matmul %h, %wi : tensor<3x4xf32>, tensor<4x4xf32>
      %t = bm.tanh %p : tensor<3x4xf32>
      bm.yield %t, %t : tensor<3x4xf32>, tensor<3x4xf32>
    }
    return %r#0, %r#1 : tensor<3x4xf32>, tensor<5x3x4xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// An argument is copied before a loop overwrites it, unless it is its own new value: then the copy is in place. What
// the loop reads beside lives until it ends, and its slot is free for what comes behind.
// CHECK-LABEL: @donated
// CHECK-SAME: bm.arena = {{\[\[}}"16"]]
// CHECK: bm.kernel (%{{.*}} = %arg1 : tensor<4xf32>) {{.*}} in_place [-1] buffers [#bm.buffer<arena, 0>]
// CHECK-NEXT: bm.neg
// CHECK: %[[W:[a-z0-9]+]] = bm.kernel (%{{.*}} = %arg0 : tensor<4xf32>) {{.*}} in_place [0] buffers [#bm.buffer<argument, 0>]
// CHECK-NEXT: bm.yield
// CHECK: bm.scan {{.*}} carry(%{{.*}} = %[[W]] : {{.*}} attributes {buffers = [#bm.buffer<argument, 0>]}
// CHECK-NEXT: bm.kernel {{.*}} buffers [#bm.buffer<argument, 1>]
module attributes {bm.target = #target} {
  func.func @donated(%w: tensor<4xf32> {bm.variable = @w}, %x: tensor<4xf32>) -> (tensor<4xf32> {bm.variable = @w}) {
    %c = bm.neg %x : tensor<4xf32>
    %r = bm.scan %i in "5" carry(%wi = %w : tensor<4xf32>) constants(%ci = %c : tensor<4xf32>) -> (tensor<4xf32>) {
      %s = bm.add %wi, %ci : tensor<4xf32>
      bm.yield %s : tensor<4xf32>
    }
    return %r : tensor<4xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A carried value that steps yield as it was is copied before it is overwritten; values that change places go through
// the arena.
// CHECK-LABEL: @old_values
// CHECK: bm.scan
// CHECK-NEXT: %[[OLD:[a-z0-9]+]] = bm.kernel (%{{.*}} = %[[A:[a-z0-9]+]] : tensor<4xf32>) {{.*}} buffers [#bm.buffer<result, 2>]
// CHECK-NEXT: bm.yield
// CHECK: bm.kernel (%{{.*}} = %{{.*}} : tensor<4xf32>) {{.*}} buffers [#bm.buffer<arena, {{.}}>]
// CHECK: bm.kernel
// CHECK: bm.kernel
module attributes {bm.target = #target} {
  func.func @old_values(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>) {
    %r:3 = bm.scan %i in "3" carry(%a = %x : tensor<4xf32>, %b = %y : tensor<4xf32>)
        -> (tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>) {
      bm.yield %b, %a, %a : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
    }
    return %r#0, %r#1, %r#2 : tensor<4xf32>, tensor<4xf32>, tensor<3x4xf32>
  }
}
