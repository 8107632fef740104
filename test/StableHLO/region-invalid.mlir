// RUN: mp-opt %s --split-input-file --verify-diagnostics

func.func @reduced_shape(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected a result of type 'tensor<4xf32>', but got 'tensor<8xf32>'}}
  %0 = stablehlo.reduce(%x init: %z) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<8xf32>
  return
}

// -----

func.func @initial_value(%x: tensor<4x8xf32>, %z: tensor<f16>) {
  // expected-error@+1 {{expected an initial value of type 'tensor<f32>', but got 'tensor<f16>'}}
  %0 = stablehlo.reduce(%x init: %z) applies stablehlo.add across dimensions = [1] : (tensor<4x8xf32>, tensor<f16>) -> tensor<4xf32>
  return
}

// -----

func.func @applies_what(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected a commutative stablehlo op of two operands, but got 'stablehlo.subtract'}}
  %0 = stablehlo.reduce(%x init: %z) applies stablehlo.subtract across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @reducer_result(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected result #0 of region 'body' to have type 'tensor<f32>', but got 'tensor<i1>'}}
  %0 = stablehlo.reduce(%x init: %z) across dimensions = [1] : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
   reducer(%a: tensor<f32>, %b: tensor<f32>)  {
    %c = stablehlo.compare LT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  }
  return
}

// -----

func.func @terminator(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected region 'body' to end in 'stablehlo.return'}}
  %0 = "stablehlo.reduce"(%x, %z) <{dimensions = array<i64: 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    "func.return"(%a) : (tensor<f32>) -> ()
  }) : (tensor<4x8xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @no_inputs() {
  // expected-error@+1 {{expected one input or more}}
  "stablehlo.reduce"() <{dimensions = array<i64: 1>}> ({
    stablehlo.return
  }) : () -> ()
  return
}

// -----

func.func @window(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected a result of type 'tensor<3x8xf32>', but got 'tensor<4x8xf32>'}}
  %0 = "stablehlo.reduce_window"(%x, %z) <{window_dimensions = array<i64: 2, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    stablehlo.return %a : tensor<f32>
  }) : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @window_size(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected window sizes of 1 or more, but got 0}}
  %0 = "stablehlo.reduce_window"(%x, %z) <{window_dimensions = array<i64: 0, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    stablehlo.return %a : tensor<f32>
  }) : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @negative_window(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected window sizes of 1 or more, but got -9223372036854775808}}
  %0 = "stablehlo.reduce_window"(%x, %z) <{window_dimensions = array<i64: -9223372036854775808, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    stablehlo.return %a : tensor<f32>
  }) : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  return
}

// -----

// A window that no memory holds is an error and no overflow.
func.func @huge_window(%x: tensor<4x8xf32>, %z: tensor<f32>) {
  // expected-error@+1 {{expected a result of type 'tensor<0x8xf32>', but got 'tensor<4x8xf32>'}}
  %0 = "stablehlo.reduce_window"(%x, %z) <{window_dimensions = array<i64: 9223372036854775807, 1>, window_dilations = array<i64: 9223372036854775807, 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    stablehlo.return %a : tensor<f32>
  }) : (tensor<4x8xf32>, tensor<f32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @scatter_updates(%x: tensor<8x4xf32>, %i: tensor<2x1xi32>, %u: tensor<2x5xf32>) {
  // expected-error@+1 {{expected updates no larger than 'tensor<8x4xf32>', but got 'tensor<2x5xf32>'}}
  %0 = "stablehlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    stablehlo.return %b : tensor<f32>
  }) : (tensor<8x4xf32>, tensor<2x1xi32>, tensor<2x5xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @sort_dimension(%x: tensor<8x4xf32>) {
  // expected-error@+1 {{expected 'dimension' from -2 to 1, but got 2}}
  %0 = "stablehlo.sort"(%x) <{dimension = 2 : i64}> ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = stablehlo.compare LT, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
    stablehlo.return %c : tensor<i1>
  }) : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return
}

// -----

func.func @while_body(%x: tensor<f32>, %p: tensor<i1>) {
  // expected-error@+1 {{expected region 'body' to have 1 results, but got 0}}
  %0 = stablehlo.while(%a = %x) : tensor<f32>
  cond {
    stablehlo.return %p : tensor<i1>
  } do {
    stablehlo.return
  }
  return
}

// -----

func.func @while_condition(%x: tensor<f32>) {
  // expected-error@+1 {{expected result #0 of region 'cond' to have type 'tensor<i1>', but got 'tensor<f32>'}}
  %0 = stablehlo.while(%a = %x) : tensor<f32>
  cond {
    stablehlo.return %a : tensor<f32>
  } do {
    stablehlo.return %a : tensor<f32>
  }
  return
}

// -----

func.func @no_branches(%i: tensor<i32>) {
  // expected-error@+1 {{expected one branch or more}}
  "stablehlo.case"(%i) : (tensor<i32>) -> ()
  return
}

// -----

func.func @branch_results(%p: tensor<i1>, %x: tensor<f32>) {
  // expected-error@+1 {{expected region 'false_branch' to have 1 results, but got 0}}
  %0 = "stablehlo.if"(%p) ({
    stablehlo.return %x : tensor<f32>
  }, {
    stablehlo.return
  }) : (tensor<i1>) -> tensor<f32>
  return
}

// -----

func.func @tuple_index(%t: tuple<tensor<f32>>) {
  // expected-error@+1 {{expected an index below 1, but got 3}}
  %0 = stablehlo.get_tuple_element %t[3] : (tuple<tensor<f32>>) -> tensor<f32>
  return
}

// -----

func.func @tuple_type(%x: tensor<f32>) {
  // expected-error@+1 {{expected a tuple type, but got 'tensor<f32>'}}
  %0 = stablehlo.tuple %x : tensor<f32>
  return
}

// -----

func.func private @f(%x: tensor<2xf32>) -> tensor<2xf32>

func.func @composite_type(%x: tensor<f32>) {
  // expected-error@+1 {{expected the type of the decomposition '@f'}}
  %0 = stablehlo.composite "a.b" %x {decomposition = @f} : (tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func @composite_missing(%x: tensor<f32>) {
  // expected-error@+1 {{expected the decomposition '@nowhere' to be a function}}
  %0 = stablehlo.composite "a.b" %x {decomposition = @nowhere} : (tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func @generator_state(%s: tensor<2xi64>) {
  // expected-error@+1 {{expected a state of unsigned integers of rank 1, but got 'tensor<2xi64>'}}
  %0:2 = stablehlo.rng_bit_generator %s, algorithm = THREE_FRY : (tensor<2xi64>) -> (tensor<2xi64>, tensor<4xui32>)
  return
}
