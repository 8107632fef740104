#include "StableHLOTable.h"

using namespace mlir;
using namespace mlir::mp;

/// Ops whose name alone says what they compute.
static const llvm::StringMap<Meaning> &getNamedMeanings() {
  using M = Meaning;
  static const llvm::StringMap<Meaning> meanings = {
      {"stablehlo.constant", M::Constant},
      {"chlo.constant", M::Constant},
      {"stablehlo.iota", M::Iota},
      {"stablehlo.dynamic_iota", M::Iota},
      {"stablehlo.add", M::Add},
      {"stablehlo.subtract", M::Subtract},
      {"stablehlo.multiply", M::Multiply},
      {"stablehlo.divide", M::Divide},
      {"stablehlo.remainder", M::Remainder},
      {"stablehlo.maximum", M::Maximum},
      {"stablehlo.minimum", M::Minimum},
      {"stablehlo.power", M::Power},
      {"stablehlo.atan2", M::Atan2},
      {"chlo.broadcast_add", M::Add},
      {"chlo.broadcast_subtract", M::Subtract},
      {"chlo.broadcast_multiply", M::Multiply},
      {"chlo.broadcast_divide", M::Divide},
      {"chlo.broadcast_maximum", M::Maximum},
      {"chlo.broadcast_minimum", M::Minimum},
      {"stablehlo.negate", M::Negate},
      {"stablehlo.abs", M::Absolute},
      {"stablehlo.sign", M::Sign},
      {"stablehlo.floor", M::Floor},
      {"stablehlo.ceil", M::Ceil},
      {"stablehlo.round_nearest_afz", M::Round},
      {"stablehlo.round_nearest_even", M::Round},
      {"chlo.square", M::Square},
      {"stablehlo.sqrt", M::SquareRoot},
      {"stablehlo.rsqrt", M::ReciprocalSquareRoot},
      {"stablehlo.cbrt", M::CubeRoot},
      {"stablehlo.exponential", M::Exponential},
      {"stablehlo.exponential_minus_one", M::ExponentialMinusOne},
      {"stablehlo.log", M::Logarithm},
      {"stablehlo.log_plus_one", M::LogarithmPlusOne},
      {"stablehlo.tanh", M::Tanh},
      {"stablehlo.logistic", M::Logistic},
      {"chlo.erf", M::Erf},
      {"chlo.erfc", M::Erfc},
      {"stablehlo.sine", M::Sine},
      {"stablehlo.cosine", M::Cosine},
      {"stablehlo.tan", M::Tangent},
      {"chlo.tan", M::Tangent},
      {"stablehlo.select", M::Select},
      {"stablehlo.clamp", M::Clamp},
      {"stablehlo.compare", M::Compare},
      {"stablehlo.is_finite", M::IsFinite},
      {"stablehlo.and", M::And},
      {"stablehlo.or", M::Or},
      {"stablehlo.not", M::Not},
      {"stablehlo.convert", M::Convert},
      {"stablehlo.broadcast", M::Broadcast},
      {"stablehlo.broadcast_in_dim", M::Broadcast},
      {"stablehlo.dynamic_broadcast_in_dim", M::Broadcast},
      {"stablehlo.reshape", M::Reshape},
      {"stablehlo.dynamic_reshape", M::Reshape},
      {"stablehlo.transpose", M::Transpose},
      {"stablehlo.slice", M::Slice},
      {"stablehlo.real_dynamic_slice", M::Slice},
      {"stablehlo.dynamic_slice", M::DynamicSlice},
      {"stablehlo.dynamic_update_slice", M::DynamicUpdateSlice},
      {"stablehlo.concatenate", M::Concatenate},
      {"stablehlo.pad", M::Pad},
      {"stablehlo.dynamic_pad", M::Pad},
      {"stablehlo.reverse", M::Reverse},
      {"stablehlo.gather", M::Gather},
      {"stablehlo.dynamic_gather", M::Gather},
      {"stablehlo.torch_index_select", M::Gather},
      {"stablehlo.select_and_scatter", M::SelectAndScatter},
      {"stablehlo.dot_general", M::Contraction},
      {"stablehlo.dot", M::Contraction},
      {"stablehlo.einsum", M::Contraction},
      {"stablehlo.convolution", M::Convolution},
      {"stablehlo.sort", M::Sort},
      {"stablehlo.rng_bit_generator", M::RandomBits},
      {"stablehlo.batch_norm_training", M::BatchNormTraining},
      {"stablehlo.batch_norm_inference", M::BatchNormInference},
      {"stablehlo.batch_norm_grad", M::BatchNormGradient},
  };
  return meanings;
}

/// What a body does with the value so far and the next one: `Add` and so on,
/// `None` where it is not one op of both.
static Meaning getBodyMeaning(Operation *op) {
  if (op->getNumRegions() != 1 || op->getNumResults() != 1 ||
      !op->getRegion(0).hasOneBlock())
    return Meaning::None;
  Block &body = op->getRegion(0).front();
  Operation &inner = body.front();
  if (body.getOperations().size() != 2 || inner.getNumOperands() != 2 ||
      inner.getOperand(0) == inner.getOperand(1) ||
      !llvm::all_of(inner.getOperands(), llvm::IsaPred<BlockArgument>))
    return Meaning::None;
  return getNamedMeanings().lookup(inner.getName().getStringRef());
}

/// True where the body keeps the new value and drops the old one.
static bool replacesValue(Operation *op) {
  if (op->getNumRegions() != 1 || !op->getRegion(0).hasOneBlock())
    return false;
  Block &body = op->getRegion(0).front();
  return body.getOperations().size() == 1 && body.getNumArguments() == 2 &&
         body.front().getNumOperands() == 1 &&
         body.front().getOperand(0) == body.getArgument(1);
}

Meaning stablehlo_table::getMeaning(Operation *op) {
  StringRef name = op->getName().getStringRef();
  if (name == "stablehlo.custom_call") {
    auto target = op->getAttrOfType<StringAttr>("call_target_name");
    return target && target == "mhlo.erf" ? Meaning::Erf : Meaning::None;
  }
  if (name == "stablehlo.scatter")
    return replacesValue(op)                    ? Meaning::ScatterAssign
           : getBodyMeaning(op) == Meaning::Add ? Meaning::ScatterSum
                                                : Meaning::None;
  bool isWindow = name == "stablehlo.reduce_window";
  if (!isWindow && name != "stablehlo.reduce")
    return getNamedMeanings().lookup(name);
  switch (getBodyMeaning(op)) {
  case Meaning::Add:
    return isWindow ? Meaning::WindowSum : Meaning::Sum;
  case Meaning::Maximum:
    return isWindow ? Meaning::WindowMaximum : Meaning::MaximumOf;
  case Meaning::Minimum:
    return isWindow ? Meaning::WindowMinimum : Meaning::MinimumOf;
  case Meaning::Multiply:
    return isWindow ? Meaning::None : Meaning::Product;
  default:
    return Meaning::None;
  }
}

StringRef stablehlo_table::getOpName(Meaning meaning) {
  switch (meaning) {
  case Meaning::Sum:
  case Meaning::Product:
  case Meaning::MaximumOf:
  case Meaning::MinimumOf:
    return "stablehlo.reduce";
  case Meaning::WindowSum:
  case Meaning::WindowMaximum:
  case Meaning::WindowMinimum:
    return "stablehlo.reduce_window";
  case Meaning::ScatterSum:
  case Meaning::ScatterAssign:
    return "stablehlo.scatter";
  case Meaning::Contraction:
    return "stablehlo.dot_general";
  case Meaning::Broadcast:
    return "stablehlo.broadcast_in_dim";
  default:
    break;
  }
  // StableHLO's own op, and of those the shortest name: variants lengthen it.
  static const llvm::DenseMap<unsigned, StringRef> names = [] {
    llvm::DenseMap<unsigned, StringRef> names;
    auto getRank = [](StringRef name) {
      return std::tuple(!name.starts_with("stablehlo."), name.size(), name);
    };
    for (const auto &entry : getNamedMeanings()) {
      StringRef name = entry.getKey();
      auto [it, isNew] = names.try_emplace(unsigned(entry.getValue()), name);
      if (!isNew && getRank(name) < getRank(it->second))
        it->second = name;
    }
    return names;
  }();
  return names.lookup(unsigned(meaning));
}
