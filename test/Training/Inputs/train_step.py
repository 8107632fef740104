"""Compiles a train step and runs it step by step, with bits in and out."""
import os
import subprocess

import plain_safetensors as st

DTYPES = {"f32": "F32", "f64": "F64", "f16": "F16", "bf16": "BF16", "i32": "I32"}
WIDTH = {"F32": 4, "F64": 8, "F16": 2, "BF16": 2, "I32": 4}


def tensor(dtype, shape, text):
    """A tensor from big-endian hexadecimal words."""
    width = WIDTH[dtype]
    data = bytes.fromhex(text)
    words = [data[i:i + width][::-1] for i in range(0, len(data), width)]
    return dtype, shape, b"".join(words)


def text(value):
    """The reverse of tensor."""
    dtype, _, data = value
    width = WIDTH[dtype]
    return b"".join(data[i:i + width][::-1] for i in range(0, len(data), width)).hex()


class TrainStep:
    def __init__(self, tools, folder, name, source, options, results):
        """`results` names the results in order; state keeps its name."""
        self.run_tool, self.results = tools.run, results
        self.base = os.path.join(folder, name)
        with open(self.base + ".mlir", "w") as f:
            f.write(source)
        subprocess.run([tools.compile, self.base + ".mlir", "--train", f"--train-step={options}", "-o",
                        self.base + ".so"], check=True)

    def run(self, arguments):
        """Runs one step and returns its results by name."""
        st.write(self.base + ".in", arguments)
        subprocess.run([self.run_tool, self.base + ".so", f"--inputs={self.base}.in", f"--outputs={self.base}.out",
                        "--quiet"], check=True)
        values = st.read(self.base + ".out")
        return {name: values[f"result{i}"] for i, name in enumerate(self.results)}


class Checker:
    """Counts what is not as recorded."""

    def __init__(self):
        self.faults = 0

    def equal(self, what, got, expected):
        if got != expected:
            self.faults += 1
            print(f"{what}: expected {expected}, but got {got}")
