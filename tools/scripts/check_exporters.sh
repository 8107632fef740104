#!/usr/bin/env bash
# check_exporters.sh FRAMEWORK...: installs what the exporters of jax or torch
# need (tools/export/requirements-*.txt) into build/export-FRAMEWORK, once, and
# runs the tests that export with it. Without such a folder they are skipped.
# torch is several GB.
set -euo pipefail
cd "$(dirname "$0")/../.."
for framework in "$@"; do
  venv=build/export-$framework
  requirements=tools/export/requirements-$framework.txt
  # A mark at the end, so that what was not finished is done again.
  if ! cmp -s "$requirements" "$venv/installed"; then
    python=python3
    for newer in python3.13 python3.12; do
      if "$newer" -c '' 2>/dev/null; then
        python=$newer
        break
      fi
    done
    rm -rf "$venv"
    "$python" -m venv "$venv" 2>/dev/null || {
      tools/setup.sh && "$python" -m venv "$venv"
    }
    "$venv/bin/pip" install -q --disable-pip-version-check -r "$requirements"
    cp "$requirements" "$venv/installed"
  fi
  LIT_OPTS="--filter=/$framework- --param=required=$framework" ctest --preset dev -R '^lit-Export$'
done
