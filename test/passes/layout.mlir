// RUN: bm-opt --bm-layout %s | FileCheck %s

// A transposed right operand is transposed in memory once, for all products that read it.
// CHECK-LABEL: @often
// CHECK: %[[T:.*]] = bm.transpose %arg1, [1, 0] : tensor<32x8xf32>
// CHECK-NEXT: bm.matmul %arg0, %[[T]] : tensor<64x8xf32>, tensor<8x32xf32>
// CHECK-NEXT: bm.matmul %arg0, %[[T]] : tensor<64x8xf32>, tensor<8x32xf32>
func.func @often(%x: tensor<64x8xf32>, %w: tensor<32x8xf32>) -> (tensor<64x32xf32>, tensor<64x32xf32>) {
  %0 = bm.matmul %x, %w transposed : tensor<64x8xf32>, tensor<32x8xf32>
  %1 = bm.matmul %x, %w transposed : tensor<64x8xf32>, tensor<32x8xf32>
  return %0, %1 : tensor<64x32xf32>, tensor<64x32xf32>
}

// Few rows, or few columns: it is read as it lies.
// CHECK-LABEL: @seldom
// CHECK-NOT: bm.transpose
func.func @seldom(%x: tensor<8x8xf32>, %y: tensor<64x8xf32>, %w: tensor<32x8xf32>, %v: tensor<2x8xf32>) -> (tensor<8x32xf32>, tensor<64x2xf32>) {
  %0 = bm.matmul %x, %w transposed : tensor<8x8xf32>, tensor<32x8xf32>
  %1 = bm.matmul %y, %v transposed : tensor<64x8xf32>, tensor<2x8xf32>
  return %0, %1 : tensor<8x32xf32>, tensor<64x2xf32>
}

// Loops that only read it count, and find it transposed.
// CHECK-LABEL: @in_loops
// CHECK-NEXT: %[[T:.*]] = bm.transpose %arg1, [1, 0] : tensor<32x32xf32>
// CHECK-NEXT: bm.scan {{.*}} constants({{.*}}, %[[A:[a-z0-9]+]] = %[[T]] : tensor<32x32xf32>)
// CHECK-NEXT: bm.scan {{.*}} constants({{.*}}, %[[B:[a-z0-9]+]] = %[[A]] : tensor<32x32xf32>)
// CHECK-NEXT: bm.matmul %{{.*}}, %[[B]] : tensor<1x32xf32>, tensor<32x32xf32>
func.func @in_loops(%h: tensor<1x32xf32>, %w: tensor<32x32xf32>) -> tensor<1x32xf32> {
  %r = bm.scan %i in "8" carry(%a = %h : tensor<1x32xf32>) constants(%v = %w : tensor<32x32xf32>) -> (tensor<1x32xf32>) {
    %s = bm.scan %j in "8" carry(%b = %a : tensor<1x32xf32>) constants(%u = %v : tensor<32x32xf32>) -> (tensor<1x32xf32>) {
      %p = bm.matmul %b, %u transposed : tensor<1x32xf32>, tensor<32x32xf32>
      bm.yield %p : tensor<1x32xf32>
    }
    bm.yield %s : tensor<1x32xf32>
  }
  return %r : tensor<1x32xf32>
}
