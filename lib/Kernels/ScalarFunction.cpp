#include "ScalarFunction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

static double maximum(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b);
}
static double minimum(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? NAN : std::min(a, b);
}

static std::optional<double> compare(arith::CmpFPredicate predicate, double a,
                                     double b) {
  bool unordered = std::isnan(a) || std::isnan(b);
  switch (predicate) {
  case arith::CmpFPredicate::OGT:
    return a > b;
  case arith::CmpFPredicate::OGE:
    return a >= b;
  case arith::CmpFPredicate::OLT:
    return a < b;
  case arith::CmpFPredicate::OLE:
    return a <= b;
  case arith::CmpFPredicate::OEQ:
    return a == b;
  case arith::CmpFPredicate::UGT:
    return unordered || a > b;
  case arith::CmpFPredicate::UGE:
    return unordered || a >= b;
  case arith::CmpFPredicate::ULT:
    return unordered || a < b;
  case arith::CmpFPredicate::ULE:
    return unordered || a <= b;
  case arith::CmpFPredicate::UNE:
    return unordered || a != b;
  default:
    return std::nullopt;
  }
}

/// The value of `op` with exact arithmetic (in double) where `args` are its
/// operands; i1 is 0 or 1. Nothing for ops that no activation is made of.
static std::optional<double> evaluate(Operation *op, ArrayRef<double> args) {
  using Result = std::optional<double>;
  return llvm::TypeSwitch<Operation *, Result>(op)
      .Case<arith::AddFOp>([&](auto) { return args[0] + args[1]; })
      .Case<arith::SubFOp>([&](auto) { return args[0] - args[1]; })
      .Case<arith::MulFOp>([&](auto) { return args[0] * args[1]; })
      .Case<arith::DivFOp>([&](auto) { return args[0] / args[1]; })
      .Case<arith::NegFOp>([&](auto) { return -args[0]; })
      .Case<arith::MaximumFOp>([&](auto) { return maximum(args[0], args[1]); })
      .Case<arith::MinimumFOp>([&](auto) { return minimum(args[0], args[1]); })
      .Case<arith::MaxNumFOp>([&](auto) { return std::fmax(args[0], args[1]); })
      .Case<arith::MinNumFOp>([&](auto) { return std::fmin(args[0], args[1]); })
      .Case<arith::ExtFOp, arith::TruncFOp>([&](auto) { return args[0]; })
      .Case<arith::SelectOp>(
          [&](auto) { return args[0] != 0 ? args[1] : args[2]; })
      .Case<arith::CmpFOp>([&](arith::CmpFOp cmp) {
        return compare(cmp.getPredicate(), args[0], args[1]);
      })
      .Case<math::ExpOp>([&](auto) { return std::exp(args[0]); })
      .Case<math::ExpM1Op>([&](auto) { return std::expm1(args[0]); })
      .Case<math::TanhOp>([&](auto) { return std::tanh(args[0]); })
      .Case<math::ErfOp>([&](auto) { return std::erf(args[0]); })
      .Case<math::ErfcOp>([&](auto) { return std::erfc(args[0]); })
      .Case<math::SqrtOp>([&](auto) { return std::sqrt(args[0]); })
      .Case<math::RsqrtOp>([&](auto) { return 1 / std::sqrt(args[0]); })
      .Case<math::PowFOp>([&](auto) { return std::pow(args[0], args[1]); })
      .Case<math::AbsFOp>([&](auto) { return std::fabs(args[0]); })
      .Case<math::FmaOp>([&](auto) { return args[0] * args[1] + args[2]; })
      .Default([](Operation *) { return Result(); });
}

static std::optional<double> getConstant(Value value) {
  llvm::APFloat constant(0.0);
  if (matchPattern(value, m_ConstantFloat(&constant)))
    return constant.convertToDouble();
  return std::nullopt;
}

/// The ops of `value`'s block that compute `result` from `x` and constants
/// alone, in order; empty if something else goes in.
static SmallVector<Operation *> getCone(Value x, Value result) {
  llvm::SetVector<Operation *> cone;
  SmallVector<Value> worklist{result};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (value == x || getConstant(value))
      continue;
    Operation *op = value.getDefiningOp();
    if (!op || op->getBlock() != x.getParentBlock())
      return {};
    if (cone.insert(op))
      llvm::append_range(worklist, op->getOperands());
  }
  auto ops = cone.takeVector();
  llvm::sort(ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return SmallVector<Operation *>(ops.begin(), ops.end());
}

static std::optional<double> evaluateCone(ArrayRef<Operation *> cone, Value x,
                                          double at) {
  DenseMap<Value, double> values{{x, at}};
  for (Operation *op : cone) {
    SmallVector<double> args;
    for (Value operand : op->getOperands()) {
      auto known = values.find(operand);
      std::optional<double> constant = getConstant(operand);
      if (known == values.end() && !constant)
        return std::nullopt;
      args.push_back(known != values.end() ? known->second : *constant);
    }
    std::optional<double> value = evaluate(op, args);
    if (!value || op->getNumResults() != 1)
      return std::nullopt;
    values[op->getResult(0)] = *value;
  }
  return values.lookup(cone.back()->getResult(0));
}

//===----------------------------------------------------------------------===//
// Activations
//===----------------------------------------------------------------------===//

static double activate(Epilogue kind, double x) {
  switch (kind) {
  case Epilogue::None:
    break;
  case Epilogue::Relu:
    return maximum(x, 0);
  case Epilogue::GeluTanh:
    return 0.5 * x *
           (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
  case Epilogue::GeluErf:
    return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
  case Epilogue::Silu:
    return x / (1 + std::exp(-x));
  }
  return x;
}

/// Constants carry the rounding of their format, so values may differ by some
/// of its units.
static double getTolerance(ArrayRef<Operation *> cone) {
  double tolerance = 1e-12;
  for (Operation *op : cone)
    for (Value operand : op->getOperands())
      if (auto type = dyn_cast<FloatType>(operand.getType());
          type && getConstant(operand))
        tolerance = std::max(tolerance,
                             std::ldexp(8.0, -int(type.getFPMantissaWidth())));
  return tolerance;
}

static bool computes(ArrayRef<Operation *> cone, Value x, Epilogue kind) {
  // The two kinds of GELU are closer than the constants of a narrow format.
  bool usesErf = llvm::any_of(
      cone, [](Operation *op) { return isa<math::ErfOp, math::ErfcOp>(op); });
  if (usesErf != (kind == Epilogue::GeluErf))
    return false;
  static constexpr double points[] = {
      0,    1e-30, -1e-30, 1e-3, -1e-3, 0.05, -0.05, 0.3,   -0.3, 0.5,   -0.5,
      0.75, -0.75, 1,      -1,   1.3,   -1.3, 1.7,   -2,    2.2,  -2.5,  2.9,
      -3,   3.5,   -3.7,   4.1,  -4.5,  5.9,  -6.1,  6.5,   -9,   20.5,  -20.5,
      127,  -127,  1e3,    -1e3, 7e4,   -7e4, 1e12,  -1e12, 1e30, -1e30, NAN};
  double tolerance = getTolerance(cone);
  for (double point : points) {
    std::optional<double> value = evaluateCone(cone, x, point);
    double expected = activate(kind, point);
    if (!value || std::isnan(*value) != std::isnan(expected))
      return false;
    // Near zero of the tails only the size of x counts.
    if (std::fabs(*value - expected) >
        tolerance *
            std::max(std::fabs(expected), std::fmin(std::fabs(point), 1)))
      return false;
  }
  return true;
}

ActivationMatch mp::matchActivation(Value x) {
  // Everything that depends on x and constants only, in order.
  SmallVector<Operation *> dependents;
  llvm::SmallPtrSet<Operation *, 16> known;
  Block *block = x.getParentBlock();
  Operation *first =
      x.getDefiningOp() ? x.getDefiningOp()->getNextNode() : &block->front();
  for (Operation *op = first; op && dependents.size() < 64;
       op = op->getNextNode()) {
    bool uses = false,
         pure = op->getNumResults() == 1 && op->getNumRegions() == 0;
    for (Value operand : op->getOperands()) {
      bool isKnown = operand == x || known.contains(operand.getDefiningOp());
      uses |= isKnown;
      pure &= isKnown || getConstant(operand).has_value();
    }
    if (uses && pure) {
      dependents.push_back(op);
      known.insert(op);
    }
  }
  for (Operation *last : llvm::reverse(dependents)) {
    SmallVector<Operation *> cone = getCone(x, last->getResult(0));
    llvm::SmallPtrSet<Operation *, 16> inside(cone.begin(), cone.end());
    auto staysInside = [&](Value value) {
      return llvm::all_of(value.getUsers(), [&](Operation *user) {
        return inside.contains(user);
      });
    };
    bool closed = staysInside(x);
    for (Operation *op : cone)
      closed &= op == last || staysInside(op->getResult(0));
    if (!closed)
      continue;
    for (Epilogue kind : {Epilogue::Relu, Epilogue::GeluTanh, Epilogue::GeluErf,
                          Epilogue::Silu})
      if (computes(cone, x, kind))
        return {last->getResult(0), kind};
  }
  return {};
}
