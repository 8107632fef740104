#include "StableHLOToLinalg.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

using namespace mlir;
using namespace mlir::mp;

RankedTensorType mp::getSignlessType(const TypeConverter &converter,
                                     Value value) {
  return cast<RankedTensorType>(converter.convertType(value.getType()));
}

Value mp::createEmpty(OpBuilder &builder, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

Value mp::createSplat(OpBuilder &builder, Location loc, RankedTensorType type,
                      Value scalar) {
  // A constant stays one, so that folding and fusion see it.
  DenseElementsAttr constant;
  if (matchPattern(scalar, m_Constant(&constant)) && constant.isSplat())
    return arith::ConstantOp::create(
        builder, loc, cast<DenseElementsAttr>(constant.resizeSplat(type)));
  if (type.getRank() == 0)
    return scalar;
  auto map = AffineMap::get(type.getRank(), 0, builder.getContext());
  return createParallelGeneric(
      builder, loc, type, scalar, map,
      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}

Value mp::createSplatConstant(OpBuilder &builder, Location loc,
                              RankedTensorType type, double value) {
  auto scalar = [&](Type element, double v) -> TypedAttr {
    if (isa<FloatType>(element))
      return builder.getFloatAttr(element, v);
    return builder.getIntegerAttr(element, static_cast<int64_t>(v));
  };
  Type element = type.getElementType();
  Attribute splat;
  if (auto complex = dyn_cast<ComplexType>(element))
    splat = builder.getArrayAttr({scalar(complex.getElementType(), value),
                                  scalar(complex.getElementType(), 0)});
  else
    splat = scalar(element, value);
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, splat));
}

Value mp::promoteScalar(OpBuilder &builder, Location loc, Value value,
                        Type source, Type type) {
  if (value.getType() == type)
    return value;
  if (isa<FloatType>(type) && isa<FloatType>(value.getType()))
    return arith::ExtFOp::create(builder, loc, type, value);
  if (source.isUnsignedInteger() || source.isInteger(1))
    return arith::ExtUIOp::create(builder, loc, type, value);
  if (isa<IntegerType>(type))
    return arith::ExtSIOp::create(builder, loc, type, value);
  auto part = cast<ComplexType>(type).getElementType();
  Value re = complex::ReOp::create(builder, loc, value);
  Value im = complex::ImOp::create(builder, loc, value);
  return complex::CreateOp::create(
      builder, loc, type, promoteScalar(builder, loc, re, source, part),
      promoteScalar(builder, loc, im, source, part));
}

Value mp::createMultiplyAdd(OpBuilder &b, Location loc, Value x, Value y,
                            Value sum) {
  Type type = sum.getType();
  if (isa<ComplexType>(type))
    return complex::AddOp::create(b, loc, sum,
                                  complex::MulOp::create(b, loc, x, y));
  if (isa<FloatType>(type))
    return arith::AddFOp::create(b, loc, sum,
                                 arith::MulFOp::create(b, loc, x, y));
  if (type.isInteger(1))
    return arith::OrIOp::create(b, loc, sum,
                                arith::AndIOp::create(b, loc, x, y));
  return arith::AddIOp::create(b, loc, sum,
                               arith::MulIOp::create(b, loc, x, y));
}

Value mp::createParallelGeneric(OpBuilder &builder, Location loc,
                                RankedTensorType type, ValueRange inputs,
                                ArrayRef<AffineMap> maps, ScalarBody body) {
  SmallVector<AffineMap> allMaps(maps);
  allMaps.push_back(builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, type, inputs, createEmpty(builder, loc, type), allMaps,
      iterators, [&](OpBuilder &b, Location l, ValueRange args) {
        linalg::YieldOp::create(b, l, body(b, l, args.drop_back()));
      });
  return generic.getResult(0);
}

Value mp::createReshape(OpBuilder &builder, Location loc, Value input,
                        ArrayRef<int64_t> shape) {
  auto from = cast<RankedTensorType>(input.getType());
  auto to = RankedTensorType::get(shape, from.getElementType());
  if (from == to)
    return input;
  if (auto groups = getReassociationIndicesForReshape(from, to)) {
    if (from.getRank() > to.getRank())
      return tensor::CollapseShapeOp::create(builder, loc, to, input, *groups);
    if (from.getRank() < to.getRank())
      return tensor::ExpandShapeOp::create(builder, loc, to, input, *groups);
  }
  // In two steps, through one dimension.
  auto allOf = [](int64_t rank) {
    return SmallVector<ReassociationIndices>{
        llvm::to_vector<2>(llvm::seq<int64_t>(0, rank))};
  };
  auto flat =
      RankedTensorType::get({from.getNumElements()}, from.getElementType());
  if (from.getRank() == 0)
    input = tensor::ExpandShapeOp::create(builder, loc, flat, input,
                                          ArrayRef<ReassociationIndices>{});
  else if (from.getRank() > 1)
    input = tensor::CollapseShapeOp::create(builder, loc, flat, input,
                                            allOf(from.getRank()));
  if (to.getRank() == 0)
    return tensor::CollapseShapeOp::create(builder, loc, to, input,
                                           ArrayRef<ReassociationIndices>{});
  if (to.getRank() > 1)
    return tensor::ExpandShapeOp::create(builder, loc, to, input,
                                         allOf(to.getRank()));
  return input;
}

Value mp::createTranspose(OpBuilder &builder, Location loc, Value input,
                          ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return input;
  auto from = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> shape;
  SmallVector<AffineExpr> exprs(from.getRank());
  for (auto [resultDim, inputDim] : llvm::enumerate(permutation)) {
    shape.push_back(from.getDimSize(inputDim));
    exprs[inputDim] = builder.getAffineDimExpr(resultDim);
  }
  auto map = AffineMap::get(from.getRank(), 0, exprs, builder.getContext());
  return createParallelGeneric(
      builder, loc, RankedTensorType::get(shape, from.getElementType()), input,
      map, [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}

Value mp::createReverse(OpBuilder &builder, Location loc, Value input,
                        ArrayRef<int64_t> dimensions) {
  if (dimensions.empty())
    return input;
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<AffineExpr> exprs;
  for (int64_t d = 0; d < type.getRank(); ++d) {
    AffineExpr dim = builder.getAffineDimExpr(d);
    bool reversed = llvm::is_contained(dimensions, d);
    exprs.push_back(reversed ? type.getDimSize(d) - 1 - dim : dim);
  }
  auto map = AffineMap::get(type.getRank(), 0, exprs, builder.getContext());
  return createParallelGeneric(
      builder, loc, type, input, map,
      [](OpBuilder &, Location, ValueRange args) { return args[0]; });
}
