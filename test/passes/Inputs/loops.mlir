// Networks with loops and recomputation, and their gradients.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>} {

  // An Elman network: the loss of its last state, and the gradients of weights, of the first state and of the sequence.
  func.func @recurrence(%u: tensor<8x8xf32>, %v: tensor<4x8xf32>, %xs: tensor<?x?x4xf32, #bm.dims<T, N, 4>>,
                        %h0: tensor<?x8xf32, #bm.dims<N, 8>>)
      -> (tensor<f32>, tensor<8x8xf32>, tensor<4x8xf32>, tensor<?x8xf32, #bm.dims<N, 8>>, tensor<?x?x4xf32, #bm.dims<T, N, 4>>) {
    %h, %ys = bm.scan %i in "T" sequences(%x = %xs : tensor<?x?x4xf32, #bm.dims<T, N, 4>>)
        carry(%c = %h0 : tensor<?x8xf32, #bm.dims<N, 8>>) constants(%a = %u : tensor<8x8xf32>, %b = %v : tensor<4x8xf32>)
        -> (tensor<?x8xf32, #bm.dims<N, 8>>, tensor<?x?x8xf32, #bm.dims<T, N, 8>>) {
      %0 = bm.matmul %c, %a : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<8x8xf32>
      %1 = bm.matmul %x, %b : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x8xf32>
      %2 = bm.add %0, %1 : tensor<?x8xf32, #bm.dims<N, 8>>
      %3 = bm.tanh %2 : tensor<?x8xf32, #bm.dims<N, 8>>
      bm.yield %3, %3 : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<?x8xf32, #bm.dims<N, 8>>
    }
    %4 = bm.mul %ys, %ys : tensor<?x?x8xf32, #bm.dims<T, N, 8>>
    %5 = bm.reduce_sum %4, [0, 1, 2] : tensor<?x?x8xf32, #bm.dims<T, N, 8>>
    %6 = bm.reduce_sum %h, [0, 1] : tensor<?x8xf32, #bm.dims<N, 8>>
    %7 = bm.add %5, %6 : tensor<f32>
    %g:4 = bm.grad %7 wrt %u, %v, %h0, %xs : tensor<f32>, tensor<8x8xf32>, tensor<4x8xf32>, tensor<?x8xf32, #bm.dims<N, 8>>,
        tensor<?x?x4xf32, #bm.dims<T, N, 4>>
        to tensor<8x8xf32>, tensor<4x8xf32>, tensor<?x8xf32, #bm.dims<N, 8>>, tensor<?x?x4xf32, #bm.dims<T, N, 4>>
    return %7, %g#0, %g#1, %g#2, %g#3 : tensor<f32>, tensor<8x8xf32>, tensor<4x8xf32>, tensor<?x8xf32, #bm.dims<N, 8>>,
        tensor<?x?x4xf32, #bm.dims<T, N, 4>>
  }

  // Two layers that are computed again, and a loop whose steps are.
  func.func @recomputed(%w: tensor<8x8xf32>, %x: tensor<?x8xf32, #bm.dims<N, 8>>) -> (tensor<f32>, tensor<8x8xf32>) {
    %y = bm.checkpoint (%a = %x : tensor<?x8xf32, #bm.dims<N, 8>>, %b = %w : tensor<8x8xf32>) -> (tensor<?x8xf32, #bm.dims<N, 8>>) {
      %0 = bm.matmul %a, %b : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<8x8xf32>
      %1 = bm.sigmoid %0 : tensor<?x8xf32, #bm.dims<N, 8>>
      %2 = bm.matmul %1, %b : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<8x8xf32>
      bm.yield %2 : tensor<?x8xf32, #bm.dims<N, 8>>
    }
    %z = bm.checkpoint (%a = %y : tensor<?x8xf32, #bm.dims<N, 8>>, %b = %w : tensor<8x8xf32>) -> (tensor<?x8xf32, #bm.dims<N, 8>>) {
      %0 = bm.matmul %a, %b : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<8x8xf32>
      %1 = bm.tanh %0 : tensor<?x8xf32, #bm.dims<N, 8>>
      bm.yield %1 : tensor<?x8xf32, #bm.dims<N, 8>>
    }
    %e = bm.scan %i in "5" carry(%c = %z : tensor<?x8xf32, #bm.dims<N, 8>>) constants(%v = %w : tensor<8x8xf32>)
        -> (tensor<?x8xf32, #bm.dims<N, 8>>) {
      %n = bm.checkpoint (%a = %c : tensor<?x8xf32, #bm.dims<N, 8>>, %b = %v : tensor<8x8xf32>) -> (tensor<?x8xf32, #bm.dims<N, 8>>) {
        %0 = bm.matmul %a, %b : tensor<?x8xf32, #bm.dims<N, 8>>, tensor<8x8xf32>
        %1 = bm.tanh %0 : tensor<?x8xf32, #bm.dims<N, 8>>
        %2 = bm.mul %1, %a : tensor<?x8xf32, #bm.dims<N, 8>>
        bm.yield %2 : tensor<?x8xf32, #bm.dims<N, 8>>
      }
      bm.yield %n : tensor<?x8xf32, #bm.dims<N, 8>>
    }
    %3 = bm.reduce_sum %e, [0, 1] : tensor<?x8xf32, #bm.dims<N, 8>>
    %g = bm.grad %3 wrt %w : tensor<f32>, tensor<8x8xf32> to tensor<8x8xf32>
    return %3, %g : tensor<f32>, tensor<8x8xf32>
  }
}
