// RUN: mp-opt %s --mp-convert-gemm-to-kernels=features=avx512f,avx512bw,avx512dq,avx512vl,fma,f16c | FileCheck %s

// 8 rows of 3 registers of 16 sums, four steps of k; a bf16 vector of B is
// widened by one mask, whether it holds even k (read one value early) or odd.
func.func @bf16(%x: tensor<64x128xbf16>,
                %w: tensor<128x96xbf16> {mp.role = "param"}) -> tensor<64x96xbf16> {
  // CHECK: mp.launch {{.*}} -> tensor<1x2x65x96xi16>
  // CHECK: mp.launch
  %y = mp.gemm %x, %w accumulator f32
       : (tensor<64x128xbf16>, tensor<128x96xbf16>) -> tensor<64x96xbf16>
  return %y : tensor<64x96xbf16>
}
// CHECK: func.func private @gemm
// CHECK: %[[B:.*]] = memref.collapse_shape {{.*}} into memref<12480xi16>
// CHECK: %{{.*}}:24 = scf.for
// CHECK: %[[EARLY:.*]] = arith.constant -1 : index
// CHECK: %[[AT:.*]] = arith.addi %{{.*}}, %[[EARLY]] : index
// CHECK: vector.load %[[B]][%[[AT]]] : memref<12480xi16>, vector<32xi16>
// CHECK: arith.andi %{{.*}} : vector<16xi32>
// CHECK-COUNT-96: vector.fma {{.*}} : vector<16xf32>
// CHECK-NOT: vector.fma
// CHECK: scf.yield
