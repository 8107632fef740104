#include "Match.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

/// A number, or a scalar that is broadcast: a rate or a correction.
static bool isScalar(const Match &m, Value value) {
  return m.terms.getSplat(value) || getNumElements(m.terms.strip(value)) == 1;
}

/// c * old + (1 - c) * new, or old + c * (new - old).
static bool matchMovingAverage(Match &m, Value value,
                               llvm::function_ref<bool(Value)> isNew) {
  return m.isEither(value, Meaning::Add, [&](Value a, Value b) {
    Value x, y, keep, take;
    if (m.attempt([&] {
          if (!m.is(a, Meaning::Multiply, x, keep) ||
              !m.is(b, Meaning::Multiply, y, take))
            return false;
          if (m.terms.getSplat(x))
            std::swap(x, keep);
          if (m.terms.getSplat(y))
            std::swap(y, take);
          std::optional<double> c = m.terms.getSplat(keep);
          std::optional<double> d = m.terms.getSplat(take);
          return c && d && isNear(*c + *d, 1) && isNew(y);
        }))
      return true;
    return m.isEither(b, Meaning::Multiply, [&](Value change, Value factor) {
      Value old;
      return m.terms.getSplat(factor) &&
             m.is(change, Meaning::Subtract, y, old) && m.areSame(old, a) &&
             isNew(y);
    });
  });
}

/// The value that a correction by a scalar, or a zero that is added, is of.
static Value stripCorrection(Match &m, Value value) {
  for (unsigned depth = 0; depth != 3; ++depth) {
    Value a, b;
    if (!m.attempt([&] {
          if (m.is(value, Meaning::Divide, a, b))
            return isScalar(m, b);
          if (m.is(value, Meaning::Add, a, b))
            return m.terms.getSplat(b).has_value();
          if (!m.is(value, Meaning::Multiply, a, b))
            return false;
          if (isScalar(m, a))
            std::swap(a, b);
          return isScalar(m, b);
        }))
      break;
    value = a;
  }
  return value;
}

static bool isArgument(Value value, StringRef role) {
  auto argument = dyn_cast<BlockArgument>(value);
  auto function = argument ? dyn_cast_if_present<FunctionOpInterface>(
                                 argument.getOwner()->getParentOp())
                           : FunctionOpInterface();
  if (!function || !argument.getOwner()->isEntryBlock())
    return false;
  auto given =
      function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "mp.role");
  return role.empty() || (given && given.getValue() == role);
}

/// Notes what brings an update to its parameter: rates, signs, the decay of
/// the weights, the sum. Gives true where weights decay.
static bool extendToParameter(Match &m, Value update) {
  bool decays = false;
  for (unsigned step = 0; step != 6; ++step) {
    Operation *next = nullptr;
    bool isLast = false;
    for (OpOperand &use : update.getUses()) {
      Operation *user = use.getOwner();
      Meaning meaning = Terms::getMeaning(user);
      if (user->getNumOperands() == 2) {
        Value other = user->getOperand(1 - use.getOperandNumber());
        bool isSum = meaning == Meaning::Add || meaning == Meaning::Subtract;
        if (isSum && isArgument(m.terms.strip(other), "")) {
          next = user;
          isLast = true;
          break;
        }
        if (meaning == Meaning::Multiply && isScalar(m, other))
          next = user;
        Value weight, rate;
        if (isSum && m.attempt([&] {
              if (!m.is(other, Meaning::Multiply, weight, rate))
                return false;
              if (isScalar(m, weight))
                std::swap(weight, rate);
              return isScalar(m, rate) && isArgument(m.terms.strip(weight), "");
            })) {
          next = user;
          decays = true;
        }
      } else if (meaning == Meaning::Negate) {
        next = user;
      }
    }
    if (!next)
      break;
    m.note(next);
    if (isLast)
      break;
    update = next->getResult(0);
  }
  return decays;
}

/// m / (sqrt(v) + eps), where m and v are moving averages of a gradient and of
/// its square. The averages say that it is an optimizer, so roles need not.
static bool matchAdam(Match &m, Value value) {
  Value first, denominator, root, epsilon;
  if (!m.is(value, Meaning::Divide, first, denominator) ||
      !m.is(denominator, Meaning::Add, root, epsilon) ||
      !m.terms.getSplat(epsilon))
    return false;
  // The average of squares tells what the gradient is.
  Value gradient, second;
  return matchRoot(m, stripCorrection(m, root), second) &&
         matchMovingAverage(
             m, stripCorrection(m, second),
             [&](Value square) { return matchSquare(m, square, gradient); }) &&
         matchMovingAverage(m, stripCorrection(m, first),
                            [&](Value g) { return m.areSame(g, gradient); });
}

static bool matchAdamWithDecay(Match &m, Value value, StringRef &) {
  return matchAdam(m, value) && extendToParameter(m, value);
}

static bool matchPlainAdam(Match &m, Value value, StringRef &) {
  if (!matchAdam(m, value))
    return false;
  extendToParameter(m, value);
  return true;
}

/// A parameter less a rate times a gradient or its running sum. That is any
/// scaled sum, so the role of the argument has to say that it is a parameter.
static bool matchGradientDescent(Match &m, Value value, StringRef &) {
  auto isReturned = [](Value result) {
    return llvm::any_of(result.getUsers(), [](Operation *user) {
      return user->hasTrait<OpTrait::ReturnLike>();
    });
  };
  Value a, b;
  if (!isReturned(value) || (!m.is(value, Meaning::Add, a, b) &&
                             !m.is(value, Meaning::Subtract, a, b)))
    return false;
  if (!isArgument(a, "param"))
    std::swap(a, b);
  Value scaled, rate;
  if (!isArgument(a, "param") || !m.is(b, Meaning::Multiply, scaled, rate))
    return false;
  if (isScalar(m, scaled))
    std::swap(scaled, rate);
  if (!isScalar(m, rate))
    return false;
  m.attempt([&] {
    return m.isEither(scaled, Meaning::Add, [&](Value sum, Value) {
      return m.isEither(sum, Meaning::Multiply, [&](Value old, Value keep) {
        return m.terms.getSplat(keep) && isArgument(old, "opt_state");
      });
    });
  });
  return true;
}

//===----------------------------------------------------------------------===//
// Clipping by the global norm
//===----------------------------------------------------------------------===//

/// The squares of one gradient, summed.
static bool matchSumOfSquares(Match &m, Value value) {
  return m.attempt([&] {
    Value square, x;
    return m.is(value, Meaning::Sum, square) &&
           (matchSquare(m, square, x) ||
            // The square of an absent imaginary part.
            m.isEither(square, Meaning::Add, [&](Value real, Value zero) {
              return m.isSplat(zero, 0) && matchSquare(m, real, x);
            }));
  });
}

/// Reads a norm over several gradients: of their sums of squares, or of their
/// norms put side by side.
static bool matchGlobalNorm(Match &m, Value value) {
  Value total, square, joined, x;
  if (!matchRoot(m, value, total))
    return false;
  if (m.attempt([&] {
        if (!m.is(total, Meaning::Sum, square) ||
            !matchSquare(m, square, joined) ||
            !m.is(joined, Meaning::Concatenate))
          return false;
        SmallVector<Value, 3> norms = m.terms.getOperands(joined);
        return norms.size() > 1 && llvm::all_of(norms, [&](Value norm) {
                 return matchVectorNorm(m, norm, x);
               });
      }))
    return true;
  // There are as many terms as gradients, so no recursion.
  unsigned leaves = 0;
  SmallVector<Value> worklist{total};
  while (!worklist.empty()) {
    Value sum = worklist.pop_back_val();
    Value a, b;
    if (matchSumOfSquares(m, sum)) {
      ++leaves;
    } else if (m.is(sum, Meaning::Add, a, b)) {
      worklist.push_back(a);
      worklist.push_back(b);
    } else if (!m.isSplat(sum, 0)) {
      return false;
    }
  }
  return leaves > 1;
}

/// The norm and what it does to the gradients.
static bool matchNormClip(Match &m, Value value, StringRef &) {
  if (!matchGlobalNorm(m, value))
    return false;
  llvm::SetVector<Value> worklist;
  worklist.insert(value);
  for (unsigned next = 0; next != worklist.size(); ++next) {
    for (OpOperand &use : worklist[next].getUses()) {
      Operation *user = use.getOwner();
      if (Terms::isMover(user)) {
        m.note(user);
        worklist.insert(user->getResult(0));
        continue;
      }
      bool goesOn = getNumElements(worklist[next]) == 1;
      bool isClip = true;
      switch (Terms::getMeaning(user)) {
      case Meaning::Compare:
      case Meaning::Divide:
        goesOn = true;
        break;
      case Meaning::Multiply:
        goesOn |= m.terms.getSplat(user->getOperand(1 - use.getOperandNumber()))
                      .has_value();
        break;
      case Meaning::Add:
      case Meaning::Minimum:
      case Meaning::Maximum:
        isClip = goesOn;
        break;
      case Meaning::Select:
        break;
      default:
        isClip = false;
      }
      if (!isClip)
        continue;
      m.note(user);
      if (goesOn)
        worklist.insert(user->getResult(0));
    }
  }
  return true;
}

ArrayRef<Recogniser> patterns::getOptimizerRecognisers() {
  using M = Meaning;
  constexpr OpClass optimizer = OpClass::Optimizer;
  static const Recogniser recognisers[] = {
      {"grad_norm_clip", optimizer, {M::SquareRoot, M::Power}, matchNormClip},
      {"optimizer_adamw", optimizer, {M::Divide}, matchAdamWithDecay},
      {"optimizer_adam", optimizer, {M::Divide}, matchPlainAdam},
      {"optimizer_sgd",
       optimizer,
       {M::Add, M::Subtract},
       matchGradientDescent}};
  return recognisers;
}
