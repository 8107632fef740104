#!/usr/bin/env bash
# Configures once and builds into build/. Further arguments go to the build,
# for example: tools/build.sh --target mp-opt
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f build/build.ninja ] || cmake --preset dev >/dev/null
if [ -t 1 ]; then
  cmake --build --preset dev "$@"
else
  # A log wants errors, not a line for each of hundreds of files.
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  cmake --build --preset dev "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }
  tail -n 1 "$log"
fi
