// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @c1_polynomial() {
  // expected-error @+1 {{'T**2' is not a polynomial in dimension names}}
  bm.scan %i in "T**2" -> () { bm.yield }
  return
}

// -----

func.func @c1_negative() {
  // expected-error @+1 {{cannot run -1 times}}
  bm.scan %i in "-1" -> () { bm.yield }
  return
}

// -----

func.func @c2(%x: tensor<?x3xf32, #bm.dims<N, 3>>) {
  // expected-error @+1 {{of length T cannot run along axis 0 of f32[N, 3]}}
  bm.scan %i in "T" sequences(%a = %x : tensor<?x3xf32, #bm.dims<N, 3>>) -> () { bm.yield }
  return
}

// -----

func.func @c2_scalar(%x: tensor<f32>) {
  // expected-error @+1 {{a sequence needs an axis to run along, got f32}}
  bm.scan %i in "T" sequences(%a = %x : tensor<f32>) -> () { bm.yield }
  return
}

// -----

func.func @no_tensor(%x: i32) {
  // expected-error @+1 {{expected the type of a tensor}}
  bm.scan %i in "T" constants(%a = %x : i32) -> () { bm.yield }
  return
}

// -----

func.func @c3(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{arguments (i64, f32[2, 3]) differ from (i64, f32[3]), which follow from the operands}}
  "bm.scan"(%x) <{length = "2", operandSegmentSizes = array<i32: 1, 0, 0>}> ({
  ^bb(%i: tensor<i64>, %a: tensor<2x3xf32>):
    bm.yield
  }) : (tensor<2x3xf32>) -> ()
  return
}

// -----

func.func @c4_yield(%x: tensor<3xf32>) {
  // expected-error @+1 {{yields (f32), which does not begin with the carried types (f32[3])}}
  %y = bm.scan %i in "2" carry(%a = %x : tensor<3xf32>) -> (tensor<3xf32>) {
    %z = bm.constant dense<0.0> : tensor<f32>
    bm.yield %z : tensor<f32>
  }
  return
}

// -----

func.func @c4_missing(%x: tensor<3xf32>) {
  // expected-error @+1 {{yields (), which does not begin with the carried types (f32[3])}}
  %y = bm.scan %i in "2" carry(%a = %x : tensor<3xf32>) -> (tensor<3xf32>) { bm.yield }
  return
}

// -----

func.func @c4_result(%x: tensor<3xf32>) {
  // expected-error @+1 {{results (f32[4]) differ from (f32[3]), which follow from what is yielded}}
  %y = bm.scan %i in "2" carry(%a = %x : tensor<3xf32>) -> (tensor<4xf32>) { bm.yield %a : tensor<3xf32> }
  return
}

// -----

func.func @c5(%x: tensor<3xf32>) {
  // expected-error @+1 {{results (f32[3]) differ from (f32[T, 3]), which follow from what is yielded}}
  %y = bm.scan %i in "T" constants(%a = %x : tensor<3xf32>) -> (tensor<3xf32>) { bm.yield %a : tensor<3xf32> }
  return
}

// -----

func.func @end() {
  // expected-error @+1 {{must end in bm.yield}}
  "bm.scan"() <{length = "2", operandSegmentSizes = array<i32: 0, 0, 0>}> ({
  ^bb(%i: tensor<i64>):
    func.return
  }) : () -> ()
  return
}

// -----

func.func @isolated(%x: tensor<3xf32>) {
  // expected-note @+1 {{required by region isolation constraints}}
  %y = bm.scan %i in "2" -> (tensor<2x3xf32>) {
    // expected-error @+1 {{using value defined outside the region}}
    bm.yield %x : tensor<3xf32>
  }
  return
}
