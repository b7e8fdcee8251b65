// Named dimensions are kept in one normal form.
// RUN: bm-opt %s | bm-opt | FileCheck %s

// CHECK-LABEL: @names
// CHECK-SAME: tensor<?x3xf32, #bm.dims<N, 3>>
// CHECK-SAME: tensor<?x?xi64, #bm.dims<"2*N+1", "N*T">>
// CHECK-SAME: tensor<?xf64, #bm.dims<"floordiv(H-3,2)+1">>
// CHECK-SAME: tensor<?xf64, #bm.dims<"6*N">>
func.func private @names(tensor<?x3xf32, #bm.dims<N, 3>>, tensor<?x?xi64, #bm.dims<"1+N+N", "T*N">>,
                         tensor<?xf64, #bm.dims<"1 + floordiv(H - 3, 2)">>, tensor<?xf64, #bm.dims<"floordiv(12*N,2)">>)

// CHECK-LABEL: @schedules
// CHECK-SAME: #bm.schedule<plain>
// CHECK-SAME: #bm.schedule<elementwise, vector = 16, unroll = 2, parallel = 8, flat>
// CHECK-SAME: #bm.schedule<matmul, tile = [6, 16], partial = 4, lanes = rows>
// CHECK-SAME: #bm.schedule<matmul, tile = [4, 64], fewRowsTile = [1, 64], parallel = 8, parallelColumns = 64, parallelFrom = 2>
func.func private @schedules() attributes {
  bm.a = #bm.schedule<plain, vector = 1, lanes = columns>,
  bm.b = #bm.schedule<elementwise, flat, parallel = 8, unroll = 2, vector = 16>,
  bm.c = #bm.schedule<matmul, lanes = rows, partial = 4, tile = [6, 16]>,
  bm.d = #bm.schedule<matmul, parallelFrom = 2, parallelColumns = 64, fewRowsTile = [1, 64], tile = [4, 64], parallel = 8>}

// CHECK-LABEL: @others
// CHECK-SAME: #bm.buffer<arena, 3>
// CHECK-SAME: #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>
// CHECK-SAME: vectorRegisters = 32, machine = <fmaPorts = 1, {{.*}}taskNanoseconds = 13>>
func.func private @others() attributes {
  bm.a = #bm.buffer<arena, 3>,
  bm.b = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32>,
  bm.c = #bm.target<triple = "x86_64-linux-musl", cpu = "znver4", vectorBits = 512, vectorRegisters = 32,
    machine = <fmaPorts = 1, fmaLatency = 2, megahertz = 3, lineBytes = 4, l1Bytes = 5, l2Bytes = 6, l3Bytes = 7,
               l1BytesPerCycle = 8, l2BytesPerCycle = 9, l3BytesPerCycle = 10, memoryBytesPerCycle = 11,
               loopNanoseconds = 12, taskNanoseconds = 13>>}
