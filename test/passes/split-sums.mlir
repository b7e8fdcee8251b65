// On a device long sums for few elements are cut, so that many blocks of threads have something to do. On a processor sums
// of long rows to one number are.
// RUN: bm-opt %s --bm-split-sums --split-input-file | FileCheck %s

module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  // The gradient of a small weight over many rows: eight slices, of a tile or for threads with an element each.
  // CHECK-LABEL: @gradient
  // CHECK: %[[PARTS:.*]] = bm.sliced_matmul %{{.*}} transposed, %{{.*}} by 128 : tensor<1024x64xf32>, tensor<1024x64xf32>
  // CHECK: bm.reduce_sum %[[PARTS]], [0] : tensor<8x64x64xf32>
  // CHECK: %[[FEW:.*]] = bm.sliced_matmul %{{.*}} transposed, %{{.*}} by 128 : tensor<1024x4xf32>, tensor<1024x64xf32>
  // CHECK: bm.reduce_sum %[[FEW]], [0] : tensor<8x4x64xf32>
  func.func @gradient(%d: tensor<1024x64xf32>, %x: tensor<1024x64xf32>, %e: tensor<1024x4xf32>) -> (tensor<64x64xf32>, tensor<4x64xf32>) {
    %w = bm.matmul %d transposed, %x : tensor<1024x64xf32>, tensor<1024x64xf32>
    %v = bm.matmul %e transposed, %x : tensor<1024x4xf32>, tensor<1024x64xf32>
    return %w, %v : tensor<64x64xf32>, tensor<4x64xf32>
  }

  // Enough blocks, but each has a long way: two for each multiprocessor.
  // CHECK-LABEL: @long
  // CHECK: bm.sliced_matmul %{{.*}} transposed, %{{.*}} by 2048 : tensor<4096x1024xf32>, tensor<4096x1024xf32>
  // CHECK: bm.matmul
  func.func @long(%d: tensor<4096x1024xf32>, %e: tensor<1024x1024xf32>) -> (tensor<1024x1024xf32>, tensor<1024x1024xf32>) {
    %w = bm.matmul %d transposed, %d : tensor<4096x1024xf32>, tensor<4096x1024xf32>
    %v = bm.matmul %e transposed, %e : tensor<1024x1024xf32>, tensor<1024x1024xf32>
    return %w, %v : tensor<1024x1024xf32>, tensor<1024x1024xf32>
  }

  // An open number of rows is taken for 256: as many slices as there are rows for at run time.
  // CHECK-LABEL: @open
  // CHECK: bm.sliced_matmul %{{.*}} transposed, %{{.*}} by 128 : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x64xf32, #bm.dims<N, 64>>
  func.func @open(%e: tensor<?x4xf32, #bm.dims<N, 4>>, %x: tensor<?x64xf32, #bm.dims<N, 64>>) -> tensor<4x64xf32> {
    %v = bm.matmul %e transposed, %x : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<?x64xf32, #bm.dims<N, 64>>
    return %v : tensor<4x64xf32>
  }

  // Enough blocks, a short sum, or doubles.
  // CHECK-LABEL: @whole
  // CHECK-NOT: sliced_matmul
  func.func @whole(%a: tensor<2048x2048xf32>, %b: tensor<64x64xf32>, %c: tensor<8x2048xf64>) -> (tensor<2048x2048xf32>, tensor<64x64xf32>, tensor<8x8xf64>) {
    %x = bm.matmul %a, %a : tensor<2048x2048xf32>, tensor<2048x2048xf32>
    %y = bm.matmul %b, %b : tensor<64x64xf32>, tensor<64x64xf32>
    %z = bm.matmul %c, %c transposed : tensor<8x2048xf64>, tensor<8x2048xf64>
    return %x, %y, %z : tensor<2048x2048xf32>, tensor<64x64xf32>, tensor<8x8xf64>
  }

  // Columns, of which eight are a block's: 64 blocks are few, 128 are not.
  // CHECK-LABEL: @columns
  // CHECK: %[[ROWS:.*]] = bm.reduce_sum %{{.*}}, [1] : tensor<64x128x512xf32>
  // CHECK: bm.reduce_sum %[[ROWS]], [0] : tensor<64x512xf32>
  // CHECK: bm.reduce_sum %{{.*}}, [0, 1] : tensor<64x128x1024xf32>
  func.func @columns(%x: tensor<64x128x512xf32>, %y: tensor<64x128x1024xf32>) -> (tensor<512xf32>, tensor<1024xf32>) {
    %a = bm.reduce_sum %x, [0, 1] : tensor<64x128x512xf32>
    %b = bm.reduce_sum %y, [0, 1] : tensor<64x128x1024xf32>
    return %a, %b : tensor<512xf32>, tensor<1024xf32>
  }

  // CHECK-LABEL: @to_a_number
  // CHECK: %[[ROWS:.*]] = bm.reduce_sum %{{.*}}, [1] : tensor<?x1000xf32, #bm.dims<N, 1000>>
  // CHECK: bm.reduce_sum %[[ROWS]], [0] : tensor<?xf32, #bm.dims<N>>
  // CHECK: %[[PLANES:.*]] = bm.reduce_max %{{.*}}, [2, 3] : tensor<64x8x32x32xf32>
  // CHECK: bm.reduce_max %[[PLANES]], [0] : tensor<64x8xf32>
  // CHECK: bm.reduce_sum %{{.*}}, [0, 1] : tensor<10x10xf32>
  func.func @to_a_number(%x: tensor<?x1000xf32, #bm.dims<N, 1000>>, %y: tensor<64x8x32x32xf32>, %z: tensor<10x10xf32>) -> (tensor<f32>, tensor<8xf32>, tensor<f32>) {
    %a = bm.reduce_sum %x, [0, 1] : tensor<?x1000xf32, #bm.dims<N, 1000>>
    %b = bm.reduce_max %y, [0, 2, 3] : tensor<64x8x32x32xf32>
    %c = bm.reduce_sum %z, [0, 1] : tensor<10x10xf32>
    return %a, %b, %c : tensor<f32>, tensor<8xf32>, tensor<f32>
  }
}

// -----

module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16>} {
  // CHECK-LABEL: @processor
  // CHECK-NEXT: bm.matmul
  func.func @processor(%d: tensor<1024x64xf32>) -> tensor<64x64xf32> {
    %w = bm.matmul %d transposed, %d : tensor<1024x64xf32>, tensor<1024x64xf32>
    return %w : tensor<64x64xf32>
  }

  // The loss of many rows; not that of short ones, of few numbers, and not a sum that keeps an axis.
  // CHECK-LABEL: @loss
  // CHECK: %[[ROWS:.*]] = bm.reduce_sum %{{.*}}, [1] : tensor<?x784xf32, #bm.dims<N, 784>>
  // CHECK: bm.reduce_sum %[[ROWS]], [0] : tensor<?xf32, #bm.dims<N>>
  // CHECK: bm.reduce_sum %{{.*}}, [0, 1] : tensor<4096x10xf32>
  // CHECK: bm.reduce_sum %{{.*}}, [0, 1] : tensor<8x64xf32>
  // CHECK: bm.reduce_sum %{{.*}}, [0, 1] : tensor<64x64x128xf32>
  func.func @loss(%x: tensor<?x784xf32, #bm.dims<N, 784>>, %y: tensor<4096x10xf32>, %z: tensor<8x64xf32>, %w: tensor<64x64x128xf32>) -> (tensor<f32>, tensor<f32>, tensor<f32>, tensor<128xf32>) {
    %a = bm.reduce_sum %x, [0, 1] : tensor<?x784xf32, #bm.dims<N, 784>>
    %b = bm.reduce_sum %y, [0, 1] : tensor<4096x10xf32>
    %c = bm.reduce_sum %z, [0, 1] : tensor<8x64xf32>
    %d = bm.reduce_sum %w, [0, 1] : tensor<64x64x128xf32>
    return %a, %b, %c, %d : tensor<f32>, tensor<f32>, tensor<f32>, tensor<128xf32>
  }
}
