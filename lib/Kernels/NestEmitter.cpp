#include "NestEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::mp;

//===----------------------------------------------------------------------===//
// What a kernel needs from outside
//===----------------------------------------------------------------------===//

/// Collects the tensors from which `scalar` is computed; its computation moves
/// into the kernel.
static LogicalResult collectScalar(Operation *user, Value scalar,
                                   llvm::SetVector<Value> &tensors) {
  if (isa<RankedTensorType>(scalar.getType())) {
    tensors.insert(scalar);
    return success();
  }
  Operation *def = scalar.getDefiningOp();
  if (!def || def->getNumRegions() != 0 || !isPure(def)) {
    InFlightDiagnostic diag =
        user->emitOpError("expected its scalars to be computed from tensors "
                          "by pure ops, but one is not");
    if (def)
      diag.attachNote(def->getLoc()) << "defined here";
    return failure();
  }
  for (Value operand : def->getOperands())
    if (failed(collectScalar(user, operand, tensors)))
      return failure();
  return success();
}

LogicalResult mp::collectInputs(const LoopNest &nest,
                                llvm::SetVector<Value> &tensors) {
  auto addSource = [&](const NestSource &source) -> LogicalResult {
    if (source.scalar)
      return collectScalar(nest.op, source.scalar, tensors);
    if (!source.isTensor())
      return success();
    tensors.insert(source.access.tensor);
    for (auto [value, factor] : source.access.dynamic)
      if (failed(collectScalar(nest.op, value, tensors)))
        return failure();
    return success();
  };
  for (auto [index, input] : llvm::enumerate(nest.inputs))
    if (!nest.body || !nest.body->getArgument(index).use_empty())
      if (failed(addSource(input)))
        return failure();
  for (const NestOutput &output : nest.outputs) {
    if (output.init && failed(addSource(*output.init)))
      return failure();
    for (auto [value, factor] : output.access.dynamic)
      if (failed(collectScalar(nest.op, value, tensors)))
        return failure();
  }
  if (!nest.body)
    return success();
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(*nest.body->getParent(), captured);
  for (Value value : captured)
    if (failed(collectScalar(nest.op, value, tensors)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Scalars and elements
//===----------------------------------------------------------------------===//

static OpBuilder atEntry(Block *entry, Operation *last) {
  if (last) {
    OpBuilder builder(last->getContext());
    builder.setInsertionPointAfter(last);
    return builder;
  }
  return OpBuilder::atBlockBegin(entry);
}

void NestEmitter::bindTensor(Value tensor, Value memref) {
  auto type = cast<MemRefType>(memref.getType());
  if (type.getRank() != 1) {
    OpBuilder entryBuilder = atEntry(entry, lastEntryOp);
    auto flatType =
        MemRefType::get({type.getNumElements()}, type.getElementType());
    auto flat = memref::ReinterpretCastOp::create(
        entryBuilder, memref.getLoc(), flatType, memref, /*offset=*/0,
        /*sizes=*/ArrayRef<int64_t>{type.getNumElements()},
        /*strides=*/ArrayRef<int64_t>{1});
    lastEntryOp = flat;
    memref = flat;
  }
  memrefs[tensor] = memref;
}

Value NestEmitter::getIndex(int64_t value) {
  Value &index = indices[value];
  if (!index) {
    OpBuilder entryBuilder = atEntry(entry, lastEntryOp);
    index = arith::ConstantIndexOp::create(
        entryBuilder, entry->getParentOp()->getLoc(), value);
    lastEntryOp = index.getDefiningOp();
  }
  return index;
}

/// Clones the computation of a scalar to the head of the kernel.
Value NestEmitter::getScalar(Value scalar) {
  if (Value known = scalars.lookupOrNull(scalar))
    return known;
  Operation *def = scalar.getDefiningOp();
  if (auto extract = dyn_cast<tensor::ExtractOp>(def)) {
    NestAccess access;
    access.tensor = extract.getTensor();
    int64_t stride = 1;
    ArrayRef<int64_t> shape = extract.getTensor().getType().getShape();
    for (int64_t d = shape.size() - 1; d >= 0; --d) {
      access.dynamic.push_back({extract.getIndices()[d], stride});
      getScalar(extract.getIndices()[d]);
      getIndex(stride);
      stride *= shape[d];
    }
    getIndex(0);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointAfter(lastEntryOp);
    Value address = getAddress(def->getLoc(), access, {});
    Value value = load(def->getLoc(), memrefs.lookup(access.tensor), address,
                       scalar.getType());
    scalars.map(scalar, value);
    lastEntryOp = value.getDefiningOp();
    return value;
  }
  for (Value operand : def->getOperands())
    getScalar(operand);
  OpBuilder entryBuilder = atEntry(entry, lastEntryOp);
  lastEntryOp = entryBuilder.clone(*def, scalars);
  return scalars.lookup(scalar);
}

Value NestEmitter::getAddress(Location loc, const NestAccess &access,
                              ArrayRef<Value> ivs) {
  constexpr auto nsw = arith::IntegerOverflowFlags::nsw;
  Value address;
  auto add = [&](Value term, int64_t factor) {
    if (factor != 1)
      term = arith::MulIOp::create(builder, loc, term, getIndex(factor), nsw);
    address = address ? arith::AddIOp::create(builder, loc, address, term, nsw)
                      : term;
  };
  for (auto [iv, coef] : llvm::zip(ivs, access.coefs))
    if (coef != 0)
      add(iv, coef);
  for (auto [value, factor] : access.dynamic)
    add(getScalar(value), factor);
  if (access.offset != 0 || !address)
    add(getIndex(access.offset), 1);
  return address;
}

/// i1 is kept as a byte of 0 or 1.
Value NestEmitter::load(Location loc, Value memref, Value address, Type type) {
  Value value = memref::LoadOp::create(builder, loc, memref, address);
  if (value.getType() == type)
    return value;
  Value zero = arith::ConstantOp::create(builder, loc,
                                         builder.getZeroAttr(value.getType()));
  return arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value,
                               zero);
}

Value NestEmitter::load(Location loc, const NestSource &source,
                        ArrayRef<Value> ivs, Type type) {
  if (auto parts = dyn_cast_or_null<ArrayAttr>(source.constant))
    return complex::ConstantOp::create(builder, loc, type, parts);
  if (source.constant)
    return arith::ConstantOp::create(builder, loc,
                                     cast<TypedAttr>(source.constant));
  if (source.scalar)
    return getScalar(source.scalar);
  Value address = getAddress(loc, source.access, ivs);
  return load(loc, memrefs.lookup(source.access.tensor), address, type);
}

void NestEmitter::store(Location loc, Value value, const NestAccess &access,
                        ArrayRef<Value> ivs) {
  Value memref = memrefs.lookup(access.tensor);
  Type element = cast<MemRefType>(memref.getType()).getElementType();
  Value address = getAddress(loc, access, ivs);
  if (value.getType() != element)
    value = arith::ExtUIOp::create(builder, loc, element, value);
  memref::StoreOp::create(builder, loc, value, memref, address);
}

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

/// Computes one element. `accumulators` are the values of the output arguments
/// that the body reads (null elsewhere).
SmallVector<Value> NestEmitter::emitBody(const LoopNest &nest,
                                         ArrayRef<Value> ivs,
                                         ArrayRef<Value> accumulators) {
  Location loc = nest.op->getLoc();
  if (!nest.body) {
    Type type = cast<RankedTensorType>(nest.outputs[0].access.tensor.getType())
                    .getElementType();
    return {load(loc, nest.inputs[0], ivs, type)};
  }
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(*nest.body->getParent(), captured);
  IRMapping mapping;
  for (Value value : captured)
    if (!isa<RankedTensorType>(value.getType()))
      mapping.map(value, getScalar(value));
  for (auto [input, argument] :
       llvm::zip(nest.inputs, nest.body->getArguments()))
    if (!argument.use_empty())
      mapping.map(argument, load(loc, input, ivs, argument.getType()));
  for (auto [value, argument] :
       llvm::zip(accumulators,
                 nest.body->getArguments().drop_front(nest.inputs.size())))
    if (value)
      mapping.map(argument, value);

  SmallVector<Operation *> patched;
  for (Operation &op : nest.body->without_terminator())
    builder.clone(op, mapping)->walk([&](Operation *inner) {
      if (isa<linalg::IndexOp, tensor::ExtractOp>(inner))
        patched.push_back(inner);
    });
  SmallVector<Value> results;
  for (Value value : nest.body->getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(value));

  OpBuilder::InsertionGuard guard(builder);
  for (Operation *op : patched) {
    builder.setInsertionPoint(op);
    Value replacement;
    if (auto index = dyn_cast<linalg::IndexOp>(op)) {
      int64_t loop = nest.originalLoops[index.getDim()];
      replacement = loop < 0 ? getIndex(0) : ivs[loop];
    } else {
      auto extract = cast<tensor::ExtractOp>(op);
      constexpr auto nsw = arith::IntegerOverflowFlags::nsw;
      Value address = getIndex(0);
      ArrayRef<int64_t> shape = extract.getTensor().getType().getShape();
      for (auto [index, size] : llvm::zip(extract.getIndices(), shape)) {
        address =
            arith::MulIOp::create(builder, loc, address, getIndex(size), nsw);
        address = arith::AddIOp::create(builder, loc, address, index, nsw);
      }
      replacement = load(loc, memrefs.lookup(extract.getTensor()), address,
                         extract.getType());
    }
    for (Value &result : results)
      if (result == op->getResult(0))
        result = replacement;
    op->getResult(0).replaceAllUsesWith(replacement);
    op->erase();
  }
  return results;
}

/// Sums and products may be taken in any order: that is what lets the loop
/// vectoriser keep several partial results.
static void allowReassociation(Value result, Value accumulator) {
  Operation *op = result.getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::MulFOp>(op) ||
      !llvm::is_contained(op->getOperands(), accumulator) ||
      !isa<Float32Type, Float64Type>(result.getType()))
    return;
  auto flags = cast<arith::ArithFastMathInterface>(op);
  op->setAttr(flags.getFastMathAttrName(),
              arith::FastMathFlagsAttr::get(
                  op->getContext(), flags.getFastMathFlagsAttr().getValue() |
                                        arith::FastMathFlags::reassoc));
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void NestEmitter::openLoop(const LoopNest &nest, unsigned loop,
                           SmallVectorImpl<Value> &ivs) {
  bool isRange = int64_t(loop) == rangeLoop;
  Value lower = isRange ? begin : getIndex(0);
  Value upper = isRange ? end : getIndex(nest.sizes[loop]);
  auto forOp =
      scf::ForOp::create(builder, nest.op->getLoc(), lower, upper, getIndex(1));
  ivs[loop] = forOp.getInductionVar();
  builder.setInsertionPointToStart(forOp.getBody());
}

/// Sums live in the result's memory, one row of it at a time.
void NestEmitter::emitInMemory(const LoopNest &nest,
                               ArrayRef<unsigned> reductions,
                               unsigned innermost,
                               SmallVectorImpl<Value> &ivs) {
  Location loc = nest.op->getLoc();
  auto elementType = [](const NestOutput &output) {
    return cast<RankedTensorType>(output.access.tensor.getType())
        .getElementType();
  };
  {
    OpBuilder::InsertionGuard guard(builder);
    SmallVector<Value> initIvs(ivs.begin(), ivs.end());
    for (unsigned loop : reductions)
      initIvs[loop] = getIndex(0);
    openLoop(nest, innermost, initIvs);
    for (const NestOutput &output : nest.outputs)
      if (output.init && nest.isAccumulated(output))
        store(loc, load(loc, *output.init, initIvs, elementType(output)),
              output.access, initIvs);
  }
  for (unsigned loop : reductions)
    openLoop(nest, loop, ivs);
  openLoop(nest, innermost, ivs);
  SmallVector<Value> accumulators;
  for (const NestOutput &output : nest.outputs) {
    Value value;
    if (output.init) {
      NestSource source = *output.init;
      if (nest.isAccumulated(output)) {
        source = NestSource();
        source.access = output.access;
      }
      value = load(loc, source, ivs, elementType(output));
    }
    accumulators.push_back(value);
  }
  for (auto [output, result] :
       llvm::zip(nest.outputs, emitBody(nest, ivs, accumulators)))
    store(loc, result, output.access, ivs);
}

/// Sums live in registers: the reductions are the innermost loops.
void NestEmitter::emitInRegisters(const LoopNest &nest,
                                  ArrayRef<unsigned> reductions,
                                  SmallVectorImpl<Value> &ivs) {
  Location loc = nest.op->getLoc();
  SmallVector<Value> initIvs(ivs.begin(), ivs.end());
  for (unsigned loop : reductions)
    initIvs[loop] = getIndex(0);

  // One entry for each output; `carried` has those kept across iterations.
  SmallVector<unsigned> carried;
  SmallVector<Value> values;
  for (auto [index, output] : llvm::enumerate(nest.outputs)) {
    if (!output.init || !nest.isAccumulated(output))
      continue;
    Type type =
        cast<RankedTensorType>(output.access.tensor.getType()).getElementType();
    carried.push_back(index);
    values.push_back(load(loc, *output.init, initIvs, type));
  }

  SmallVector<scf::ForOp> loops;
  OpBuilder::InsertionGuard guard(builder);
  for (unsigned loop : reductions) {
    auto forOp =
        scf::ForOp::create(builder, loc, getIndex(0),
                           getIndex(nest.sizes[loop]), getIndex(1), values);
    ivs[loop] = forOp.getInductionVar();
    values.assign(forOp.getRegionIterArgs().begin(),
                  forOp.getRegionIterArgs().end());
    loops.push_back(forOp);
    builder.setInsertionPointToStart(forOp.getBody());
  }

  SmallVector<Value> accumulators(nest.outputs.size());
  for (auto [index, output] : llvm::enumerate(nest.outputs))
    if (output.init && !nest.isAccumulated(output))
      accumulators[index] =
          load(loc, *output.init, ivs,
               cast<RankedTensorType>(output.access.tensor.getType())
                   .getElementType());
  for (auto [index, value] : llvm::zip(carried, values))
    accumulators[index] = value;
  SmallVector<Value> results = emitBody(nest, ivs, accumulators);

  SmallVector<Value> kept;
  for (auto [index, output] : llvm::enumerate(nest.outputs)) {
    if (llvm::is_contained(carried, index)) {
      allowReassociation(results[index], accumulators[index]);
      kept.push_back(results[index]);
    } else {
      store(loc, results[index], output.access, ivs);
    }
  }
  for (scf::ForOp forOp : llvm::reverse(loops)) {
    if (!carried.empty()) {
      builder.setInsertionPointToEnd(forOp.getBody());
      scf::YieldOp::create(builder, loc, kept);
      kept.assign(forOp.getResults().begin(), forOp.getResults().end());
    }
    builder.setInsertionPointAfter(forOp);
  }
  for (auto [index, value] : llvm::zip(carried, kept))
    store(loc, value, nest.outputs[index].access, initIvs);
}

void NestEmitter::emit(const LoopNest &nest, SmallVector<Value> ivs,
                       int64_t range, Value rangeBegin, Value rangeEnd) {
  rangeLoop = range;
  begin = rangeBegin;
  end = rangeEnd;
  ivs.resize(nest.getNumLoops());
  OpBuilder::InsertionGuard guard(builder);

  unsigned first = 0;
  while (first < ivs.size() && ivs[first])
    ++first;
  int64_t innermost = chooseInnermost(nest, first).loop;
  bool inMemory =
      innermost >= 0 && !nest.reduction[innermost] && nest.hasReduction();
  SmallVector<unsigned> parallel, reductions;
  for (unsigned loop = first; loop < nest.getNumLoops(); ++loop)
    if (int64_t(loop) != innermost)
      (nest.reduction[loop] ? reductions : parallel).push_back(loop);
  if (innermost >= 0 && !inMemory)
    (nest.reduction[innermost] ? reductions : parallel).push_back(innermost);

  for (unsigned loop : parallel)
    openLoop(nest, loop, ivs);
  if (inMemory)
    emitInMemory(nest, reductions, innermost, ivs);
  else
    emitInRegisters(nest, reductions, ivs);
}
