#include "RandomDecisions.h"

using namespace mlir::mp;

RandomDecisions::RandomDecisions(unsigned seed) : random(seed) {
  makeProgram();
  makePolicy();
}

std::string RandomDecisions::type(Kind kind) const {
  std::string n = std::to_string(size);
  return "tensor<" +
         (kind == Row      ? n
          : kind == Matrix ? n + "x" + n
                           : "3x" + n + "x" + n) +
         "xf32>";
}

std::string RandomDecisions::add(const std::string &text, Kind kind) {
  std::string name = "%v" + std::to_string(names++);
  body += "  " + name + " = " + text + "\n";
  values.push_back({name, kind});
  return name;
}

/// Any value of this kind that is in scope; made where there is none.
std::string RandomDecisions::pick(Kind kind) {
  std::vector<std::string> found;
  for (const Value &value : values)
    if (value.kind == kind)
      found.push_back(value.name);
  // Constants are picked like others: 1 is exact in every format, 0.1 in none.
  if (!found.empty() && !chance(8))
    return found[choose(found.size())];
  std::string number = chance(50) ? "1.0" : "0.1";
  return add("stablehlo.constant dense<" + number + "> : " + type(kind), kind);
}

std::string RandomDecisions::sum(const std::string &value, Kind from, Kind to,
                                 const std::string &combine,
                                 const std::string &init) {
  std::string zero = "%v" + std::to_string(names++);
  body +=
      "  " + zero + " = stablehlo.constant dense<" + init + "> : tensor<f32>\n";
  return add("stablehlo.reduce(" + value + " init: " + zero +
                 ") applies stablehlo." + combine + " across dimensions = [" +
                 (from == Stack ? "0" : "1") + "] : (" + type(from) +
                 ", tensor<f32>) -> " + type(to),
             to);
}

/// As exporters print it, so that it is recognised.
void RandomDecisions::addSoftmax() {
  auto spread = [&](const std::string &row) {
    return add("stablehlo.broadcast_in_dim " + row + ", dims = [0]" +
                   types(Row, Matrix),
               Matrix);
  };
  std::string x = pick(Matrix), t = " : " + type(Matrix);
  std::string largest = spread(sum(x, Matrix, Row, "maximum", "0xFF800000"));
  std::string shifted =
      add("stablehlo.subtract " + x + ", " + largest + t, Matrix);
  std::string e = add("stablehlo.exponential " + shifted + t, Matrix);
  std::string total = spread(sum(e, Matrix, Row, "add", "0.0"));
  std::string result = add("stablehlo.divide " + e + ", " + total + t, Matrix);
  // Who reads the inside of a pattern breaks it up.
  if (!chance(20)) {
    values.resize(values.size() - 6);
    values.push_back({result, Matrix});
  }
}

std::string RandomDecisions::addBody(unsigned depth, Kind kind) {
  for (unsigned i = 0, e = 1 + choose(2); i != e; ++i)
    addStep(depth + 1);
  return pick(kind);
}

void RandomDecisions::addLoop(unsigned depth) {
  Kind kind = Kind(choose(kinds));
  std::string init = pick(kind), t = type(kind);
  std::string n = std::to_string(names++), i = "%i" + n, c = "%c" + n;
  std::vector<Value> outside = values;
  std::string before = std::move(body);
  body.clear();
  values.push_back({"%a" + n, kind});
  std::string result = addBody(depth, kind);
  std::string inside = std::move(body);
  values = std::move(outside);
  body = before + "  " + c +
         "_zero = stablehlo.constant dense<0> : tensor<i32>\n  " + c +
         "_one = stablehlo.constant dense<1> : tensor<i32>\n  " + c +
         "_end = stablehlo.constant dense<" + std::to_string(2 + choose(3)) +
         "> : tensor<i32>\n  %w" + n + ":2 = stablehlo.while(" + i + " = " + c +
         "_zero, %a" + n + " = " + init + ") : tensor<i32>, " + t +
         "\n  cond {\n  %p" + n + " = stablehlo.compare LT, " + i + ", " + c +
         "_end, SIGNED : (tensor<i32>, tensor<i32>) -> tensor<i1>\n"
         "  stablehlo.return %p" +
         n + " : tensor<i1>\n  } do {\n  %n" + n + " = stablehlo.add " + i +
         ", " + c + "_one : tensor<i32>\n" + inside + "  stablehlo.return %n" +
         n + ", " + result + " : tensor<i32>, " + t + "\n  }\n";
  values.push_back({"%w" + n + "#1", kind});
}

void RandomDecisions::addBranch(unsigned depth) {
  Kind kind = Kind(choose(kinds));
  std::string bodies[2];
  std::string before = std::move(body);
  std::vector<Value> outside = values;
  for (std::string &inside : bodies) {
    body.clear();
    std::string result = addBody(depth, kind);
    inside = body + "  stablehlo.return " + result + " : " + type(kind) + "\n";
    values = outside;
  }
  body = before;
  add("\"stablehlo.if\"(%p) ({\n" + bodies[0] + "  }, {\n" + bodies[1] +
          "  }) : (tensor<i1>) -> " + type(kind),
      kind);
}

void RandomDecisions::addStep(unsigned depth) {
  Kind kind = Kind(choose(kinds));
  std::string t = " : " + type(kind);
  switch (choose(depth < 2 ? 16 : 14)) {
  case 0:
  case 1:
  case 2: {
    Kind left = chance(30) ? Stack : Matrix;
    std::string a = pick(left), b = pick(Matrix);
    add("stablehlo.dot_general " + a + ", " + b + ", contracting_dims = [" +
            (left == Stack ? "2" : "1") + "] x [0] : (" + type(left) + ", " +
            type(Matrix) + ") -> " + type(left),
        left);
    return;
  }
  case 3:
  case 4: {
    std::string name = chooseWord({"exponential", "rsqrt", "tanh", "negate"});
    std::string x = pick(kind);
    add("stablehlo." + name + " " + x + t, kind);
    return;
  }
  case 5:
  case 6:
  case 7: {
    std::string name = chooseWord({"add", "multiply", "maximum"});
    std::string a = pick(kind), b = pick(kind);
    add("stablehlo." + name + " " + a + ", " + b + t, kind);
    return;
  }
  case 8: {
    std::string x = pick(Matrix);
    add("stablehlo.transpose " + x + ", dims = [1, 0]" + types(Matrix, Matrix),
        Matrix);
    return;
  }
  case 9: {
    bool isRow = chance(50);
    std::string x = pick(isRow ? Row : Matrix);
    add("stablehlo.broadcast_in_dim " + x + ", dims = [" +
            (isRow ? "1]" + types(Row, Matrix)
                   : "1, 2]" + types(Matrix, Stack)),
        isRow ? Matrix : Stack);
    return;
  }
  case 10: {
    bool isStack = chance(50);
    std::string x = pick(isStack ? Stack : Matrix);
    sum(x, isStack ? Stack : Matrix, isStack ? Matrix : Row, "add", "0.0");
    return;
  }
  case 11: {
    std::string a = pick(kind), b = pick(kind), c = pick(kind);
    std::string mask = type(kind);
    mask.replace(mask.size() - 4, 3, "i1");
    std::string name = "%v" + std::to_string(names++);
    body += "  " + name + " = stablehlo.compare GT, " + a + ", " + b +
            ", FLOAT : (" + type(kind) + ", " + type(kind) + ") -> " + mask +
            "\n";
    add("stablehlo.select " + name + ", " + b + ", " + c + " : " + mask + ", " +
            type(kind),
        kind);
    return;
  }
  case 12: {
    // No view: it puts other values beside its own.
    std::string a = pick(Row), b = pick(Row), n = std::to_string(size);
    std::string twice = "tensor<" + std::to_string(2 * size) + "xf32>";
    std::string name = "%v" + std::to_string(names++);
    body += "  " + name + " = stablehlo.concatenate " + a + ", " + b +
            ", dim = 0 : (" + type(Row) + ", " + type(Row) + ") -> " + twice +
            "\n";
    add("stablehlo.slice " + name + " [1:" + std::to_string(size + 1) +
            "] : (" + twice + ") -> " + type(Row),
        Row);
    return;
  }
  case 13: {
    if (chance(60))
      return addSoftmax();
    std::string x = pick(kind);
    add("stablehlo.optimization_barrier " + x + t, kind);
    return;
  }
  case 14:
    return addLoop(depth);
  default:
    return addBranch(depth);
  }
}

void RandomDecisions::makeProgram() {
  size = 2 + choose(4);
  std::string arguments = "%p: tensor<i1>";
  for (unsigned i = 0, e = 2 + choose(3); i != e; ++i) {
    Value value{"%x" + std::to_string(i),
                i == 0 ? Matrix : Kind(choose(kinds))};
    arguments += ", " + value.name + ": " + type(value.kind);
    if (chance(30))
      arguments += " {mp.role = \"param\"}";
    values.push_back(value);
  }
  for (unsigned i = 0, e = 2 + choose(6); i != e; ++i)
    addStep(0);
  std::string returned, returnedTypes, results;
  for (unsigned i = 0, e = 1 + choose(3); i != e; ++i) {
    // Late values, so that little is dead.
    const Value &value = values[values.size() - 1 -
                                choose(values.size() < 4 ? values.size() : 4)];
    returned += (i ? ", " : "") + value.name;
    returnedTypes += (i ? ", " : "") + type(value.kind);
    results += (i ? ", " : "") + type(value.kind);
    if (chance(10))
      results += " {mp.role = \"grad\"}";
  }
  program = "func.func @main(" + arguments + ") -> (" + results + ") {\n" +
            body + "  return " + returned + " : " + returnedTypes + "\n}\n";
}

void RandomDecisions::makePolicy() {
  policy = "version: 1\nname: random\ncompute: bf16\nunlisted: " +
           chooseWord({"infer", "infer", "deny"}) + "\n";
  if (chance(20))
    policy += "io: follow\n";
  if (chance(30))
    policy += "storage: { parameters: " + chooseWord({"f32", "bf16"}) + " }\n";
  if (chance(15))
    policy += "mixed_operands: promote\n";
  policy += "rules:\n";
  unsigned rules = 0;
  auto rule = [&](const std::string &match, const std::string &action,
                  const std::string &more = "") {
    policy += "- { id: r" + std::to_string(rules++) + ", match: { " + match +
              " }, action: " + action + more + ", why: chance }\n";
  };
  if (chance(15))
    rule("class: contraction, operand: " + std::to_string(choose(2)), "deny");
  if (chance(60))
    rule("pattern: softmax",
         chooseWord({"infer", "infer", "clear", "promote", "deny", "allow"}),
         chance(30) ? ", inner: { " + chooseWord({"exp", "sum", "statistics"}) +
                          ": " + chooseWord({"f32", "low"}) + " }"
                    : "");
  rule("class: contraction", chance(85) ? "allow" : "infer",
       ", result: " + chooseWord({"free", "free", "f32", "low"}));
  for (const char *name : {"transcendental", "bounded", "pointwise",
                           "reduction", "comparison", "softmax"})
    if (chance(80))
      rule(std::string("class: ") + name,
           chooseWord({"infer", "infer", "infer", "deny", "deny", "allow",
                       "promote", "clear"}));
  for (const char *name : {"data-movement", "control"})
    rule(std::string("class: ") + name,
         chooseWord({"clear", "clear", "clear", "infer", "promote", "deny"}));
}
