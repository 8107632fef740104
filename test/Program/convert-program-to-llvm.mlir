// RUN: mp-opt %s --mp-split-prepare --mp-plan-memory --mp-convert-program-to-llvm | FileCheck %s

llvm.func @k(%b: !llvm.ptr, %i: i64, %e: i64, %s: !llvm.ptr) attributes {mp.kernel} {
  llvm.return
}

// What the descriptor says: signed spelling, names, donation; persistent
// arguments are not the caller's.
// CHECK: mp.functions = [{
// CHECK-SAME: args = [{name = "x", type = tensor<256xui32>}, {role = "param", type = tensor<256xi32>}]
// CHECK-SAME: name = "main", persistent_bytes = 1024
// CHECK-SAME: prepare = @mp.prepare.main
// CHECK-SAME: run = @mp.run.main

// CHECK-LABEL: llvm.func @mp.run.main
// CHECK-SAME: %[[EXEC:.*]]: !llvm.ptr, %[[ARGS:.*]]: !llvm.ptr, %[[RESULTS:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr, %[[KEPT:.*]]: !llvm.ptr) -> i32
func.func @main(%x: tensor<256xi32> {mp.name = "x", mp.type = tensor<256xui32>}, %w: tensor<256xi32> {mp.role = "param"}) -> tensor<256xi32> {
  %0 = mp.launch @k(%w) extent 256 grain 64 tied [-1] reusable [-1] scratch 32 : (tensor<256xi32>) -> tensor<256xi32>
  // Several pieces of work go to the pool; a failure ends the call.
  // CHECK: %[[STATUS:.*]] = llvm.call @mp_rt_launch(%[[EXEC]]
  // CHECK: llvm.icmp "ne" %[[STATUS]]
  // CHECK: llvm.cond_br %{{.*}}, ^[[EXIT:.*]](%[[STATUS]] : i32), ^
  %1 = mp.launch @k(%x, %0) extent 256 grain 64 tied [-1] reusable [-1] : (tensor<256xi32>, tensor<256xi32>) -> tensor<256xi32>
  // One piece of work is done here.
  // CHECK: llvm.call @k(
  %2 = mp.launch @k(%1) extent 64 grain 64 tied [-1] reusable [-1] : (tensor<256xi32>) -> tensor<256xi32>
  // The kept operand (code 0, 32 bits, rank 1) is marked as invariant, which
  // 2^48 stands for.
  // CHECK: llvm.mlir.constant(35184372088833 : i64)
  // CHECK: llvm.mlir.constant(316659348799489 : i64)
  // CHECK: llvm.call @routine(%[[EXEC]], %{{.*}})
  // CHECK: ^[[EXIT]](%[[R:.*]]: i32):
  // CHECK: llvm.return %[[R]]
  %3 = mp.library_call "routine"(%2, %0) config [1, 2] label "a.mlir:1:2" : (tensor<256xi32>, tensor<256xi32>) -> tensor<256xi32>
  return %3 : tensor<256xi32>
}
// CHECK-LABEL: llvm.func @mp.prepare.main
// CHECK: llvm.call @mp_rt_launch

// Control flow is branches; a while loop reads its condition from memory.
// CHECK-LABEL: llvm.func @mp.run.loops
func.func @loops(%n: tensor<i64>, %p: tensor<i1>) -> tensor<i64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant dense<0> : tensor<i64>
  %bound = tensor.extract %n[] : tensor<i64>
  // CHECK: %[[FLAG:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
  // CHECK: llvm.icmp "ne" %[[FLAG]]
  %flag = tensor.extract %p[] : tensor<i1>
  %upper = arith.index_cast %bound : i64 to index
  // CHECK: llvm.icmp "slt"
  %r = scf.for %i = %c0 to %upper step %c1 iter_args(%a = %zero) -> tensor<i64> {
    // CHECK: llvm.cond_br
    %s = scf.if %flag -> tensor<i64> {
      %0 = mp.launch @k(%a) extent 1 grain 1 tied [0] reusable [-1] : (tensor<i64>) -> tensor<i64>
      scf.yield %0 : tensor<i64>
    } else {
      scf.yield %a : tensor<i64>
    }
    scf.yield %s : tensor<i64>
  }
  // CHECK: llvm.switch
  %which = arith.index_cast %bound : i64 to index
  %t = scf.index_switch %which -> tensor<i64>
  case 2 {
    scf.yield %r : tensor<i64>
  }
  default {
    scf.yield %n : tensor<i64>
  }
  return %t : tensor<i64>
}

// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("k\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}(dense<256> : tensor<1xi64>)
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}(dense<[1, 2]> : tensor<2xi64>)
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("a.mlir:1:2\00")
