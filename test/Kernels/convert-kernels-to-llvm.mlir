// RUN: mp-opt %s --mp-convert-kernels-to-llvm | FileCheck %s
// RUN: mp-opt %s --mp-convert-kernels-to-llvm=f16c=false | FileCheck %s --check-prefix=NOF16C

// The body promises that its buffers do not alias; the entry has the
// runtime's signature and takes the buffers out of their array.
// CHECK-LABEL: llvm.func internal @add.body
//  CHECK-SAME:   !llvm.ptr {llvm.dereferenceable = 32 : i64, llvm.noalias}
//       CHECK:   llvm.fadd
// CHECK-LABEL: llvm.func internal @add
//  CHECK-SAME:   (%[[BUFFERS:.*]]: !llvm.ptr, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64, %[[SCRATCH:.*]]: !llvm.ptr)
//  CHECK-SAME:   mp.kernel
//       CHECK:   llvm.getelementptr inbounds %[[BUFFERS]][1]
//       CHECK:   llvm.call @add.body(%{{.*}}, %{{.*}}, %[[BEGIN]], %[[END]], %[[SCRATCH]])
func.func private @add(%x: memref<8xf32>, %y: memref<8xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %c1 = arith.constant 1 : index
  scf.for %i = %begin to %end step %c1 {
    %0 = memref.load %x[%i] : memref<8xf32>
    %1 = arith.addf %0, %0 : f32
    memref.store %1, %y[%i] : memref<8xf32>
  }
  return
}

// bf16 arithmetic is f32 arithmetic and one rounding, in integer code.
// CHECK-LABEL: llvm.func internal @bf16.body
//   CHECK-NOT:   llvm.fptrunc
//       CHECK:   llvm.mlir.constant(32767 : i32)
//       CHECK:   llvm.fadd %{{.*}} : f32
//       CHECK:   llvm.store %{{.*}} : bf16
func.func private @bf16(%x: memref<8xbf16>, %y: memref<8xbf16>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %0 = memref.load %x[%begin] : memref<8xbf16>
  %1 = arith.addf %0, %0 : bf16
  memref.store %1, %y[%begin] : memref<8xbf16>
  return
}

// f16 conversions are left to hardware that has them.
// CHECK-LABEL: llvm.func internal @f16.body
//       CHECK:   llvm.fptrunc %{{.*}} : f32 to f16
// NOF16C-LABEL: llvm.func internal @f16.body
//   NOF16C-NOT:   llvm.fptrunc
//       NOF16C: llvm.func internal @f16(
func.func private @f16(%x: memref<8xf32>, %y: memref<8xf16>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %0 = memref.load %x[%begin] : memref<8xf32>
  %1 = arith.truncf %0 : f32 to f16
  memref.store %1, %y[%begin] : memref<8xf16>
  return
}

// f8 constants and values are bytes.
// CHECK-LABEL: llvm.func internal @f8.body
//       CHECK:   llvm.mlir.constant(56 : i8)
//       CHECK:   llvm.store %{{.*}} : i8
func.func private @f8(%x: memref<8xf8E4M3FN>, %y: memref<8xf8E4M3FN>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %c = arith.constant 1.0 : f8E4M3FN
  %0 = memref.load %x[%begin] : memref<8xf8E4M3FN>
  %1 = arith.addf %0, %0 : f8E4M3FN
  memref.store %1, %y[%begin] : memref<8xf8E4M3FN>
  memref.store %c, %y[%end] : memref<8xf8E4M3FN>
  return
}

// The stack would grow in each iteration otherwise.
// CHECK-LABEL: llvm.func internal @stack.body
//       CHECK:   llvm.alloca
//       CHECK:   llvm.br
func.func private @stack(%x: memref<8xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %c1 = arith.constant 1 : index
  scf.for %i = %begin to %end step %c1 {
    %t = memref.alloca() : memref<4xf32>
    %0 = memref.load %x[%i] : memref<8xf32>
    memref.store %0, %t[%i] : memref<4xf32>
  }
  return
}

// Scratch memory and vectors are lowered too.
// CHECK-LABEL: llvm.func internal @vectors.body
//       CHECK:   llvm.intr.fmuladd{{.*}}vector<8xf32>
func.func private @vectors(%x: memref<8x8xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %c0 = arith.constant 0 : index
  %s = memref.view %scratch[%c0][] : memref<?xi8> to memref<8x8xf32>
  %sub = memref.subview %s[%begin, 0] [1, 8] [1, 1] : memref<8x8xf32> to memref<1x8xf32, strided<[8, 1], offset: ?>>
  %a = vector.load %x[%begin, %c0] : memref<8x8xf32>, vector<8xf32>
  %b = vector.load %sub[%c0, %c0] : memref<1x8xf32, strided<[8, 1], offset: ?>>, vector<8xf32>
  %f = vector.fma %a, %b, %b : vector<8xf32>
  vector.store %f, %x[%begin, %c0] : memref<8x8xf32>, vector<8xf32>
  return
}
