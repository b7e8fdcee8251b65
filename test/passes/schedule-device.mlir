// What becomes blocks and threads on a device: by the shapes of kernels, in loops without the assumption that a slice is
// aligned.
// RUN: bm-opt %s --bm-schedule --split-input-file | FileCheck %s
// RUN: bm-opt %s --bm-schedule=plain=true --split-input-file | FileCheck %s --check-prefix=PLAIN
// PLAIN-NOT: gpu_{{rows|columns|matmul|scatter}}

module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  // CHECK-LABEL: @elements
  // CHECK: #bm.schedule<gpu_elements, threads = 128>
  func.func @elements(%x: tensor<?x64xf32, #bm.dims<N, 64>>) -> tensor<?x64xf32, #bm.dims<N, 64>> {
    %r = bm.kernel (%a = %x : tensor<?x64xf32, #bm.dims<N, 64>>) -> (tensor<?x64xf32, #bm.dims<N, 64>>) {
      %y = bm.exp %a : tensor<?x64xf32, #bm.dims<N, 64>>
      bm.yield %y : tensor<?x64xf32, #bm.dims<N, 64>>
    }
    return %r : tensor<?x64xf32, #bm.dims<N, 64>>
  }

  // Many elements are read as vectors; but not where arithmetic takes longer, and where a row is no whole vectors.
  // CHECK-LABEL: @many_elements
  // CHECK: #bm.schedule<gpu_elements, vector = 4, threads = 128>
  // CHECK: #bm.schedule<gpu_elements, threads = 128>
  // CHECK: #bm.schedule<gpu_elements, threads = 128>
  func.func @many_elements(%x: tensor<4096x64xf32>, %y: tensor<4096x66xf32>) -> (tensor<4096x64xf32>, tensor<4096x64xf32>, tensor<4096x66xf32>) {
    %p = bm.kernel (%a = %x : tensor<4096x64xf32>) -> (tensor<4096x64xf32>) {
      %z = bm.mul %a, %a : tensor<4096x64xf32>
      bm.yield %z : tensor<4096x64xf32>
    }
    %q = bm.kernel (%a = %x : tensor<4096x64xf32>) -> (tensor<4096x64xf32>) {
      %z = bm.erf %a : tensor<4096x64xf32>
      %s = bm.sin %z : tensor<4096x64xf32>
      bm.yield %s : tensor<4096x64xf32>
    }
    %r = bm.kernel (%a = %y : tensor<4096x66xf32>) -> (tensor<4096x66xf32>) {
      %z = bm.mul %a, %a : tensor<4096x66xf32>
      bm.yield %z : tensor<4096x66xf32>
    }
    return %p, %q, %r : tensor<4096x64xf32>, tensor<4096x64xf32>, tensor<4096x66xf32>
  }

  // CHECK-LABEL: @rows
  // CHECK: #bm.schedule<gpu_rows, partial = 64, threads = 64>
  func.func @rows(%x: tensor<?x64xf32, #bm.dims<N, 64>>) -> tensor<?xf32, #bm.dims<N>> {
    %r = bm.kernel (%a = %x : tensor<?x64xf32, #bm.dims<N, 64>>) -> (tensor<?xf32, #bm.dims<N>>) {
      %y = bm.reduce_sum %a, [1] : tensor<?x64xf32, #bm.dims<N, 64>>
      bm.yield %y : tensor<?xf32, #bm.dims<N>>
    }
    return %r : tensor<?xf32, #bm.dims<N>>
  }

  // A row of ten is a thread's own.
  // CHECK-LABEL: @short
  // CHECK: #bm.schedule<gpu_elements, threads = 128>
  func.func @short(%x: tensor<?x10xf32, #bm.dims<N, 10>>) -> tensor<?xf32, #bm.dims<N>> {
    %r = bm.kernel (%a = %x : tensor<?x10xf32, #bm.dims<N, 10>>) -> (tensor<?xf32, #bm.dims<N>>) {
      %y = bm.reduce_sum %a, [1] : tensor<?x10xf32, #bm.dims<N, 10>>
      bm.yield %y : tensor<?xf32, #bm.dims<N>>
    }
    return %r : tensor<?xf32, #bm.dims<N>>
  }

  // Eight columns a block, since there are few; of many or of short ones 32.
  // CHECK-LABEL: @columns
  // CHECK: #bm.schedule<gpu_columns, unroll = 8, partial = 32, threads = 256>
  func.func @columns(%x: tensor<?x64xf32, #bm.dims<N, 64>>) -> tensor<64xf32> {
    %r = bm.kernel (%a = %x : tensor<?x64xf32, #bm.dims<N, 64>>) -> (tensor<64xf32>) {
      %y = bm.reduce_sum %a, [0] : tensor<?x64xf32, #bm.dims<N, 64>>
      bm.yield %y : tensor<64xf32>
    }
    return %r : tensor<64xf32>
  }

  // CHECK-LABEL: @many_columns
  // CHECK: #bm.schedule<gpu_columns, unroll = 8, partial = 8, threads = 256>
  // CHECK: #bm.schedule<gpu_columns, unroll = 8, partial = 8, threads = 256>
  func.func @many_columns(%x: tensor<1024x16384xf32>, %y: tensor<64x64xf32>) -> (tensor<16384xf32>, tensor<64xf32>) {
    %r = bm.kernel (%a = %x : tensor<1024x16384xf32>) -> (tensor<16384xf32>) {
      %s = bm.reduce_sum %a, [0] : tensor<1024x16384xf32>
      bm.yield %s : tensor<16384xf32>
    }
    %t = bm.kernel (%a = %y : tensor<64x64xf32>) -> (tensor<64xf32>) {
      %s = bm.reduce_sum %a, [0] : tensor<64x64xf32>
      bm.yield %s : tensor<64xf32>
    }
    return %r, %t : tensor<16384xf32>, tensor<64xf32>
  }

  // CHECK-LABEL: @product
  // CHECK: #bm.schedule<gpu_matmul, vector = 4, tile = [64, 64, 16], threads = 256>
  func.func @product(%x: tensor<?x64xf32, #bm.dims<N, 64>>, %w: tensor<64x48xf32>) -> tensor<?x48xf32, #bm.dims<N, 48>> {
    %r = bm.kernel (%a = %x : tensor<?x64xf32, #bm.dims<N, 64>>, %b = %w : tensor<64x48xf32>) -> (tensor<?x48xf32, #bm.dims<N, 48>>) {
      %y = bm.matmul %a, %b : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x48xf32>
      bm.yield %y : tensor<?x48xf32, #bm.dims<N, 48>>
    }
    return %r : tensor<?x48xf32, #bm.dims<N, 48>>
  }

  // CHECK-LABEL: @loop
  // CHECK: #bm.schedule<gpu_matmul, tile = [64, 64, 16], threads = 256>
  func.func @loop(%x: tensor<5x40x64xf32>, %h: tensor<40x64xf32>, %w: tensor<64x64xf32>) -> tensor<40x64xf32> {
    %f = bm.scan %i in "5" sequences(%s = %x : tensor<5x40x64xf32>) carry(%c = %h : tensor<40x64xf32>) constants(%v = %w : tensor<64x64xf32>) -> (tensor<40x64xf32>) {
      %r = bm.kernel (%a = %s : tensor<40x64xf32>, %b = %v : tensor<64x64xf32>, %d = %c : tensor<40x64xf32>) -> (tensor<40x64xf32>) {
        %y = bm.matmul %a, %b : tensor<40x64xf32>, tensor<64x64xf32>
        %z = bm.add %y, %d : tensor<40x64xf32>
        bm.yield %z : tensor<40x64xf32>
      }
      bm.yield %r : tensor<40x64xf32>
    }
    return %f : tensor<40x64xf32>
  }

  // Too few large tiles.
  // CHECK-LABEL: @tall
  // CHECK: #bm.schedule<gpu_matmul, vector = 4, tile = [64, 64, 16], threads = 256>
  func.func @tall(%x: tensor<4096x64xf32>, %w: tensor<64x128xf32>) -> tensor<4096x128xf32> {
    %r = bm.kernel (%a = %x : tensor<4096x64xf32>, %b = %w : tensor<64x128xf32>) -> (tensor<4096x128xf32>) {
      %y = bm.matmul %a, %b : tensor<4096x64xf32>, tensor<64x128xf32>
      bm.yield %y : tensor<4096x128xf32>
    }
    return %r : tensor<4096x128xf32>
  }

  // CHECK-LABEL: @large
  // CHECK: #bm.schedule<gpu_matmul, vector = 4, tile = [128, 64, 16], threads = 256>
  func.func @large(%x: tensor<1024x64xf32>, %w: tensor<64x1024xf32>) -> tensor<1024x1024xf32> {
    %r = bm.kernel (%a = %x : tensor<1024x64xf32>, %b = %w : tensor<64x1024xf32>) -> (tensor<1024x1024xf32>) {
      %y = bm.matmul %a, %b : tensor<1024x64xf32>, tensor<64x1024xf32>
      bm.yield %y : tensor<1024x1024xf32>
    }
    return %r : tensor<1024x1024xf32>
  }

  // A large table: an update looks for those of its place. In a small one a place looks for its updates.
  // CHECK-LABEL: @table
  // CHECK: #bm.schedule<gpu_scatter, threads = 64>
  // CHECK: #bm.schedule<gpu_elements, threads = 128>
  func.func @table(%u: tensor<?x48xf32, #bm.dims<N, 48>>, %i: tensor<?xi32, #bm.dims<N>>) -> (tensor<5000x48xf32>, tensor<100x48xf32>) {
    %r = bm.kernel (%a = %u : tensor<?x48xf32, #bm.dims<N, 48>>, %b = %i : tensor<?xi32, #bm.dims<N>>) -> (tensor<5000x48xf32>) {
      %y = bm.scatter_add %a at %b axis 0 : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<?xi32, #bm.dims<N>> to tensor<5000x48xf32>
      bm.yield %y : tensor<5000x48xf32>
    }
    %s = bm.kernel (%a = %u : tensor<?x48xf32, #bm.dims<N, 48>>, %b = %i : tensor<?xi32, #bm.dims<N>>) -> (tensor<100x48xf32>) {
      %y = bm.scatter_add %a at %b axis 0 : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<?xi32, #bm.dims<N>> to tensor<100x48xf32>
      bm.yield %y : tensor<100x48xf32>
    }
    return %r, %s : tensor<5000x48xf32>, tensor<100x48xf32>
  }
}

// -----

// 128 x 128 are tiles where there are two for each multiprocessor, as deep as a block's shared memory has room for: OpenCL
// promises 32 kB of it.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "cuda-sm_80">} {
  // CHECK-LABEL: @largest
  // CHECK: #bm.schedule<gpu_matmul, vector = 4, tile = [128, 128, 16], threads = 256>
  func.func @largest(%x: tensor<2048x64xf32>, %w: tensor<64x2048xf32>) -> tensor<2048x2048xf32> {
    %r = bm.kernel (%a = %x : tensor<2048x64xf32>, %b = %w : tensor<64x2048xf32>) -> (tensor<2048x2048xf32>) {
      %y = bm.matmul %a, %b : tensor<2048x64xf32>, tensor<64x2048xf32>
      bm.yield %y : tensor<2048x2048xf32>
    }
    return %r : tensor<2048x2048xf32>
  }
}

// -----

module attributes {bm.target = #bm.target<triple = "x86_64-linux-gnu", cpu = "x86-64-v3", vectorBits = 256, vectorRegisters = 16, device = "opencl">} {
  // CHECK-LABEL: @largest_of_opencl
  // CHECK: #bm.schedule<gpu_matmul, vector = 4, tile = [128, 128, 8], threads = 256>
  // CHECK: #bm.schedule<gpu_matmul, vector = 4, tile = [128, 64, 16], threads = 256>
  func.func @largest_of_opencl(%x: tensor<2048x64xf32>, %w: tensor<64x2048xf32>, %v: tensor<64x512xf32>) -> (tensor<2048x2048xf32>, tensor<2048x512xf32>) {
    %r = bm.kernel (%a = %x : tensor<2048x64xf32>, %b = %w : tensor<64x2048xf32>) -> (tensor<2048x2048xf32>) {
      %y = bm.matmul %a, %b : tensor<2048x64xf32>, tensor<64x2048xf32>
      bm.yield %y : tensor<2048x2048xf32>
    }
    %s = bm.kernel (%a = %x : tensor<2048x64xf32>, %b = %v : tensor<64x512xf32>) -> (tensor<2048x512xf32>) {
      %y = bm.matmul %a, %b : tensor<2048x64xf32>, tensor<64x512xf32>
      bm.yield %y : tensor<2048x512xf32>
    }
    return %r, %s : tensor<2048x2048xf32>, tensor<2048x512xf32>
  }
}
