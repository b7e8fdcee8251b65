// RUN: bmc %s --emit=llvm --no-selftest | FileCheck %s

// Calls whose tensors have strides that are not constants are told of them, the innermost first, and those of flat kernels
// are not. Behind the first two kernels is the loop (-3): size 6 (T), reversed (1), place 3 for the index, and two slices
// of 12 N bytes: place 4 in the sequence, place 5 in the stacked result. Its body has 8 words with its end (-1): a call
// with the carried value's one place in all steps.
// CHECK: @integers.0(dense<[0, 1, 0,
// CHECK-SAME: -3, 6, 1, 3, 2, 4, 1, 8, 5, 5, 8, 6, 2, 7, 9, 11, 3, -1,
// CHECK-SAME: -2, 0, 0, 3, 2, 3, 5, -2, 1, 3, 3, 2, 3, 4, 3, 6, 7, 5, 2, -1]> : tensor<63xi16>)

module attributes {bm.program = {name = "m", source = "m.bm", fields = [
    {name = "x", type = tensor<?x3xf32, #bm.dims<T, 3>>, features = [{name = "x.0", column_count = 3 : i64, numbers = array<i64: 0, 1, 2>}], classes = 0 : i64, is_input = true}]}} {
  func.func @predict(%x: tensor<?x?x3xf32, #bm.dims<N, T, 3>> {bm.role = "input", bm.name = "x"})
      -> (tensor<?x?x3xf32, #bm.dims<N, T, 3>> {bm.role = "output", bm.name = "output"}) {
    %t = bm.transpose %x, [1, 0, 2] : tensor<?x?x3xf32, #bm.dims<N, T, 3>>
    %zero = bm.constant dense<0.0> : tensor<f32>
    %a0 = bm.broadcast %zero, [] : tensor<f32> to tensor<?x3xf32, #bm.dims<N, 3>>
    %r:2 = bm.scan %i in "T" reverse sequences(%xi = %t : tensor<?x?x3xf32, #bm.dims<T, N, 3>>)
        carry(%a = %a0 : tensor<?x3xf32, #bm.dims<N, 3>>) -> (tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x?x3xf32, #bm.dims<T, N, 3>>) {
      %s = bm.add %a, %xi : tensor<?x3xf32, #bm.dims<N, 3>>
      %h = bm.tanh %s : tensor<?x3xf32, #bm.dims<N, 3>>
      bm.yield %h, %s : tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x3xf32, #bm.dims<N, 3>>
    }
    %y = bm.transpose %r#1, [1, 0, 2] : tensor<?x?x3xf32, #bm.dims<T, N, 3>>
    return %y : tensor<?x?x3xf32, #bm.dims<N, T, 3>>
  }
}
