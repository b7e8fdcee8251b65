// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @key(%k: tensor<3xi32>) {
  // expected-error @+1 {{operand #0 must be random key, tensor<2xi32>}}
  %y = "bm.random_uniform"(%k) : (tensor<3xi32>) -> tensor<4xf32>
  return
}

// -----

func.func @fold_in_c1(%k: tensor<2xi32>, %d: tensor<1xi64>) {
  // expected-error @+1 {{needs a single number, got i64[1]}}
  %y = bm.fold_in %k, %d : tensor<1xi64>
  return
}
