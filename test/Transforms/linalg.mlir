// RUN: mp-opt %s --mp-autocast=policy=bf16 --split-input-file | FileCheck %s
// RUN: mp-opt %s --mp-autocast=policy=torch-cuda-fp16 --split-input-file | FileCheck %s --check-prefix=TORCH
// What is printed is what parses: bodies of named ops follow from their types.
// RUN: mp-opt %s --mp-autocast=policy=torch-cuda-fp16 --split-input-file | mp-opt --split-input-file -mlir-print-op-generic -o %t.parsed
// RUN: mp-opt %s --mp-autocast=policy=torch-cuda-fp16 --split-input-file -mlir-print-op-generic -o %t.built
// RUN: diff %t.built %t.parsed

// A named product reads bf16 and adds in f32; where a policy rounds its
// result, the sum is rounded behind it, never on the way.
// CHECK-LABEL: func.func @named_product
// CHECK: %[[X:.*]] = arith.truncf %{{.*}} : tensor<4x8xf32> to tensor<4x8xbf16>
// CHECK: %[[W:.*]] = arith.truncf %{{.*}} : tensor<8x16xf32> to tensor<8x16xbf16>
// CHECK: linalg.matmul ins(%[[X]], %[[W]] : tensor<4x8xbf16>, tensor<8x16xbf16>) outs(%{{.*}} : tensor<4x16xf32>)
// CHECK-NEXT: return
// TORCH-LABEL: func.func @named_product
// TORCH: %[[D:.*]] = linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x8xf16>, tensor<8x16xf16>) outs(%{{.*}} : tensor<4x16xf32>)
// TORCH: arith.truncf %[[D]] : tensor<4x16xf32> to tensor<4x16xf16>
func.func @named_product(%x: tensor<4x8xf32>, %w: tensor<8x16xf32>) -> tensor<4x16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x16xf32>) -> tensor<4x16xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<4x8xf32>, tensor<8x16xf32>) outs(%f : tensor<4x16xf32>) -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}

// -----

// A product is known by its maps and its body. This one contracts the last
// dimension of both sides, and adds on the left.
#l = affine_map<(m, n, k) -> (m, k)>
#r = affine_map<(m, n, k) -> (n, k)>
#o = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @generic_product
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<4x8xbf16>, tensor<16x8xbf16>) outs(%{{.*}} : tensor<4x16xf32>)
// CHECK-NEXT: ^bb0(%[[A:.*]]: bf16, %[[B:.*]]: bf16, %[[C:.*]]: f32):
// CHECK-NEXT: %[[AX:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK-NEXT: %[[BX:.*]] = arith.extf %[[B]] : bf16 to f32
// CHECK-NEXT: %[[P:.*]] = arith.mulf %[[BX]], %[[AX]] : f32
// CHECK-NEXT: %[[S:.*]] = arith.addf %[[C]], %[[P]] : f32
// CHECK-NEXT: linalg.yield %[[S]] : f32
func.func @generic_product(%x: tensor<4x8xf32>, %w: tensor<16x8xf32>, %c: tensor<4x16xf32>) -> tensor<4x16xf32> {
  %0 = linalg.generic {indexing_maps = [#l, #r, #o], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<4x8xf32>, tensor<16x8xf32>) outs(%c : tensor<4x16xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %p = arith.mulf %b, %a : f32
    %s = arith.addf %acc, %p : f32
    linalg.yield %s : f32
  } -> tensor<4x16xf32>
  return %0 : tensor<4x16xf32>
}

// -----

// A window that slides makes a product a convolution.
#in = affine_map<(n, o, f, k, c) -> (n, o * 2 + k, c)>
#ker = affine_map<(n, o, f, k, c) -> (k, c, f)>
#out = affine_map<(n, o, f, k, c) -> (n, o, f)>
// CHECK-LABEL: func.func @generic_convolution
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x9x4xbf16>, tensor<3x4x8xbf16>) outs(%{{.*}} : tensor<1x4x8xf32>)
func.func @generic_convolution(%x: tensor<1x9x4xf32>, %w: tensor<3x4x8xf32>, %c: tensor<1x4x8xf32>) -> tensor<1x4x8xf32> {
  %0 = linalg.generic {indexing_maps = [#in, #ker, #out], iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]} ins(%x, %w : tensor<1x9x4xf32>, tensor<3x4x8xf32>) outs(%c : tensor<1x4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %p, %acc : f32
    linalg.yield %s : f32
  } -> tensor<1x4x8xf32>
  return %0 : tensor<1x4x8xf32>
}

// -----

// These two look like products and are none: a sum of squares is a norm, and a
// factor that does not change along the sum scales it. The policy keeps sums
// in f32.
#id = affine_map<(m, k) -> (m, k)>
#row = affine_map<(m, k) -> (m)>
// CHECK-LABEL: func.func @no_products
// CHECK-NOT: bf16
// CHECK: return
// TORCH-LABEL: func.func @no_products
// TORCH-NOT: f16
// TORCH: return
func.func @no_products(%x: tensor<4x8xf32>, %s: tensor<4xf32>, %c: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [#id, #id, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %x : tensor<4x8xf32>, tensor<4x8xf32>) outs(%c : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %p = arith.mulf %a, %b : f32
    %q = arith.addf %p, %acc : f32
    linalg.yield %q : f32
  } -> tensor<4xf32>
  %1 = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x, %s : tensor<4x8xf32>, tensor<4xf32>) outs(%c : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f32, %acc: f32):
    %p = arith.mulf %a, %b : f32
    %q = arith.addf %p, %acc : f32
    linalg.yield %q : f32
  } -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Storage apart from compute: between two products the chain loads and stores
// f16 and rounds once, at its end. The constant in its body stays exact.
#id = affine_map<(m, n) -> (m, n)>
// TORCH-LABEL: func.func @chain
// TORCH: linalg.generic {{.*}} ins(%{{.*}} : tensor<8x8xf16>) outs(%{{.*}} : tensor<8x8xf16>)
// TORCH-NEXT: ^bb0(%[[IN:.*]]: f16, %{{.*}}: f16):
// TORCH-NEXT: %[[X:.*]] = arith.extf %[[IN]] : f16 to f32
// TORCH-NEXT: %[[P:.*]] = arith.mulf %[[X]], %{{.*}} : f32
// TORCH-NEXT: %[[S:.*]] = arith.addf %[[P]], %[[X]] : f32
// TORCH-NEXT: %[[Y:.*]] = arith.truncf %[[S]] : f32 to f16
// TORCH-NEXT: linalg.yield %[[Y]] : f16
func.func @chain(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %tenth = arith.constant 0.1 : f32
  %e = tensor.empty() : tensor<8x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8x8xf32>) -> tensor<8x8xf32>
  %0 = linalg.matmul ins(%x, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%0 : tensor<8x8xf32>) outs(%e : tensor<8x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    %p = arith.mulf %in, %tenth : f32
    %s = arith.addf %p, %in : f32
    linalg.yield %s : f32
  } -> tensor<8x8xf32>
  %2 = linalg.matmul ins(%1, %w : tensor<8x8xf32>, tensor<8x8xf32>) outs(%f : tensor<8x8xf32>) -> tensor<8x8xf32>
  return %2 : tensor<8x8xf32>
}

// -----

// Reading a table in a body only moves its rows: the table is cast in front,
// what is read passes by as it is, and indices never change.
#rows = affine_map<(i, j) -> (i)>
#id = affine_map<(i, j) -> (i, j)>
// CHECK-LABEL: func.func @lookup
// CHECK: %[[T:.*]] = arith.truncf %arg0 : tensor<4x8xf32> to tensor<4x8xbf16>
// CHECK: linalg.generic {{.*}} ins(%arg1 : tensor<64xi64>) outs(%{{.*}} : tensor<64x8xbf16>)
// CHECK: %[[E:.*]] = tensor.extract %[[T]][%{{.*}}, %{{.*}}] : tensor<4x8xbf16>
// CHECK-NEXT: linalg.yield %[[E]] : bf16
func.func @lookup(%table: tensor<4x8xf32>, %i: tensor<64xi64>, %w: tensor<8x4xf32>, %c: tensor<64x4xf32>) -> tensor<64x4xf32> {
  %e = tensor.empty() : tensor<64x8xf32>
  %0 = linalg.generic {indexing_maps = [#rows, #id], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<64xi64>) outs(%e : tensor<64x8xf32>) {
  ^bb0(%in: i64, %out: f32):
    %row = arith.index_cast %in : i64 to index
    %column = linalg.index 1 : index
    %x = tensor.extract %table[%row, %column] : tensor<4x8xf32>
    linalg.yield %x : f32
  } -> tensor<64x8xf32>
  %1 = linalg.matmul ins(%0, %w : tensor<64x8xf32>, tensor<8x4xf32>) outs(%c : tensor<64x4xf32>) -> tensor<64x4xf32>
  return %1 : tensor<64x4xf32>
}

// -----

// A maximum is exact, so a pool reads and writes f16, its initial value and
// its window too. A pad fills with a folded constant.
// TORCH-LABEL: func.func @pool
// TORCH: tensor.pad
// TORCH: tensor.yield %{{.*}} : f16
// TORCH: } : tensor<1x4x4x4xf16> to tensor<1x4x6x6xf16>
// TORCH: linalg.pooling_nchw_max{{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x4x6x6xf16>, tensor<3x3xf16>) outs(%{{.*}} : tensor<1x4x4x4xf16>)
func.func @pool(%x: tensor<1x4x6x6xf32>, %w: tensor<4x4x3x3xf32>, %c: tensor<1x4x4x4xf32>) -> tensor<1x4x2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %lowest = arith.constant 0xFF800000 : f32
  %0 = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x4x6x6xf32>, tensor<4x4x3x3xf32>) outs(%c : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %p = tensor.pad %0 low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %lowest : f32
  } : tensor<1x4x4x4xf32> to tensor<1x4x6x6xf32>
  %window = tensor.empty() : tensor<3x3xf32>
  %e = tensor.empty() : tensor<1x4x4x4xf32>
  %f = linalg.fill ins(%lowest : f32) outs(%e : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %1 = linalg.pooling_nchw_max ins(%p, %window : tensor<1x4x6x6xf32>, tensor<3x3xf32>) outs(%f : tensor<1x4x4x4xf32>) -> tensor<1x4x4x4xf32>
  %e2 = tensor.empty() : tensor<1x4x2x2xf32>
  %f2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %2 = linalg.conv_2d_nchw_fchw ins(%1, %w : tensor<1x4x4x4xf32>, tensor<4x4x3x3xf32>) outs(%f2 : tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  return %2 : tensor<1x4x2x2xf32>
}

// -----

// What a loop carries has one type wherever it flows; the weight is cast in
// front of the loop. The other carried value is nobody's operand and stays.
// TORCH-LABEL: func.func @loop
// TORCH: %[[W:.*]] = arith.truncf %arg1
// TORCH: scf.for {{.*}} iter_args(%{{.*}} = %{{.*}}, %{{.*}} = %{{.*}}) -> (tensor<4x4xf16>, f32)
// TORCH: scf.if {{.*}} -> (tensor<4x4xf16>)
// TORCH: linalg.matmul ins(%{{.*}}, %[[W]] :
func.func @loop(%x: tensor<4x4xf32>, %w: tensor<4x4xf32>, %p: i1, %s: f32) -> (tensor<4x4xf32>, f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c10 = arith.constant 10 : index
  %zero = arith.constant 0.0 : f32
  %r:2 = scf.for %i = %c0 to %c10 step %c1 iter_args(%a = %x, %b = %s) -> (tensor<4x4xf32>, f32) {
    %c = scf.if %p -> (tensor<4x4xf32>) {
      %e = tensor.empty() : tensor<4x4xf32>
      %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
      %d = linalg.matmul ins(%a, %w : tensor<4x4xf32>, tensor<4x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
      scf.yield %d : tensor<4x4xf32>
    } else {
      scf.yield %a : tensor<4x4xf32>
    }
    %t = math.exp %b : f32
    scf.yield %c, %t : tensor<4x4xf32>, f32
  }
  %e = tensor.empty() : tensor<4x4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %d = linalg.matmul ins(%r#0, %w : tensor<4x4xf32>, tensor<4x4xf32>) outs(%f : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %d, %r#1 : tensor<4x4xf32>, f32
}

// -----

// Types that the author chose stay: f64 sums, and casts.
// TORCH-LABEL: func.func @doubles
// TORCH-NOT: f16
// TORCH: return
#id = affine_map<(m, n) -> (m, n)>
func.func @doubles(%x: tensor<8x8xf32>, %w: tensor<8x8xf64>, %c: tensor<8x8xf64>) -> tensor<8x8xf64> {
  %e = tensor.empty() : tensor<8x8xf64>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<8x8xf32>) outs(%e : tensor<8x8xf64>) {
  ^bb0(%in: f32, %out: f64):
    %p = arith.extf %in : f32 to f64
    linalg.yield %p : f64
  } -> tensor<8x8xf64>
  %1 = linalg.matmul ins(%0, %w : tensor<8x8xf64>, tensor<8x8xf64>) outs(%c : tensor<8x8xf64>) -> tensor<8x8xf64>
  return %1 : tensor<8x8xf64>
}
