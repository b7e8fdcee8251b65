// RUN: bmc %s --emit=llvm --no-selftest | FileCheck %s

// A loop of T steps, the index counted down. Slices of the sequence and of the stacked result are addresses; the carried
// value has one address in all steps.
// CHECK: llvm.func internal @predict.run(
// CHECK: %[[PLACE:.*]] = llvm.alloca {{.*}} x i64
// CHECK: llvm.br ^[[HEAD:bb[0-9]+]](%{{.*}} : i64)
// CHECK: ^[[HEAD]](%[[STEP:.*]]: i64):
// CHECK-NEXT: llvm.icmp "slt" %[[STEP]], %[[LENGTH:.*]] : i64
// CHECK-NEXT: llvm.cond_br %{{.*}}, ^[[BODY:bb[0-9]+]], ^[[BEHIND:bb[0-9]+]]
// CHECK: ^[[BODY]]:
// CHECK: %[[LAST:.*]] = llvm.sub %[[LENGTH]], %{{.*}} : i64
// CHECK-NEXT: %[[INDEX:.*]] = llvm.sub %[[LAST]], %[[STEP]] : i64
// CHECK: llvm.store %[[INDEX]], %{{.*}} : i64, !llvm.ptr
// CHECK: %[[OFFSET:.*]] = llvm.mul %[[INDEX]], %{{.*}} : i64
// CHECK-NEXT: llvm.getelementptr %{{.*}}[%[[OFFSET]]] : (!llvm.ptr, i64) -> !llvm.ptr, i8
// CHECK: llvm.call @[[K:k_.*]]_call
// CHECK: llvm.add %[[STEP]],
// CHECK-NEXT: llvm.br ^[[HEAD]]

module attributes {bm.program = {name = "m", source = "m.bm", architecture = "M", fields = [
    {name = "x", type = tensor<?x3xf32, #bm.dims<T, 3>>, encoding = "numbers", columns = array<i64: 0, 1, 2>, classes = 0 : i64, is_input = true}]}} {
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
