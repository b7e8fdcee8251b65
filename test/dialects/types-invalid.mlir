// RUN: bm-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{tensor of rank 2 has 1 named dimensions}}
func.func private @rank(tensor<?x3xf32, #bm.dims<N>>)

// -----

// expected-error @+1 {{dimension 1 is 3 but its name is 4}}
func.func private @number(tensor<?x3xf32, #bm.dims<N, 4>>)

// -----

// expected-error @+1 {{dimension 0 is dynamic but its name is the number 2}}
func.func private @dynamic(tensor<?xf32, #bm.dims<2>>)

// -----

// expected-error @+1 {{tensor with only static dimensions must not name them}}
func.func private @static(tensor<2xf32, #bm.dims<2>>)

// -----

// expected-error @+1 {{'N+' is not a polynomial in dimension names}}
func.func private @text(tensor<?xf32, #bm.dims<"N+">>)

// -----

// expected-error @+1 {{expected a dimension: a number, a name or a quoted polynomial}}
func.func private @empty(tensor<?xf32, #bm.dims<[]>>)

// -----

// expected-error @+1 {{'diagonal' is not a kind of loop nest; expected one of elementwise, rows, columns, matmul, scatter, panels, plain}}
func.func private @kind() attributes {bm.a = #bm.schedule<diagonal>}

// -----

// expected-error @+1 {{'both' is not a kind of axis; expected one of columns, rows, inner}}
func.func private @lanes() attributes {bm.a = #bm.schedule<matmul, lanes = both>}

// -----

// expected-error @+1 {{'lines' is not a schedule parameter}}
func.func private @parameter() attributes {bm.a = #bm.schedule<matmul, lines = 3>}

// -----

func.func @unnamed(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 must be tensor of f32 or f64 with named dimensions}}
  %y = bm.exp %x : tensor<?xf32>
  return
}
