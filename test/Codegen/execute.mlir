// RUN: mp-compile %s -o %t.so && mp-run %t.so --function=main
// RUN: mp-compile %s -o %t2.so && cmp %t.so %t2.so
// RUN: mp-compile %s -o %t3.so --target=x86-64 && mp-run %t3.so --function=main

// Values exchanged by a loop, a value that outlives an update in place, and
// constants of all sizes survive the memory plan and the host code.
#id = affine_map<(d0) -> (d0)>
func.func @main() {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %x = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %y = arith.constant dense<[10.0, 20.0, 30.0, 40.0]> : tensor<4xf32>
  %big = arith.constant dense<2.5> : tensor<2048xf32>
  %r:3 = scf.for %i = %c0 to %c5 step %c1 iter_args(%a = %x, %b = %y, %c = %big) -> (tensor<4xf32>, tensor<4xf32>, tensor<2048xf32>) {
    %e = tensor.empty() : tensor<2048xf32>
    %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
        ins(%c : tensor<2048xf32>) outs(%e : tensor<2048xf32>) {
    ^bb0(%in: f32, %out: f32):
      %two = arith.addf %in, %in : f32
      linalg.yield %two : f32
    } -> tensor<2048xf32>
    scf.yield %b, %a, %d : tensor<4xf32>, tensor<4xf32>, tensor<2048xf32>
  }
  mp.library_call "mp_rt_check"(%r#0, %y) config [0, 0, 0] : (tensor<4xf32>, tensor<4xf32>) -> ()
  mp.library_call "mp_rt_check"(%r#1, %x) config [0, 0, 0] : (tensor<4xf32>, tensor<4xf32>) -> ()
  %expected = arith.constant dense<80.0> : tensor<2048xf32>
  mp.library_call "mp_rt_check"(%r#2, %expected) config [0, 0, 0] : (tensor<2048xf32>, tensor<2048xf32>) -> ()
  return
}
