// The gradient of a large table of which a batch reads a few rows: 10 MB, more than a stack holds.
module attributes {bm.program = {name = "embedding", source = "embedding.bm", fields = [
    {name = "x", type = tensor<i32>, features = [{name = "x.0", column_count = 1 : i64, numbers = array<i64: 0>}], classes = 40000 : i64, is_input = true}]}} {
  bm.variable "parameter" @w : tensor<40000x64xf32> trainable
  func.func @train(%w: tensor<40000x64xf32> {bm.variable = @w}, %x: tensor<?xi32, #bm.dims<N>> {bm.role = "input", bm.name = "x"})
      -> (tensor<40000x64xf32> {bm.variable = @w}, tensor<f32> {bm.role = "loss", bm.name = "loss"}) {
    %rows = bm.gather %w at %x axis 0 : tensor<40000x64xf32>, tensor<?xi32, #bm.dims<N>>
    %squares = bm.mul %rows, %rows : tensor<?x64xf32, #bm.dims<N, 64>>
    %loss = bm.reduce_sum %squares, [0, 1] : tensor<?x64xf32, #bm.dims<N, 64>>
    %g = bm.grad %loss wrt %w : tensor<f32>, tensor<40000x64xf32> to tensor<40000x64xf32>
    %rate = bm.constant dense<0.125> : tensor<40000x64xf32>
    %step = bm.mul %rate, %g : tensor<40000x64xf32>
    %next = bm.sub %w, %step : tensor<40000x64xf32>
    return %next, %loss : tensor<40000x64xf32>, tensor<f32>
  }
}
