#include "Gradients.h"

#include "ExpressionReader.h"
#include "Match.h"

#include "llvm/ADT/SetVector.h"

#include <set>

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// Bounds on how far a gradient is looked for. Those that exporters print have
/// fewer than fifty ops, next to each other.
static constexpr unsigned maxCotangents = 8, maxReached = 96, maxDerived = 64;

namespace {
class GradientFinder {
public:
  GradientFinder(const PatternUnit &unit, const Terms &terms,
                 llvm::function_ref<bool(Operation *)> isClaimed,
                 SmallVectorImpl<Gradient> &gradients)
      : unit(unit), terms(terms), isClaimed(isClaimed), gradients(gradients),
        members(unit.members.begin(), unit.members.end()) {}
  void run();

private:
  /// Whether a gradient by the input or by parameters is looked for.
  enum class By { Input, Parameters };

  bool findInput();
  void findResults();
  void findCotangents();
  void addCotangent(Value value);
  SmallVector<Operation *> getReached(Value cotangent) const;
  bool tryCotangent(Value cotangent, By by);
  bool add(ArrayRef<Operation *> ops, Value cotangent, Value result);

  const PatternUnit &unit;
  const Terms &terms;
  llvm::function_ref<bool(Operation *)> isClaimed;
  SmallVectorImpl<Gradient> &gradients;
  llvm::SmallPtrSet<Operation *, 16> members;
  /// The ops that compute from the unit's values alone.
  llvm::SmallPtrSet<Operation *, 16> coefficients;
  Value input;
  SmallVector<Value, 3> results;
  llvm::SmallSetVector<Value, maxCotangents> cotangents;
};
} // namespace

/// What the unit is a function of: the largest value from outside.
bool GradientFinder::findInput() {
  int64_t largest = 0;
  bool isUnique = false;
  for (Operation *op : unit.members) {
    for (Value value : op->getOperands()) {
      std::optional<int64_t> size = getNumElements(terms.strip(value));
      if (members.contains(value.getDefiningOp()) || terms.getSplat(value) ||
          !getFloatElementType(value.getType()))
        continue;
      if (!size)
        return false;
      if (*size == largest && terms.areSame(input, value))
        continue;
      if (*size >= largest) {
        isUnique = *size > largest;
        largest = *size;
        input = value;
      }
    }
  }
  auto type =
      input ? dyn_cast<RankedTensorType>(input.getType()) : RankedTensorType();
  return isUnique && type && type.hasStaticShape() && type.getRank() > 0 &&
         type.getRank() <= 8 &&
         largest >= getNumElements(unit.getRoot()->getResult(0)).value_or(0);
}

/// The result of the unit, and what it scales and shifts to give it: a gradient
/// may begin behind these.
void GradientFinder::findResults() {
  Value result = unit.getRoot()->getResult(0);
  while (results.size() != 3) {
    results.push_back(result);
    Match m(terms);
    Value inner;
    auto isAffine = [&](Value a, Value b) {
      inner = terms.strip(a);
      return members.contains(inner.getDefiningOp()) &&
             !members.contains(terms.strip(b).getDefiningOp()) &&
             isRowLike(m, b, result);
    };
    if (unit.opClass != OpClass::Normalization ||
        !(m.isEither(result, Meaning::Add, isAffine) ||
          m.isEither(result, Meaning::Multiply, isAffine)))
      return;
    result = inner;
  }
}

/// Where a sum of the gradient is multiplied, the gradient is what is summed.
void GradientFinder::addCotangent(Value value) {
  for (unsigned depth = 0; depth != 4 && cotangents.size() != maxCotangents;
       ++depth) {
    cotangents.insert(value);
    value = terms.strip(value);
    Meaning meaning = terms.getMeaning(value);
    if (meaning != Meaning::Sum && meaning != Meaning::Negate)
      return;
    value = terms.getOperands(value).front();
  }
}

/// All that the unit hands to its gradient, or what is computed from that
/// alone, is multiplied there by something that is linear in the gradient of
/// the result. Without such a reader the graph has no gradient.
void GradientFinder::findCotangents() {
  SmallVector<Value> derived;
  llvm::DenseSet<Value> seen;
  auto derive = [&](Value value) {
    if (derived.size() != maxDerived && seen.insert(value).second)
      derived.push_back(value);
  };
  derive(input);
  for (Operation *op : unit.members)
    derive(op->getResult(0));
  Value root = unit.getRoot()->getResult(0);
  // Of a mean of such results the gradient is a number.
  bool isReduced = getNumElements(root) < getNumElements(input);
  auto isFunction = [](Operation *op) {
    auto precision = dyn_cast<PrecisionOpInterface>(op);
    Meaning meaning = Terms::getMeaning(op);
    return precision && op->getNumRegions() == 0 &&
           meaning != Meaning::Contraction && meaning != Meaning::Convolution &&
           precision.getPrecisionClass() != OpClass::Opaque;
  };
  auto visit = [&](Value value, bool isPartner) {
    unsigned count = 0;
    for (OpOperand &use : value.getUses()) {
      if (++count > maxReached)
        return;
      Operation *user = use.getOwner();
      Meaning meaning = Terms::getMeaning(user);
      if (members.contains(user) || user->getNumResults() != 1 ||
          user->getBlock() != unit.getRoot()->getBlock())
        continue;
      // The result itself is what the model goes on with, so it only counts
      // beside what cannot be a part of that, and less than a number.
      bool isKnown = true, hasRoot = false, hasOther = false, isOfRoot = true;
      for (Value operand : user->getOperands()) {
        bool isConstant = terms.getSplat(operand).has_value();
        isKnown &= isConstant || seen.contains(operand);
        hasRoot |= operand == root;
        hasOther |= coefficients.contains(operand.getDefiningOp());
        isOfRoot &= isConstant || operand == root;
      }
      bool isProduct =
          meaning == Meaning::Multiply || meaning == Meaning::Divide;
      if (isKnown && isFunction(user) &&
          (!hasRoot || hasOther ||
           (isOfRoot && meaning == Meaning::Subtract))) {
        derive(user->getResult(0));
        coefficients.insert(user);
      }
      if (isPartner && isProduct && value != root && (isReduced || !isKnown) &&
          (meaning == Meaning::Multiply || use.getOperandNumber() == 1))
        addCotangent(user->getOperand(1 - use.getOperandNumber()));
    }
  };
  // The input is read in many places; they only help where others do.
  for (size_t i = 0; i != derived.size(); ++i)
    visit(derived[i], /*isPartner=*/i != 0);
  if (!cotangents.empty())
    visit(input, /*isPartner=*/true);
}

/// What follows from the cotangent by arithmetic, in the order of the program.
SmallVector<Operation *> GradientFinder::getReached(Value cotangent) const {
  auto isArithmetic = [](Operation *op) {
    switch (Terms::getMeaning(op)) {
    case Meaning::Add:
    case Meaning::Subtract:
    case Meaning::Multiply:
    case Meaning::Divide:
    case Meaning::Negate:
    case Meaning::Select:
    case Meaning::Sum:
      return true;
    default:
      return Terms::isMover(op);
    }
  };
  SmallVector<Operation *> reached;
  std::set<std::pair<unsigned, Operation *>> next;
  auto addUsers = [&](Value value) {
    // What everyone reads, a constant, is nobody's gradient.
    unsigned count = 0;
    for (Operation *user : value.getUsers())
      if (++count <= maxReached && isArithmetic(user) &&
          user->getNumResults() == 1)
        next.emplace(terms.getPosition(user), user);
  };
  addUsers(cotangent);
  while (!next.empty() && reached.size() < maxReached) {
    Operation *op = next.begin()->second;
    next.erase(next.begin());
    reached.push_back(op);
    addUsers(op->getResult(0));
  }
  return reached;
}

bool GradientFinder::add(ArrayRef<Operation *> ops, Value cotangent,
                         Value result) {
  Gradient gradient{&unit, {}, cotangent, result};
  for (Operation *op : ops)
    if (!members.contains(op) && !isClaimed(op))
      gradient.members.push_back(op);
  if (gradient.members.empty())
    return false;
  gradients.push_back(std::move(gradient));
  return true;
}

bool GradientFinder::tryCotangent(Value cotangent, By by) {
  SmallVector<Operation *> reached = getReached(cotangent);
  llvm::SmallPtrSet<Operation *, 32> inside(reached.begin(), reached.end());
  auto isInside = [&](Operation *op) {
    return inside.contains(op) || members.contains(op) ||
           coefficients.contains(op);
  };
  ExpressionReader reader(terms, cast<RankedTensorType>(input.getType()),
                          isInside);
  Algebra &algebra = reader.algebra;
  auto place = reader.place(cotangent);
  if (!place)
    return false;
  Algebra::Dims dims = reader.getDims(*place);
  unsigned x = reader.addLeaf(input);
  // That of a mean is a number.
  std::optional<double> splat = terms.getSplat(cotangent);
  Expression dy =
      splat ? Algebra::get(*splat) : Algebra::get(reader.addLeaf(cotangent));
  SmallVector<Expression> expected;
  auto differentiate = [&](const Expression &value, unsigned leaf) {
    Algebra::Result slope = algebra.differentiate(value, dy, dims, leaf);
    if (slope && !slope->empty())
      expected.push_back(std::move(*slope));
  };
  for (Value result : results) {
    auto placement = reader.place(result);
    if (!placement || reader.getDims(*placement) != dims)
      continue;
    Expression value = reader.read(result, *placement);
    if (by == By::Input) {
      differentiate(value, x);
      continue;
    }
    for (unsigned leaf : SmallVector<unsigned>(reader.getLeaves()))
      if (algebra.getDims(leaf) != 0 &&
          algebra.getDims(leaf) != algebra.getAllDims())
        differentiate(value, leaf);
    break;
  }
  if (expected.empty())
    return false;
  bool isFound = false;
  // Where the input is read elsewhere too, what comes from there is a leaf.
  auto isExpected = [&](const Expression &value) {
    return llvm::any_of(expected, [&](const Expression &other) {
      Algebra::Result rest = algebra.add(value, other, -1);
      return rest && (rest->empty() ||
                      (by == By::Input && algebra.isSumOfWholeLeaves(*rest)));
    });
  };
  for (Operation *op : reached) {
    if (Terms::isMover(op) || isClaimed(op))
      continue;
    Value result = op->getResult(0);
    std::optional<Expression> value;
    SmallVector<Operation *> ops;
    if (by == By::Parameters) {
      if (Terms::getMeaning(op) != Meaning::Sum ||
          !(value = reader.readSum(op)))
        continue;
      ops = reader.collect(op->getOperand(0));
      ops.push_back(op);
    } else {
      auto placement = reader.placeWhole(result);
      if (!placement)
        continue;
      value = reader.read(result, *placement);
      ops = reader.collect(result);
    }
    if (isExpected(*value) && add(ops, cotangent, result)) {
      isFound = true;
      if (by == By::Input)
        break;
    }
  }
  return isFound;
}

void GradientFinder::run() {
  if (!findInput())
    return;
  findCotangents();
  if (cotangents.empty())
    return;
  findResults();
  for (By by : {By::Input, By::Parameters}) {
    bool isFound = false;
    for (Value cotangent : cotangents)
      if (!isFound)
        isFound = tryCotangent(cotangent, by);
    if (!isFound)
      return;
  }
}

void patterns::findGradients(const PatternUnit &unit, const Terms &terms,
                             llvm::function_ref<bool(Operation *)> isClaimed,
                             SmallVectorImpl<Gradient> &gradients) {
  // Losses and updates are not differentiated, products are not arithmetic.
  if (unit.opClass && *unit.opClass != OpClass::Loss &&
      *unit.opClass != OpClass::Optimizer &&
      *unit.opClass != OpClass::Reduction)
    GradientFinder(unit, terms, isClaimed, gradients).run();
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

SmallVector<Operation *>
patterns::findAttentionGradient(const PatternUnit &attention,
                                const Gradient &softmax, const Terms &terms) {
  SmallVector<Operation *> ops(softmax.members);
  // Back to the product of the result's gradient and the values.
  Value value = softmax.cotangent;
  for (unsigned depth = 0;; ++depth) {
    value = terms.strip(value);
    Operation *op = value.getDefiningOp();
    if (!op || depth == 8)
      return {};
    ops.push_back(op);
    Meaning meaning = Terms::getMeaning(op);
    if (meaning == Meaning::Contraction)
      break;
    SmallVector<Value, 3> operands = terms.getOperands(value);
    if (meaning == Meaning::Select && terms.isSplat(operands[2], 0))
      value = operands[1];
    else if (meaning == Meaning::Multiply || meaning == Meaning::Divide)
      value = terms.getSplat(operands[0]) ? operands[1] : operands[0];
    else
      return {};
  }
  // On to the products that give the gradients of queries and keys, and from
  // the weights to the one that gives that of the values.
  auto follow = [&](Value start) {
    bool isFound = false;
    SmallVector<Value> stack{start};
    for (size_t i = 0; i != stack.size() && i != 16; ++i) {
      for (Operation *user : stack[i].getUsers()) {
        Meaning meaning = Terms::getMeaning(user);
        bool isScale =
            meaning == Meaning::Multiply || meaning == Meaning::Divide;
        bool isMask = meaning == Meaning::Select;
        if (llvm::is_contained(attention.members, user) ||
            llvm::is_contained(ops, user))
          continue;
        if (meaning == Meaning::Contraction) {
          ops.push_back(user);
          isFound = true;
        } else if (Terms::isMover(user) ||
                   ((isScale || isMask) && start == softmax.result)) {
          ops.push_back(user);
          stack.push_back(user->getResult(0));
        }
      }
    }
    return isFound;
  };
  if (!follow(softmax.result))
    return {};
  follow(softmax.unit->getRoot()->getResult(0));
  return ops;
}
