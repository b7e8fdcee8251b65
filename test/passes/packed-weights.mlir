// RUN: bm-opt --bm-layout --split-input-file %s | FileCheck %s
// RUN: bm-opt --bm-layout=packed-bytes=25165824 --split-input-file %s | FileCheck %s --check-prefix=LARGE
// RUN: bm-opt --bm-layout=packed-bytes=25165823 --split-input-file %s | FileCheck %s

module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>} {
  bm.variable "parameter" @a : tensor<64x48xf32> trainable
  bm.variable "parameter" @b : tensor<64x64xf32> trainable
  bm.variable "buffer" @c : tensor<64x48xf32>
  bm.variable "state" @s : tensor<64x64xf32>
  bm.variable "metric" @m : tensor<f64>

  // Functions that only read weights get them packed. One that nothing else reads is no argument any more.
  // CHECK-LABEL: func.func @predict(
  // CHECK-SAME: %[[PA:.*]]: tensor<1x48x64xf32> {bm.variable = @"packed:a"}, %[[PB:.*]]: tensor<1x64x64xf32> {bm.variable = @"packed:b"}, %[[X:.*]]: tensor<?x48xf32
  // CHECK-NEXT: %[[H:.*]] = bm.panel_matmul %[[X]] rows, %[[PA]] panels
  // CHECK-NEXT: bm.panel_matmul %[[H]] rows, %[[PB]] panels
  func.func @predict(%a: tensor<64x48xf32> {bm.variable = @a}, %b: tensor<64x64xf32> {bm.variable = @b},
                     %x: tensor<?x48xf32, #bm.dims<N, 48>>) -> tensor<?x64xf32, #bm.dims<N, 64>> {
    %0 = bm.matmul %x, %a transposed : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<64x48xf32>
    %1 = bm.matmul %0, %b transposed : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
    return %1 : tensor<?x64xf32, #bm.dims<N, 64>>
  }

  // Another function takes the same panels; what it reads as it lies stays. A metric's state may change.
  // CHECK-LABEL: func.func @evaluate(
  // CHECK-SAME: %[[A:.*]]: tensor<64x48xf32> {bm.variable = @a}, %{{.*}}: tensor<f64> {bm.variable = @m}, %[[PA:.*]]: tensor<1x48x64xf32> {bm.variable = @"packed:a"}, %[[X:.*]]: tensor<?x48xf32
  // CHECK-NEXT: bm.panel_matmul %[[X]] rows, %[[PA]] panels
  // CHECK-NEXT: bm.exp %[[A]]
  func.func @evaluate(%a: tensor<64x48xf32> {bm.variable = @a}, %m: tensor<f64> {bm.variable = @m},
                      %x: tensor<?x48xf32, #bm.dims<N, 48>>)
      -> (tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x48xf32>, tensor<f64> {bm.variable = @m}) {
    %0 = bm.matmul %x, %a transposed : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<64x48xf32>
    %1 = bm.exp %a : tensor<64x48xf32>
    return %0, %1, %m : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x48xf32>, tensor<f64>
  }

  // What follows from weights alone is computed ahead of time too. A loop is given only what it still reads.
  // CHECK-LABEL: func.func @entry.encode(
  // CHECK-SAME: %[[P:[a-z0-9]+]]: tensor<1x48x64xf32> {bm.variable = @"packed:a:2"}, %[[PB:[a-z0-9]+]]: tensor<1x64x64xf32> {bm.variable = @"packed:b"}, %[[X:[a-z0-9]+]]: tensor<?x48xf32
  // CHECK-NEXT: %[[H:.*]] = bm.panel_matmul %[[X]] rows, %[[P]] panels
  // CHECK-NEXT: bm.scan {{.*}} carry(%[[G:.*]] = %[[H]] : tensor<?x64xf32, #bm.dims<N, 64>>) constants(%[[V:.*]] = %[[PB]] : tensor<1x64x64xf32>) ->
  // CHECK-NEXT: bm.panel_matmul %[[G]] rows, %[[V]] panels
  func.func @entry.encode(%a: tensor<64x48xf32> {bm.variable = @a}, %b: tensor<64x64xf32> {bm.variable = @b},
                          %c: tensor<64x48xf32> {bm.variable = @c},
                          %x: tensor<?x48xf32, #bm.dims<N, 48>>) -> tensor<?x64xf32, #bm.dims<N, 64>> {
    %two = bm.constant dense<2.0> : tensor<64x48xf32>
    %0 = bm.mul %a, %two : tensor<64x48xf32>
    %1 = bm.add %0, %c : tensor<64x48xf32>
    %h = bm.matmul %x, %1 transposed : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<64x48xf32>
    %r = bm.scan %i in "8" carry(%g = %h : tensor<?x64xf32, #bm.dims<N, 64>>) constants(%v = %b : tensor<64x64xf32>) -> (tensor<?x64xf32, #bm.dims<N, 64>>) {
      %p = bm.matmul %g, %v transposed : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
      bm.yield %p : tensor<?x64xf32, #bm.dims<N, 64>>
    }
    return %r : tensor<?x64xf32, #bm.dims<N, 64>>
  }

  // Functions that change weights, or the state that becomes weights, pack at each call what they pack at all.
  // CHECK-LABEL: func.func @train(
  // CHECK-SAME: %[[A:.*]]: tensor<64x48xf32> {bm.variable = @a}, %[[B:.*]]: tensor<64x64xf32> {bm.variable = @b}, %{{.*}}: tensor<?x48xf32
  // CHECK: bm.pack %[[A]] by 64
  func.func @train(%a: tensor<64x48xf32> {bm.variable = @a}, %b: tensor<64x64xf32> {bm.variable = @b},
                   %x: tensor<?x48xf32, #bm.dims<N, 48>>)
      -> (tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32> {bm.variable = @b}) {
    %0 = bm.matmul %x, %a transposed : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<64x48xf32>
    return %0, %b : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
  }
  // CHECK-LABEL: func.func @accumulating(
  // CHECK-SAME: %[[A:.*]]: tensor<64x48xf32> {bm.variable = @a}, %{{.*}}: tensor<64x64xf32> {bm.variable = @s}
  // CHECK: bm.pack %[[A]] by 64
  func.func @accumulating(%a: tensor<64x48xf32> {bm.variable = @a}, %s: tensor<64x64xf32> {bm.variable = @s},
                          %x: tensor<?x48xf32, #bm.dims<N, 48>>)
      -> (tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32> {bm.variable = @s}) {
    %0 = bm.matmul %x, %a transposed : tensor<?x48xf32, #bm.dims<N, 48>>, tensor<64x48xf32>
    return %0, %s : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
  }

  // States are not weights: what reads one is not prepared.
  // CHECK-LABEL: func.func @reads_state(
  // CHECK: bm.pack %arg0 by 64
  func.func @reads_state(%s: tensor<64x64xf32> {bm.variable = @s}, %x: tensor<?x64xf32, #bm.dims<N, 64>>) -> tensor<?x64xf32, #bm.dims<N, 64>> {
    %0 = bm.matmul %x, %s transposed : tensor<?x64xf32, #bm.dims<N, 64>>, tensor<64x64xf32>
    return %0 : tensor<?x64xf32, #bm.dims<N, 64>>
  }

  // CHECK: bm.variable "packed" @"packed:a" : tensor<1x48x64xf32>
  // CHECK-NEXT: bm.variable "packed" @"packed:b" : tensor<1x64x64xf32>
  // CHECK-NEXT: bm.variable "packed" @"packed:a:2" : tensor<1x48x64xf32>
  // CHECK-LABEL: func.func @prepare(
  // CHECK-SAME: %[[A:.*]]: tensor<64x48xf32> {bm.variable = @a}, %[[B:.*]]: tensor<64x64xf32> {bm.variable = @b}, %[[C:.*]]: tensor<64x48xf32> {bm.variable = @c})
  // CHECK-SAME: -> (tensor<1x48x64xf32> {bm.variable = @"packed:a"}, tensor<1x64x64xf32> {bm.variable = @"packed:b"}, tensor<1x48x64xf32> {bm.variable = @"packed:a:2"})
  // CHECK: bm.pack %[[A]] by 64
  // CHECK: bm.pack %[[B]] by 64
  // CHECK: bm.mul %[[A]]
  // CHECK: bm.pack %{{.*}} by 64
  // CHECK-NOT: bm.pack
}

// -----

// Weights that take more than they may in panels, in all, stay where the file is mapped.
// LARGE: func.func @prepare(
// LARGE: func.func @prepare(%arg0: tensor<2048x1024xf32> {bm.variable = @w}, %arg1: tensor<2048x2048xf32> {bm.variable = @v})
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>} {
  bm.variable "parameter" @w : tensor<2048x1024xf32> trainable
  bm.variable "parameter" @v : tensor<2048x2048xf32> trainable
  // CHECK-LABEL: func.func @predict(
  // CHECK-SAME: tensor<2048x1024xf32> {bm.variable = @w}, %{{.*}}: tensor<2048x2048xf32> {bm.variable = @v}, %{{.*}}: tensor<?x1024xf32
  // CHECK-NEXT: bm.matmul
  // CHECK-NEXT: bm.matmul
  // CHECK-NOT: @prepare
  func.func @predict(%w: tensor<2048x1024xf32> {bm.variable = @w}, %v: tensor<2048x2048xf32> {bm.variable = @v},
                     %x: tensor<?x1024xf32, #bm.dims<N, 1024>>) -> tensor<?x2048xf32, #bm.dims<N, 2048>> {
    %0 = bm.matmul %x, %w transposed : tensor<?x1024xf32, #bm.dims<N, 1024>>, tensor<2048x1024xf32>
    %1 = bm.matmul %0, %v transposed : tensor<?x2048xf32, #bm.dims<N, 2048>>, tensor<2048x2048xf32>
    return %1 : tensor<?x2048xf32, #bm.dims<N, 2048>>
  }
}
