#!/usr/bin/env bash
# outside_checks.sh DIR: runs DIR/check/check_models.py and check_testdata.py
# against build/bin. Their counts must not fall below .ci/floors.txt, so that
# what once worked stays working while coverage grows.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$(cd "$1" && pwd)
source .ci/floors.txt # models_passed, testdata_passed, testdata_stable

venv=build/check-venv
if [ ! -x "$venv/bin/python" ]; then
  python3 -m venv "$venv" 2>/dev/null || {
    tools/setup.sh && python3 -m venv "$venv"
  }
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$dir/check/requirements.txt"
fi
export MP_CACHE_DIR="$PWD/build/check-cache"

"$venv/bin/python" "$dir/check/check_models.py" --bin build/bin --models "$dir/models" \
  --json build/check-models.json > build/check-models.log || true
grep -E '^failed' build/check-models.log || true
tail -n 1 build/check-models.log
"$venv/bin/python" "$dir/check/check_testdata.py" --bin build/bin --dir "$dir/stablehlo-testdata" \
  --json build/check-testdata.json > build/check-testdata.log || true
tail -n 60 build/check-testdata.log

models=$(tail -n 1 build/check-models.log | sed -E 's/^([0-9]+) passed.*/\1/')
read -r stable passed < <(sed -nE 's/^all +files +[0-9]+ +parsed +[0-9]+ +stable +([0-9]+) +passed +([0-9]+)/\1 \2/p' build/check-testdata.log)
status=0
check() { # NAME VALUE FLOOR
  echo "$1: $2, at least $3 expected"
  [ "$2" -ge "$3" ] || status=1
}
check "model checks passed" "$models" "$models_passed"
check "test data stable" "$stable" "$testdata_stable"
check "test data passed" "$passed" "$testdata_passed"
exit $status
