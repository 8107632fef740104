// RUN: mp-run %s --function=integers
// RUN: mp-run %s --function=conversions
// RUN: mp-run %s --function=functions
// RUN: mp-run %s --function=complex_functions
// RUN: mp-run %s --function=transforms

// What arith leaves undefined has a defined result here.
func.func @integers() {
  %a = stablehlo.constant dense<[7, -7, -2147483648, 5]> : tensor<4xi32>
  %b = stablehlo.constant dense<[2, 0, -1, 40]> : tensor<4xi32>
  %quotient = stablehlo.divide %a, %b : tensor<4xi32>
  %q = stablehlo.constant dense<[3, -1, -2147483648, 0]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%quotient, %q) {has_side_effect = true} : (tensor<4xi32>, tensor<4xi32>) -> ()
  %remainder = stablehlo.remainder %a, %b : tensor<4xi32>
  %r = stablehlo.constant dense<[1, -7, 0, 5]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%remainder, %r) {has_side_effect = true} : (tensor<4xi32>, tensor<4xi32>) -> ()
  %left = stablehlo.shift_left %a, %b : tensor<4xi32>
  %l = stablehlo.constant dense<[28, -7, 0, 0]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%left, %l) {has_side_effect = true} : (tensor<4xi32>, tensor<4xi32>) -> ()
  %right = stablehlo.shift_right_arithmetic %a, %b : tensor<4xi32>
  %s = stablehlo.constant dense<[1, -7, -1, 0]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%right, %s) {has_side_effect = true} : (tensor<4xi32>, tensor<4xi32>) -> ()
  %base = stablehlo.constant dense<[3, -1, 2, 2]> : tensor<4xi32>
  %exponent = stablehlo.constant dense<[4, -3, -1, 31]> : tensor<4xi32>
  %power = stablehlo.power %base, %exponent : tensor<4xi32>
  %p = stablehlo.constant dense<[81, -1, 0, -2147483648]> : tensor<4xi32>
  stablehlo.custom_call @check.expect_eq(%power, %p) {has_side_effect = true} : (tensor<4xi32>, tensor<4xi32>) -> ()
  return
}

// Floats saturate, NaN becomes 0; every narrowing rounds once.
func.func @conversions() {
  %x = stablehlo.constant dense<[-1.5, 300.0, -1.0e30, 0x7FC00000]> : tensor<4xf32>
  %int = stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xi8>
  %i = stablehlo.constant dense<[-1, 127, -128, 0]> : tensor<4xi8>
  stablehlo.custom_call @check.expect_eq(%int, %i) {has_side_effect = true} : (tensor<4xi8>, tensor<4xi8>) -> ()
  %uint = stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xui8>
  %u = stablehlo.constant dense<[0, 255, 0, 0]> : tensor<4xui8>
  stablehlo.custom_call @check.expect_eq(%uint, %u) {has_side_effect = true} : (tensor<4xui8>, tensor<4xui8>) -> ()
  // 1 + 2^-8 + 2^-40 lies above the middle of two bf16 numbers; rounding it to
  // f32 first would put it onto the middle, and then down.
  %d = stablehlo.constant dense<[1.00390625000090949, -1.00390625000090949]> : tensor<2xf64>
  %narrow = stablehlo.convert %d : (tensor<2xf64>) -> tensor<2xbf16>
  %n = stablehlo.constant dense<[1.0078125, -1.0078125]> : tensor<2xbf16>
  stablehlo.custom_call @check.expect_eq(%narrow, %n) {has_side_effect = true} : (tensor<2xbf16>, tensor<2xbf16>) -> ()
  // The same for 2^62 + 2^54 + 1, which f64 cannot hold either.
  %big = stablehlo.constant dense<[4629700416936869889, 3]> : tensor<2xi64>
  %float = stablehlo.convert %big : (tensor<2xi64>) -> tensor<2xbf16>
  %f = stablehlo.constant dense<[4.64771483E+18, 3.0]> : tensor<2xbf16>
  stablehlo.custom_call @check.expect_eq(%float, %f) {has_side_effect = true} : (tensor<2xbf16>, tensor<2xbf16>) -> ()
  return
}

// Values from 30-digit arithmetic; three units in the last place.
func.func @functions() {
  %x = stablehlo.constant dense<[0.25, -0.875, 0.999]> : tensor<3xf32>
  %inverse = chlo.erf_inv %x : tensor<3xf32> -> tensor<3xf32>
  %i = stablehlo.constant dense<[0.225312055, -1.08478704, 2.32675633]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_close(%inverse, %i) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  %y = stablehlo.constant dense<[0.5, 10.5, -1.5]> : tensor<3xf32>
  %gamma = chlo.lgamma %y : tensor<3xf32> -> tensor<3xf32>
  %g = stablehlo.constant dense<[0.572364943, 13.9406252, 0.860047015]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_close(%gamma, %g) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  %digamma = chlo.digamma %y : tensor<3xf32> -> tensor<3xf32>
  %d = stablehlo.constant dense<[-1.96351003, 2.30300103, 0.703156641]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_close(%digamma, %d) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  %two = stablehlo.constant dense<[2.0, 3.0, 4.5]> : tensor<3xf32>
  %q = stablehlo.constant dense<[1.0, 2.5, 0.75]> : tensor<3xf32>
  %zeta = chlo.zeta %two, %q : tensor<3xf32>, tensor<3xf32> -> tensor<3xf32>
  %z = stablehlo.constant dense<[1.64493407, 0.118102026, 3.74492129]> : tensor<3xf32>
  stablehlo.custom_call @check.expect_close(%zeta, %z) {has_side_effect = true} : (tensor<3xf32>, tensor<3xf32>) -> ()
  return
}

// Near the unit circle the logarithm's real part must not cancel.
func.func @complex_functions() {
  %x = stablehlo.constant dense<[(0.6, 0.8), (-3.0, 4.0)]> : tensor<2xcomplex<f64>>
  %log = stablehlo.log %x : tensor<2xcomplex<f64>>
  %l = stablehlo.constant dense<[(2.22044604925031315E-17, 0.927295218001612277), (1.60943791243410037, 2.21429743558818101)]> : tensor<2xcomplex<f64>>
  stablehlo.custom_call @check.expect_close(%log, %l) {has_side_effect = true} : (tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>) -> ()
  %root = stablehlo.sqrt %x : tensor<2xcomplex<f64>>
  %r = stablehlo.constant dense<[(0.894427190999915879, 0.447213595499957964), (1.0, 2.0)]> : tensor<2xcomplex<f64>>
  stablehlo.custom_call @check.expect_close(%root, %r) {has_side_effect = true} : (tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>) -> ()
  %arc = chlo.acos %x : tensor<2xcomplex<f64>> -> tensor<2xcomplex<f64>>
  %a = stablehlo.constant dense<[(1.10714871779409053, -0.804718956217050215), (2.20478019243407334, -2.30550903124347694)]> : tensor<2xcomplex<f64>>
  stablehlo.custom_call @check.expect_close(%arc, %a) {has_side_effect = true} : (tensor<2xcomplex<f64>>, tensor<2xcomplex<f64>>) -> ()
  return
}

// Each radix that is written out, one that is a loop, and the way back.
func.func @transforms() {
  %i = stablehlo.iota dim = 0 : tensor<660xf32>
  %phase = stablehlo.sine %i : tensor<660xf32>
  %f = stablehlo.fft %phase, type = RFFT, length = [660] : (tensor<660xf32>) -> tensor<331xcomplex<f32>>
  %back = stablehlo.fft %f, type = IRFFT, length = [660] : (tensor<331xcomplex<f32>>) -> tensor<660xf32>
  stablehlo.custom_call @check.expect_almost_eq(%back, %phase) {has_side_effect = true} : (tensor<660xf32>, tensor<660xf32>) -> ()
  %ramp = stablehlo.constant dense<[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]> : tensor<4xcomplex<f32>>
  %four = stablehlo.fft %ramp, type = FFT, length = [4] : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f32>>
  %w = stablehlo.constant dense<[(6.0, 0.0), (-2.0, 2.0), (-2.0, 0.0), (-2.0, -2.0)]> : tensor<4xcomplex<f32>>
  stablehlo.custom_call @check.expect_eq(%four, %w) {has_side_effect = true} : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> ()
  %a = stablehlo.constant dense<[[4.0, 9.0], [2.0, 10.0]]> : tensor<2x2xf32>
  %c = stablehlo.cholesky %a, lower = true : tensor<2x2xf32>
  %l = stablehlo.constant dense<[[2.0, 0.0], [1.0, 3.0]]> : tensor<2x2xf32>
  stablehlo.custom_call @check.expect_eq(%c, %l) {has_side_effect = true} : (tensor<2x2xf32>, tensor<2x2xf32>) -> ()
  %b = stablehlo.constant dense<[[4.0], [11.0]]> : tensor<2x1xf32>
  %x = "stablehlo.triangular_solve"(%c, %b) <{left_side = true, lower = true, unit_diagonal = false, transpose_a = #stablehlo<transpose NO_TRANSPOSE>}> : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x1xf32>
  %s = stablehlo.constant dense<[[2.0], [3.0]]> : tensor<2x1xf32>
  stablehlo.custom_call @check.expect_eq(%x, %s) {has_side_effect = true} : (tensor<2x1xf32>, tensor<2x1xf32>) -> ()
  return
}
