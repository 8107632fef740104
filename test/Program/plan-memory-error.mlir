// RUN: mp-opt %s --mp-plan-memory --split-input-file --verify-diagnostics

func.func @dynamic(%x: tensor<?xf32>) -> tensor<?xf32> { // expected-error {{expected a tensor of static shape, but got 'tensor<?xf32>'}}
  return %x : tensor<?xf32>
}

// -----

func.func @huge(%x: tensor<4294967296x4294967296xf32>) { // expected-error {{expected a tensor of at most 2^47 bytes, but 'tensor<4294967296x4294967296xf32>' is larger}}
  return
}

// -----

func.func @not_lowered(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'math.exp' cannot be executed: expected it to have become a kernel or a library call}}
  %0 = math.exp %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-warning @below {{argument #0 cannot give its buffer to result #0: expected a result of type 'tensor<4xf32>' that no other argument gives its buffer to}}
func.func @donated(%x: tensor<4xf32> {tf.aliasing_output = 0 : i32}) -> tensor<8xf32> {
  %0 = mp.library_call "f"(%x) config [] : (tensor<4xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}
