"""A chain of ops with one square in it: chain.py FILE OPS."""
import sys

path, count = sys.argv[1], int(sys.argv[2])
wide, row = "tensor<64x64xf32>", "tensor<64xf32>"
lines = [f"func.func @main(%x: {wide}) -> {row} {{",
         "  %zero = stablehlo.constant dense<0.0> : tensor<f32>",
         f"  %half = stablehlo.constant dense<0.5> : {wide}",
         f"  %n = stablehlo.constant dense<64.0> : {row}"]
last = "%x"
for i in range(count):
    # Halves and doubles in turn, which rounds nothing.
    lines.append(f"  %v{i} = stablehlo." + (f"multiply {last}, %half" if i % 2 else f"add {last}, {last}") +
                 f' : {wide} loc("chain/op{i}")')
    last = f"%v{i}"
    if i == count // 2 + 1:
        lines.append(f'  %s = stablehlo.multiply {last}, {last} : {wide} loc("square")')
        last = "%s"
lines += [f'  %sum = stablehlo.reduce({last} init: %zero) applies stablehlo.add across dimensions = [1] '
          f': ({wide}, tensor<f32>) -> {row} loc("mean")',
          f'  %mean = stablehlo.divide %sum, %n : {row} loc("mean")', f"  return %mean : {row}", "}"]
with open(path, "w") as file:
    file.write("\n".join(lines) + "\n")
