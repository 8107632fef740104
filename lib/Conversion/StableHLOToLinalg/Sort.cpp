//===- Sort.cpp - sort and top_k ------------------------------------------===//
//
// A stable merge sort of indices, one row at a time: the comparator sees the
// operands where they are, any number of them, and each result is written once.
//
//===----------------------------------------------------------------------===//

#include "KernelLoops.h"
#include "ScalarOps.h"
#include "StableHLOToLinalg.h"

#include "mp/StableHLO/CHLO.h"
#include "mp/StableHLO/StableHLO.h"

using namespace mlir;
using namespace mlir::mp;

namespace {

/// Bytes of scratch that sorting `size` elements takes.
int64_t getSortScratch(int64_t size) { return 2 * size * sizeof(int32_t); }

/// The numbers [0, size) in sorted order.
struct SortedOrder {
  Value buffer; // memref<2 * size x i32>
  int64_t first;

  Value get(KernelLoops &b, Value i) const {
    Value entry = memref::LoadOp::create(b, buffer, b.add(i, first));
    return arith::IndexCastOp::create(b, b.getIndexType(), entry);
  }
};

/// `before(i, j)`, an i1, says that element i has to stand before element j.
/// Runs of doubling width are merged from one half of the buffer to the other.
SortedOrder emitSort(KernelLoops &b, Value scratch, int64_t size,
                     llvm::function_ref<Value(Value, Value)> before) {
  Type i32 = b.getI32Type();
  Value buffer = memref::ViewOp::create(b, MemRefType::get({2 * size}, i32),
                                        scratch, b.index(0), ValueRange());
  b.loop(b.index(0), b.index(size), [&](Value i) {
    memref::StoreOp::create(b, arith::IndexCastOp::create(b, i32, i), buffer,
                            i);
  });
  auto loadAt = [&](Value offset, Value i) -> Value {
    Value entry = memref::LoadOp::create(b, buffer, b.add(offset, i));
    return arith::IndexCastOp::create(b, b.getIndexType(), entry);
  };

  int64_t passes = llvm::Log2_64_Ceil(size);
  b.loop(b.index(0), b.index(passes), [&](Value pass) {
    Value width = arith::ShLIOp::create(b, b.index(1), pass);
    Value odd = arith::AndIOp::create(b, pass, b.index(1));
    Value from = b.mul(odd, size);
    Value to = b.sub(b.index(size), from);
    Value pairWidth = b.add(width, width);
    auto pairs = scf::ForOp::create(b, b.index(0), b.index(size), pairWidth);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(pairs.getBody());
    Value low = pairs.getInductionVar();
    Value middle = b.min(b.add(low, width), b.index(size));
    Value high = b.min(b.add(low, pairWidth), b.index(size));

    auto merge =
        scf::ForOp::create(b, low, high, b.index(1), ValueRange{low, middle});
    b.setInsertionPointToStart(merge.getBody());
    Value i = merge.getRegionIterArg(0), j = merge.getRegionIterArg(1);
    // Both are loaded whether or not their runs have ended, so the positions
    // are kept inside the buffer.
    Value left = loadAt(from, b.min(i, b.index(size - 1)));
    Value right = loadAt(from, b.min(j, b.index(size - 1)));
    Value leftEnded = b.compare(arith::CmpIPredicate::sge, i, middle);
    Value rightLeft = b.less(j, high);
    Value takeRight = b.both(
        rightLeft, arith::OrIOp::create(b, leftEnded, before(right, left)));
    Value taken = arith::SelectOp::create(b, takeRight, right, left);
    memref::StoreOp::create(b, arith::IndexCastOp::create(b, i32, taken),
                            buffer, b.add(to, merge.getInductionVar()));
    Value nextI = arith::SelectOp::create(b, takeRight, i, b.add(i, 1));
    Value nextJ = arith::SelectOp::create(b, takeRight, b.add(j, 1), j);
    scf::YieldOp::create(b, ValueRange{nextI, nextJ});
  });
  return {buffer, passes % 2 == 0 ? 0 : size};
}

int64_t getSortGrain(int64_t size) {
  return std::max<int64_t>(1, 4096 / std::max<int64_t>(1, size));
}

struct SortLowering : KernelPattern<shlo::SortOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(shlo::SortOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto shape = cast<ShapedType>(op.getInputs()[0].getType()).getShape();
    int64_t dim = op.getDimension();
    if (dim < 0)
      dim += shape.size();
    if (shape.empty()) {
      rewriter.replaceOp(op, adaptor.getInputs());
      return success();
    }
    int64_t size = shape[dim];
    if (size > std::numeric_limits<int32_t>::max())
      return reject(op) << "more than 2^31 - 1 elements";
    int64_t inner = getProduct(shape.drop_front(dim + 1));

    SmallVector<Value> inputs;
    for (Value input : adaptor.getInputs())
      inputs.push_back(flatten(rewriter, loc, input));
    SmallVector<RankedTensorType> types = getTensorTypes(inputs);
    KernelFunction kernel =
        createKernelFunction(symbols, loc, "sort", types, types);
    KernelLoops b(kernel);
    LogicalResult inlined = success();
    b.loop(kernel.begin, kernel.end, [&](Value row) {
      SmallVector<Value> at =
          b.delinearize(row, {getProduct(shape.take_front(dim)), inner});
      Value base = b.add(b.mul(at[0], size * inner), at[1]);
      auto position = [&](Value i) { return b.add(base, b.mul(i, inner)); };
      auto before = [&](Value i, Value j) -> Value {
        SmallVector<Value> scalars, results;
        for (auto [input, type] : llvm::zip_equal(kernel.inputs, types)) {
          scalars.push_back(b.load(input, position(i), type.getElementType()));
          scalars.push_back(b.load(input, position(j), type.getElementType()));
        }
        inlined = inlineScalarRegion(op.getComparator(), scalars, b, results);
        return succeeded(inlined)
                   ? results[0]
                   : arith::ConstantOp::create(b, b.getBoolAttr(false));
      };
      SortedOrder order = emitSort(b, kernel.scratch, size, before);
      b.loop(b.index(0), b.index(size), [&](Value i) {
        Value from = position(order.get(b, i));
        Value to = position(i);
        for (auto [input, output] :
             llvm::zip_equal(kernel.inputs, kernel.outputs))
          memref::StoreOp::create(b, memref::LoadOp::create(b, input, from),
                                  output, to);
      });
    });
    if (failed(inlined)) {
      symbols.erase(kernel.func);
      return failure();
    }
    int64_t rows = getProduct(shape) / size;
    LaunchOp launch =
        createLaunch(rewriter, loc, kernel.func, inputs, types, rows,
                     getSortGrain(size), {}, {}, getSortScratch(size));
    SmallVector<Value> results;
    for (Value result : launch.getResults())
      results.push_back(createReshape(rewriter, loc, result, shape));
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// A key whose signed or unsigned order is the total order of `value`.
Value getOrderKey(KernelLoops &b, Value value) {
  auto type = dyn_cast<FloatType>(value.getType());
  if (!type)
    return value;
  Type integer = b.getIntegerType(type.getWidth());
  Value bits = arith::BitcastOp::create(b, integer, value);
  auto constant = [&](const APInt &number) -> Value {
    return arith::ConstantOp::create(b, b.getIntegerAttr(integer, number));
  };
  // Negative numbers grow downward: flip all but the sign.
  Value negative = b.less(bits, constant(APInt::getZero(type.getWidth())));
  Value mask = constant(APInt::getSignedMaxValue(type.getWidth()));
  return arith::SelectOp::create(b, negative,
                                 arith::XOrIOp::create(b, bits, mask), bits);
}

struct TopKLowering : KernelPattern<chlo::TopKOp> {
  using KernelPattern::KernelPattern;
  LogicalResult
  matchAndRewrite(chlo::TopKOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    auto inputType = cast<RankedTensorType>(adaptor.getOperand().getType());
    int64_t size = inputType.getShape().back();
    int64_t k = op.getK();
    int64_t rows = inputType.getNumElements() / size;
    Type sourceElement = getElementTypeOrSelf(op.getOperand().getType());
    bool isUnsigned =
        sourceElement.isUnsignedInteger() || sourceElement.isInteger(1);
    RankedTensorType valuesType =
        getSignlessType(*getTypeConverter(), op.getValues());
    RankedTensorType indicesType =
        getSignlessType(*getTypeConverter(), op.getIndices());

    Value input = flatten(rewriter, loc, adaptor.getOperand());
    KernelFunction kernel =
        createKernelFunction(symbols, loc, "top_k", flatten(inputType),
                             {flatten(valuesType), flatten(indicesType)});
    KernelLoops b(kernel);
    b.loop(kernel.begin, kernel.end, [&](Value row) {
      Value base = b.mul(row, size);
      auto key = [&](Value i) {
        return getOrderKey(b, b.load(kernel.inputs[0], b.add(base, i),
                                     inputType.getElementType()));
      };
      auto before = [&](Value i, Value j) {
        return b.compare(isUnsigned ? arith::CmpIPredicate::ugt
                                    : arith::CmpIPredicate::sgt,
                         key(i), key(j));
      };
      SortedOrder order = emitSort(b, kernel.scratch, size, before);
      b.loop(b.index(0), b.index(k), [&](Value i) {
        Value from = order.get(b, i);
        Value to = b.add(b.mul(row, k), i);
        Value value =
            memref::LoadOp::create(b, kernel.inputs[0], b.add(base, from));
        memref::StoreOp::create(b, value, kernel.outputs[0], to);
        memref::StoreOp::create(
            b,
            arith::IndexCastOp::create(b, indicesType.getElementType(), from),
            kernel.outputs[1], to);
      });
    });
    LaunchOp launch =
        createLaunch(rewriter, loc, kernel.func, input,
                     {flatten(valuesType), flatten(indicesType)}, rows,
                     getSortGrain(size), {}, {}, getSortScratch(size));
    rewriter.replaceOp(op, {createReshape(rewriter, loc, launch.getResult(0),
                                          valuesType.getShape()),
                            createReshape(rewriter, loc, launch.getResult(1),
                                          indicesType.getShape())});
    return success();
  }
};

} // namespace

void mp::populateSortPatterns(TypeConverter &converter, SymbolTable &symbols,
                              RewritePatternSet &patterns) {
  patterns.add<SortLowering, TopKLowering>(converter, patterns.getContext(),
                                           symbols);
}
