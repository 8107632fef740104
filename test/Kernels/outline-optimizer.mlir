// RUN: mp-opt %s --mp-fuse-elementwise --mp-outline-kernels | FileCheck %s

// An optimizer goes through all parameters in each of its steps, and still each
// parameter is one kernel: its moments, its new value and the 16-bit copy of
// that are made in one pass over memory, in place where their types allow.
//  CHECK-LABEL: func.func @optimizer
// CHECK-COUNT-10: mp.launch {{.*}} reusable [0, 1, 2, -1]
//    CHECK-NOT: mp.launch
func.func @optimizer(%p0: tensor<64x128xf32>, %m0: tensor<64x128xf32>, %v0: tensor<64x128xf32>, %g0: tensor<64x128xf32>, %p1: tensor<64x128xf32>, %m1: tensor<64x128xf32>, %v1: tensor<64x128xf32>, %g1: tensor<64x128xf32>, %p2: tensor<64x128xf32>, %m2: tensor<64x128xf32>, %v2: tensor<64x128xf32>, %g2: tensor<64x128xf32>, %p3: tensor<64x128xf32>, %m3: tensor<64x128xf32>, %v3: tensor<64x128xf32>, %g3: tensor<64x128xf32>, %p4: tensor<64x128xf32>, %m4: tensor<64x128xf32>, %v4: tensor<64x128xf32>, %g4: tensor<64x128xf32>, %p5: tensor<64x128xf32>, %m5: tensor<64x128xf32>, %v5: tensor<64x128xf32>, %g5: tensor<64x128xf32>, %p6: tensor<64x128xf32>, %m6: tensor<64x128xf32>, %v6: tensor<64x128xf32>, %g6: tensor<64x128xf32>, %p7: tensor<64x128xf32>, %m7: tensor<64x128xf32>, %v7: tensor<64x128xf32>, %g7: tensor<64x128xf32>, %p8: tensor<64x128xf32>, %m8: tensor<64x128xf32>, %v8: tensor<64x128xf32>, %g8: tensor<64x128xf32>, %p9: tensor<64x128xf32>, %m9: tensor<64x128xf32>, %v9: tensor<64x128xf32>, %g9: tensor<64x128xf32>) -> (tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>) {
  %e = tensor.empty() : tensor<64x128xf32>
  %a0 = linalg.add ins(%m0, %g0 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a1 = linalg.add ins(%m1, %g1 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a2 = linalg.add ins(%m2, %g2 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a3 = linalg.add ins(%m3, %g3 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a4 = linalg.add ins(%m4, %g4 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a5 = linalg.add ins(%m5, %g5 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a6 = linalg.add ins(%m6, %g6 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a7 = linalg.add ins(%m7, %g7 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a8 = linalg.add ins(%m8, %g8 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %a9 = linalg.add ins(%m9, %g9 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b0 = linalg.mul ins(%v0, %g0 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b1 = linalg.mul ins(%v1, %g1 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b2 = linalg.mul ins(%v2, %g2 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b3 = linalg.mul ins(%v3, %g3 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b4 = linalg.mul ins(%v4, %g4 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b5 = linalg.mul ins(%v5, %g5 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b6 = linalg.mul ins(%v6, %g6 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b7 = linalg.mul ins(%v7, %g7 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b8 = linalg.mul ins(%v8, %g8 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %b9 = linalg.mul ins(%v9, %g9 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %c0 = linalg.div ins(%a0, %b0 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d0 = linalg.sub ins(%p0, %c0 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low0 = mp.cast %d0 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c1 = linalg.div ins(%a1, %b1 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d1 = linalg.sub ins(%p1, %c1 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low1 = mp.cast %d1 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c2 = linalg.div ins(%a2, %b2 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d2 = linalg.sub ins(%p2, %c2 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low2 = mp.cast %d2 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c3 = linalg.div ins(%a3, %b3 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d3 = linalg.sub ins(%p3, %c3 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low3 = mp.cast %d3 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c4 = linalg.div ins(%a4, %b4 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d4 = linalg.sub ins(%p4, %c4 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low4 = mp.cast %d4 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c5 = linalg.div ins(%a5, %b5 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d5 = linalg.sub ins(%p5, %c5 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low5 = mp.cast %d5 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c6 = linalg.div ins(%a6, %b6 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d6 = linalg.sub ins(%p6, %c6 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low6 = mp.cast %d6 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c7 = linalg.div ins(%a7, %b7 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d7 = linalg.sub ins(%p7, %c7 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low7 = mp.cast %d7 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c8 = linalg.div ins(%a8, %b8 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d8 = linalg.sub ins(%p8, %c8 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low8 = mp.cast %d8 : tensor<64x128xf32> to tensor<64x128xbf16>
  %c9 = linalg.div ins(%a9, %b9 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %d9 = linalg.sub ins(%p9, %c9 : tensor<64x128xf32>, tensor<64x128xf32>) outs(%e : tensor<64x128xf32>) -> tensor<64x128xf32>
  %low9 = mp.cast %d9 : tensor<64x128xf32> to tensor<64x128xbf16>
  return %a0, %b0, %d0, %low0, %a1, %b1, %d1, %low1, %a2, %b2, %d2, %low2, %a3, %b3, %d3, %low3, %a4, %b4, %d4, %low4, %a5, %b5, %d5, %low5, %a6, %b6, %d6, %low6, %a7, %b7, %d7, %low7, %a8, %b8, %d8, %low8, %a9, %b9, %d9, %low9 : tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xf32>, tensor<64x128xbf16>
}
