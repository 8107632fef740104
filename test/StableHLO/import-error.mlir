// RUN: mp-opt %s --mp-import=max-ops=20 --split-input-file --verify-diagnostics

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @a(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @a(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @b(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @b(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{recursive calls cannot be compiled: @a -> @b -> @a}}
  %0 = call @a(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{call of function '@extern', which has no body}}
  %0 = call @extern(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @extern(%x: tensor<4xf32>) -> tensor<4xf32>

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{call of function '@blocks', which has more than one block}}
  %0 = call @blocks(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^bb1
^bb1:
  return %x : tensor<4xf32>
}

// -----

// Doubling calls would grow the program beyond any memory.
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @d1(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %1 = call @d1(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
func.func private @d1(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = call @d2(%x) : (tensor<4xf32>) -> tensor<4xf32>
  // expected-error@+1 {{inlining this call makes function '@d1' larger than 20 operations}}
  %1 = call @d2(%0) : (tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}
func.func private @d2(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = stablehlo.abs %x : tensor<4xf32>
  %1 = stablehlo.abs %0 : tensor<4xf32>
  %2 = stablehlo.abs %1 : tensor<4xf32>
  %3 = stablehlo.abs %2 : tensor<4xf32>
  %4 = stablehlo.abs %3 : tensor<4xf32>
  %5 = stablehlo.abs %4 : tensor<4xf32>
  %6 = stablehlo.abs %5 : tensor<4xf32>
  return %6 : tensor<4xf32>
}

// -----

!t0 = tuple<tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>>
!t1 = tuple<!t0, !t0, !t0, !t0, !t0, !t0, !t0, !t0>
!t2 = tuple<!t1, !t1, !t1, !t1, !t1, !t1, !t1, !t1>
!t3 = tuple<!t2, !t2, !t2, !t2, !t2, !t2, !t2, !t2>
!t4 = tuple<!t3, !t3, !t3, !t3, !t3, !t3, !t3, !t3>
!t5 = tuple<!t4, !t4, !t4, !t4, !t4, !t4, !t4, !t4>
!t6 = tuple<!t5, !t5, !t5, !t5, !t5, !t5, !t5, !t5>
// expected-error@+1 {{expected tuples of at most 1048576 values}}
func.func @exponential(%t: !t6) {
  return
}

// -----

// expected-error@+1 {{expected a body for a function of tuples}}
func.func private @tuple_of_nothing(%t: tuple<tensor<f32>>)
