#!/bin/sh
# Stands in for mp-compile in tests of the cache: notes how it was called, and
# "compiles" by copying FAKE_MODEL. Text in the input makes it fail.
echo "compile: $*" >> "$FAKE_LOG"
echo "noise on stdout"
while [ $# -gt 0 ]; do
  case "$1" in
  -o) out=$2; shift ;;
  -*) ;;
  *) in=$1 ;;
  esac
  shift
done
if grep -q "bad op" "$in"; then
  echo "$in:1:2: error: unknown op" >&2
  exit 1
fi
if grep -q "crash" "$in"; then
  kill -SEGV $$
fi
if grep -q "nothing" "$in"; then
  exit 0
fi
cp "$FAKE_MODEL" "$out"
