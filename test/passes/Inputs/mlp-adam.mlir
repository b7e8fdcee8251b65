module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>} {
  bm.variable "parameter" @"fc1.weight" : tensor<2x3xf32> trainable
  bm.variable "state" @"fc1.weight.m" : tensor<2x3xf32>
  bm.variable "state" @"fc1.weight.v" : tensor<2x3xf32>
  bm.variable "parameter" @"fc1.bias" : tensor<2xf32> trainable
  bm.variable "state" @"fc1.bias.m" : tensor<2xf32>
  bm.variable "state" @"fc1.bias.v" : tensor<2xf32>
  bm.variable "parameter" @"fc2.weight" : tensor<1x2xf32> trainable
  bm.variable "state" @"fc2.weight.m" : tensor<1x2xf32>
  bm.variable "state" @"fc2.weight.v" : tensor<1x2xf32>
  bm.variable "parameter" @"fc2.bias" : tensor<1xf32> trainable
  bm.variable "state" @"fc2.bias.m" : tensor<1xf32>
  bm.variable "state" @"fc2.bias.v" : tensor<1xf32>
  func.func @train(%fc1_weight: tensor<2x3xf32> {bm.variable = @"fc1.weight"},
      %fc1_weight_m: tensor<2x3xf32> {bm.variable = @"fc1.weight.m"},
      %fc1_weight_v: tensor<2x3xf32> {bm.variable = @"fc1.weight.v"},
      %fc1_bias: tensor<2xf32> {bm.variable = @"fc1.bias"},
      %fc1_bias_m: tensor<2xf32> {bm.variable = @"fc1.bias.m"},
      %fc1_bias_v: tensor<2xf32> {bm.variable = @"fc1.bias.v"},
      %fc2_weight: tensor<1x2xf32> {bm.variable = @"fc2.weight"},
      %fc2_weight_m: tensor<1x2xf32> {bm.variable = @"fc2.weight.m"},
      %fc2_weight_v: tensor<1x2xf32> {bm.variable = @"fc2.weight.v"},
      %fc2_bias: tensor<1xf32> {bm.variable = @"fc2.bias"},
      %fc2_bias_m: tensor<1xf32> {bm.variable = @"fc2.bias.m"},
      %fc2_bias_v: tensor<1xf32> {bm.variable = @"fc2.bias.v"},
      %x: tensor<?x3xf32, #bm.dims<N, 3>> {bm.role = "input", bm.name = "x"},
      %y: tensor<?x1xf32, #bm.dims<N, 1>> {bm.role = "input", bm.name = "y"},
      %lr: tensor<f64> {bm.role = "hyper", bm.name = "lr"},
      %beta1: tensor<f64> {bm.role = "hyper", bm.name = "beta1"},
      %beta2: tensor<f64> {bm.role = "hyper", bm.name = "beta2"},
      %eps: tensor<f64> {bm.role = "hyper", bm.name = "eps"},
      %step: tensor<f64> {bm.role = "step"})
      -> (tensor<2x3xf32> {bm.variable = @"fc1.weight"},
      tensor<2x3xf32> {bm.variable = @"fc1.weight.m"},
      tensor<2x3xf32> {bm.variable = @"fc1.weight.v"},
      tensor<2xf32> {bm.variable = @"fc1.bias"},
      tensor<2xf32> {bm.variable = @"fc1.bias.m"},
      tensor<2xf32> {bm.variable = @"fc1.bias.v"},
      tensor<1x2xf32> {bm.variable = @"fc2.weight"},
      tensor<1x2xf32> {bm.variable = @"fc2.weight.m"},
      tensor<1x2xf32> {bm.variable = @"fc2.weight.v"},
      tensor<1xf32> {bm.variable = @"fc2.bias"},
      tensor<1xf32> {bm.variable = @"fc2.bias.m"},
      tensor<1xf32> {bm.variable = @"fc2.bias.v"},
      tensor<f32> {bm.role = "loss", bm.name = "loss"}) {
    %1 = bm.transpose %fc1_weight, [1, 0] : tensor<2x3xf32>
    %2 = bm.matmul %x, %1 : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<3x2xf32>
    %3 = bm.broadcast %fc1_bias, [1] : tensor<2xf32> to tensor<?x2xf32, #bm.dims<N, 2>>
    %4 = bm.add %2, %3 : tensor<?x2xf32, #bm.dims<N, 2>>
    %5 = bm.constant dense<0.0> : tensor<f32>
    %6 = bm.broadcast %5, [] : tensor<f32> to tensor<?x2xf32, #bm.dims<N, 2>>
    %7 = bm.max %4, %6 : tensor<?x2xf32, #bm.dims<N, 2>>
    %8 = bm.transpose %fc2_weight, [1, 0] : tensor<1x2xf32>
    %9 = bm.matmul %7, %8 : tensor<?x2xf32, #bm.dims<N, 2>>, tensor<2x1xf32>
    %10 = bm.broadcast %fc2_bias, [1] : tensor<1xf32> to tensor<?x1xf32, #bm.dims<N, 1>>
    %11 = bm.add %9, %10 : tensor<?x1xf32, #bm.dims<N, 1>>
    %12 = bm.sub %11, %y : tensor<?x1xf32, #bm.dims<N, 1>>
    %13 = bm.constant dense<2.0> : tensor<f32>
    %14 = bm.broadcast %13, [] : tensor<f32> to tensor<?x1xf32, #bm.dims<N, 1>>
    %15 = bm.pow %12, %14 : tensor<?x1xf32, #bm.dims<N, 1>>
    %16 = bm.reduce_sum %15, [0, 1] : tensor<?x1xf32, #bm.dims<N, 1>>
    %17 = bm.size "N" : tensor<f32>
    %18 = bm.div %16, %17 : tensor<f32>
    %g:4 = bm.grad %18 wrt %fc1_weight, %fc1_bias, %fc2_weight, %fc2_bias : tensor<f32>, tensor<2x3xf32>, tensor<2xf32>, tensor<1x2xf32>, tensor<1xf32> to tensor<2x3xf32>, tensor<2xf32>, tensor<1x2xf32>, tensor<1xf32>
    %19 = bm.constant dense<1.0> : tensor<f64>
    %20 = bm.sub %19, %beta1 : tensor<f64>
    %21 = bm.sub %19, %beta2 : tensor<f64>
    %22 = bm.cast %beta1 : tensor<f64> to tensor<f32>
    %23 = bm.broadcast %22, [] : tensor<f32> to tensor<2x3xf32>
    %24 = bm.mul %23, %fc1_weight_m : tensor<2x3xf32>
    %25 = bm.cast %20 : tensor<f64> to tensor<f32>
    %26 = bm.broadcast %25, [] : tensor<f32> to tensor<2x3xf32>
    %27 = bm.mul %26, %g#0 : tensor<2x3xf32>
    %28 = bm.add %24, %27 : tensor<2x3xf32>
    %29 = bm.constant dense<2.0> : tensor<2x3xf32>
    %30 = bm.pow %g#0, %29 : tensor<2x3xf32>
    %31 = bm.cast %beta2 : tensor<f64> to tensor<f32>
    %32 = bm.broadcast %31, [] : tensor<f32> to tensor<2x3xf32>
    %33 = bm.mul %32, %fc1_weight_v : tensor<2x3xf32>
    %34 = bm.cast %21 : tensor<f64> to tensor<f32>
    %35 = bm.broadcast %34, [] : tensor<f32> to tensor<2x3xf32>
    %36 = bm.mul %35, %30 : tensor<2x3xf32>
    %37 = bm.add %33, %36 : tensor<2x3xf32>
    %38 = bm.pow %beta1, %step : tensor<f64>
    %39 = bm.sub %19, %38 : tensor<f64>
    %40 = bm.pow %beta2, %step : tensor<f64>
    %41 = bm.sub %19, %40 : tensor<f64>
    %42 = bm.cast %39 : tensor<f64> to tensor<f32>
    %43 = bm.broadcast %42, [] : tensor<f32> to tensor<2x3xf32>
    %44 = bm.div %28, %43 : tensor<2x3xf32>
    %45 = bm.cast %41 : tensor<f64> to tensor<f32>
    %46 = bm.broadcast %45, [] : tensor<f32> to tensor<2x3xf32>
    %47 = bm.div %37, %46 : tensor<2x3xf32>
    %48 = bm.sqrt %47 : tensor<2x3xf32>
    %49 = bm.cast %eps : tensor<f64> to tensor<f32>
    %50 = bm.broadcast %49, [] : tensor<f32> to tensor<2x3xf32>
    %51 = bm.add %48, %50 : tensor<2x3xf32>
    %52 = bm.cast %lr : tensor<f64> to tensor<f32>
    %53 = bm.broadcast %52, [] : tensor<f32> to tensor<2x3xf32>
    %54 = bm.mul %53, %44 : tensor<2x3xf32>
    %55 = bm.div %54, %51 : tensor<2x3xf32>
    %56 = bm.sub %fc1_weight, %55 : tensor<2x3xf32>
    %57 = bm.sub %19, %beta1 : tensor<f64>
    %58 = bm.sub %19, %beta2 : tensor<f64>
    %59 = bm.cast %beta1 : tensor<f64> to tensor<f32>
    %60 = bm.broadcast %59, [] : tensor<f32> to tensor<2xf32>
    %61 = bm.mul %60, %fc1_bias_m : tensor<2xf32>
    %62 = bm.cast %57 : tensor<f64> to tensor<f32>
    %63 = bm.broadcast %62, [] : tensor<f32> to tensor<2xf32>
    %64 = bm.mul %63, %g#1 : tensor<2xf32>
    %65 = bm.add %61, %64 : tensor<2xf32>
    %66 = bm.constant dense<2.0> : tensor<2xf32>
    %67 = bm.pow %g#1, %66 : tensor<2xf32>
    %68 = bm.cast %beta2 : tensor<f64> to tensor<f32>
    %69 = bm.broadcast %68, [] : tensor<f32> to tensor<2xf32>
    %70 = bm.mul %69, %fc1_bias_v : tensor<2xf32>
    %71 = bm.cast %58 : tensor<f64> to tensor<f32>
    %72 = bm.broadcast %71, [] : tensor<f32> to tensor<2xf32>
    %73 = bm.mul %72, %67 : tensor<2xf32>
    %74 = bm.add %70, %73 : tensor<2xf32>
    %75 = bm.pow %beta1, %step : tensor<f64>
    %76 = bm.sub %19, %75 : tensor<f64>
    %77 = bm.pow %beta2, %step : tensor<f64>
    %78 = bm.sub %19, %77 : tensor<f64>
    %79 = bm.cast %76 : tensor<f64> to tensor<f32>
    %80 = bm.broadcast %79, [] : tensor<f32> to tensor<2xf32>
    %81 = bm.div %65, %80 : tensor<2xf32>
    %82 = bm.cast %78 : tensor<f64> to tensor<f32>
    %83 = bm.broadcast %82, [] : tensor<f32> to tensor<2xf32>
    %84 = bm.div %74, %83 : tensor<2xf32>
    %85 = bm.sqrt %84 : tensor<2xf32>
    %86 = bm.cast %eps : tensor<f64> to tensor<f32>
    %87 = bm.broadcast %86, [] : tensor<f32> to tensor<2xf32>
    %88 = bm.add %85, %87 : tensor<2xf32>
    %89 = bm.cast %lr : tensor<f64> to tensor<f32>
    %90 = bm.broadcast %89, [] : tensor<f32> to tensor<2xf32>
    %91 = bm.mul %90, %81 : tensor<2xf32>
    %92 = bm.div %91, %88 : tensor<2xf32>
    %93 = bm.sub %fc1_bias, %92 : tensor<2xf32>
    %94 = bm.sub %19, %beta1 : tensor<f64>
    %95 = bm.sub %19, %beta2 : tensor<f64>
    %96 = bm.cast %beta1 : tensor<f64> to tensor<f32>
    %97 = bm.broadcast %96, [] : tensor<f32> to tensor<1x2xf32>
    %98 = bm.mul %97, %fc2_weight_m : tensor<1x2xf32>
    %99 = bm.cast %94 : tensor<f64> to tensor<f32>
    %100 = bm.broadcast %99, [] : tensor<f32> to tensor<1x2xf32>
    %101 = bm.mul %100, %g#2 : tensor<1x2xf32>
    %102 = bm.add %98, %101 : tensor<1x2xf32>
    %103 = bm.constant dense<2.0> : tensor<1x2xf32>
    %104 = bm.pow %g#2, %103 : tensor<1x2xf32>
    %105 = bm.cast %beta2 : tensor<f64> to tensor<f32>
    %106 = bm.broadcast %105, [] : tensor<f32> to tensor<1x2xf32>
    %107 = bm.mul %106, %fc2_weight_v : tensor<1x2xf32>
    %108 = bm.cast %95 : tensor<f64> to tensor<f32>
    %109 = bm.broadcast %108, [] : tensor<f32> to tensor<1x2xf32>
    %110 = bm.mul %109, %104 : tensor<1x2xf32>
    %111 = bm.add %107, %110 : tensor<1x2xf32>
    %112 = bm.pow %beta1, %step : tensor<f64>
    %113 = bm.sub %19, %112 : tensor<f64>
    %114 = bm.pow %beta2, %step : tensor<f64>
    %115 = bm.sub %19, %114 : tensor<f64>
    %116 = bm.cast %113 : tensor<f64> to tensor<f32>
    %117 = bm.broadcast %116, [] : tensor<f32> to tensor<1x2xf32>
    %118 = bm.div %102, %117 : tensor<1x2xf32>
    %119 = bm.cast %115 : tensor<f64> to tensor<f32>
    %120 = bm.broadcast %119, [] : tensor<f32> to tensor<1x2xf32>
    %121 = bm.div %111, %120 : tensor<1x2xf32>
    %122 = bm.sqrt %121 : tensor<1x2xf32>
    %123 = bm.cast %eps : tensor<f64> to tensor<f32>
    %124 = bm.broadcast %123, [] : tensor<f32> to tensor<1x2xf32>
    %125 = bm.add %122, %124 : tensor<1x2xf32>
    %126 = bm.cast %lr : tensor<f64> to tensor<f32>
    %127 = bm.broadcast %126, [] : tensor<f32> to tensor<1x2xf32>
    %128 = bm.mul %127, %118 : tensor<1x2xf32>
    %129 = bm.div %128, %125 : tensor<1x2xf32>
    %130 = bm.sub %fc2_weight, %129 : tensor<1x2xf32>
    %131 = bm.sub %19, %beta1 : tensor<f64>
    %132 = bm.sub %19, %beta2 : tensor<f64>
    %133 = bm.cast %beta1 : tensor<f64> to tensor<f32>
    %134 = bm.broadcast %133, [] : tensor<f32> to tensor<1xf32>
    %135 = bm.mul %134, %fc2_bias_m : tensor<1xf32>
    %136 = bm.cast %131 : tensor<f64> to tensor<f32>
    %137 = bm.broadcast %136, [] : tensor<f32> to tensor<1xf32>
    %138 = bm.mul %137, %g#3 : tensor<1xf32>
    %139 = bm.add %135, %138 : tensor<1xf32>
    %140 = bm.constant dense<2.0> : tensor<1xf32>
    %141 = bm.pow %g#3, %140 : tensor<1xf32>
    %142 = bm.cast %beta2 : tensor<f64> to tensor<f32>
    %143 = bm.broadcast %142, [] : tensor<f32> to tensor<1xf32>
    %144 = bm.mul %143, %fc2_bias_v : tensor<1xf32>
    %145 = bm.cast %132 : tensor<f64> to tensor<f32>
    %146 = bm.broadcast %145, [] : tensor<f32> to tensor<1xf32>
    %147 = bm.mul %146, %141 : tensor<1xf32>
    %148 = bm.add %144, %147 : tensor<1xf32>
    %149 = bm.pow %beta1, %step : tensor<f64>
    %150 = bm.sub %19, %149 : tensor<f64>
    %151 = bm.pow %beta2, %step : tensor<f64>
    %152 = bm.sub %19, %151 : tensor<f64>
    %153 = bm.cast %150 : tensor<f64> to tensor<f32>
    %154 = bm.broadcast %153, [] : tensor<f32> to tensor<1xf32>
    %155 = bm.div %139, %154 : tensor<1xf32>
    %156 = bm.cast %152 : tensor<f64> to tensor<f32>
    %157 = bm.broadcast %156, [] : tensor<f32> to tensor<1xf32>
    %158 = bm.div %148, %157 : tensor<1xf32>
    %159 = bm.sqrt %158 : tensor<1xf32>
    %160 = bm.cast %eps : tensor<f64> to tensor<f32>
    %161 = bm.broadcast %160, [] : tensor<f32> to tensor<1xf32>
    %162 = bm.add %159, %161 : tensor<1xf32>
    %163 = bm.cast %lr : tensor<f64> to tensor<f32>
    %164 = bm.broadcast %163, [] : tensor<f32> to tensor<1xf32>
    %165 = bm.mul %164, %155 : tensor<1xf32>
    %166 = bm.div %165, %162 : tensor<1xf32>
    %167 = bm.sub %fc2_bias, %166 : tensor<1xf32>
    return %56, %28, %37, %93, %65, %74, %130, %102, %111, %167, %139, %148, %18 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<f32>
  }
}
