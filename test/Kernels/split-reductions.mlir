// RUN: mp-opt %s --mp-split-reductions | FileCheck %s

#id = affine_map<(d0, d1) -> (d0, d1)>
#none = affine_map<(d0, d1) -> ()>
#one = affine_map<(d0) -> (d0)>
#zero = affine_map<(d0) -> ()>

// Each row is summed alone; the sums start from zero, and only their own sum
// from what the first one was to start from.
// CHECK-LABEL: func.func @sum
//  CHECK-SAME:   %[[X:.*]]: tensor<256x512xf32>, %[[START:.*]]: tensor<f32>
//       CHECK:   %[[ZERO:.*]] = arith.constant 0.0
//       CHECK:   %[[FILL:.*]] = linalg.fill ins(%[[ZERO]] : f32) outs({{.*}} : tensor<256xf32>)
//       CHECK:   %[[PARTS:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[X]] {{.*}} outs(%[[FILL]]
//       CHECK:     arith.mulf
//       CHECK:     arith.addf
//       CHECK:   linalg.generic {{.*}} iterator_types = ["reduction"]} ins(%[[PARTS]] {{.*}} outs(%[[START]]
//   CHECK-NOT:     arith.mulf
//       CHECK:     arith.addf
func.func @sum(%x: tensor<256x512xf32>, %start: tensor<f32>) -> tensor<f32> {
  %r = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]}
      ins(%x : tensor<256x512xf32>) outs(%start : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.mulf %a, %a : f32
    %t = arith.addf %o, %s : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}

// A loop that is alone is cut. Two results are combined each by its own op.
// CHECK-LABEL: func.func @vector
//       CHECK:   tensor.expand_shape %{{.*}} {{\[\[}}0, 1]] output_shape [64, 1024]
//       CHECK:   %[[P:.*]]:2 = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
//       CHECK:   linalg.generic {{.*}} ins(%[[P]]#0 : tensor<64xi1>)
//       CHECK:     arith.andi
//       CHECK:   linalg.generic {{.*}} ins(%[[P]]#1 : tensor<64xf32>)
//       CHECK:     arith.maximumf
func.func @vector(%x: tensor<65536xf32>, %t: tensor<i1>, %m: tensor<f32>) -> (tensor<i1>, tensor<f32>) {
  %limit = arith.constant 1.0 : f32
  %r:2 = linalg.generic {indexing_maps = [#one, #zero, #zero], iterator_types = ["reduction"]}
      ins(%x : tensor<65536xf32>) outs(%t, %m : tensor<i1>, tensor<f32>) {
  ^bb0(%a: f32, %o: i1, %p: f32):
    %s = arith.cmpf olt, %a, %limit : f32
    %u = arith.andi %o, %s : i1
    %v = arith.maximumf %a, %p : f32
    linalg.yield %u, %v : i1, f32
  } -> (tensor<i1>, tensor<f32>)
  return %r#0, %r#1 : tensor<i1>, tensor<f32>
}

// Few elements, many results, and a combination that is no reduction of parts
// stay as they are.
// CHECK-LABEL: func.func @stay
// CHECK-COUNT-3: linalg.generic
//     CHECK-NOT: linalg.generic
func.func @stay(%few: tensor<64x64xf32>, %x: tensor<256x512xf32>, %start: tensor<f32>, %rows: tensor<256xf32>) -> (tensor<f32>, tensor<256xf32>, tensor<f32>) {
  %0 = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]}
      ins(%few : tensor<64x64xf32>) outs(%start : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %t = arith.addf %o, %a : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  %1 = linalg.generic {indexing_maps = [#id, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<256x512xf32>) outs(%rows : tensor<256xf32>) {
  ^bb0(%a: f32, %o: f32):
    %t = arith.addf %o, %a : f32
    linalg.yield %t : f32
  } -> tensor<256xf32>
  %2 = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction", "reduction"]}
      ins(%x : tensor<256x512xf32>) outs(%start : tensor<f32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.mulf %o, %a : f32
    %t = arith.addf %s, %a : f32
    linalg.yield %t : f32
  } -> tensor<f32>
  return %0, %1, %2 : tensor<f32>, tensor<256xf32>, tensor<f32>
}
