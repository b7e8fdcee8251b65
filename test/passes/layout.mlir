// RUN: bm-opt --bm-layout --split-input-file --verify-diagnostics %s | FileCheck %s

module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>,
                   bm.program = {batch = 40 : i64}} {
  // A forward product with weights as PyTorch has them, [out, in]: the smaller side is packed, once for all readers.
  // Panels of 32 rows waste nothing of 64.
  // CHECK-LABEL: @wide
  // CHECK-NEXT: %[[P:.*]] = bm.pack %arg0 by 32 : tensor<64x256xf32>
  // CHECK-NEXT: bm.panel_matmul %[[P]] panels, %arg1 transposed
  // CHECK-NEXT: bm.panel_matmul %[[P]] panels, %arg1 transposed
  func.func @wide(%x: tensor<64x256xf32>, %w: tensor<512x256xf32>) -> (tensor<64x512xf32>, tensor<64x512xf32>) {
    %0 = bm.matmul %x, %w transposed : tensor<64x256xf32>, tensor<512x256xf32>
    %1 = bm.matmul %x, %w transposed : tensor<64x256xf32>, tensor<512x256xf32>
    return %0, %1 : tensor<64x512xf32>, tensor<64x512xf32>
  }

  // The rows of a training step are the program's batch: 40 of them waste least in panels of 48 (one) or 16 (three).
  // CHECK-LABEL: @train
  // CHECK: bm.pack %arg0 by 48
  func.func @train(%x: tensor<?x8xf32, #bm.dims<N, 8>>, %w: tensor<128x8xf32>) -> tensor<?x128xf32, #bm.dims<N, 128>> {
    %0 = bm.matmul %x, %w transposed : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<128x8xf32>
    return %0 : tensor<?x128xf32, #bm.dims<N, 128>>
  }

  // So are those of a step that has a name; other functions take any number of rows.
  // CHECK-LABEL: @step.critic
  // CHECK: bm.pack %arg0 by 48
  func.func @step.critic(%x: tensor<?x8xf32, #bm.dims<N, 8>>, %w: tensor<128x8xf32>) -> tensor<?x128xf32, #bm.dims<N, 128>> {
    %0 = bm.matmul %x, %w transposed : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<128x8xf32>
    return %0 : tensor<?x128xf32, #bm.dims<N, 128>>
  }

  // CHECK-LABEL: @steps
  // CHECK: bm.pack %arg1 by 64
  func.func @steps(%x: tensor<?x8xf32, #bm.dims<N, 8>>, %w: tensor<256x8xf32>) -> tensor<?x256xf32, #bm.dims<N, 256>> {
    %0 = bm.matmul %x, %w transposed : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<256x8xf32>
    return %0 : tensor<?x256xf32, #bm.dims<N, 256>>
  }

  // Rows may be several for each of the batch, as those of sequences are: 1280 of them are worth packed weights.
  // CHECK-LABEL: @step.reader
  // CHECK: %[[P:.*]] = bm.pack %arg1 by 32 : tensor<128x256xf32>
  // CHECK-NEXT: bm.panel_matmul %arg0 rows, %[[P]] panels
  func.func @step.reader(%x: tensor<?x256xf32, #bm.dims<"32*N", 256>>, %w: tensor<128x256xf32>) -> tensor<?x128xf32, #bm.dims<"32*N", 128>> {
    %0 = bm.matmul %x, %w transposed : tensor<?x256xf32, #bm.dims<"32*N", 256>>, tensor<128x256xf32>
    return %0 : tensor<?x128xf32, #bm.dims<"32*N", 128>>
  }

  // More rows than columns: the weights are packed.
  // CHECK-LABEL: @tall
  // CHECK: %[[P:.*]] = bm.pack %arg1 by 32 : tensor<32x8xf32>
  // CHECK-NEXT: bm.panel_matmul %arg0 rows, %[[P]] panels
  func.func @tall(%x: tensor<64x8xf32>, %w: tensor<32x8xf32>) -> tensor<64x32xf32> {
    %0 = bm.matmul %x, %w transposed : tensor<64x8xf32>, tensor<32x8xf32>
    return %0 : tensor<64x32xf32>
  }

  // Few rows, few columns, or any number of rows and a long inner axis: everything is read as it lies.
  // CHECK-LABEL: @seldom
  // CHECK-NOT: bm.pack
  func.func @seldom(%x: tensor<4x8xf32>, %y: tensor<64x8xf32>, %z: tensor<?x256xf32, #bm.dims<N, 256>>, %w: tensor<32x8xf32>, %v: tensor<2x8xf32>, %u: tensor<32x256xf32>) -> (tensor<4x32xf32>, tensor<64x2xf32>, tensor<?x32xf32, #bm.dims<N, 32>>) {
    %0 = bm.matmul %x, %w transposed : tensor<4x8xf32>, tensor<32x8xf32>
    %1 = bm.matmul %y, %v transposed : tensor<64x8xf32>, tensor<2x8xf32>
    %2 = bm.matmul %z, %u transposed : tensor<?x256xf32, #bm.dims<N, 256>>, tensor<32x256xf32>
    return %0, %1, %2 : tensor<4x32xf32>, tensor<64x2xf32>, tensor<?x32xf32, #bm.dims<N, 32>>
  }

  // A large right operand is packed whatever its order.
  // CHECK-LABEL: @large
  // CHECK: bm.pack %arg1 transposed by 32 : tensor<1024x1024xf32>
  func.func @large(%x: tensor<512x1024xf32>, %w: tensor<1024x1024xf32>) -> tensor<512x1024xf32> {
    %0 = bm.matmul %x, %w : tensor<512x1024xf32>, tensor<1024x1024xf32>
    return %0 : tensor<512x1024xf32>
  }

  // A long left operand that is read down its columns is packed too, in panels of rows that are broadcast.
  // CHECK-LABEL: @gradient
  // CHECK-DAG: %[[L:.*]] = bm.pack %arg0 transposed by 8 : tensor<1024x1024xf32>
  // CHECK-DAG: %[[R:.*]] = bm.pack %arg1 transposed by 32 : tensor<1024x1024xf32>
  // CHECK: bm.panel_matmul %[[L]] panels, %[[R]] panels
  func.func @gradient(%dy: tensor<1024x1024xf32>, %x: tensor<1024x1024xf32>) -> tensor<1024x1024xf32> {
    %0 = bm.matmul %dy transposed, %x : tensor<1024x1024xf32>, tensor<1024x1024xf32>
    return %0 : tensor<1024x1024xf32>
  }

  // Loops that only read it count, and find it packed.
  // CHECK-LABEL: @in_loops
  // CHECK-NEXT: %[[P:.*]] = bm.pack %arg1 by 32 : tensor<32x32xf32>
  // CHECK-NEXT: bm.scan {{.*}} constants({{.*}}, %[[A:[a-z0-9]+]] = %[[P]] : tensor<1x32x32xf32>)
  // CHECK-NEXT: bm.scan {{.*}} constants({{.*}}, %[[B:[a-z0-9]+]] = %[[A]] : tensor<1x32x32xf32>)
  // CHECK-NEXT: bm.panel_matmul %{{.*}} rows, %[[B]] panels : tensor<1x32xf32>, tensor<1x32x32xf32> to tensor<1x32xf32>
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
}

// -----

// Half the lanes, half the panel.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "haswell", vectorBits = 256, vectorRegisters = 16>} {
  // CHECK-LABEL: @avx2
  // CHECK: bm.pack %arg0 by 16
  func.func @avx2(%x: tensor<64x256xf32>, %w: tensor<512x256xf32>) -> tensor<64x512xf32> {
    %0 = bm.matmul %x, %w transposed : tensor<64x256xf32>, tensor<512x256xf32>
    return %0 : tensor<64x512xf32>
  }

  // Half the registers: panels of two vectors.
  // CHECK-LABEL: @few_registers
  // CHECK: bm.pack %arg1 by 16
  func.func @few_registers(%x: tensor<640x8xf32>, %w: tensor<128x8xf32>) -> tensor<640x128xf32> {
    %0 = bm.matmul %x, %w transposed : tensor<640x8xf32>, tensor<128x8xf32>
    return %0 : tensor<640x128xf32>
  }
}

// -----

// expected-error@below {{needs a bm.target to choose layouts for}}
module {
}
