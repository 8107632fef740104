// RUN: mp-opt %s | mp-opt | FileCheck %s
// RUN: mp-opt %s --mp-import | FileCheck %s --check-prefix=IMPORT

// Shardings keep the text of the exporter, and import drops them.

// CHECK: sdy.mesh @mesh = <["a"=2, "b"=4]>
// IMPORT-NOT: sdy
sdy.mesh @mesh = <["a"=2, "b"=4]>

// CHECK: sdy.sharding = #sdy.sharding<@mesh, [{"a", ?}, {}]>
func.func @main(%x: tensor<8x8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"a", ?}, {}]>}) -> tensor<8x8xf32> {
  // CHECK: sdy.sharding_constraint %{{.*}} <@mesh, [{"a":(1)2}, {"b"}]> : tensor<8x8xf32>
  %0 = sdy.sharding_constraint %x <@mesh, [{"a":(1)2}, {"b"}]> : tensor<8x8xf32>
  // CHECK: sdy.reshard %{{.*}} <@mesh, [{}, {}]> : tensor<8x8xf32>
  %1 = sdy.reshard %0 <@mesh, [{}, {}]> : tensor<8x8xf32>
  // CHECK: sdy.sharding_group %{{.*}} group_id=1 : tensor<8x8xf32>
  sdy.sharding_group %1 group_id=1 : tensor<8x8xf32>
  // IMPORT: return %arg0
  return %1 : tensor<8x8xf32>
}
