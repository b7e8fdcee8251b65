// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @other_name(%x: tensor<?xf32, #bm.dims<N>>, %y: tensor<?xf32, #bm.dims<M>>) {
  // expected-error @+1 {{requires the same encoding for all operands and results}}
  %z = "bm.add"(%x, %y) : (tensor<?xf32, #bm.dims<N>>, tensor<?xf32, #bm.dims<M>>) -> tensor<?xf32, #bm.dims<N>>
  return
}

// -----

func.func @integers(%x: tensor<2xi32>) {
  // expected-error @+1 {{operand #0 must be tensor of f32 or f64 with named dimensions}}
  %y = bm.exp %x : tensor<2xi32>
  return
}

// -----

func.func @select_c1(%c: tensor<?xi1, #bm.dims<M>>, %x: tensor<?xf32, #bm.dims<N>>) {
  // expected-error @+1 {{condition bool[M] has not the shape of f32[N]}}
  %y = bm.select %c, %x, %x : tensor<?xi1, #bm.dims<M>>, tensor<?xf32, #bm.dims<N>>
  return
}

// -----

func.func @cast_c1(%x: tensor<?xf32, #bm.dims<N>>) {
  // expected-error @+1 {{result i32[2*N] has not the shape of f32[N]}}
  %y = bm.cast %x : tensor<?xf32, #bm.dims<N>> to tensor<?xi32, #bm.dims<"2*N">>
  return
}
