// Sizes that are polynomials and divisions, intermediate values in the arena, constants and views: run for several N and
// compared with the reference interpreter.
// RUN: bmc %s --check | FileCheck %s
// CHECK: ok {{ *}}predict {{ *}}halves {{ *}}max error
// CHECK: ok {{ *}}predict {{ *}}squares {{ *}}max error
// CHECK: ok {{ *}}predict {{ *}}heads {{ *}}max error
// CHECK: ok {{ *}}predict {{ *}}flags {{ *}}max error 0.00e+00

// RUN: bmc %s --emit=llvm | FileCheck %s --check-prefix=LLVM
// LLVM-DAG: llvm.mlir.global internal constant @tensor.{{[0-9]+}}(dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>) {{.*}}alignment = 16
// LLVM-DAG: llvm.func internal @predict.result_dims
// LLVM-DAG: llvm.sdiv
module attributes {bm.program = {name = "m", source = "m.bm", fields = [
    {name = "x", type = tensor<3xf32>, features = [{name = "x.0", column_count = 3 : i64, numbers = array<i64: 0, 1, 2>}], classes = 0 : i64, is_input = true}]}} {
  func.func @predict(%x: tensor<?x3xf32, #bm.dims<N, 3>> {bm.role = "input", bm.name = "x"})
      -> (tensor<?x2xf32, #bm.dims<"floordiv(N+1,2)", 2>> {bm.role = "output", bm.name = "halves"},
          tensor<?x?xf32, #bm.dims<N, N>> {bm.role = "output", bm.name = "squares"},
          tensor<?x3xf32, #bm.dims<"floordiv(N-3,2)+2", 3>> {bm.role = "output", bm.name = "heads"},
          tensor<?xi1, #bm.dims<"3*N">> {bm.role = "output", bm.name = "flags"}) {
    %c = bm.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
    %b = bm.broadcast %c, [1] : tensor<3xf32> to tensor<?x3xf32, #bm.dims<N, 3>>
    %p = bm.mul %x, %b : tensor<?x3xf32, #bm.dims<N, 3>>
    %h = bm.slice %p [0, 1] step [2, 1] : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x2xf32, #bm.dims<"floordiv(N+1,2)", 2>>
    %s = bm.matmul %p, %x transposed : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x3xf32, #bm.dims<N, 3>>
    %t = bm.matmul %s, %s : tensor<?x?xf32, #bm.dims<N, N>>, tensor<?x?xf32, #bm.dims<N, N>>
    %f = bm.compare lt %x, %p : tensor<?x3xf32, #bm.dims<N, 3>>
    %r = bm.reshape %f : tensor<?x3xi1, #bm.dims<N, 3>> to tensor<?xi1, #bm.dims<"3*N">>
    // For N below 3 the division is of a negative number.
    %q = bm.slice %p [0, 0] step [1, 1] : tensor<?x3xf32, #bm.dims<N, 3>> to tensor<?x3xf32, #bm.dims<"floordiv(N-3,2)+2", 3>>
    return %h, %t, %q, %r : tensor<?x2xf32, #bm.dims<"floordiv(N+1,2)", 2>>, tensor<?x?xf32, #bm.dims<N, N>>,
        tensor<?x3xf32, #bm.dims<"floordiv(N-3,2)+2", 3>>, tensor<?xi1, #bm.dims<"3*N">>
  }
}
