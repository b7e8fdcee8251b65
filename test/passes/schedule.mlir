// RUN: bm-opt --bm-fuse --bm-schedule --split-input-file --verify-diagnostics %s | FileCheck %s

#avx512 = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>

module attributes {bm.target = #avx512} {
  // One loop over all elements if nothing asks for its place; tasks of a fixed size if there is enough to do.
  // CHECK-LABEL: @flat
  // CHECK: #bm.schedule<elementwise, vector = 16, unroll = 2, parallel = 19456, flat>
  func.func @flat(%x: tensor<512x512xf32>, %s: tensor<f32>) -> tensor<512x512xf32> {
    %0 = bm.broadcast %s, [] : tensor<f32> to tensor<512x512xf32>
    %1 = bm.mul %x, %0 : tensor<512x512xf32>
    return %1 : tensor<512x512xf32>
  }

  // Doubles have half the lanes. A bias has its place in the row.
  // CHECK-LABEL: @bias
  // CHECK: #bm.schedule<elementwise, vector = 8, unroll = 2>
  func.func @bias(%x: tensor<?x32xf64, #bm.dims<N, 32>>, %b: tensor<32xf64>) -> tensor<?x32xf64, #bm.dims<N, 32>> {
    %0 = bm.broadcast %b, [1] : tensor<32xf64> to tensor<?x32xf64, #bm.dims<N, 32>>
    %1 = bm.add %x, %0 : tensor<?x32xf64, #bm.dims<N, 32>>
    return %1 : tensor<?x32xf64, #bm.dims<N, 32>>
  }

  // A row that is put together of parts is unrolled whole; one of too many vectors is not.
  // CHECK-LABEL: @parts
  // CHECK: #bm.schedule<elementwise, vector = 16, unroll = 8>
  // CHECK: #bm.schedule<elementwise, vector = 16, unroll = 2, parallel = 26>
  func.func @parts(%x: tensor<?x64xf32, #bm.dims<N, 64>>, %y: tensor<?x512xf32, #bm.dims<N, 512>>)
      -> (tensor<?x128xf32, #bm.dims<N, 128>>, tensor<?x1024xf32, #bm.dims<N, 1024>>) {
    %0 = bm.concatenate %x, %x axis 1 : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<?x64xf32, #bm.dims<N, 64>>
    %1 = bm.concatenate %y, %y axis 1 : tensor<?x512xf32, #bm.dims<N, 512>>, tensor<?x512xf32, #bm.dims<N, 512>>
    return %0, %1 : tensor<?x128xf32, #bm.dims<N, 128>>, tensor<?x1024xf32, #bm.dims<N, 1024>>
  }

  // Four random numbers come from one computation: four vectors of them do.
  // CHECK-LABEL: @random
  // CHECK: #bm.schedule<elementwise, vector = 64>
  func.func @random(%key: tensor<2xi32>) -> tensor<4x1024xf32> {
    %0 = bm.random_uniform %key : tensor<4x1024xf32>
    return %0 : tensor<4x1024xf32>
  }

  // Less than a vector: plain loops.
  // CHECK-LABEL: @tiny
  // CHECK: #bm.schedule<plain>
  func.func @tiny(%x: tensor<3xf32>) -> tensor<3xf32> {
    %0 = bm.exp %x : tensor<3xf32>
    return %0 : tensor<3xf32>
  }

  // Along the innermost axis: partial sums, a fixed number of them. Rows are shared out if there are many.
  // CHECK-LABEL: @rows
  // CHECK: #bm.schedule<rows, vector = 16, partial = 4, parallel = 37>
  func.func @rows(%x: tensor<?x1024xf32, #bm.dims<N, 1024>>) -> tensor<?xf32, #bm.dims<N>> {
    %0 = bm.reduce_sum %x, [1] : tensor<?x1024xf32, #bm.dims<N, 1024>>
    return %0 : tensor<?xf32, #bm.dims<N>>
  }

  // Short rows whose number is known are computed two at a time, in registers.
  // CHECK-LABEL: @short_rows
  // CHECK: #bm.schedule<rows, vector = 16, unroll = 4, tile = [2], partial = 4, parallel =
  func.func @short_rows(%x: tensor<?x6x64xf32, #bm.dims<N, 6, 64>>) -> tensor<?x6x64xf32, #bm.dims<N, 6, 64>> {
    %0 = bm.reduce_max %x, [2] : tensor<?x6x64xf32, #bm.dims<N, 6, 64>>
    %1 = bm.broadcast %0, [0, 1] : tensor<?x6xf32, #bm.dims<N, 6>> to tensor<?x6x64xf32, #bm.dims<N, 6, 64>>
    %2 = bm.sub %x, %1 : tensor<?x6x64xf32, #bm.dims<N, 6, 64>>
    return %2 : tensor<?x6x64xf32, #bm.dims<N, 6, 64>>
  }

  // A sum of everything is never shared out: its order must not depend on threads.
  // CHECK-LABEL: @everything
  // CHECK: #bm.schedule<rows, vector = 16, partial = 4>
  func.func @everything(%x: tensor<1000000xf32>) -> tensor<f32> {
    %0 = bm.reduce_sum %x, [0] : tensor<1000000xf32>
    return %0 : tensor<f32>
  }

  // Over leading axes: a lane for each result.
  // CHECK-LABEL: @columns
  // CHECK: #bm.schedule<columns, vector = 16, unroll = 4>
  func.func @columns(%x: tensor<?x64xf32, #bm.dims<N, 64>>) -> tensor<64xf32> {
    %0 = bm.reduce_sum %x, [0] : tensor<?x64xf32, #bm.dims<N, 64>>
    return %0 : tensor<64xf32>
  }

  // The tile with the least work outside: 8 x 48 fits 768 columns, 6 x 64 would not fit 128 rows. The columns are cut
  // into 16 tasks, the rows into two.
  // CHECK-LABEL: @product
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [8, 48], parallel = 64, parallelColumns = 48>
  func.func @product(%x: tensor<128x768xf32>, %w: tensor<768x768xf32>) -> tensor<128x768xf32> {
    %0 = bm.matmul %x, %w : tensor<128x768xf32>, tensor<768x768xf32>
    return %0 : tensor<128x768xf32>
  }

  // The batch in panels: lanes along the rows. It is packed through registers.
  // CHECK-LABEL: @row_panels
  // CHECK: #bm.schedule<panels, vector = 8>
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [32, 8], parallel = 64, parallelColumns = 32, lanes = rows>
  func.func @row_panels(%x: tensor<64x256xf32>, %w: tensor<512x256xf32>) -> tensor<64x512xf32> {
    %p = bm.pack %x by 32 : tensor<64x256xf32>
    %0 = bm.panel_matmul %p panels, %w transposed : tensor<2x256x32xf32>, tensor<512x256xf32> to tensor<64x512xf32>
    return %0 : tensor<64x512xf32>
  }

  // Weights in panels: rows that waste little of any number of rows, and a tile for one row alone. Four rows are worth a
  // second thread, so columns are cut. What lies along the lanes already is copied in vectors.
  // CHECK-LABEL: @column_panels
  // CHECK: #bm.schedule<panels, vector = 16, parallel = 2>
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [4, 48], fewRowsTile = [1, 48], parallel = 88, parallelColumns = 48, parallelFrom = 4>
  func.func @column_panels(%x: tensor<?x256xf32, #bm.dims<N, 256>>, %w: tensor<256x480xf32>) -> tensor<?x480xf32, #bm.dims<N, 480>> {
    %p = bm.pack %w transposed by 48 : tensor<256x480xf32>
    %0 = bm.panel_matmul %x rows, %p panels : tensor<?x256xf32, #bm.dims<N, 256>>, tensor<10x256x48xf32> to tensor<?x480xf32, #bm.dims<N, 480>>
    return %0 : tensor<?x480xf32, #bm.dims<N, 480>>
  }

  // The rows of a stack of matrices are never just one.
  // CHECK-LABEL: @stacked_rows
  // CHECK: #bm.schedule<matmul
  // CHECK-NOT: fewRowsTile
  // CHECK: {
  func.func @stacked_rows(%x: tensor<?x256xf32, #bm.dims<"6*N", 256>>, %w: tensor<256x480xf32>) -> tensor<?x480xf32, #bm.dims<"6*N", 480>> {
    %0 = bm.matmul %x, %w : tensor<?x256xf32, #bm.dims<"6*N", 256>>, tensor<256x480xf32>
    return %0 : tensor<?x480xf32, #bm.dims<"6*N", 480>>
  }

  // Few columns and a long inner axis: lanes along it. Only the rows are cut.
  // CHECK-LABEL: @dot
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [4, 5], fewRowsTile = [1, 10], parallel = 40, lanes = inner>
  func.func @dot(%x: tensor<?x256xf32, #bm.dims<N, 256>>, %w: tensor<10x256xf32>) -> tensor<?x10xf32, #bm.dims<N, 10>> {
    %0 = bm.matmul %x, %w transposed : tensor<?x256xf32, #bm.dims<N, 256>>, tensor<10x256xf32>
    return %0 : tensor<?x10xf32, #bm.dims<N, 10>>
  }

  // One row: only columns can be cut, and a tile has more of them.
  // CHECK-LABEL: @one_row
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [1, 8], parallel = 1, parallelColumns = 48, lanes = inner>
  func.func @one_row(%x: tensor<1x3072xf32>, %w: tensor<768x3072xf32>) -> tensor<1x768xf32> {
    %0 = bm.matmul %x, %w transposed : tensor<1x3072xf32>, tensor<768x3072xf32>
    return %0 : tensor<1x768xf32>
  }

  // Fewer columns than lanes: vectors that divide them.
  // CHECK-LABEL: @narrow
  // CHECK: #bm.schedule<matmul, vector = 2, tile = [4, 10]>
  func.func @narrow(%x: tensor<64x32xf32>, %w: tensor<32x10xf32>) -> tensor<64x10xf32> {
    %0 = bm.matmul %x, %w : tensor<64x32xf32>, tensor<32x10xf32>
    return %0 : tensor<64x10xf32>
  }

  // CHECK-LABEL: @scatter
  // CHECK: #bm.schedule<scatter, vector = 16>
  func.func @scatter(%dy: tensor<5x64xf32>, %at: tensor<5xi32>) -> tensor<100x64xf32> {
    %0 = bm.scatter_add %dy at %at axis 0 : tensor<5x64xf32>, tensor<5xi32> to tensor<100x64xf32>
    return %0 : tensor<100x64xf32>
  }

}

// -----

// An open extent is taken for the program's batch: small ones are not worth a second thread.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>,
                   bm.program = {batch = 16 : i64}} {
  // CHECK-LABEL: @train
  // CHECK: #bm.schedule<rows, vector = 16, partial = 4>
  // Whole tiles of 8 rows, not of 6.
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [8, 32]>
  func.func @train(%x: tensor<?x1024xf32, #bm.dims<N, 1024>>, %y: tensor<?x64xf32, #bm.dims<N, 64>>, %w: tensor<64x64xf32>)
      -> (tensor<?xf32, #bm.dims<N>>, tensor<?x64xf32, #bm.dims<N, 64>>) {
    %0 = bm.reduce_sum %x, [1] : tensor<?x1024xf32, #bm.dims<N, 1024>>
    %1 = bm.matmul %y, %w : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
    return %0, %1 : tensor<?xf32, #bm.dims<N>>, tensor<?x64xf32, #bm.dims<N, 64>>
  }

  // Predictions are made of any number of rows, whatever the batch is.
  // CHECK-LABEL: @predict
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [4, 64], parallel = 24>
  func.func @predict(%x: tensor<?x64xf32, #bm.dims<N, 64>>, %w: tensor<64x64xf32>) -> tensor<?x64xf32, #bm.dims<N, 64>> {
    %0 = bm.matmul %x, %w : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
    return %0 : tensor<?x64xf32, #bm.dims<N, 64>>
  }
}

// -----

// Half the registers and lanes: smaller tiles.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "haswell", vectorBits = 256, vectorRegisters = 16>} {
  // CHECK-LABEL: @avx2
  // CHECK: #bm.schedule<matmul, vector = 8, tile = [6, 16]>
  func.func @avx2(%x: tensor<48x48xf32>) -> tensor<48x48xf32> {
    %0 = bm.matmul %x, %x : tensor<48x48xf32>, tensor<48x48xf32>
    return %0 : tensor<48x48xf32>
  }
}

// -----

// The numbers of the machine can be given: no third cache and slow memory, and threads that are dear to start.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32,
    machine = <fmaPorts = 1, fmaLatency = 4, megahertz = 3700, lineBytes = 64, l1Bytes = 32768, l2Bytes = 1048576,
               l3Bytes = 0, l1BytesPerCycle = 64, l2BytesPerCycle = 30, l3BytesPerCycle = 26, memoryBytesPerCycle = 9,
               loopNanoseconds = 1000000, taskNanoseconds = 100>>} {
  // CHECK-LABEL: @dear_threads
  // CHECK: #bm.schedule<matmul, vector = 16, tile = [8, 48]>
  func.func @dear_threads(%x: tensor<128x768xf32>, %w: tensor<768x768xf32>) -> tensor<128x768xf32> {
    %0 = bm.matmul %x, %w : tensor<128x768xf32>, tensor<768x768xf32>
    return %0 : tensor<128x768xf32>
  }
}

// -----

// expected-error@below {{needs a bm.target to choose schedules for}}
module {
}
