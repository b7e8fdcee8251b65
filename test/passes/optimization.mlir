// What -O0 and -O1 ask of the passes: each op a kernel, and loops without vectors, tiles and threads.
// RUN: bm-opt %s --bm-fuse=merges=false | FileCheck %s --check-prefix=APART
// RUN: bm-opt %s --bm-fuse | FileCheck %s --check-prefix=FUSED
// RUN: bm-opt %s --bm-fuse --bm-schedule=plain=true | FileCheck %s --check-prefix=PLAIN
// RUN: bm-opt %s --bm-fuse --bm-schedule | FileCheck %s --check-prefix=CHOSEN

module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "x86-64-v4", vectorBits = 512, vectorRegisters = 32>} {
  // APART-COUNT-2: = bm.kernel
  // FUSED-COUNT-1: = bm.kernel
  // FUSED-NOT: = bm.kernel
  // PLAIN: schedule #bm.schedule<plain>
  // CHOSEN: schedule #bm.schedule<elementwise
  func.func @f(%x: tensor<64x64xf32>) -> tensor<64x64xf32> {
    %0 = bm.exp %x : tensor<64x64xf32>
    %1 = bm.tanh %0 : tensor<64x64xf32>
    return %1 : tensor<64x64xf32>
  }
}
