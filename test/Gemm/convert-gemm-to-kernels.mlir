// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels=features=avx2,fma,f16c | FileCheck %s
// RUN: mp-opt %s --split-input-file --mp-convert-gemm-to-kernels=features=avx2,fma,f16c | mp-opt --split-input-file

// Weights are packed by a launch of their own, so that it can be done once;
// equal products share both kernels.
// CHECK-LABEL: func.func @two_layers
//  CHECK-SAME:   %[[X:.*]]: tensor<64x128xf32>, %[[W:[^ ]*]]: tensor<128x128xf32>
func.func @two_layers(%x: tensor<64x128xf32>,
                      %w: tensor<128x128xf32> {mp.role = "param"}) -> tensor<64x128xf32> {
  // CHECK: %[[P:.*]] = mp.launch @[[PACK:.*]](%[[W]]) extent 8
  // CHECK-SAME: -> tensor<1x8x128x16xf32>
  // CHECK: %[[H:.*]] = mp.launch @[[GEMM:.*]](%[[X]], %[[P]])
  // CHECK-SAME: -> tensor<64x128xf32>
  // CHECK: %[[Q:.*]] = mp.launch @[[PACK]](%[[W]])
  // CHECK: mp.launch @[[GEMM]](%[[H]], %[[Q]])
  %h = mp.gemm %x, %w accumulator f32
       : (tensor<64x128xf32>, tensor<128x128xf32>) -> tensor<64x128xf32>
  %y = mp.gemm %h, %w accumulator f32
       : (tensor<64x128xf32>, tensor<128x128xf32>) -> tensor<64x128xf32>
  return %y : tensor<64x128xf32>
}
// CHECK: func.func private @[[PACK]]({{.*}} attributes {mp.kernel}
// CHECK: func.func private @[[GEMM]]({{.*}} attributes {mp.kernel}
// One register tile: 6 rows of 2 vectors, four times for the unrolled k.
// CHECK: scf.for {{.*}} iter_args
// CHECK-COUNT-48: vector.fma {{.*}} : vector<8xf32>
// CHECK-NOT: vector.fma
// CHECK: scf.yield

// -----

// Operands stay in 16 bits in memory, packed ones as integers; the sums and the
// bias are f32, and the result is rounded in integers, since LLVM has no vector
// form of it.
// CHECK-LABEL: func.func @bf16_bias_gelu
func.func @bf16_bias_gelu(%x: tensor<64x128xbf16>,
                          %w: tensor<128x128xbf16> {mp.role = "param"},
                          %b: tensor<128xf32>) -> tensor<64x128xbf16> {
  // CHECK: mp.launch {{.*}} -> tensor<1x8x65x32xi16>
  // CHECK: mp.launch @{{.*}}gelu_tanh
  %y = mp.gemm %x, %w bias %b epilogue gelu_tanh accumulator f32
       : (tensor<64x128xbf16>, tensor<128x128xbf16>, tensor<128xf32>) -> tensor<64x128xbf16>
  return %y : tensor<64x128xbf16>
}
// Two rows of B become pairs, behind a row that is only read into.
// CHECK: arith.shli %{{.*}} : vector<8xi32>
// CHECK: arith.ori %{{.*}} : vector<8xi32>
// CHECK: vector.store {{.*}} : memref<1x8x65x32xi16>, vector<16xi16>
// One instruction widens a vector of B, wherever in its pairs the values are.
// CHECK: scf.for {{.*}} iter_args
// CHECK-NOT: arith.sh
// CHECK-NOT: arith.ext
// CHECK: vector.bitcast %{{.*}} : vector<16xi16> to vector<8xi32>
// CHECK: arith.andi %{{.*}} : vector<8xi32>
// CHECK-COUNT-48: vector.fma
// CHECK: scf.yield
// CHECK: math.exp {{.*}} : vector<8xf32>
// CHECK: arith.trunci {{.*}} : vector<8xi32> to vector<8xi16>
// CHECK-NOT: arith.truncf

// -----

// Where k is the inner dimension, pairs are there already: words are
// transposed. A k without a partner gets a zero.
// CHECK-LABEL: func.func @bf16_transposed
func.func @bf16_transposed(%x: tensor<64x77xbf16>,
                           %w: tensor<48x77xbf16> {mp.role = "param"}) -> tensor<64x48xf32> {
  // CHECK: mp.launch {{.*}} -> tensor<1x3x41x32xi16>
  %y = mp.gemm %x, %w transposed accumulator f32
       : (tensor<64x77xbf16>, tensor<48x77xbf16>) -> tensor<64x48xf32>
  return %y : tensor<64x48xf32>
}
// CHECK: vector.bitcast %{{.*}} : vector<16xi16> to vector<8xi32>
// CHECK: vector.shuffle %{{.*}} : vector<8xi32>, vector<8xi32>
// CHECK: vector.bitcast %{{.*}} : vector<2xi16> to vector<1xi32>
// CHECK: arith.extui %{{.*}} : vector<1xi16> to vector<1xi32>
// CHECK: gemm_64x48x77

// -----

// Four rows with a B that changes with every call: packing would cost more
// than the product.
// CHECK-LABEL: func.func @few_rows_of_activations
func.func @few_rows_of_activations(%a: tensor<8x1x64xf32>,
                                   %b: tensor<8x100x64xf32>) -> tensor<8x1x100xf32> {
  // CHECK-NOT: mp.launch @pack
  // CHECK: mp.launch @gemm_rows
  // CHECK-NOT: mp.launch
  %y = mp.gemm %a, %b transposed accumulator f32
       : (tensor<8x1x64xf32>, tensor<8x100x64xf32>) -> tensor<8x1x100xf32>
  return %y : tensor<8x1x100xf32>
}

// -----

// A column of B is contiguous whichever way it is described.
// CHECK-LABEL: func.func @matrix_vector
//  CHECK-SAME:   %{{.*}}: tensor<8x64xf32>, %[[B:.*]]: tensor<64x1xf32>
func.func @matrix_vector(%a: tensor<8x64xf32>, %b: tensor<64x1xf32>) -> tensor<8x1xf32> {
  // CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[B]]
  // CHECK: %[[ROW:.*]] = tensor.expand_shape %[[FLAT]]
  // CHECK: mp.launch @gemm_rows{{.*}}(%{{.*}}, %[[ROW]])
  %y = mp.gemm %a, %b accumulator f32
       : (tensor<8x64xf32>, tensor<64x1xf32>) -> tensor<8x1xf32>
  return %y : tensor<8x1xf32>
}

// -----

// Nothing to compute.
// CHECK-LABEL: func.func @empty
func.func @empty(%a: tensor<0x64xf32>, %b: tensor<64x8xf32>) -> tensor<0x8xf32> {
  // CHECK-NOT: mp.launch
  // CHECK: tensor.empty() : tensor<0x8xf32>
  %y = mp.gemm %a, %b accumulator f32
       : (tensor<0x64xf32>, tensor<64x8xf32>) -> tensor<0x8xf32>
  return %y : tensor<0x8xf32>
}

// -----

// An empty sum is zero; the operands without elements do not reach the kernel.
// CHECK-LABEL: func.func @empty_sum
//  CHECK-SAME:   %{{.*}}: tensor<4x0xf32>, %{{.*}}: tensor<0x8xf32>, %[[C:.*]]: tensor<8xf32>
func.func @empty_sum(%a: tensor<4x0xf32>, %b: tensor<0x8xf32>, %c: tensor<8xf32>) -> tensor<4x8xf32> {
  // CHECK: mp.launch @{{.*}}(%[[C]])
  %y = mp.gemm %a, %b bias %c accumulator f32
       : (tensor<4x0xf32>, tensor<0x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// One row: four panels are read side by side, each vector of A serves all of
// them, and nothing is prefetched.
// CHECK-LABEL: func.func @one_row
func.func @one_row(%x: tensor<1x256xbf16>,
                   %w: tensor<256x208xbf16> {mp.role = "param"}) -> tensor<1x208xf32> {
  // CHECK: mp.launch {{.*}} -> tensor<1x13x129x32xi16>
  %y = mp.gemm %x, %w accumulator f32
       : (tensor<1x256xbf16>, tensor<256x208xbf16>) -> tensor<1x208xf32>
  return %y : tensor<1x208xf32>
}
// CHECK: func.func private @gemm_1x208x256
// The thirteenth panel is computed four times.
// CHECK: arith.minui
// CHECK: %{{.*}}:8 = scf.for
// CHECK-NOT: memref.prefetch
// CHECK-COUNT-32: vector.fma
// CHECK-NOT: vector.fma
// CHECK: scf.yield

// -----

// A sum that is carried on takes the residual's memory, whose elements are read
// just before they are written; not one of another format.
// CHECK-LABEL: func.func @onto
func.func @onto(%a: tensor<64x128xf32>, %b: tensor<128x96xf32>, %sum: tensor<64x96xf32>, %low: tensor<64x96xbf16>) -> (tensor<64x96xf32>, tensor<64x96xf32>) {
  // CHECK: mp.launch @[[ONTO:gemm_.*_add_f32.*]](%{{.*}}, %{{.*}}, %{{.*}}) {{.*}} reusable [2]
  %0 = mp.gemm %a, %b residual %sum accumulator f32
       : (tensor<64x128xf32>, tensor<128x96xf32>, tensor<64x96xf32>) -> tensor<64x96xf32>
  // CHECK: mp.launch @gemm_{{.*}}_add_bf16{{.*}}(%{{.*}}, %{{.*}}, %{{.*}}) {{.*}} reusable [-1]
  %1 = mp.gemm %a, %b residual %low accumulator f32
       : (tensor<64x128xf32>, tensor<128x96xf32>, tensor<64x96xbf16>) -> tensor<64x96xf32>
  return %0, %1 : tensor<64x96xf32>, tensor<64x96xf32>
}
// CHECK: func.func private @[[ONTO]](%{{[^:]*}}: memref<{{[^>]*}}>, %{{[^:]*}}: memref<{{[^>]*}}>, %{{[^:]*}}: memref<64x96xf32> {mp.may_alias}, %{{[^:]*}}: memref<64x96xf32> {mp.may_alias}
