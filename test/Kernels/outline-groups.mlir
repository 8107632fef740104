// RUN: mp-opt %s --mp-outline-kernels | FileCheck %s

#id = affine_map<(d0, d1, d2) -> (d0, d1, d2)>
#row = affine_map<(d0, d1, d2) -> (d0, d1)>
#id2 = affine_map<(d0, d1) -> (d0, d1)>
#row2 = affine_map<(d0, d1) -> (d0)>
#col2 = affine_map<(d0, d1) -> (d1)>
#one = affine_map<(d0) -> (d0)>

// All steps of a softmax are done for one row before the next, views between
// them notwithstanding; what they hand on stays in row-sized buffers.
// CHECK-LABEL: func.func @softmax
//  CHECK-NEXT:   mp.launch @map_maximumf_subf_exp(%{{.*}}) extent 256 {{.*}} : (tensor<4x64x128xf32>) -> tensor<256x128xf32>
//  CHECK-NEXT:   return
func.func @softmax(%x: tensor<4x64x128xf32>) -> tensor<256x128xf32> {
  %low = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0.0 : f32
  %er = tensor.empty() : tensor<4x64xf32>
  %e = tensor.empty() : tensor<4x64x128xf32>
  %fl = linalg.fill ins(%low : f32) outs(%er : tensor<4x64xf32>) -> tensor<4x64xf32>
  %fz = linalg.fill ins(%zero : f32) outs(%er : tensor<4x64xf32>) -> tensor<4x64xf32>
  %m = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%x : tensor<4x64x128xf32>) outs(%fl : tensor<4x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<4x64xf32>
  %ex = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %m : tensor<4x64x128xf32>, tensor<4x64xf32>) outs(%e : tensor<4x64x128xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.subf %a, %c : f32
    %t = math.exp %s : f32
    linalg.yield %t : f32
  } -> tensor<4x64x128xf32>
  %sum = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%ex : tensor<4x64x128xf32>) outs(%fz : tensor<4x64xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<4x64xf32>
  %v = tensor.collapse_shape %ex [[0, 1], [2]] : tensor<4x64x128xf32> into tensor<256x128xf32>
  %w = tensor.collapse_shape %sum [[0, 1]] : tensor<4x64xf32> into tensor<256xf32>
  %e2 = tensor.empty() : tensor<256x128xf32>
  %y = linalg.generic {indexing_maps = [#id2, #row2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%v, %w : tensor<256x128xf32>, tensor<256xf32>) outs(%e2 : tensor<256x128xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.divf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<256x128xf32>
  return %y : tensor<256x128xf32>
}

// The maximum of a column is known only after all rows: two kernels.
// CHECK-LABEL: func.func @not_by_rows
// CHECK-COUNT-2: mp.launch
//     CHECK-NOT: mp.launch
func.func @not_by_rows(%x: tensor<256x128xf32>) -> tensor<256x128xf32> {
  %low = arith.constant 0xFF800000 : f32
  %er = tensor.empty() : tensor<128xf32>
  %fl = linalg.fill ins(%low : f32) outs(%er : tensor<128xf32>) -> tensor<128xf32>
  %m = linalg.generic {indexing_maps = [#id2, #col2], iterator_types = ["reduction", "parallel"]}
      ins(%x : tensor<256x128xf32>) outs(%fl : tensor<128xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.maximumf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<128xf32>
  %e = tensor.empty() : tensor<256x128xf32>
  %y = linalg.generic {indexing_maps = [#id2, #col2, #id2], iterator_types = ["parallel", "parallel"]}
      ins(%x, %m : tensor<256x128xf32>, tensor<128xf32>) outs(%e : tensor<256x128xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.subf %a, %c : f32
    linalg.yield %s : f32
  } -> tensor<256x128xf32>
  return %y : tensor<256x128xf32>
}

// A value that something else needs is a result of the kernel; a view of it
// moves behind the launch.
// CHECK-LABEL: func.func @escaping
//       CHECK:   %[[L:.*]]:2 = mp.launch
//  CHECK-NEXT:   %[[V:.*]] = tensor.collapse_shape %[[L]]#0
//  CHECK-NEXT:   return %[[V]], %[[L]]#1
func.func @escaping(%x: tensor<256x128xf32>) -> (tensor<32768xf32>, tensor<256xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<256x128xf32>
  %ex = linalg.exp ins(%x : tensor<256x128xf32>) outs(%e : tensor<256x128xf32>) -> tensor<256x128xf32>
  %v = tensor.collapse_shape %ex [[0, 1]] : tensor<256x128xf32> into tensor<32768xf32>
  %er = tensor.empty() : tensor<256xf32>
  %fz = linalg.fill ins(%zero : f32) outs(%er : tensor<256xf32>) -> tensor<256xf32>
  %sum = linalg.generic {indexing_maps = [#id2, #row2], iterator_types = ["parallel", "reduction"]}
      ins(%ex : tensor<256x128xf32>) outs(%fz : tensor<256xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<256xf32>
  return %v, %sum : tensor<32768xf32>, tensor<256xf32>
}

// A reader at places known only when it runs waits for the whole tensor.
// CHECK-LABEL: func.func @gather
// CHECK-COUNT-2: mp.launch
//     CHECK-NOT: mp.launch
func.func @gather(%x: tensor<4096xf32>, %i: tensor<4096xi32>) -> tensor<4096xf32> {
  %e = tensor.empty() : tensor<4096xf32>
  %ex = linalg.exp ins(%x : tensor<4096xf32>) outs(%e : tensor<4096xf32>) -> tensor<4096xf32>
  %y = linalg.generic {indexing_maps = [#one, #one], iterator_types = ["parallel"]}
      ins(%i : tensor<4096xi32>) outs(%e : tensor<4096xf32>) {
  ^bb0(%a: i32, %o: f32):
    %k = arith.index_cast %a : i32 to index
    %s = tensor.extract %ex[%k] : tensor<4096xf32>
    linalg.yield %s : f32
  } -> tensor<4096xf32>
  return %y : tensor<4096xf32>
}

// CHECK-LABEL: func.func private @map_maximumf_subf_exp
//       CHECK:   memref.alloca() {alignment = 64 : i64} : memref<128xf32>
//       CHECK:   scf.for
