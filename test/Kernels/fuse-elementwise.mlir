// RUN: mp-opt %s --mp-fuse-elementwise | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d0)>
#col = affine_map<(d0, d1) -> (d1)>
#one = affine_map<(d0) -> (d0)>

// A chain with one reader each is one op, the reduction at its end included.
// CHECK-LABEL: func.func @chain
//       CHECK:   linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
//       CHECK:     math.exp
//       CHECK:     arith.addf
//   CHECK-NOT:   linalg.generic
func.func @chain(%x: tensor<8x4xf32>) -> tensor<8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.exp %a : f32
    linalg.yield %s : f32
  } -> tensor<8x4xf32>
  %r = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%r : tensor<8xf32>) -> tensor<8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%0 : tensor<8x4xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %1 : tensor<8xf32>
}

// Two readers would take the exponential twice.
// CHECK-LABEL: func.func @keeps_shared_exp
// CHECK-COUNT-1: math.exp
//     CHECK-NOT: math.exp
func.func @keeps_shared_exp(%x: tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = linalg.exp ins(%x : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %1 = linalg.add ins(%0, %x : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %2 = linalg.mul ins(%0, %x : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %1, %2 : tensor<8x4xf32>, tensor<8x4xf32>
}

// A widening cast reads fewer bytes than it writes: each reader does its own.
// CHECK-LABEL: func.func @repeats_casts
//  CHECK-SAME:   %[[X:.*]]: tensor<8x4xbf16>
// CHECK-COUNT-2: linalg.generic {{.*}} ins(%[[X]]
//     CHECK-NOT: linalg.generic
func.func @repeats_casts(%x: tensor<8x4xbf16>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = mp.cast %x : tensor<8x4xbf16> to tensor<8x4xf32>
  %1 = linalg.exp ins(%0 : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %2 = linalg.tanh ins(%0 : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  return %1, %2 : tensor<8x4xf32>, tensor<8x4xf32>
}

// Through the broadcast the division would be done for every column.
// CHECK-LABEL: func.func @keeps_row_division
//       CHECK:   linalg.generic {{.*}} iterator_types = ["parallel"]
//       CHECK:     arith.divf
//       CHECK:   linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
//       CHECK:     arith.mulf
func.func @keeps_row_division(%x: tensor<8x4xf32>, %r: tensor<8xf32>) -> tensor<8x4xf32> {
  %one = arith.constant 1.0 : f32
  %er = tensor.empty() : tensor<8xf32>
  %0 = linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
      ins(%r : tensor<8xf32>) outs(%er : tensor<8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.divf %one, %a : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  %e = tensor.empty() : tensor<8x4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %0 : tensor<8x4xf32>, tensor<8xf32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.mulf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// The view moves behind the addition, so its producer and the addition meet.
// CHECK-LABEL: func.func @moves_view
//       CHECK:   linalg.generic {{.*}} iterator_types = ["parallel", "parallel"]
//       CHECK:     math.exp
//       CHECK:     arith.addf
//       CHECK:   tensor.expand_shape
//  CHECK-NEXT:   return
func.func @moves_view(%x: tensor<8x4xf32>, %y: tensor<2x4x4xf32>) -> tensor<2x4x4xf32> {
  %e = tensor.empty() : tensor<8x4xf32>
  %0 = linalg.exp ins(%x : tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
  %1 = tensor.expand_shape %0 [[0, 1], [2]] output_shape [2, 4, 4] : tensor<8x4xf32> into tensor<2x4x4xf32>
  %e3 = tensor.empty() : tensor<2x4x4xf32>
  %2 = linalg.add ins(%1, %y : tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%e3 : tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
  return %2 : tensor<2x4x4xf32>
}

// What unscales a gradient is cheap and reads little else: the check and the
// update, which is in a branch, do it themselves, and the unscaled gradient is
// never in memory. A loop would do it again in each round.
// CHECK-LABEL: func.func @unscaled
//  CHECK-SAME:   %[[G:[^:]*]]: tensor<8x4xf16>, %[[INV:[^:]*]]: tensor<f32>,
//       CHECK:   %[[U:.*]] = linalg.generic {{.*}} ins(%[[G]], %[[INV]]
//       CHECK:   linalg.generic {{.*}} iterator_types = ["reduction", "reduction"]} ins(%[[G]], %[[INV]]
//       CHECK:   scf.if
//       CHECK:     linalg.generic {{.*}} ins(%{{.*}}, %[[G]], %[[INV]] :
//       CHECK:   scf.for
//       CHECK:     linalg.generic {{.*}} ins(%[[U]], %{{.*}} : tensor<8x4xf32>
#none = affine_map<(d0, d1) -> ()>
func.func @unscaled(%g: tensor<8x4xf16>, %inv: tensor<f32>, %p: tensor<8x4xf32>, %start: tensor<f32>, %n: index) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  %e = tensor.empty() : tensor<8x4xf32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %limit = arith.constant 1.0 : f32
  %w = mp.cast %g : tensor<8x4xf16> to tensor<8x4xf32>
  %u = linalg.generic {indexing_maps = [#id, #none, #id], iterator_types = ["parallel", "parallel"]}
      ins(%w, %inv : tensor<8x4xf32>, tensor<f32>) outs(%e : tensor<8x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %s = arith.mulf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<8x4xf32>
  %most = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]}
      ins(%u : tensor<8x4xf32>) outs(%start : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.absf %a : f32
    %m = arith.maximumf %s, %o : f32
    linalg.yield %m : f32
  } -> tensor<f32>
  %m = tensor.extract %most[] : tensor<f32>
  %finite = arith.cmpf olt, %m, %limit : f32
  %r = scf.if %finite -> tensor<8x4xf32> {
    %q = linalg.sub ins(%p, %u : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
    scf.yield %q : tensor<8x4xf32>
  } else {
    scf.yield %p : tensor<8x4xf32>
  }
  %l = scf.for %i = %c0 to %n step %c1 iter_args(%x = %p) -> tensor<8x4xf32> {
    %q = linalg.sub ins(%u, %x : tensor<8x4xf32>, tensor<8x4xf32>) outs(%e : tensor<8x4xf32>) -> tensor<8x4xf32>
    scf.yield %q : tensor<8x4xf32>
  }
  return %r, %l : tensor<8x4xf32>, tensor<8x4xf32>
}
