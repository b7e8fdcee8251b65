// Records of measurements take the place of the model's schedules, for the processor that they were made for.
// RUN: rm -rf %t && split-file %s %t
// RUN: bm-opt --bm-apply-tuning=records=%t/good.tune --bm-schedule %t/kernels.mlir | FileCheck %s
// CHECK-LABEL: @tuned
// CHECK: schedule #bm.schedule<elementwise, vector = 4, unroll = 8, flat> attributes {bm.tuned = [1.250000e+01, 1.000000e+01]}
// A schedule in the text stays, and a kernel without a record has the model's.
// CHECK: schedule #bm.schedule<elementwise, vector = 2>
// CHECK-LABEL: @sums
// CHECK-NOT: bm.tuned
// CHECK: schedule #bm.schedule<rows, vector = 16

// A record that no kernel is like any more, and one that would change the bits of a result, are not used.
// RUN: bm-opt --bm-apply-tuning=records=%t/stale.tune --bm-schedule %t/kernels.mlir -o - 2> %t/warnings | FileCheck %s --check-prefix=UNTUNED
// RUN: FileCheck %s --check-prefix=WARNED < %t/warnings
// UNTUNED-NOT: bm.tuned
// WARNED-DAG: stale.tune:2:1: warning: no kernel of this model is like the one that was measured here
// WARNED-DAG: stale.tune:3:3: warning: this schedule is not used: it does not fit its kernel, or adds up in another order
// WARNED-NOT: stale.tune:4

// What is broken is an error at its line and column.
// RUN: not bm-opt --bm-apply-tuning=records=%t/key.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=KEY
// KEY: key.tune:3:1: error: expected a kernel's 16 hexadecimal digits, found '12345'
// RUN: not bm-opt --bm-apply-tuning=records=%t/rows.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=ROWS
// ROWS: rows.tune:1:41: error: expected a number of rows of at least 1, found '0'
// RUN: not bm-opt --bm-apply-tuning=records=%t/cpu.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=CPU
// CPU: cpu.tune:1:17: error: expected 'cpu=NAME', found the end of the line
// RUN: not bm-opt --bm-apply-tuning=records=%t/times.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=TIMES
// TIMES: times.tune:1:45: error: expected two numbers of microseconds, BEFORE->AFTER, found '1.5'
// RUN: not bm-opt --bm-apply-tuning=records=%t/kind.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=KIND
// KIND: kind.tune:1:67: error: 'elementwisely' is not a kind of loop nest; expected one of
// RUN: not bm-opt --bm-apply-tuning=records=%t/cut.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=CUT
// CUT: cut.tune:1:83: error: expected '>' at the end of the schedule, found the end of the line
// RUN: not bm-opt --bm-apply-tuning=records=%t/behind.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=BEHIND
// BEHIND: behind.tune:1:80: error: expected the end of the line or a comment behind '//', found 'more'
// RUN: not bm-opt --bm-apply-tuning=records=%t/twice.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=TWICE
// TWICE: twice.tune:3:1: error: a second record of this kernel with these rows; the first is in line 1
// RUN: not bm-opt --bm-apply-tuning=records=%t/none.tune %t/kernels.mlir 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: cannot read the tuning records '{{.*}}none.tune'

//--- kernels.mlir
module attributes {bm.target = #bm.target<triple = "x86_64-linux-musl", cpu = "x86-64-v4", vectorBits = 512, vectorRegisters = 32>} {
  func.func @tuned(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<64xf32>) {
    %0 = bm.kernel (%a = %x : tensor<64xf32>) -> (tensor<64xf32>) {
      %2 = bm.exp %a : tensor<64xf32>
      bm.yield %2 : tensor<64xf32>
    }
    %1 = bm.kernel (%a = %x : tensor<64xf32>) -> (tensor<64xf32>) schedule #bm.schedule<elementwise, vector = 2> {
      %2 = bm.exp %a : tensor<64xf32>
      bm.yield %2 : tensor<64xf32>
    }
    return %0, %1 : tensor<64xf32>, tensor<64xf32>
  }
  func.func @sums(%x: tensor<8x64xf32>) -> tensor<8xf32> {
    %0 = bm.kernel (%a = %x : tensor<8x64xf32>) -> (tensor<8xf32>) {
      %2 = bm.reduce_sum %a, [1] : tensor<8x64xf32>
      bm.yield %2 : tensor<8xf32>
    }
    return %0 : tensor<8xf32>
  }
}
//--- good.tune
// comments and empty lines mean nothing

e0c1e3024811bd46 cpu=x86-64-v4 rows=1 us=12.50->10.00 #bm.schedule<elementwise, vector = 4, unroll = 8, flat> // exp, kernels.mlir:3:10
e0c1e3024811bd46 cpu=x86-64-v3 rows=1 us=12.50->10.00 #bm.schedule<elementwise, vector = 2, unroll = 8, flat>
//--- stale.tune

0123456789abcdef cpu=x86-64-v4 rows=256 us=2->1 #bm.schedule<elementwise, vector = 4> // gone
  baed0b5fce1ac671 cpu=x86-64-v4 rows=1 us=2->1 #bm.schedule<rows, vector = 4>
0123456789abcdef cpu=cortex-a53 rows=256 us=2->1 #bm.schedule<elementwise, vector = 4> // of another processor
//--- key.tune


12345 cpu=x86-64-v4 rows=1 us=2->1 #bm.schedule<plain>
//--- rows.tune
0123456789abcdef cpu=x86-64-v4     rows=0 us=2->1 #bm.schedule<plain>
//--- cpu.tune
0123456789abcdef 
//--- times.tune
0123456789abcdef cpu=x86-64-v4    rows=1 us=1.5 #bm.schedule<plain>
//--- kind.tune
0123456789abcdef cpu=x86-64-v4 rows=64 us=2.00->1.00 #bm.schedule<elementwisely>
//--- cut.tune
0123456789abcdef cpu=x86-64-v4 rows=64 us=2.00->1.00 #bm.schedule<elementwise, vec
//--- behind.tune
0123456789abcdef cpu=x86-64-v4 rows=64 us=2.00->1.00 #bm.schedule<elementwise> more
//--- twice.tune
0123456789abcdef cpu=x86-64-v4 rows=64 us=2.00->1.00 #bm.schedule<elementwise>
0123456789abcdef cpu=x86-64-v3 rows=64 us=2.00->1.00 #bm.schedule<elementwise>
0123456789abcdef cpu=x86-64-v4 rows=64 us=2.00->1.00 #bm.schedule<elementwise>
