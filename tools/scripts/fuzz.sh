#!/usr/bin/env bash
# fuzz.sh SECONDS [TARGET...]: builds the fuzz targets and runs each for that
# long from its seed corpus. A crash leaves its input in build-fuzz/.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(policy-fuzzer safetensors-fuzzer model-file-fuzzer)
declare -A seeds=([policy-fuzzer]=Policy [safetensors-fuzzer]=Safetensors)
[ -f build-fuzz/build.ninja ] || cmake --preset fuzz >/dev/null
cmake --build --preset fuzz $(printf -- '--target %s ' "${targets[@]}") | tail -n 1
pids=()
for target in "${targets[@]}"; do
  mkdir -p "build-fuzz/corpus/$target"
  corpora=("build-fuzz/corpus/$target")
  [ -z "${seeds[$target]:-}" ] || corpora+=("test/Fuzz/${seeds[$target]}")
  build-fuzz/bin/"$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 \
    -artifact_prefix="build-fuzz/$target-" -print_final_stats=1 \
    "${corpora[@]}" \
    > "build-fuzz/$target.log" 2>&1 &
  pids+=($!)
done
status=0
for i in "${!targets[@]}"; do
  if wait "${pids[$i]}"; then
    grep -E 'number_of_executed_units' "build-fuzz/${targets[$i]}.log" | sed "s/^/${targets[$i]}: /"
  else
    echo "fuzz.sh: error: ${targets[$i]} found a fault:" >&2
    tail -n 40 "build-fuzz/${targets[$i]}.log" >&2
    status=1
  fi
done
exit $status
