#!/usr/bin/env bash
# One command on a fresh machine: setup, build, then the main job on two real
# models: rewrite to BF16, explain, run in FP32 and BF16, compare.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
tools/build.sh --target mp-opt --target mp-compile --target mp-run
exec python3 tools/scripts/demo.py --bin build/bin --models examples --out build/demo
