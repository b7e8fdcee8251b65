// A sum has the same partial sums on every target, so that its bits do not depend on the width of vectors.
// RUN: sed s/TARGET/avx512/ %s | bm-opt --bm-fuse --bm-schedule | FileCheck %s --check-prefix=AVX512
// RUN: sed s/TARGET/avx2/ %s | bm-opt --bm-fuse --bm-schedule | FileCheck %s --check-prefix=AVX2
// RUN: sed s/TARGET/neon/ %s | bm-opt --bm-fuse --bm-schedule | FileCheck %s --check-prefix=NEON

#avx512 = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>
#avx2 = #bm.target<triple = "x86_64-linux-musl", cpu = "znver2", vectorBits = 256, vectorRegisters = 16>
#neon = #bm.target<triple = "aarch64-linux-musl", cpu = "cortex-a72", vectorBits = 128, vectorRegisters = 32>

module attributes {bm.target = #TARGET} {
  // AVX512: #bm.schedule<rows, vector = 16, partial = 4>
  // AVX2: #bm.schedule<rows, vector = 8, partial = 8>
  // NEON: #bm.schedule<rows, vector = 4, partial = 16>
  func.func @long(%x: tensor<100xf32>) -> tensor<f32> {
    %0 = bm.reduce_sum %x, [0] : tensor<100xf32>
    return %0 : tensor<f32>
  }

  // AVX512: #bm.schedule<rows, vector = 16>
  // AVX2: #bm.schedule<rows, vector = 8, partial = 2>
  // NEON: #bm.schedule<rows, vector = 4, partial = 4>
  func.func @middle(%x: tensor<8x30xf32>) -> tensor<8xf32> {
    %0 = bm.reduce_sum %x, [1] : tensor<8x30xf32>
    return %0 : tensor<8xf32>
  }

  // AVX512: #bm.schedule<rows, vector = 8>
  // AVX2: #bm.schedule<rows, vector = 8>
  // NEON: #bm.schedule<rows, vector = 4, partial = 2>
  func.func @short(%x: tensor<8x10xf32>) -> tensor<8xf32> {
    %0 = bm.reduce_sum %x, [1] : tensor<8x10xf32>
    return %0 : tensor<8xf32>
  }

  // AVX512: #bm.schedule<plain>
  // AVX2: #bm.schedule<plain>
  // NEON: #bm.schedule<plain>
  func.func @few(%x: tensor<10xf32>) -> tensor<f32> {
    %0 = bm.reduce_sum %x, [0] : tensor<10xf32>
    return %0 : tensor<f32>
  }
}
