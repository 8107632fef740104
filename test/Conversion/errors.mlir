// What cannot run is refused at its place, by its name.
// RUN: mp-opt %s --mp-convert-stablehlo-to-linalg --split-input-file --verify-diagnostics

func.func @unknown_target(%a: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'stablehlo.custom_call' cannot be executed: unknown target "my_kernel"}}
  %0 = stablehlo.custom_call @my_kernel(%a) : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// expected-error @+1 {{dynamic shapes cannot be executed: expected a static shape, found 'tensor<?xf32>'}}
func.func @dynamic(%a: tensor<?xf32>) {
  return
}

// -----

// expected-error @+1 {{quantized tensors cannot be executed: expected numbers, found 'tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>'}}
func.func @quantized(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>) {
  return
}

// -----

func.func @elided() -> tensor<2xf32> {
  // expected-error @+1 {{'stablehlo.constant' cannot be executed: its data was left out of the file (dense_resource<__elided__>)}}
  %0 = stablehlo.constant dense_resource<__elided__> : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

func.func @padding(%a: tensor<2xf32>, %p: tensor<f32>, %low: tensor<1xi32>) -> tensor<4xf32> {
  // expected-error @+1 {{'stablehlo.dynamic_pad' cannot be executed: its padding is not constant}}
  %0 = stablehlo.dynamic_pad %a, %p, %low, %low, %low : (tensor<2xf32>, tensor<f32>, tensor<1xi32>, tensor<1xi32>, tensor<1xi32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
