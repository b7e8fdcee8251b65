// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @size_c1() {
  // expected-error @+1 {{'N**2' is not a polynomial in dimension names}}
  %y = bm.size "N**2" : tensor<i64>
  return
}

// -----

func.func @size_c2() {
  // expected-error @+1 {{is a single number, got i64[1]}}
  %y = bm.size "N" : tensor<1xi64>
  return
}

// -----

func.func @grad_c1(%l: tensor<2xf32>, %x: tensor<3xf32>) {
  // expected-error @+1 {{needs a scalar to differentiate, got f32[2]}}
  %y = bm.grad %l wrt %x : tensor<2xf32>, tensor<3xf32> to tensor<3xf32>
  return
}

// -----

func.func @grad_c2(%l: tensor<f32>, %x: tensor<3xf32>) {
  // expected-error @+1 {{gives a value f32[3] the gradient f32[4]}}
  %y = bm.grad %l wrt %x : tensor<f32>, tensor<3xf32> to tensor<4xf32>
  return
}

// -----

func.func @grad_c2_count(%l: tensor<f32>, %x: tensor<3xf32>) {
  // expected-error @+1 {{has 1 values but 2 gradients}}
  %y:2 = bm.grad %l wrt %x : tensor<f32>, tensor<3xf32> to tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @kernel_c1(%x: tensor<3xf32>) {
  // expected-error @+1 {{arguments (f32[4]) differ from inputs (f32[3])}}
  %y = "bm.kernel"(%x) ({
  ^bb(%a: tensor<4xf32>):
    bm.yield
  }) : (tensor<3xf32>) -> (tensor<3xf32>)
  return
}

// -----

func.func @kernel_c2(%x: tensor<3xf32>) {
  // expected-error @+1 {{yielded values (f32[3]) differ from results (f32[4])}}
  %y = bm.kernel (%a = %x : tensor<3xf32>) -> (tensor<4xf32>) {
    bm.yield %a : tensor<3xf32>
  }
  return
}

// -----

func.func @kernel_c3(%x: tensor<3xf32>, %z: tensor<3x1xf32>) {
  // expected-error @+1 {{results have different shapes: f32[3] and f32[3, 1]}}
  %y:2 = bm.kernel (%a = %x : tensor<3xf32>, %b = %z : tensor<3x1xf32>) -> (tensor<3xf32>, tensor<3x1xf32>) {
    bm.yield %a, %b : tensor<3xf32>, tensor<3x1xf32>
  }
  return
}

// -----

// Values of rows stand behind the results that have the shape of the loops, and are of the same rows.
func.func @kernel_c3_rows_first(%x: tensor<3x2xf32>, %z: tensor<3xf32>) {
  // expected-error @+1 {{results have different shapes: f32[3] and f32[3, 2]}}
  %y:2 = bm.kernel (%a = %x : tensor<3x2xf32>, %b = %z : tensor<3xf32>) -> (tensor<3xf32>, tensor<3x2xf32>) {
    bm.yield %b, %a : tensor<3xf32>, tensor<3x2xf32>
  }
  return
}

// -----

func.func @kernel_c3_other_rows(%x: tensor<3x2x4xf32>, %z: tensor<3xf32>, %w: tensor<3x2xf32>) {
  // expected-error @+1 {{results have different shapes: f32[3, 2, 4] and f32[3]}}
  %y:3 = bm.kernel (%a = %x : tensor<3x2x4xf32>, %b = %w : tensor<3x2xf32>, %c = %z : tensor<3xf32>) -> (tensor<3x2x4xf32>, tensor<3x2xf32>, tensor<3xf32>) {
    bm.yield %a, %b, %c : tensor<3x2x4xf32>, tensor<3x2xf32>, tensor<3xf32>
  }
  return
}

// -----

func.func @kernel_end() {
  // expected-error @+1 {{must end in bm.yield}}
  %y = "bm.kernel"() ({
    func.return
  }) : () -> (tensor<3xf32>)
  return
}

// -----

// expected-error @+1 {{role must be parameter, buffer, state, metric or packed, not 'weight'}}
bm.variable "weight" @variable_c1 : tensor<3xf32>

// -----

// expected-error @+1 {{needs a static shape, got f32[N]}}
bm.variable "parameter" @variable_c2 : tensor<?xf32, #bm.dims<N>>

// -----

// expected-error @+1 {{only a parameter is trainable, not a buffer}}
bm.variable "buffer" @variable_c3 : tensor<3xf32> trainable
