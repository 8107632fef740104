#!/usr/bin/env bash
# lint.sh [-f]: formatting, file length, stray white space. -f mends what it can.
set -euo pipefail
cd "$(dirname "$0")/../.."
fix=${1:-}
status=0
mapfile -t sources < <(git ls-files '*.cpp' '*.h' '*.hpp' '*.c')
if [ "$fix" = -f ]; then
  clang-format-22 -i "${sources[@]}"
elif ! clang-format-22 --dry-run --Werror "${sources[@]}" 2>build/lint.log; then
  grep -E 'error|warning' build/lint.log | sed -E 's/:[0-9]+:[0-9]+:.*//' | sort | uniq -c
  echo "lint: formatting differs; run tools/scripts/lint.sh -f" >&2
  status=1
fi
mapfile -t texts < <(git ls-files | grep -Ev '\.(mlir|safetensors|json|yaml)$|^test/Fuzz/corpus|^docs/generated')
if grep -nE '[[:space:]]+$' "${texts[@]}"; then
  echo "lint: white space at the end of lines" >&2
  status=1
fi
for file in "${sources[@]}" $(git ls-files '*.td' '*.py' '*.sh'); do
  lines=$(wc -l < "$file")
  if [ "$lines" -gt 500 ]; then
    echo "lint: $file has $lines lines; split it by subject (limit 500)" >&2
    status=1
  fi
done
exit $status
