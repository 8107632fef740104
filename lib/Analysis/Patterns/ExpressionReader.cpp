#include "ExpressionReader.h"

#include "Match.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// A function and its gradient are smaller than this; more is read as leaves.
static constexpr unsigned maxEntered = 200, maxDepth = 64;

static ArrayRef<int64_t> getShape(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? type.getShape() : ArrayRef<int64_t>();
}

static bool isReadable(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type ? type.hasStaticShape() && type.getRank() <= 8
              : !isa<ShapedType>(value.getType());
}

ExpressionReader::ExpressionReader(
    const Terms &terms, RankedTensorType space,
    llvm::function_ref<bool(Operation *)> isInside)
    : algebra(space.getShape()), terms(terms), space(space),
      isInside(isInside) {}

Algebra::Dims ExpressionReader::getDims(const Placement &placement) const {
  Algebra::Dims dims = 0;
  for (int8_t dim : placement)
    dims |= dim < 0 ? 0 : Algebra::Dims(1) << dim;
  return dims;
}

std::optional<ExpressionReader::Placement>
ExpressionReader::place(Value value) const {
  if (!isReadable(value))
    return std::nullopt;
  Placement placement;
  int64_t next = 0;
  for (int64_t size : getShape(value)) {
    if (size == 1) {
      placement.push_back(-1);
      continue;
    }
    while (next < space.getRank() && space.getDimSize(next) != size)
      ++next;
    if (next == space.getRank())
      return std::nullopt;
    placement.push_back(next++);
  }
  return placement;
}

std::optional<ExpressionReader::Placement>
ExpressionReader::placeWhole(Value value) const {
  std::optional<Placement> placement = place(value);
  auto isUnit = [](int64_t size) { return size == 1; };
  auto used = [](int8_t dim) { return dim >= 0; };
  return placement && llvm::count_if(*placement, used) +
                              llvm::count_if(space.getShape(), isUnit) ==
                          space.getRank()
             ? placement
             : std::nullopt;
}

unsigned ExpressionReader::addLeaf(Value value) {
  unsigned atom = algebra.addLeaf(getDims(*place(value)));
  given.emplace_back(value, atom);
  return atom;
}

Expression ExpressionReader::getLeaf(Value value, const Placement &placement) {
  // A mover that could not be followed is like no other value.
  bool isNumbered = terms.strip(value) == value;
  unsigned number = terms.getNumber(value);
  Placement used;
  llvm::copy_if(placement, std::back_inserter(used),
                [](int8_t dim) { return dim >= 0; });
  if (isNumbered)
    for (auto &[other, at, atom] : numbered)
      if (other == number && at == used)
        return Algebra::get(atom);
  unsigned atom = algebra.addLeaf(getDims(placement));
  leaves.push_back(atom);
  if (isNumbered)
    numbered.emplace_back(number, used, atom);
  return Algebra::get(atom);
}

Expression ExpressionReader::read(Value value, const Placement &placement) {
  for (auto [leaf, atom] : given) {
    bool isLeaf = value == leaf ||
                  (terms.strip(value) == value && terms.strip(leaf) == leaf &&
                   terms.areSame(value, leaf));
    if (isLeaf && place(value) == placement)
      return Algebra::get(atom);
  }
  for (const auto &[at, expression] : known[value])
    if (at == placement)
      return expression;
  Algebra::Result result;
  std::optional<double> splat = terms.getSplat(value);
  if (splat && std::isfinite(*splat))
    result = Algebra::get(*splat);
  Operation *op = value.getDefiningOp();
  if (!result && op && op->getNumResults() == 1 &&
      entered.size() < maxEntered && depth < maxDepth && isReadable(value) &&
      (Terms::isMover(op) || isInside(op))) {
    ++depth;
    result = readOp(op, placement);
    --depth;
    if (result)
      entered.insert(op);
  }
  if (!result)
    result = getLeaf(value, placement);
  known[value].emplace_back(placement, *result);
  return *result;
}

std::optional<ExpressionReader::Placement>
ExpressionReader::placeOperand(PrecisionOpInterface op, unsigned operand,
                               Value value, const Placement &placement) const {
  if (!isReadable(value))
    return std::nullopt;
  ArrayRef<int64_t> shape = getShape(value);
  Placement result;
  SmallVector<int64_t> dims;
  if (op.getOperandDimensions(operand, dims) && dims.size() == shape.size()) {
    for (auto [size, dim] : llvm::zip(shape, dims)) {
      int8_t to = size == 1 || dim < 0 || dim >= int64_t(placement.size())
                      ? -1
                      : placement[dim];
      if (size != 1 && (to < 0 || space.getDimSize(to) != size))
        return std::nullopt;
      result.push_back(to);
    }
    return result;
  }
  // Another shape that only has other dimensions of size one.
  if (!Terms::isMover(op))
    return std::nullopt;
  SmallVector<int8_t> left;
  llvm::copy_if(placement, std::back_inserter(left),
                [](int8_t dim) { return dim >= 0; });
  unsigned next = 0;
  for (int64_t size : shape) {
    if (size == 1) {
      result.push_back(-1);
      continue;
    }
    if (next == left.size() || space.getDimSize(left[next]) != size)
      return std::nullopt;
    result.push_back(left[next++]);
  }
  if (next != left.size())
    return std::nullopt;
  return result;
}

Algebra::Result ExpressionReader::readSum(Operation *op) {
  auto precision = cast<PrecisionOpInterface>(op);
  SmallVector<Value> operands = precision.getMeaningOperands();
  SmallVector<int64_t> dims;
  std::optional<Placement> placement = placeWhole(operands.front());
  if (!placement || !precision.getOperandDimensions(0, dims) ||
      dims.size() != placement->size() ||
      (operands.size() > 1 && !terms.isSplat(operands[1], 0)))
    return std::nullopt;
  Algebra::Dims over = 0;
  for (auto [to, dim] : llvm::zip(*placement, dims))
    if (dim < 0 && to >= 0)
      over |= Algebra::Dims(1) << to;
  return algebra.sum(read(operands.front(), *placement), over);
}

static bool isSumOfExponentials(Match &m, Value value) {
  Value terms, exponent;
  return m.is(value, Meaning::Sum, terms) &&
         m.is(terms, Meaning::Exponential, exponent);
}

/// What is chosen where the condition is known: divisors that are not zero,
/// variances that are not negative.
Algebra::Result ExpressionReader::readSelect(ArrayRef<Value> operands,
                                             const Placement &placement) {
  Match m(terms);
  Value left, right, x;
  if (std::optional<double> condition = terms.getSplat(operands[0]))
    return read(operands[*condition != 0 ? 1 : 2], placement);
  std::optional<double> otherwise = terms.getSplat(operands[2]);
  if (otherwise && std::isnan(*otherwise))
    return read(operands[1], placement);
  if (!m.is(operands[0], Meaning::Compare, left, right))
    return std::nullopt;
  std::optional<double> a = terms.getSplat(left), b = terms.getSplat(right);
  if (a && b && *a > *b && otherwise == 0.0)
    return read(operands[1], placement);
  // The derivatives of guards: max(variance, 0), |sum of exponentials|.
  if (b == 0.0 && terms.isSplat(operands[1], 1) && matchVariance(m, left, x)) {
    for (Value value : {operands[0], operands[2]})
      if (Operation *op = terms.strip(value).getDefiningOp()) {
        entered.insert(op);
        if (Terms::getMeaning(op) == Meaning::Select)
          entered.insert(op->getOperand(0).getDefiningOp());
      }
    return Algebra::get(1.0);
  }
  if (b == 0.0 && isSumOfExponentials(m, left)) {
    entered.insert(terms.strip(operands[0]).getDefiningOp());
    return read(operands[1], placement);
  }
  return std::nullopt;
}

/// exp(-q^2) of a large q, with the square in two parts so that it is exact: h
/// holds the upper bits of a = min(|q|, limit), and exp(-a^2) is exp(-h^2)
/// times the first terms of exp(h^2 - a^2).
Algebra::Result
ExpressionReader::readSplitExponential(Operation *op, const Expression &sum,
                                       const Placement &placement) {
  Match m(terms);
  Value exponent, square, h, q, limit, exponential;
  for (Value operand : op->getOperands())
    if (terms.getMeaning(operand) == Meaning::Exponential)
      exponential = operand;
  if (!exponential || !m.is(exponential, Meaning::Exponential, exponent) ||
      !m.is(exponent, Meaning::Negate, square) || !matchSquare(m, square, h))
    return std::nullopt;
  // The upper bits: through the integer that the bits are.
  SmallVector<Operation *> bits;
  Value a = h;
  while (terms.getMeaning(a) != Meaning::Minimum) {
    Operation *producer = a.getDefiningOp();
    if (!producer || producer->getNumOperands() == 0 || bits.size() > 6)
      return std::nullopt;
    bits.push_back(producer);
    a = producer->getOperand(0);
  }
  Value magnitude;
  if (!m.is(a, Meaning::Minimum, magnitude, limit) ||
      !m.is(magnitude, Meaning::Absolute, q) ||
      terms.getSplat(limit).value_or(0) < 9)
    return std::nullopt;
  Algebra::Result upper = algebra.power(read(h, placement), 2);
  Algebra::Result whole = algebra.power(read(a, placement), 2);
  Algebra::Result rest =
      upper && whole ? algebra.add(*upper, *whole, -1) : std::nullopt;
  Algebra::Result series = Algebra::get(1.0), next = Algebra::get(1.0);
  for (unsigned degree = 1; rest && series && degree <= 5; ++degree) {
    next = next ? algebra.multiply(*next, *rest) : std::nullopt;
    next = next ? algebra.multiply(*next, Algebra::get(1.0 / degree))
                : std::nullopt;
    series = next ? algebra.add(*series, *next) : std::nullopt;
  }
  Algebra::Result expected =
      series ? algebra.multiply(read(exponential, placement), *series)
             : std::nullopt;
  if (!expected || !Algebra::areEqual(*expected, sum))
    return std::nullopt;
  entered.insert(bits.begin(), bits.end());
  for (Value value : {a, magnitude})
    entered.insert(terms.strip(value).getDefiningOp());
  Algebra::Result argument = algebra.power(read(q, placement), 2);
  argument = argument ? algebra.add({}, *argument, -1) : std::nullopt;
  return argument ? algebra.apply(Function::Exponential, *argument)
                  : std::nullopt;
}

Algebra::Result ExpressionReader::readOp(Operation *op,
                                         const Placement &placement) {
  using Result = Algebra::Result;
  auto precision = dyn_cast<PrecisionOpInterface>(op);
  if (!precision)
    return std::nullopt;
  Meaning meaning = precision.getMeaning();
  SmallVector<Value> values = precision.getMeaningOperands();
  if (meaning == Meaning::Sum && !Terms::isMover(op)) {
    // What is summed has all dimensions, what is left keeps its place.
    std::optional<Placement> inner = placeWhole(values.front());
    SmallVector<int64_t> dims;
    if (!inner || !precision.getOperandDimensions(0, dims))
      return std::nullopt;
    for (auto [to, dim] : llvm::zip(*inner, dims))
      if (dim >= 0 && to >= 0 &&
          (dim >= int64_t(placement.size()) || placement[dim] != to))
        return std::nullopt;
    return readSum(op);
  }
  SmallVector<Expression, 3> arguments;
  auto readOperand = [&](unsigned i) {
    std::optional<Placement> at =
        placeOperand(precision, i, values[i], placement);
    if (at)
      arguments.push_back(read(values[i], *at));
    return at.has_value();
  };
  auto readAll = [&] {
    for (unsigned i = 0; i != values.size(); ++i)
      if (!readOperand(i))
        return false;
    return true;
  };
  if (Terms::isMover(op))
    return readOperand(0) ? Result(arguments[0]) : std::nullopt;
  auto apply = [&](Function function) -> Result {
    return readOperand(0) ? algebra.apply(function, arguments[0])
                          : std::nullopt;
  };
  auto raise = [&](double exponent) -> Result {
    return readOperand(0) ? algebra.power(arguments[0], exponent)
                          : std::nullopt;
  };
  switch (meaning) {
  case Meaning::Add:
  case Meaning::Subtract: {
    if (!readAll())
      return std::nullopt;
    Result sum = algebra.add(arguments[0], arguments[1],
                             meaning == Meaning::Add ? 1 : -1);
    if (Result exact = sum && meaning == Meaning::Add
                           ? readSplitExponential(op, *sum, placement)
                           : std::nullopt)
      return exact;
    return sum;
  }
  case Meaning::Multiply:
    return readAll() ? algebra.multiply(arguments[0], arguments[1])
                     : std::nullopt;
  case Meaning::Divide: {
    if (!readAll())
      return std::nullopt;
    Result inverse = algebra.power(arguments[1], -1);
    return inverse ? algebra.multiply(arguments[0], *inverse) : std::nullopt;
  }
  case Meaning::Absolute: {
    Match m(terms);
    return isSumOfExponentials(m, values[0]) && readAll() ? Result(arguments[0])
                                                          : std::nullopt;
  }
  case Meaning::Negate:
    return readAll() ? algebra.add({}, arguments[0], -1) : std::nullopt;
  case Meaning::Square:
    return raise(2);
  case Meaning::SquareRoot:
    return raise(0.5);
  case Meaning::ReciprocalSquareRoot:
    return raise(-0.5);
  case Meaning::Power: {
    std::optional<double> exponent = terms.getSplat(values[1]);
    return exponent ? raise(*exponent) : std::nullopt;
  }
  case Meaning::Exponential:
    return apply(Function::Exponential);
  case Meaning::Logarithm:
    return apply(Function::Logarithm);
  case Meaning::Tanh:
    return apply(Function::Tanh);
  case Meaning::Logistic:
    return apply(Function::Logistic);
  case Meaning::Erf:
    return apply(Function::Erf);
  case Meaning::Erfc: {
    Result erf = apply(Function::Erf);
    return erf ? algebra.add(Algebra::get(1.0), *erf, -1) : std::nullopt;
  }
  case Meaning::Maximum: {
    Match m(terms);
    Value x;
    for (unsigned i : {0, 1})
      if (terms.isSplat(values[i], 0) && matchVariance(m, values[1 - i], x))
        return readOperand(1 - i) ? Result(arguments[0]) : std::nullopt;
    return std::nullopt;
  }
  case Meaning::Select:
    return values.size() == 3 ? readSelect(values, placement) : std::nullopt;
  default:
    return std::nullopt;
  }
}

SmallVector<Operation *> ExpressionReader::collect(Value value) const {
  SmallVector<Operation *> ops;
  llvm::DenseSet<Operation *> seen;
  SmallVector<Value> stack{value};
  while (!stack.empty()) {
    Value next = stack.pop_back_val();
    if (llvm::any_of(given, [&](auto leaf) { return leaf.first == next; }))
      continue;
    Operation *op = next.getDefiningOp();
    if (!op || !entered.contains(op) || !seen.insert(op).second)
      continue;
    ops.push_back(op);
    llvm::append_range(stack, op->getOperands());
  }
  return ops;
}
