// RUN: bm-opt --bm-plan-memory --split-input-file %s | FileCheck %s

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A kernel that reads the old value is moved before the kernel that overwrites it.
// CHECK-LABEL: @reader_first
// CHECK: bm.exp
// CHECK: in_place [0] buffers [#bm.buffer<argument, 0>]
// CHECK: bm.neg
module attributes {bm.target = #target} {
  func.func @reader_first(%w: tensor<8xf32> {bm.variable = @w}) -> (tensor<8xf32> {bm.variable = @w}, tensor<8xf32>) {
    %0 = bm.kernel (%a = %w : tensor<8xf32>) -> (tensor<8xf32>) schedule #bm.schedule<plain> {
      %1 = bm.neg %a : tensor<8xf32>
      bm.yield %1 : tensor<8xf32>
    }
    %2 = bm.kernel (%a = %w : tensor<8xf32>) -> (tensor<8xf32>) schedule #bm.schedule<plain> {
      %3 = bm.exp %a : tensor<8xf32>
      bm.yield %3 : tensor<8xf32>
    }
    return %0, %2 : tensor<8xf32>, tensor<8xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A result that is computed from another position of its argument goes through the arena.
// CHECK-LABEL: @not_in_place
// CHECK-SAME: bm.arena = {{\[\[}}"32"]]
// CHECK: in_place [-1] buffers [#bm.buffer<arena, 0>]
// CHECK: bm.transpose
// CHECK: in_place [-1] buffers [#bm.buffer<argument, 0>]
// CHECK-NEXT: bm.yield
module attributes {bm.target = #target} {
  func.func @not_in_place(%w: tensor<2x2xf64> {bm.variable = @w}) -> (tensor<2x2xf64> {bm.variable = @w}) {
    %0 = bm.kernel (%a = %w : tensor<2x2xf64>) -> (tensor<2x2xf64>) schedule #bm.schedule<plain> {
      %1 = bm.transpose %a, [1, 0] : tensor<2x2xf64>
      bm.yield %1 : tensor<2x2xf64>
    }
    return %0 : tensor<2x2xf64>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// Exchanged arguments: one is copied in time, the other waits in the arena.
// CHECK-LABEL: @exchange
// CHECK-SAME: (%[[V:.*]]: tensor<4xf32> {{.*}}, %[[W:.*]]: tensor<4xf32>
// CHECK: bm.kernel ({{.*}} = %[[V]] : {{.*}} buffers [#bm.buffer<arena, 0>]
// CHECK: bm.kernel ({{.*}} = %[[W]] : {{.*}} buffers [#bm.buffer<argument, 0>]
// CHECK: buffers [#bm.buffer<argument, 1>]
module attributes {bm.target = #target} {
  func.func @exchange(%v: tensor<4xf32> {bm.variable = @v}, %w: tensor<4xf32> {bm.variable = @w})
      -> (tensor<4xf32> {bm.variable = @v}, tensor<4xf32> {bm.variable = @w}) {
    return %w, %v : tensor<4xf32>, tensor<4xf32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A slot is used again when its value was read for the last time, and grows if need be; sizes that cannot be compared
// get slots of their own. A view keeps its operand's slot busy.
// CHECK-LABEL: @slots
// CHECK-SAME: bm.arena = {{\[\[}}"16*N"], ["8*M"], ["8*N"]]
module attributes {bm.target = #target} {
  func.func @slots(%x: tensor<?xf32, #bm.dims<N>>, %y: tensor<?xf64, #bm.dims<M>>) -> tensor<f32> {
    // CHECK: buffers [#bm.buffer<arena, 0>]
    %0 = bm.kernel (%a = %x : tensor<?xf32, #bm.dims<N>>) -> (tensor<2x?xf32, #bm.dims<2, N>>) schedule #bm.schedule<plain> {
      %9 = bm.broadcast %a, [1] : tensor<?xf32, #bm.dims<N>> to tensor<2x?xf32, #bm.dims<2, N>>
      bm.yield %9 : tensor<2x?xf32, #bm.dims<2, N>>
    }
    %1 = bm.reshape %0 : tensor<2x?xf32, #bm.dims<2, N>> to tensor<?xf32, #bm.dims<"2*N">>
    // CHECK: buffers [#bm.buffer<arena, 1>]
    %2 = bm.kernel (%a = %y : tensor<?xf64, #bm.dims<M>>) -> (tensor<?xf64, #bm.dims<M>>) schedule #bm.schedule<plain> {
      %9 = bm.neg %a : tensor<?xf64, #bm.dims<M>>
      bm.yield %9 : tensor<?xf64, #bm.dims<M>>
    }
    // CHECK: buffers [#bm.buffer<arena, 2>]
    %3 = bm.kernel (%a = %1 : tensor<?xf32, #bm.dims<"2*N">>, %b = %2 : tensor<?xf64, #bm.dims<M>>) -> (tensor<?xf32, #bm.dims<"2*N">>) schedule #bm.schedule<plain> {
      %8 = bm.reduce_sum %b, [0] : tensor<?xf64, #bm.dims<M>>
      %9 = bm.cast %8 : tensor<f64> to tensor<f32>
      %10 = bm.broadcast %9, [] : tensor<f32> to tensor<?xf32, #bm.dims<"2*N">>
      %11 = bm.reduce_sum %a, [0] : tensor<?xf32, #bm.dims<"2*N">>
      %12 = bm.broadcast %11, [] : tensor<f32> to tensor<?xf32, #bm.dims<"2*N">>
      %13 = bm.add %10, %12 : tensor<?xf32, #bm.dims<"2*N">>
      bm.yield %13 : tensor<?xf32, #bm.dims<"2*N">>
    }
    // CHECK: buffers [#bm.buffer<arena, 0>]
    %4 = bm.kernel (%a = %3 : tensor<?xf32, #bm.dims<"2*N">>) -> (tensor<2x?xf64, #bm.dims<2, N>>) schedule #bm.schedule<plain> {
      %8 = bm.reduce_sum %a, [0] : tensor<?xf32, #bm.dims<"2*N">>
      %9 = bm.cast %8 : tensor<f32> to tensor<f64>
      %10 = bm.broadcast %9, [] : tensor<f64> to tensor<2x?xf64, #bm.dims<2, N>>
      bm.yield %10 : tensor<2x?xf64, #bm.dims<2, N>>
    }
    %5 = bm.kernel (%a = %4 : tensor<2x?xf64, #bm.dims<2, N>>) -> (tensor<f32>) schedule #bm.schedule<plain> {
      %8 = bm.reduce_sum %a, [0, 1] : tensor<2x?xf64, #bm.dims<2, N>>
      %9 = bm.cast %8 : tensor<f64> to tensor<f32>
      bm.yield %9 : tensor<f32>
    }
    return %5 : tensor<f32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A value that is read for the last time is overwritten if it is read where it is written.
// CHECK-LABEL: @over_input
// CHECK-SAME: bm.arena = {{\[\[}}"16"]]
// CHECK: in_place [-1] buffers [#bm.buffer<arena, 0>]
// CHECK: in_place [0] buffers [#bm.buffer<arena, 0>]
// CHECK: in_place [-1] buffers [#bm.buffer<result, 0>]
module attributes {bm.target = #target} {
  func.func @over_input(%x: tensor<4xf32>) -> tensor<f32> {
    %0 = bm.kernel (%a = %x : tensor<4xf32>) -> (tensor<4xf32>) schedule #bm.schedule<plain> {
      %9 = bm.neg %a : tensor<4xf32>
      bm.yield %9 : tensor<4xf32>
    }
    %1 = bm.kernel (%a = %0 : tensor<4xf32>) -> (tensor<4xf32>) schedule #bm.schedule<plain> {
      %9 = bm.exp %a : tensor<4xf32>
      bm.yield %9 : tensor<4xf32>
    }
    %2 = bm.kernel (%a = %1 : tensor<4xf32>) -> (tensor<f32>) schedule #bm.schedule<plain> {
      %9 = bm.reduce_sum %a, [0] : tensor<4xf32>
      bm.yield %9 : tensor<f32>
    }
    return %2 : tensor<f32>
  }
}

// -----

#target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

// A result that is stored twice stands beside its first self, in front of the values of rows. A value of a row is not
// written over an input: that may still be read for the row's elements.
// CHECK-LABEL: @twice_beside_rows
// CHECK: -> (tensor<8x4xf32>, tensor<8x4xf32>, tensor<8xf32>) schedule #bm.schedule<rows, vector = 4> in_place [-1, 0, -1]
module attributes {bm.target = #target} {
  func.func @twice_beside_rows(%x: tensor<8x4xf32> {bm.variable = @x}, %s: tensor<8xf32> {bm.variable = @s}) -> (tensor<8x4xf32> {bm.variable = @x}, tensor<8x4xf32>, tensor<8xf32> {bm.variable = @s}) {
    %0:2 = bm.kernel (%a = %x : tensor<8x4xf32>, %b = %s : tensor<8xf32>) -> (tensor<8x4xf32>, tensor<8xf32>) schedule #bm.schedule<rows, vector = 4> {
      %1 = bm.exp %a : tensor<8x4xf32>
      %2 = bm.neg %b : tensor<8xf32>
      bm.yield %1, %2 : tensor<8x4xf32>, tensor<8xf32>
    }
    return %0#0, %0#0, %0#1 : tensor<8x4xf32>, tensor<8x4xf32>, tensor<8xf32>
  }
}
