// What a module must have to become host code, each missing once.
// RUN: split-file %s %t
// RUN: not bmc %t/no-program.mlir --emit=llvm 2>&1 | FileCheck %s --check-prefix=PROGRAM
// RUN: not bmc %t/unknown-input.mlir --emit=llvm 2>&1 | FileCheck %s --check-prefix=INPUT
// RUN: not bmc %t/no-role.mlir --emit=llvm 2>&1 | FileCheck %s --check-prefix=ROLE
// RUN: not bmc %t/wrong-role.mlir --emit=llvm 2>&1 | FileCheck %s --check-prefix=WRONG
// RUN: not bmc %t/unbound-length.mlir --emit=llvm 2>&1 | FileCheck %s --check-prefix=LENGTH

//--- no-program.mlir
// PROGRAM: error: the module does not describe a program (bm.program)
func.func @predict(%x: tensor<3xf32> {bm.role = "input", bm.name = "x"}) -> (tensor<3xf32> {bm.role = "output"}) {
  %y = bm.add %x, %x : tensor<3xf32>
  return %y : tensor<3xf32>
}
//--- unknown-input.mlir
// INPUT: unknown-input.mlir:3:3: error: @predict names the input 'x', which bm.program does not describe
module attributes {bm.program = {name = "m"}} {
  func.func @predict(%x: tensor<3xf32> {bm.role = "input", bm.name = "x"}) -> (tensor<3xf32> {bm.role = "output"}) {
    %y = bm.add %x, %x : tensor<3xf32>
    return %y : tensor<3xf32>
  }
}
//--- no-role.mlir
// ROLE: error: @predict: value 0 has neither bm.role nor bm.variable
module attributes {bm.program = {name = "m"}} {
  func.func @predict(%x: tensor<3xf32>) -> (tensor<3xf32> {bm.role = "output"}) {
    %y = bm.add %x, %x : tensor<3xf32>
    return %y : tensor<3xf32>
  }
}
//--- wrong-role.mlir
// WRONG: error: @predict: unknown bm.role "wish"
module attributes {bm.program = {name = "m"}} {
  func.func @predict(%x: tensor<3xf32> {bm.role = "wish"}) -> (tensor<3xf32> {bm.role = "output"}) {
    %y = bm.add %x, %x : tensor<3xf32>
    return %y : tensor<3xf32>
  }
}
//--- unbound-length.mlir
// LENGTH: unbound-length.mlir:4:10: error: the size T is not that of any argument of @predict
module attributes {bm.program = {name = "m", fields = []}} {
  func.func @predict(%x: tensor<3xf32> {bm.role = "input", bm.name = "x"}) -> (tensor<3xf32> {bm.role = "output"}) {
    %y = bm.scan %i in "T" carry(%a = %x : tensor<3xf32>) -> (tensor<3xf32>) {
      %b = bm.add %a, %a : tensor<3xf32>
      bm.yield %b : tensor<3xf32>
    }
    return %y : tensor<3xf32>
  }
}
