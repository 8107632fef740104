// RUN: mp-opt %s --split-input-file --verify-diagnostics

func.func @mixed_types(%x: tensor<4xf32>, %y: tensor<4xf16>) {
  // expected-error@+1 {{expected operand #1 to have the type of 'tensor<4xf32>', but got 'tensor<4xf16>'}}
  %0 = "stablehlo.add"(%x, %y) : (tensor<4xf32>, tensor<4xf16>) -> tensor<4xf32>
  return
}

// -----

func.func @mixed_shapes(%x: tensor<4xf32>, %y: tensor<5xf32>) {
  // expected-error@+1 {{expected operand #1 to have the type of 'tensor<4xf32>', but got 'tensor<5xf32>'}}
  %0 = stablehlo.add %x, %y : (tensor<4xf32>, tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @convert_shape(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected result #0 to have the shape of 'tensor<4xf32>', but got 'tensor<5xf16>'}}
  %0 = stablehlo.convert %x : (tensor<4xf32>) -> tensor<5xf16>
  return
}

// -----

func.func @element_kind(%x: tensor<4xi32>) {
  // expected-error@+1 {{must be ranked tensor of float, complex or quantized values}}
  %0 = stablehlo.exponential %x : tensor<4xi32>
  return
}

// -----

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error@+1 {{must be ranked tensor}}
  %0 = stablehlo.negate %x : tensor<*xf32>
  return
}

// -----

func.func @function_type(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a function type with 2 inputs and 1 result}}
  %0 = stablehlo.add %x, %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @abs_of_complex(%x: tensor<4xcomplex<f32>>) {
  // expected-error@+1 {{expected a result of type 'tensor<4xf32>', but got 'tensor<4xcomplex<f32>>'}}
  %0 = stablehlo.abs %x : tensor<4xcomplex<f32>>
  return
}

// -----

func.func @complex_of_what(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a tensor of complex numbers, but got 'tensor<4xf32>'}}
  %0 = stablehlo.complex %x, %x : tensor<4xf32>
  return
}

// -----

func.func @float_format(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a float format such as 'e8m7', but got 'bf16'}}
  %0 = stablehlo.reduce_precision %x, format = bf16 : tensor<4xf32>
  return
}

// -----

func.func @no_exponent(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 'exponent_bits' of 1 or more, but got 0}}
  %0 = stablehlo.reduce_precision %x, format = e0m7 : tensor<4xf32>
  return
}

// -----

func.func @negative_mantissa(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 'mantissa_bits' of 0 or more, but got -1}}
  %0 = "stablehlo.reduce_precision"(%x) <{exponent_bits = 8 : i32, mantissa_bits = -1 : i32}> : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @comparison_type(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a comparison type for elements of type 'f32', but got SIGNED}}
  %0 = stablehlo.compare LT, %x, %x, SIGNED : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return
}

// -----

func.func @order_of_complex(%x: tensor<4xcomplex<f32>>) {
  // expected-error@+1 {{expected complex numbers to be compared by EQ or NE, but got LT}}
  %0 = stablehlo.compare LT, %x, %x : (tensor<4xcomplex<f32>>, tensor<4xcomplex<f32>>) -> tensor<4xi1>
  return
}

// -----

func.func @direction(%x: tensor<4xf32>) {
  // expected-error@+1 {{unknown keyword 'BELOW' for 'comparison_direction'}}
  %0 = stablehlo.compare BELOW, %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
  return
}

// -----

func.func @predicate(%p: tensor<2xi1>, %x: tensor<4xf32>) {
  // expected-error@+1 {{expected a predicate of rank 0 or of the shape of 'tensor<4xf32>', but got 'tensor<2xi1>'}}
  %0 = stablehlo.select %p, %x, %x : tensor<2xi1>, tensor<4xf32>
  return
}

// -----

func.func @limits(%l: tensor<2xf32>, %x: tensor<4xf32>) {
  // expected-error@+1 {{expected limits of rank 0 or of type 'tensor<4xf32>', but got 'tensor<2xf32>'}}
  %0 = stablehlo.clamp %l, %x, %l : (tensor<2xf32>, tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @constant_type() {
  // expected-error@+1 {{expected a value of type 'tensor<3xf32>', but got 'tensor<2xf32>'}}
  %0 = "stablehlo.constant"() <{value = dense<1.0> : tensor<2xf32>}> : () -> tensor<3xf32>
  return
}

// -----

func.func @hex_size() {
  // expected-error@+1 {{expected 40 booleans, but got 2 bytes}}
  %0 = stablehlo.constant dense<"0x0001"> : tensor<40xi1>
  return
}

// -----

func.func @iota_dimension() {
  // expected-error@+1 {{expected 'dim' to name dimensions from 0 to 0, but got 1}}
  %0 = stablehlo.iota dim = 1 : tensor<4xi32>
  return
}

// -----

func.func @broadcast_count(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 'broadcast_dimensions' to have 1 entries, but got 2}}
  %0 = stablehlo.broadcast_in_dim %x, dims = [0, 1] : (tensor<4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @broadcast_range(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 'broadcast_dimensions' to name dimensions from 0 to 0, but got -1}}
  %0 = stablehlo.broadcast_in_dim %x, dims = [-1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @broadcast_size(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected dimension 0 of the operand to have size 1 or 5, but got 4}}
  %0 = stablehlo.broadcast_in_dim %x, dims = [1] : (tensor<4xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @reshape(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a result of 4 elements, but got 6}}
  %0 = stablehlo.reshape %x : (tensor<4xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @permutation(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{expected 'permutation' to name no dimension twice, but got 0 again}}
  %0 = stablehlo.transpose %x, dims = [0, 0] : (tensor<4x2xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @transposed(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{expected a result of type 'tensor<2x4xf32>', but got 'tensor<4x2xf32>'}}
  %0 = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x2xf32>) -> tensor<4x2xf32>
  return
}

// -----

func.func @bits(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected 'tensor<4x3xi8>' to have a last dimension for the parts of elements of type 'f32'}}
  %0 = stablehlo.bitcast_convert %x : (tensor<4xf32>) -> tensor<4x3xi8>
  return
}

// -----

func.func @slice_range(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected a range within 0:4 in dimension 0, but got 0:9}}
  %0 = stablehlo.slice %x [0:9] : (tensor<4xf32>) -> tensor<9xf32>
  return
}

// -----

func.func @slice_stride(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected strides of 1 or more, but got 0}}
  %0 = stablehlo.slice %x [0:4:0] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @slice_huge_integer(%x: tensor<4xf32>) {
  // expected-error@+1 {{integer value too large}}
  %0 = stablehlo.slice %x [0:99999999999999999999] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @slice_sizes(%x: tensor<4xf32>, %i: tensor<i32>) {
  // expected-error@+1 {{expected slice sizes from 0 to 4, but got 5}}
  %0 = stablehlo.dynamic_slice %x, %i, sizes = [5] : (tensor<4xf32>, tensor<i32>) -> tensor<5xf32>
  return
}

// -----

func.func @start_index(%x: tensor<4xf32>, %i: tensor<1xi32>) {
  // expected-error@+1 {{expected start indices of rank 0 and of one type, but got 'tensor<1xi32>'}}
  %0 = stablehlo.dynamic_slice %x, %i, sizes = [2] : (tensor<4xf32>, tensor<1xi32>) -> tensor<2xf32>
  return
}

// -----

func.func @update(%x: tensor<4xf32>, %u: tensor<5xf32>, %i: tensor<i32>) {
  // expected-error@+1 {{expected an update no larger than 'tensor<4xf32>', but got 'tensor<5xf32>'}}
  %0 = stablehlo.dynamic_update_slice %x, %u, %i : (tensor<4xf32>, tensor<5xf32>, tensor<i32>) -> tensor<4xf32>
  return
}

// -----

func.func @padding_value(%x: tensor<4xf32>, %v: tensor<f16>) {
  // expected-error@+1 {{expected a padding value of type 'tensor<f32>', but got 'tensor<f16>'}}
  %0 = stablehlo.pad %x, %v, low = [1], high = [0], interior = [0] : (tensor<4xf32>, tensor<f16>) -> tensor<5xf32>
  return
}

// -----

func.func @padding_that_cuts_all(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error@+1 {{expected padding that leaves a size of 0 or more in dimension 0}}
  %0 = stablehlo.pad %x, %v, low = [-9], high = [0], interior = [0] : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @concatenate(%x: tensor<4x2xf32>, %y: tensor<4x3xf32>) {
  // expected-error@+1 {{expected inputs that agree with 'tensor<4x2xf32>' in all dimensions but 0, but got 'tensor<4x3xf32>'}}
  %0 = stablehlo.concatenate %x, %y, dim = 0 : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<8x2xf32>
  return
}

// -----

func.func @gather_slice(%x: tensor<8x4xf32>, %i: tensor<2x1xi32>) {
  // expected-error@+1 {{expected slice sizes from 0 to 4 in dimension 1, but got 5}}
  %0 = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 5>}> : (tensor<8x4xf32>, tensor<2x1xi32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @gather_vector(%x: tensor<8x4xf32>, %i: tensor<2x2xi32>) {
  // expected-error@+1 {{expected the indices to name 1 dimensions, but got 2}}
  %0 = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 4>}> : (tensor<8x4xf32>, tensor<2x2xi32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @gather_vector_dim(%x: tensor<8x4xf32>, %i: tensor<2x1xi32>) {
  // expected-error@+1 {{expected 'index_vector_dim' from 0 to 2, but got 3}}
  %0 = "stablehlo.gather"(%x, %i) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 3>, slice_sizes = array<i64: 1, 4>}> : (tensor<8x4xf32>, tensor<2x1xi32>) -> tensor<2x4xf32>
  return
}

// -----

// expected-error@+1 {{repeated key 'offset_dims'}}
#numbers = #stablehlo.gather<offset_dims = [1], offset_dims = [1]>

// -----

// expected-error@+1 {{unknown key 'offsets'}}
#numbers = #stablehlo.gather<offsets = [1]>

// -----

// expected-error@+1 {{expected a bound for each of 1 dimensions, but got 2}}
func.func private @bounds(tensor<?xf32, #stablehlo.bounds<1, 2>>)
