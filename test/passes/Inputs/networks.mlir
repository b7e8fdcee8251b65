// Training steps and mixtures of ops that the tests run through all passes: the results must stay what they are.
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>} {

  // A classifier with tanh, softmax and cross entropy; momentum; accuracy.
  func.func @classifier(
      %w: tensor<5x4xf32> {bm.variable = @w}, %b: tensor<5xf32> {bm.variable = @b}, %v: tensor<3x5xf32> {bm.variable = @v},
      %wm: tensor<5x4xf32> {bm.variable = @wm}, %bm: tensor<5xf32> {bm.variable = @bm}, %vm: tensor<3x5xf32> {bm.variable = @vm},
      %x: tensor<?x4xf32, #bm.dims<N, 4>>, %y: tensor<?xi32, #bm.dims<N>>, %lr: tensor<f64>)
      -> (tensor<5x4xf32> {bm.variable = @w}, tensor<5xf32> {bm.variable = @b}, tensor<3x5xf32> {bm.variable = @v},
          tensor<5x4xf32> {bm.variable = @wm}, tensor<5xf32> {bm.variable = @bm}, tensor<3x5xf32> {bm.variable = @vm},
          tensor<f32>, tensor<f32>) {
    %wt = bm.transpose %w, [1, 0] : tensor<5x4xf32>
    %0 = bm.matmul %x, %wt : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x5xf32>
    %1 = bm.broadcast %b, [1] : tensor<5xf32> to tensor<?x5xf32, #bm.dims<N, 5>>
    %2 = bm.add %0, %1 : tensor<?x5xf32, #bm.dims<N, 5>>
    %3 = bm.tanh %2 : tensor<?x5xf32, #bm.dims<N, 5>>
    %vt = bm.transpose %v, [1, 0] : tensor<3x5xf32>
    %logits = bm.matmul %3, %vt : tensor<?x5xf32, #bm.dims<N, 5>>, tensor<5x3xf32>
    %4 = bm.reduce_max %logits, [1] : tensor<?x3xf32, #bm.dims<N, 3>>
    %5 = bm.stop_gradient %4 : tensor<?xf32, #bm.dims<N>>
    %6 = bm.reshape %5 : tensor<?xf32, #bm.dims<N>> to tensor<?x1xf32, #bm.dims<N, 1>>
    %7 = bm.broadcast %6, [0, 1] : tensor<?x1xf32, #bm.dims<N, 1>> to tensor<?x3xf32, #bm.dims<N, 3>>
    %8 = bm.sub %logits, %7 : tensor<?x3xf32, #bm.dims<N, 3>>
    %9 = bm.exp %8 : tensor<?x3xf32, #bm.dims<N, 3>>
    %10 = bm.reduce_sum %9, [1] : tensor<?x3xf32, #bm.dims<N, 3>>
    %11 = bm.log %10 : tensor<?xf32, #bm.dims<N>>
    %12 = bm.broadcast %11, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x3xf32, #bm.dims<N, 3>>
    %13 = bm.sub %8, %12 : tensor<?x3xf32, #bm.dims<N, 3>>
    %14 = bm.one_hot %y : tensor<?xi32, #bm.dims<N>> to tensor<?x3xf32, #bm.dims<N, 3>>
    %15 = bm.mul %14, %13 : tensor<?x3xf32, #bm.dims<N, 3>>
    %16 = bm.reduce_sum %15, [0, 1] : tensor<?x3xf32, #bm.dims<N, 3>>
    %17 = bm.neg %16 : tensor<f32>
    %18 = bm.size "N" : tensor<f32>
    %loss = bm.div %17, %18 : tensor<f32>
    %19 = bm.argmax %logits axis 1 : tensor<?x3xf32, #bm.dims<N, 3>>
    %20 = bm.compare eq %19, %y : tensor<?xi32, #bm.dims<N>>
    %21 = bm.cast %20 : tensor<?xi1, #bm.dims<N>> to tensor<?xf32, #bm.dims<N>>
    %22 = bm.reduce_sum %21, [0] : tensor<?xf32, #bm.dims<N>>
    %accuracy = bm.div %22, %18 : tensor<f32>
    %g:3 = bm.grad %loss wrt %w, %b, %v : tensor<f32>, tensor<5x4xf32>, tensor<5xf32>, tensor<3x5xf32>
        to tensor<5x4xf32>, tensor<5xf32>, tensor<3x5xf32>
    %mu = bm.constant dense<0.9> : tensor<f32>
    %rate = bm.cast %lr : tensor<f64> to tensor<f32>
    %30 = bm.broadcast %mu, [] : tensor<f32> to tensor<5x4xf32>
    %31 = bm.mul %30, %wm : tensor<5x4xf32>
    %32 = bm.add %31, %g#0 : tensor<5x4xf32>
    %33 = bm.broadcast %rate, [] : tensor<f32> to tensor<5x4xf32>
    %34 = bm.mul %33, %32 : tensor<5x4xf32>
    %35 = bm.sub %w, %34 : tensor<5x4xf32>
    %40 = bm.broadcast %mu, [] : tensor<f32> to tensor<5xf32>
    %41 = bm.mul %40, %bm : tensor<5xf32>
    %42 = bm.add %41, %g#1 : tensor<5xf32>
    %43 = bm.broadcast %rate, [] : tensor<f32> to tensor<5xf32>
    %44 = bm.mul %43, %42 : tensor<5xf32>
    %45 = bm.sub %b, %44 : tensor<5xf32>
    %50 = bm.broadcast %mu, [] : tensor<f32> to tensor<3x5xf32>
    %51 = bm.mul %50, %vm : tensor<3x5xf32>
    %52 = bm.add %51, %g#2 : tensor<3x5xf32>
    %53 = bm.broadcast %rate, [] : tensor<f32> to tensor<3x5xf32>
    %54 = bm.mul %53, %52 : tensor<3x5xf32>
    %55 = bm.sub %v, %54 : tensor<3x5xf32>
    return %35, %45, %55, %32, %42, %52, %loss, %accuracy
      : tensor<5x4xf32>, tensor<5xf32>, tensor<3x5xf32>, tensor<5x4xf32>, tensor<5xf32>, tensor<3x5xf32>, tensor<f32>, tensor<f32>
  }

  // Layer normalisation and its gradients, with a residual and a softmax behind it.
  func.func @normalisation(%x: tensor<?x6xf32, #bm.dims<N, 6>>, %gamma: tensor<6xf32>, %beta: tensor<6xf32>)
      -> (tensor<?x6xf32, #bm.dims<N, 6>>, tensor<?x6xf32, #bm.dims<N, 6>>, tensor<6xf32>, tensor<6xf32>) {
    %six = bm.constant dense<6.0> : tensor<f32>
    %sixes = bm.broadcast %six, [] : tensor<f32> to tensor<?xf32, #bm.dims<N>>
    %eps = bm.constant dense<1.0e-5> : tensor<f32>
    %epsilons = bm.broadcast %eps, [] : tensor<f32> to tensor<?xf32, #bm.dims<N>>
    %0 = bm.reduce_sum %x, [1] : tensor<?x6xf32, #bm.dims<N, 6>>
    %1 = bm.div %0, %sixes : tensor<?xf32, #bm.dims<N>>
    %2 = bm.broadcast %1, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x6xf32, #bm.dims<N, 6>>
    %3 = bm.sub %x, %2 : tensor<?x6xf32, #bm.dims<N, 6>>
    %4 = bm.mul %3, %3 : tensor<?x6xf32, #bm.dims<N, 6>>
    %5 = bm.reduce_sum %4, [1] : tensor<?x6xf32, #bm.dims<N, 6>>
    %6 = bm.div %5, %sixes : tensor<?xf32, #bm.dims<N>>
    %7 = bm.add %6, %epsilons : tensor<?xf32, #bm.dims<N>>
    %8 = bm.rsqrt %7 : tensor<?xf32, #bm.dims<N>>
    %9 = bm.broadcast %8, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x6xf32, #bm.dims<N, 6>>
    %10 = bm.mul %3, %9 : tensor<?x6xf32, #bm.dims<N, 6>>
    %11 = bm.broadcast %gamma, [1] : tensor<6xf32> to tensor<?x6xf32, #bm.dims<N, 6>>
    %12 = bm.mul %10, %11 : tensor<?x6xf32, #bm.dims<N, 6>>
    %13 = bm.broadcast %beta, [1] : tensor<6xf32> to tensor<?x6xf32, #bm.dims<N, 6>>
    %14 = bm.add %12, %13 : tensor<?x6xf32, #bm.dims<N, 6>>
    %15 = bm.add %14, %x : tensor<?x6xf32, #bm.dims<N, 6>>
    %16 = bm.reduce_max %15, [1] : tensor<?x6xf32, #bm.dims<N, 6>>
    %17 = bm.broadcast %16, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x6xf32, #bm.dims<N, 6>>
    %18 = bm.sub %15, %17 : tensor<?x6xf32, #bm.dims<N, 6>>
    %19 = bm.exp %18 : tensor<?x6xf32, #bm.dims<N, 6>>
    %20 = bm.reduce_sum %19, [1] : tensor<?x6xf32, #bm.dims<N, 6>>
    %21 = bm.broadcast %20, [0] : tensor<?xf32, #bm.dims<N>> to tensor<?x6xf32, #bm.dims<N, 6>>
    %22 = bm.div %19, %21 : tensor<?x6xf32, #bm.dims<N, 6>>
    %23 = bm.mul %22, %22 : tensor<?x6xf32, #bm.dims<N, 6>>
    %24 = bm.reduce_sum %23, [0, 1] : tensor<?x6xf32, #bm.dims<N, 6>>
    %g:3 = bm.grad %24 wrt %x, %gamma, %beta : tensor<f32>, tensor<?x6xf32, #bm.dims<N, 6>>, tensor<6xf32>, tensor<6xf32>
        to tensor<?x6xf32, #bm.dims<N, 6>>, tensor<6xf32>, tensor<6xf32>
    return %22, %g#0, %g#1, %g#2 : tensor<?x6xf32, #bm.dims<N, 6>>, tensor<?x6xf32, #bm.dims<N, 6>>, tensor<6xf32>, tensor<6xf32>
  }

  // An embedding that is read twice, joined with its mirror, cut and padded: the gradient scatters.
  func.func @embedding(%table: tensor<7x4xf32> {bm.variable = @table}, %at: tensor<?xi32, #bm.dims<T>>,
                       %scale: tensor<4xf32>)
      -> (tensor<7x4xf32> {bm.variable = @table}, tensor<f32>, tensor<?x8xf32, #bm.dims<T, 8>>) {
    %0 = bm.gather %table at %at axis 0 : tensor<7x4xf32>, tensor<?xi32, #bm.dims<T>>
    %1 = bm.broadcast %scale, [1] : tensor<4xf32> to tensor<?x4xf32, #bm.dims<T, 4>>
    %2 = bm.mul %0, %1 : tensor<?x4xf32, #bm.dims<T, 4>>
    %3 = bm.concatenate %0, %2 axis 1 : tensor<?x4xf32, #bm.dims<T, 4>>, tensor<?x4xf32, #bm.dims<T, 4>>
    %4 = bm.sin %3 : tensor<?x8xf32, #bm.dims<T, 8>>
    %5 = bm.slice %4 [0, 1] step [1, 3] : tensor<?x8xf32, #bm.dims<T, 8>> to tensor<?x3xf32, #bm.dims<T, 3>>
    %zero = bm.constant dense<0.5> : tensor<f32>
    %6 = bm.pad %5, %zero [0, 2] step [1, 2] : tensor<?x3xf32, #bm.dims<T, 3>>, tensor<f32> to tensor<?x8xf32, #bm.dims<T, 8>>
    %7 = bm.mul %6, %4 : tensor<?x8xf32, #bm.dims<T, 8>>
    %8 = bm.transpose %7, [1, 0] : tensor<?x8xf32, #bm.dims<T, 8>>
    %9 = bm.matmul %8, %7 : tensor<8x?xf32, #bm.dims<8, T>>, tensor<?x8xf32, #bm.dims<T, 8>>
    %10 = bm.sigmoid %9 : tensor<8x8xf32>
    %11 = bm.reshape %10 : tensor<8x8xf32> to tensor<64xf32>
    %12 = bm.reduce_sum %11, [0] : tensor<64xf32>
    %13 = bm.grad %12 wrt %table : tensor<f32>, tensor<7x4xf32> to tensor<7x4xf32>
    %rate = bm.constant dense<0.1> : tensor<7x4xf32>
    %14 = bm.mul %rate, %13 : tensor<7x4xf32>
    %15 = bm.sub %table, %14 : tensor<7x4xf32>
    return %15, %12, %7 : tensor<7x4xf32>, tensor<f32>, tensor<?x8xf32, #bm.dims<T, 8>>
  }

  // A gradient penalty: the gradient of a norm of gradients.
  func.func @penalty(%w: tensor<4x4xf32> {bm.variable = @w}, %x: tensor<?x4xf32, #bm.dims<N, 4>>)
      -> (tensor<4x4xf32> {bm.variable = @w}, tensor<f32>) {
    %0 = bm.matmul %x, %w transposed : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x4xf32>
    %1 = bm.tanh %0 : tensor<?x4xf32, #bm.dims<N, 4>>
    %2 = bm.matmul %1, %w : tensor<?x4xf32, #bm.dims<N, 4>>, tensor<4x4xf32>
    %3 = bm.sin %2 : tensor<?x4xf32, #bm.dims<N, 4>>
    %4 = bm.reduce_sum %3, [0, 1] : tensor<?x4xf32, #bm.dims<N, 4>>
    %5 = bm.grad %4 wrt %x : tensor<f32>, tensor<?x4xf32, #bm.dims<N, 4>> to tensor<?x4xf32, #bm.dims<N, 4>>
    %6 = bm.mul %5, %5 : tensor<?x4xf32, #bm.dims<N, 4>>
    %7 = bm.reduce_sum %6, [0, 1] : tensor<?x4xf32, #bm.dims<N, 4>>
    %8 = bm.add %4, %7 : tensor<f32>
    %9 = bm.grad %8 wrt %w : tensor<f32>, tensor<4x4xf32> to tensor<4x4xf32>
    return %9, %8 : tensor<4x4xf32>, tensor<f32>
  }

  // Random masks whose keys depend on the step, heads that are moved around, and a mean over leading axes.
  func.func @dropout_heads(%key: tensor<2xi32>, %step: tensor<f64>, %x: tensor<?x4x6xf32, #bm.dims<B, 4, 6>>,
                           %mean: tensor<6xf32> {bm.variable = @mean}, %keep: tensor<6xf32>)
      -> (tensor<?x4x6xf32, #bm.dims<B, 4, 6>>, tensor<6xf32> {bm.variable = @mean}, tensor<6xf32>) {
    %0 = bm.cast %step : tensor<f64> to tensor<i32>
    %1 = bm.fold_in %key, %0 : tensor<i32>
    %2 = bm.random_uniform %1 : tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %half = bm.constant dense<0.5> : tensor<f32>
    %3 = bm.broadcast %half, [] : tensor<f32> to tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %4 = bm.compare lt %2, %3 : tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %5 = bm.cast %4 : tensor<?x4x6xi1, #bm.dims<B, 4, 6>> to tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %6 = bm.mul %x, %5 : tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %7 = bm.reshape %6 : tensor<?x4x6xf32, #bm.dims<B, 4, 6>> to tensor<?x4x2x3xf32, #bm.dims<B, 4, 2, 3>>
    %8 = bm.transpose %7, [0, 2, 1, 3] : tensor<?x4x2x3xf32, #bm.dims<B, 4, 2, 3>>
    %9 = bm.matmul %8, %8 transposed : tensor<?x2x4x3xf32, #bm.dims<B, 2, 4, 3>>, tensor<?x2x4x3xf32, #bm.dims<B, 2, 4, 3>>
    %10 = bm.reduce_max %9, [3] : tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %11 = bm.broadcast %10, [0, 1, 2] : tensor<?x2x4xf32, #bm.dims<B, 2, 4>> to tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %12 = bm.sub %9, %11 : tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %13 = bm.exp %12 : tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %14 = bm.reduce_sum %13, [3] : tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %15 = bm.broadcast %14, [0, 1, 2] : tensor<?x2x4xf32, #bm.dims<B, 2, 4>> to tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %16 = bm.div %13, %15 : tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>
    %17 = bm.matmul %16, %8 : tensor<?x2x4x4xf32, #bm.dims<B, 2, 4, 4>>, tensor<?x2x4x3xf32, #bm.dims<B, 2, 4, 3>>
    %18 = bm.transpose %17, [0, 2, 1, 3] : tensor<?x2x4x3xf32, #bm.dims<B, 2, 4, 3>>
    %19 = bm.reshape %18 : tensor<?x4x2x3xf32, #bm.dims<B, 4, 2, 3>> to tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %20 = bm.reduce_sum %19, [0, 1] : tensor<?x4x6xf32, #bm.dims<B, 4, 6>>
    %21 = bm.size "4*B" : tensor<f32>
    %22 = bm.broadcast %21, [] : tensor<f32> to tensor<6xf32>
    %23 = bm.div %20, %22 : tensor<6xf32>
    %24 = bm.sub %23, %mean : tensor<6xf32>
    %25 = bm.add %mean, %24 : tensor<6xf32>
    return %19, %25, %keep : tensor<?x4x6xf32, #bm.dims<B, 4, 6>>, tensor<6xf32>, tensor<6xf32>
  }

  // What comes without a kernel of its own: constants, arguments, one value twice, an exchange of variables.
  func.func @odd_results(%a: tensor<2x3xf32> {bm.variable = @a}, %b: tensor<2x3xf32> {bm.variable = @b})
      -> (tensor<2x3xf32> {bm.variable = @a}, tensor<2x3xf32> {bm.variable = @b}, tensor<6xf32>, tensor<3xf32>,
          tensor<4xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<3x2xf32>) {
    %0 = bm.reshape %a : tensor<2x3xf32> to tensor<6xf32>
    %1 = bm.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
    %2 = bm.constant dense<0.0> : tensor<4xf32>
    %3 = bm.exp %b : tensor<2x3xf32>
    %4 = bm.transpose %a, [1, 0] : tensor<2x3xf32>
    return %b, %a, %0, %1, %2, %3, %3, %4 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<6xf32>, tensor<3xf32>,
        tensor<4xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<3x2xf32>
  }
}
