// A recurrence that runs backwards, with slices that are not aligned to vectors, a sum over its steps, and a loop in it.
module attributes {bm.program = {name = "loops", source = "loops.bm", fields = [
    {name = "x", type = tensor<5x3xf32>, features = [{name = "x.0", column_count = 15 : i64, numbers = array<i64: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14>}], classes = 0 : i64, is_input = true}]}} {
  bm.variable "parameter" @w : tensor<7x7xf32> trainable
  bm.variable "parameter" @v : tensor<3x7xf32> trainable
  func.func @predict(%w: tensor<7x7xf32> {bm.variable = @w}, %v: tensor<3x7xf32> {bm.variable = @v},
                     %x: tensor<?x5x3xf32, #bm.dims<N, 5, 3>> {bm.role = "input", bm.name = "x"})
      -> (tensor<5x?x7xf32, #bm.dims<5, N, 7>> {bm.role = "output", bm.name = "states"},
          tensor<?x7xf32, #bm.dims<N, 7>> {bm.role = "output", bm.name = "last"},
          tensor<7x7xf32> {bm.role = "output", bm.name = "sum"}) {
    %xt = bm.transpose %x, [1, 0, 2] : tensor<?x5x3xf32, #bm.dims<N, 5, 3>>
    %zero = bm.constant dense<0.0> : tensor<f32>
    %h0 = bm.broadcast %zero, [] : tensor<f32> to tensor<?x7xf32, #bm.dims<N, 7>>
    %a0 = bm.constant dense<0.0> : tensor<7x7xf32>
    %h, %sum, %states = bm.scan %i in "5" reverse sequences(%xi = %xt : tensor<5x?x3xf32, #bm.dims<5, N, 3>>)
        carry(%hi = %h0 : tensor<?x7xf32, #bm.dims<N, 7>>, %ai = %a0 : tensor<7x7xf32>)
        constants(%wi = %w : tensor<7x7xf32>, %vi = %v : tensor<3x7xf32>)
        -> (tensor<?x7xf32, #bm.dims<N, 7>>, tensor<7x7xf32>, tensor<5x?x7xf32, #bm.dims<5, N, 7>>) {
      %p = bm.matmul %xi, %vi : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<3x7xf32>
      %q = bm.scan %j in "2" carry(%b = %hi : tensor<?x7xf32, #bm.dims<N, 7>>) constants(%u = %wi : tensor<7x7xf32>, %k = %i : tensor<i64>)
          -> (tensor<?x7xf32, #bm.dims<N, 7>>) {
        %m = bm.matmul %b, %u : tensor<?x7xf32, #bm.dims<N, 7>>, tensor<7x7xf32>
        %ij = bm.add %j, %k : tensor<i64>
        %f = bm.cast %ij : tensor<i64> to tensor<f32>
        %g = bm.broadcast %f, [] : tensor<f32> to tensor<?x7xf32, #bm.dims<N, 7>>
        %s = bm.add %m, %g : tensor<?x7xf32, #bm.dims<N, 7>>
        %t = bm.tanh %s : tensor<?x7xf32, #bm.dims<N, 7>>
        bm.yield %t : tensor<?x7xf32, #bm.dims<N, 7>>
      }
      %s = bm.add %p, %q : tensor<?x7xf32, #bm.dims<N, 7>>
      %t = bm.tanh %s : tensor<?x7xf32, #bm.dims<N, 7>>
      %g = bm.matmul %hi transposed, %t : tensor<?x7xf32, #bm.dims<N, 7>>, tensor<?x7xf32, #bm.dims<N, 7>>
      %a = bm.add %ai, %g : tensor<7x7xf32>
      bm.yield %t, %a, %t : tensor<?x7xf32, #bm.dims<N, 7>>, tensor<7x7xf32>, tensor<?x7xf32, #bm.dims<N, 7>>
    }
    return %states, %h, %sum : tensor<5x?x7xf32, #bm.dims<5, N, 7>>, tensor<?x7xf32, #bm.dims<N, 7>>, tensor<7x7xf32>
  }
}
