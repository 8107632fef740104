// RUN: mp-opt %s --mp-outline-kernels | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#col = affine_map<(d0, d1) -> (d1)>
#row1 = affine_map<(d0) -> (d0)>

// Loops that every operand walks in the same way become one.
// CHECK-LABEL: func.func @pointwise
//       CHECK:   mp.launch @map_addf(%{{.*}}, %{{.*}}) extent 32 grain 32
func.func @pointwise(%x: tensor<8x4xf32>, %y: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %y : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x4xf32>
  return %0 : tensor<8x4xf32>
}

// The fill is the accumulator's first value, not a kernel.
// CHECK-LABEL: func.func @row_sum
//   CHECK-NOT:   @fill
//       CHECK:   mp.launch @reduce_addf(%{{.*}}) extent 64
func.func @row_sum(%x: tensor<64x128xf32>) -> tensor<64xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<64xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<64xf32>) -> tensor<64xf32>
  %0 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<64x128xf32>) outs(%f : tensor<64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<64xf32>
  return %0 : tensor<64xf32>
}

// A sum over rows adds whole rows to the result, so that memory is read in order.
// CHECK-LABEL: func.func @column_max
//       CHECK:   mp.launch @reduce_maximumf(%{{.*}}) extent 128
func.func @column_max(%x: tensor<64x128xf32>) -> tensor<128xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<128xf32>
  %f = linalg.fill ins(%low : f32) outs(%e : tensor<128xf32>) -> tensor<128xf32>
  %0 = linalg.generic {indexing_maps = [#id, #col], iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<64x128xf32>) outs(%f : tensor<128xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<128xf32>
  return %0 : tensor<128xf32>
}

// The index is computed in the kernel from the tensor it came from.
// CHECK-LABEL: func.func @dynamic_slice
//  CHECK-SAME:   %[[X:.*]]: tensor<4x6xf32>, %[[I:.*]]: tensor<i32>
//       CHECK:   mp.launch @copy(%[[X]], %[[I]]) extent 1 grain 1
//  CHECK-NEXT:   return
func.func @dynamic_slice(%x: tensor<4x6xf32>, %i: tensor<i32>) -> tensor<1x6xf32> {
  %v = tensor.extract %i[] : tensor<i32>
  %k = arith.index_cast %v : i32 to index
  %1 = tensor.extract_slice %x[%k, 0] [1, 6] [1, 1] : tensor<4x6xf32> to tensor<1x6xf32>
  return %1 : tensor<1x6xf32>
}

// Padding writes the border once and the inside over it.
// CHECK-LABEL: func.func @pad
//       CHECK:   %[[F:.*]] = mp.launch @fill
//       CHECK:   mp.launch @copy{{.*}}(%{{.*}}, %[[F]]) {{.*}} tied [1]
func.func @pad(%x: tensor<4x6xf32>) -> tensor<6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.pad %x low[1, 0] high[1, 2] {
  ^bb0(%a: index, %b: index):
    tensor.yield %zero : f32
  } : tensor<4x6xf32> to tensor<6x8xf32>
  return %0 : tensor<6x8xf32>
}

// i1 tensors are bytes of 0 or 1 in memory.
// CHECK-LABEL: func.func @mask
//       CHECK:   mp.launch @map_cmpf({{.*}}) -> tensor<8x4xi1>
func.func @mask(%x: tensor<8x4xf32>) -> tensor<8x4xi1> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x4xi1>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<8x4xf32>) outs(%e : tensor<8x4xi1>) {
  ^bb0(%a: f32, %o: i1):
    %s = arith.cmpf olt, %a, %zero : f32
    linalg.yield %s : i1
  } -> tensor<8x4xi1>
  return %0 : tensor<8x4xi1>
}

// A splat of complex numbers is a constant in the kernel, as any other.
// CHECK-LABEL: func.func @complex_splat
func.func @complex_splat(%x: tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>> {
  %c = arith.constant dense<(1.0, 2.0)> : tensor<4xcomplex<f32>>
  %e = tensor.empty() : tensor<4xcomplex<f32>>
  // CHECK: mp.launch @map_add(%{{.*}})
  %0 = linalg.generic {indexing_maps = [#row1, #row1, #row1], iterator_types = ["parallel"]}
      ins(%x, %c : tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>)
      outs(%e : tensor<4xcomplex<f32>>) {
  ^bb0(%a: complex<f32>, %b: complex<f32>, %o: complex<f32>):
    %s = complex.add %a, %b : complex<f32>
    linalg.yield %s : complex<f32>
  } -> tensor<4xcomplex<f32>>
  return %0 : tensor<4xcomplex<f32>>
}

// CHECK-LABEL: func.func private @map_addf
//  CHECK-SAME:   (%{{.*}}: memref<8x4xf32> {mp.may_alias}, %{{.*}}: memref<8x4xf32>, %{{.*}}: memref<8x4xf32> {mp.may_alias}, %[[BEGIN:.*]]: index, %[[END:.*]]: index, %{{.*}}: memref<?xi8>) attributes {mp.kernel}
//       CHECK:   scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]]
//  CHECK-NEXT:     memref.load %{{.*}}[%[[I]]] {mp.parallel} : memref<32xf32>

// CHECK-LABEL: func.func private @reduce_addf
//       CHECK:   scf.for
//       CHECK:     scf.for {{.*}} iter_args
//       CHECK:       arith.addf {{.*}} fastmath<reassoc>

// CHECK-LABEL: func.func private @reduce_maximumf
//  CHECK-SAME:   memref<128xf32>, %[[BEGIN:[a-z0-9]*]]: index, %[[END:[a-z0-9]*]]: index
//       CHECK:   scf.for {{.*}} = %[[BEGIN]] to %[[END]]
//       CHECK:   scf.for
//       CHECK:     scf.for {{.*}} = %[[BEGIN]] to %[[END]]

// CHECK-LABEL: func.func private @copy(
//       CHECK:   arith.index_cast
//       CHECK:   scf.for

// CHECK-LABEL: func.func private @map_cmpf(%{{.*}}: memref<8x4xf32>, %{{.*}}: memref<8x4xi8>
//       CHECK:   arith.extui %{{.*}} : i1 to i8

// CHECK-LABEL: func.func private @map_add(
//       CHECK:   complex.constant [1.000000e+00 : f32, 2.000000e+00 : f32] : complex<f32>
