"""Removes each cast of a program in turn; none of what is left may verify.

    python3 remove_casts.py MP_OPT FILE

Readers of a cast read what it was of. Prints how many casts there are.
"""
import re
import subprocess
import sys

CAST = re.compile(r"^ *(%\w+) = stablehlo\.convert (%[\w#]+) :")


def main():
    mp_opt, path = sys.argv[1:]
    with open(path) as file:
        lines = file.readlines()
    casts = [(i, *CAST.match(line).groups()) for i, line in enumerate(lines) if CAST.match(line)]
    for i, result, source in casts:
        left = [re.sub(re.escape(result) + r"\b", source, line) for line in lines[:i] + lines[i + 1:]]
        done = subprocess.run([mp_opt, "-", "-o", "-"], input="".join(left), capture_output=True, text=True)
        if done.returncode != 1:
            sys.exit(f"without the cast in line {i + 1} the program still verifies, or {mp_opt} fell")
    print(len(casts), "casts, each of them needed")


if __name__ == "__main__":
    main()
