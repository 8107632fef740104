// RUN: mp-opt %s --mp-deduplicate-kernels | FileCheck %s

// The second kernel does what the first does; the third does not.
// CHECK-LABEL: func.func @main
//       CHECK:   mp.launch @double(
//       CHECK:   mp.launch @double(
//       CHECK:   mp.launch @triple(
func.func @main(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = mp.launch @double(%x) extent 8 grain 8 tied [-1] reusable [-1] : (tensor<8xf32>) -> tensor<8xf32>
  %1 = mp.launch @again(%0) extent 8 grain 8 tied [-1] reusable [-1] : (tensor<8xf32>) -> tensor<8xf32>
  %2 = mp.launch @triple(%1) extent 8 grain 8 tied [-1] reusable [-1] : (tensor<8xf32>) -> tensor<8xf32>
  return %2 : tensor<8xf32>
}

// CHECK-LABEL: func.func private @double
//   CHECK-NOT: @again
//       CHECK: func.func private @triple
func.func private @double(%x: memref<8xf32>, %y: memref<8xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %0 = memref.load %x[%begin] : memref<8xf32>
  %1 = arith.addf %0, %0 : f32
  memref.store %1, %y[%begin] : memref<8xf32>
  return
}
func.func private @again(%a: memref<8xf32>, %b: memref<8xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %0 = memref.load %a[%begin] : memref<8xf32>
  %1 = arith.addf %0, %0 : f32
  memref.store %1, %b[%begin] : memref<8xf32>
  return
}
func.func private @triple(%x: memref<8xf32>, %y: memref<8xf32>, %begin: index, %end: index, %scratch: memref<?xi8>) attributes {mp.kernel} {
  %0 = memref.load %x[%begin] : memref<8xf32>
  %1 = arith.addf %0, %0 : f32
  %2 = arith.addf %1, %0 : f32
  memref.store %2, %y[%begin] : memref<8xf32>
  return
}
