#!/usr/bin/env bash
# fuzz.sh [--random] SECONDS [TARGET...]: builds the fuzz targets and runs each
# for that long from its seeds in test/Fuzz. Runs start from one fixed seed and
# no other inputs, so that they can be repeated; with --random, from a new seed
# and all inputs that such runs found before. A crash leaves its input in
# build/fuzz/.
set -euo pipefail
cd "$(dirname "$0")/../.."
random=
[ "${1:-}" != --random ] || { random=1; shift; }
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(policy-fuzzer lock-fuzzer explanation-fuzzer sidecar-fuzzer
  stablehlo-fuzzer safetensors-fuzzer model-file-fuzzer)
declare -A seeds=([policy-fuzzer]=test/Fuzz/Policy [lock-fuzzer]=test/Fuzz/Lock
  [explanation-fuzzer]=test/Fuzz/Explanation [sidecar-fuzzer]=test/Fuzz/Sidecar
  [safetensors-fuzzer]=test/Fuzz/Safetensors [stablehlo-fuzzer]=build/fuzz/stablehlo-seeds)
# Each function of the lit tests is a seed: it is small, and one fault ends it.
mkdir -p build/fuzz/stablehlo-seeds
awk '/^(func.func|module|\/\/ -----)/ { close(file); file = "build/fuzz/stablehlo-seeds/" ++count }
     file && !/^ *\/\// { print > file }' test/StableHLO/*.mlir
[ -f build/build.ninja ] || cmake --preset dev >/dev/null
cmake --build --preset dev $(printf -- '--target %s ' "${targets[@]}") | tail -n 1
seed=1
[ -z "$random" ] || seed=$((RANDOM * 32768 + RANDOM))
echo "fuzz.sh: seed $seed"
pids=()
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target
  if [ -z "$random" ]; then
    corpus=build/fuzz/found/$target
    rm -rf "$corpus"
  fi
  mkdir -p "$corpus"
  corpora=("$corpus")
  [ -z "${seeds[$target]:-}" ] || corpora+=("${seeds[$target]}")
  build/bin/"$target" -seed="$seed" -max_total_time="$seconds" -rss_limit_mb=2048 \
    -timeout=25 -artifact_prefix="build/fuzz/$target-" -print_final_stats=1 \
    "${corpora[@]}" \
    > "build/fuzz/$target.log" 2>&1 &
  pids+=($!)
done
status=0
for i in "${!targets[@]}"; do
  if wait "${pids[$i]}"; then
    grep -E 'number_of_executed_units' "build/fuzz/${targets[$i]}.log" | sed "s/^/${targets[$i]}: /"
  else
    echo "fuzz.sh: error: ${targets[$i]} found a fault:" >&2
    tail -n 40 "build/fuzz/${targets[$i]}.log" >&2
    status=1
  fi
done
exit $status
