"""The cheapest placement of a decided program, found without the compiler.

Reads what `mp-decide-precision` has written, in generic form, of functions
without loops and calls, and solves it as one minimum cut with networkx: one
variable for each op, and one more for the result of each product, which may
stay f32. Needs nothing of the compiler but its decisions.
"""
import math
import re
import subprocess

import networkx

OP = re.compile(r'^ *(?:(%[\w:, %]+) = )?"([\w.]+)"\(([^)]*)\)')
# Readers look through these, so that they move nothing themselves.
VIEWS = {"stablehlo." + name for name in ("reshape", "transpose", "broadcast_in_dim", "slice")}


class Op:
    def __init__(self, name, operands, results, text):
        self.name, self.operands, self.results, self.text = name, operands, results, text
        decision = re.search(r"mp.decision = \{(.*?)why =", text)
        word = lambda key: (re.search(key + r' = "(\w+)"', decision[1]) or [None, None])[1] if decision else None
        self.action, self.result = word("action"), word("result") or "low"
        unit = re.search(r"unit = (\d+) : i64", text)
        self.unit = unit and unit[1]

    @property
    def pinned(self):
        return {"allow": "low", "deny": "wide"}.get(self.action)


def split(types):
    depth, parts = 0, [""]
    for character in types:
        depth += (character in "(<{[") - (character in ")>}]")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def elements(type):
    """Of a tensor of f32; None for any other type."""
    match = re.fullmatch(r"tensor<((?:\d+x)*)f32>", type)
    return math.prod(int(size) for size in match[1].split("x")[:-1]) if match else None


class Program:
    def __init__(self, text):
        self.ops, self.size, self.invariant, self.inputs, self.outputs = [], {}, set(), set(), set()
        lines = iter(text.splitlines())
        for line in lines:
            if '"func.func"' in line:
                block = next(lines)
                arguments = re.findall(r"(%\w+): (tensor<[^>]*>)", block)
                roles = re.search(r"arg_attrs = \[(.*?)\], function_type", line)
                roles = split(roles[1]) if roles else []
                trains = re.search(r'res_attrs = .*mp.role = "(grad|param)"', line)
                for i, (name, type) in enumerate(arguments):
                    self.note(name, type)
                    if not trains and i < len(roles) and '"param"' in roles[i]:
                        self.invariant.add(name)
                    if name in self.size:
                        self.inputs.add(name)
            elif OP.match(line) and "builtin.module" not in line:
                match = OP.match(line)
                # The regions of an op belong to it; what it is stands behind them.
                if line.endswith("({"):
                    indent = len(line) - len(line.lstrip())
                    while not (line.startswith(" " * indent + "})")):
                        line = next(lines)
                self.add(match, line)

    def note(self, value, type):
        if elements(type) is not None:
            self.size[value] = elements(type)

    def add(self, match, line):
        operands = [o.strip() for o in match[3].split(",") if o.strip()]
        if match[2] == "func.return":
            self.outputs.update(o for o in operands if o in self.size)
            return
        name = (match[1] or "").strip()
        base, _, count = name.partition(":")
        results = [f"{base}#{i}" for i in range(int(count))] if count else [base] if base else []
        types = line[line.rindex(" -> ") + 4:]
        types = split(types[1:-1] if types.startswith("(") else types)
        for result, type in zip(results, types):
            self.note(result, type)
        if match[2] == "stablehlo.constant":
            for result in results:
                self.size.pop(result, None)
            self.invariant.update(results)
            return
        if all(o in self.invariant for o in operands):
            self.invariant.update(results)
        self.ops.append(Op(match[2], operands, results, line))

    def floats(self, values):
        return list(dict.fromkeys(v for v in values if v in self.size))

    def price(self, value, bytes):
        return 0 if value in self.invariant else bytes * self.size[value]


class Graph:
    """Who makes and who reads which value: `low`, `wide`, or a free node."""

    def __init__(self, program, all_low=False):
        self.program, self.producer, self.readers, self.wide_bytes = program, {}, {}, {}
        for i, op in enumerate(program.ops):
            reads, gives = program.floats(op.operands), program.floats(op.results)
            node = result = self.get_node(i, op)
            if op.action == "allow" and op.result != "low":
                result = ("result", i) if op.result == "free" else "wide"
            if all_low:
                node, result = ("low" if n != "wide" else n for n in (node, result))
            for value in reads:
                self.readers.setdefault(value, set()).add(node)
            for value in gives:
                self.producer[value] = result
            if result not in ("low", "wide") and op.name not in VIEWS:
                written = sum(program.price(v, 2) for v in gives)
                read = sum(program.price(v, 2) for v in reads) if result == node else 0
                if op.action == "clear":
                    read = min(read, written)  # what moves bits reads no others
                self.wide_bytes[result] = self.wide_bytes.get(result, 0) + written + read
        for value in program.inputs:
            self.producer[value] = "wide"
        for value in program.outputs:
            self.readers.setdefault(value, set()).add("wide")

    @staticmethod
    def get_node(i, op):
        if op.action in (None, "keep"):
            return "wide"
        return op.pinned or (("unit", op.unit) if op.unit else ("op", i))

    def get_shared(self):
        """The values that may need a cast, with their readers and its price."""
        for value, nodes in self.readers.items():
            nodes, price = nodes - {self.producer[value]}, self.program.price(value, 6)
            if nodes and price:
                yield value, nodes, price


def solve(program):
    """The bytes of the cheapest placement: of casts, and of free ops that are wide."""
    graph, cut = Graph(program), networkx.DiGraph()
    cut.add_nodes_from(["low", "wide"])  # the source and the sink
    for node, bytes in graph.wide_bytes.items():
        cut.add_edge("low", node, capacity=bytes)
    for value, nodes, price in graph.get_shared():
        # One cast to each format, however many read it.
        producer = graph.producer[value]
        cut.add_edge(("down", value), producer, capacity=price)
        cut.add_edge(producer, ("up", value), capacity=price)
        for node in nodes:
            cut.add_edge(node, ("down", value))
            cut.add_edge(("up", value), node)
    return networkx.minimum_cut_value(cut, "low", "wide", flow_func=networkx.algorithms.flow.preflow_push)


def count_all_low(program):
    """Casts and bytes where all that is not denied is low, as tools for ONNX do it."""
    prices = [price for _, _, price in Graph(program, all_low=True).get_shared()]
    return len(prices), sum(prices)


def load(mp_opt, path, policy):
    done = subprocess.run([mp_opt, path, "--mp-import", "--mp-classify", f"--mp-decide-precision=policy={policy}",
                           "--mlir-print-op-generic"], capture_output=True, text=True, check=True)
    return Program(done.stdout)
