// RUN: mp-opt %s --mp-outline-kernels | FileCheck %s
// RUN: mp-opt %s --mp-outline-kernels --mp-convert-kernels-to-llvm | FileCheck %s --check-prefix=LLVM

#id = affine_map<(d0, d1) -> (d0, d1)>
#swap = affine_map<(d0, d1) -> (d1, d0)>

// Each element of x is read just before the same element of the result is
// written; the loop's iterations stay independent when the two share memory.
// CHECK-LABEL: func.func @pointwise
//       CHECK:   mp.launch {{.*}} reusable [0]
// LLVM-LABEL: llvm.func internal @map_mulf.body
//  LLVM-SAME:   (%{{.*}}: !llvm.ptr {llvm.dereferenceable = 65536 : i64}, %{{.*}}: !llvm.ptr {llvm.dereferenceable = 65536 : i64}, %{{.*}}: i64
//       LLVM:   llvm.load {{.*}} {access_groups = [#[[GROUP:.*]]]}
//       LLVM:   llvm.store {{.*}} {access_groups = [#[[GROUP]]]}
//       LLVM:   llvm.br {{.*}} {loop_annotation = #
func.func @pointwise(%x: tensor<128x128xf32>) -> tensor<128x128xf32> {
  %e = tensor.empty() : tensor<128x128xf32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<128x128xf32>) outs(%e : tensor<128x128xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.mulf %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<128x128xf32>
  return %0 : tensor<128x128xf32>
}

// A transpose reads elements after others have been written.
// CHECK-LABEL: func.func @transposed
//       CHECK:   mp.launch {{.*}} reusable [-1]
func.func @transposed(%x: tensor<128x128xf32>) -> tensor<128x128xf32> {
  %e = tensor.empty() : tensor<128x128xf32>
  %0 = linalg.generic {indexing_maps = [#swap, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<128x128xf32>) outs(%e : tensor<128x128xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<128x128xf32>
  return %0 : tensor<128x128xf32>
}

// Elements of another width lie elsewhere.
// CHECK-LABEL: func.func @narrowed
//       CHECK:   mp.launch {{.*}} reusable [-1]
func.func @narrowed(%x: tensor<128x128xf32>) -> tensor<128x128xbf16> {
  %0 = mp.cast %x : tensor<128x128xf32> to tensor<128x128xbf16>
  return %0 : tensor<128x128xbf16>
}

// An optimizer's results take the memory of the arguments that are donated to
// them, not of the first input that would do.
// CHECK-LABEL: func.func @donated
//       CHECK:   mp.launch {{.*}}(%arg0, %arg1, %arg2) {{.*}} reusable [2, 1]
func.func @donated(%g: tensor<128x128xf32>, %w: tensor<128x128xf32> {tf.aliasing_output = 1 : i32},
                   %m: tensor<128x128xf32> {tf.aliasing_output = 0 : i32}) -> (tensor<128x128xf32>, tensor<128x128xf32>) {
  %e = tensor.empty() : tensor<128x128xf32>
  %0:2 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%g, %w, %m : tensor<128x128xf32>, tensor<128x128xf32>, tensor<128x128xf32>)
      outs(%e, %e : tensor<128x128xf32>, tensor<128x128xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32, %p: f32):
    %s = arith.addf %a, %c : f32
    %t = arith.subf %b, %s : f32
    linalg.yield %s, %t : f32, f32
  } -> (tensor<128x128xf32>, tensor<128x128xf32>)
  return %0#0, %0#1 : tensor<128x128xf32>, tensor<128x128xf32>
}
