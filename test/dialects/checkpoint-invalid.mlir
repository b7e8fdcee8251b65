// RUN: bm-opt %s --split-input-file --verify-diagnostics

func.func @c1(%x: tensor<3xf32>) {
  // expected-error @+1 {{arguments (f32[4]) differ from inputs (f32[3])}}
  %y = "bm.checkpoint"(%x) ({
  ^bb(%a: tensor<4xf32>):
    bm.yield %a : tensor<4xf32>
  }) : (tensor<3xf32>) -> (tensor<4xf32>)
  return
}

// -----

func.func @c2(%x: tensor<3xf32>) {
  // expected-error @+1 {{yielded values (f32[3]) differ from results (f32[4])}}
  %y = bm.checkpoint (%a = %x : tensor<3xf32>) -> (tensor<4xf32>) { bm.yield %a : tensor<3xf32> }
  return
}

// -----

func.func @end() {
  // expected-error @+1 {{must end in bm.yield}}
  "bm.checkpoint"() ({
    func.return
  }) : () -> ()
  return
}

// -----

func.func @after(%x: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that all of {x, y} have same type}}
  %y = "bm.after"(%x) : (tensor<3xf32>) -> tensor<4xf32>
  return
}
