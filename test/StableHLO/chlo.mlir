// RUN: mp-opt %s | mp-opt | FileCheck %s

// CHECK-LABEL: func.func @functions
func.func @functions(%x: tensor<4xf32>, %i: tensor<2x5xi8>) {
  // CHECK: chlo.erf %{{.*}} : tensor<4xf32> -> tensor<4xf32>
  %0 = chlo.erf %x : tensor<4xf32> -> tensor<4xf32>
  // CHECK: chlo.is_inf %{{.*}} : tensor<4xf32> -> tensor<4xi1>
  %1 = chlo.is_inf %x : tensor<4xf32> -> tensor<4xi1>
  // CHECK: chlo.next_after %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %2 = chlo.next_after %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  // CHECK: %values, %indices = chlo.top_k(%{{.*}}, k = 2) : tensor<2x5xi8> -> (tensor<2x2xi8>, tensor<2x2xi32>)
  %values, %indices = chlo.top_k(%i, k = 2) : tensor<2x5xi8> -> (tensor<2x2xi8>, tensor<2x2xi32>)
  // Ops with implicit broadcasting stay in generic form.
  // CHECK: "chlo.broadcast_add"(%{{.*}}, %{{.*}})
  %3 = "chlo.broadcast_add"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}
