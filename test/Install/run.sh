#!/usr/bin/env bash
# run.sh BUILD_DIR SOURCE_DIR: installs the build into a scratch folder, builds
# the client against the installed package alone, and runs it on a model.
set -euo pipefail
build=$1 source=$2
prefix=$build/test/Install/prefix
client=$build/test/Install/client
rm -rf "$prefix" "$client"
cmake --install "$build" --prefix "$prefix" >/dev/null
cmake -S "$source/test/Install" -B "$client" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_COMPILER="${CXX:-clang++-22}" -DCMAKE_C_COMPILER="${CC:-clang-22}" >/dev/null
cmake --build "$client" | tail -n 1
# Not a pipe: a reader that stops early would make the client fail.
"$client/client" "$source/examples/digits_mlp/model.mlir" \
  "mp-autocast{policy=bf16}" > "$client/out.mlir"
grep -q 'stablehlo.dot_general.*xbf16' "$client/out.mlir"
