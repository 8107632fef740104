#!/usr/bin/env bash
# One command on a fresh machine: setup, build, all tests. Arguments go to
# ctest, for example: tools/test.sh -R lit-IR
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh
tools/build.sh
ctest --preset dev -j "$(nproc)" "$@"
