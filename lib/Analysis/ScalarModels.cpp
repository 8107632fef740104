#include "PrecisionModel.h"
#include "ScalarTable.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::scalar_table;

const llvm::StringMap<Row> &scalar_table::getRows() {
  using C = OpClass;
  using M = Meaning;
  static const llvm::StringMap<Row> rows = [] {
    llvm::StringMap<Row> rows;
    auto add = [&](C opClass, bool isTied,
                   std::initializer_list<std::pair<StringRef, M>> ops) {
      for (auto [name, meaning] : ops)
        rows[name] = {opClass, meaning, isTied};
    };
    add(C::Pointwise, /*isTied=*/true,
        {{"arith.addf", M::Add},
         {"arith.subf", M::Subtract},
         {"arith.mulf", M::Multiply},
         {"arith.divf", M::Divide},
         {"arith.remf", M::Remainder},
         {"arith.negf", M::Negate},
         {"arith.maximumf", M::Maximum},
         {"arith.maxnumf", M::Maximum},
         {"arith.minimumf", M::Minimum},
         {"arith.minnumf", M::Minimum},
         {"math.absf", M::Absolute},
         {"math.ceil", M::Ceil},
         {"math.clampf", M::None},
         {"math.copysign", M::None},
         {"math.floor", M::Floor},
         {"math.fma", M::None},
         {"math.round", M::Round},
         {"math.roundeven", M::Round},
         {"math.trunc", M::None}});
    add(C::Transcendental, /*isTied=*/true,
        {{"math.acos", M::None},
         {"math.acosh", M::None},
         {"math.asin", M::None},
         {"math.asinh", M::None},
         {"math.atan", M::None},
         {"math.atan2", M::Atan2},
         {"math.atanh", M::None},
         {"math.cbrt", M::CubeRoot},
         {"math.cosh", M::None},
         {"math.exp", M::Exponential},
         {"math.exp2", M::None},
         {"math.expm1", M::ExponentialMinusOne},
         {"math.fpowi", M::Power},
         {"math.log", M::Logarithm},
         {"math.log10", M::None},
         {"math.log1p", M::LogarithmPlusOne},
         {"math.log2", M::None},
         {"math.powf", M::Power},
         {"math.rsqrt", M::ReciprocalSquareRoot},
         {"math.sinh", M::None},
         {"math.sqrt", M::SquareRoot},
         {"math.tan", M::Tangent}});
    add(C::Bounded, /*isTied=*/true,
        {{"math.cos", M::Cosine},
         {"math.erf", M::Erf},
         {"math.erfc", M::Erfc},
         {"math.sin", M::Sine},
         {"math.sincos", M::None},
         {"math.tanh", M::Tanh}});
    add(C::Comparison, /*isTied=*/true,
        {{"arith.cmpf", M::Compare},
         {"math.isfinite", M::IsFinite},
         {"math.isinf", M::None},
         {"math.isnan", M::None},
         {"math.isnormal", M::None}});
    add(C::DataMovement, /*isTied=*/true, {{"arith.select", M::Select}});
    add(C::Constant, /*isTied=*/false, {{"arith.constant", M::Constant}});
    add(C::Conversion, /*isTied=*/false,
        {{"arith.bitcast", M::None},
         {"arith.convertf", M::Convert},
         {"arith.extf", M::Convert},
         {"arith.fptosi", M::Convert},
         {"arith.fptoui", M::Convert},
         {"arith.scaling_extf", M::None},
         {"arith.scaling_truncf", M::None},
         {"arith.sitofp", M::Convert},
         {"arith.truncf", M::Convert},
         {"arith.uitofp", M::Convert}});
    add(C::Integer, /*isTied=*/false,
        {{"arith.addi", M::Add},
         {"arith.subi", M::Subtract},
         {"arith.muli", M::Multiply},
         {"arith.divsi", M::Divide},
         {"arith.divui", M::Divide},
         {"arith.remsi", M::Remainder},
         {"arith.remui", M::Remainder},
         {"arith.maxsi", M::Maximum},
         {"arith.maxui", M::Maximum},
         {"arith.minsi", M::Minimum},
         {"arith.minui", M::Minimum},
         {"arith.cmpi", M::Compare},
         {"arith.andi", M::And},
         {"arith.ori", M::Or},
         {"arith.extsi", M::Convert},
         {"arith.extui", M::Convert},
         {"arith.trunci", M::Convert},
         {"arith.index_cast", M::Convert},
         {"arith.index_castui", M::Convert}});
    return rows;
  }();
  return rows;
}

namespace {
struct ScalarModel : public PrecisionModel<ScalarModel> {
  static Row getRow(Operation *op) {
    return getRows().lookup(op->getName().getStringRef());
  }

  static bool isSquare(Operation *op) {
    APInt exponent;
    return isa<math::FPowIOp>(op) &&
           matchPattern(op->getOperand(1), m_ConstantInt(&exponent)) &&
           exponent == 2;
  }

  OpClass getPrecisionClass(Operation *op) const {
    auto isFloat = [](Type type) { return getFloatElementType(type); };
    OpClass opClass = getRow(op).opClass;
    bool hasFloat = llvm::any_of(op->getOperandTypes(), isFloat) ||
                    llvm::any_of(op->getResultTypes(), isFloat);
    return opClass == OpClass::DataMovement && !hasFloat ? OpClass::Integer
           : isSquare(op)                                ? OpClass::Pointwise
                                                         : opClass;
  }

  Meaning getMeaning(Operation *op) const {
    return isSquare(op) ? Meaning::Square : getRow(op).meaning;
  }

  bool readsUnsigned(Operation *op) const {
    if (auto compare = dyn_cast<arith::CmpIOp>(op))
      return compare.getPredicate() >= arith::CmpIPredicate::ult;
    return isa<arith::DivUIOp, arith::ExtUIOp, arith::IndexCastUIOp,
               arith::MaxUIOp, arith::MinUIOp, arith::RemUIOp, arith::UIToFPOp>(
        op);
  }

  /// Elements stay where they are.
  bool getOperandDimensions(Operation *op, unsigned operand,
                            SmallVectorImpl<int64_t> &dimensions) const {
    auto type = dyn_cast<ShapedType>(op->getOperand(operand).getType());
    for (int64_t i = 0, e = type ? type.getRank() : 0; i != e; ++i)
      dimensions.push_back(i);
    return true;
  }

  SmallVector<Value> getMeaningOperands(Operation *op) const {
    if (isSquare(op))
      return {op->getOperand(0)};
    return SmallVector<Value>(op->getOperands());
  }

  void getTypeGroups(Operation *op, SmallVectorImpl<TypeGroup> &groups) const {
    if (getRow(op).isTied)
      addTiedGroup(op, groups);
  }
};
} // namespace

template <typename DialectT>
static void attachModels(MLIRContext *context, DialectT *dialect) {
  for (const auto &entry : getRows()) {
    auto name = RegisteredOperationName::lookup(entry.getKey(), context);
    if (name && &name->getDialect() == dialect &&
        !name->hasInterface<PrecisionOpInterface>())
      name->attachInterface<ScalarModel>();
  }
}

void mp::registerScalarPrecisionModels(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, arith::ArithDialect *dialect) {
        attachModels(context, dialect);
      });
  registry.addExtension(+[](MLIRContext *context, math::MathDialect *dialect) {
    attachModels(context, dialect);
  });
}
