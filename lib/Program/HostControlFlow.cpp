//===- HostControlFlow.cpp - structured control flow as branches ----------===//
//
// Tensors need no passing: the plan gave both ends of each edge one buffer.
// Scalars become block arguments.
//
//===----------------------------------------------------------------------===//

#include "HostEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"

using namespace mlir;
using namespace mlir::mp;

static bool isScalar(Value value) { return !isa<ShapedType>(value.getType()); }

SmallVector<Value> HostEmitter::lookUpScalars(ValueRange values) {
  SmallVector<Value> result;
  for (Value value : values)
    if (isScalar(value))
      result.push_back(scalars.lookup(value));
  return result;
}

/// A block with an argument for each scalar of `values`; the builder stays.
Block *HostEmitter::addBlock(ValueRange values) {
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&target.getBody(), target.getBody().end());
  for (Value value : values)
    if (isScalar(value))
      block->addArgument(value.getType(), value.getLoc());
  return block;
}

void HostEmitter::mapScalars(ValueRange from, Block *to) {
  unsigned index = 0;
  for (Value value : from)
    if (isScalar(value))
      scalars.map(value, to->getArgument(index++));
}

/// The code of a region of an if or a switch, from `from` on, then to `next`.
LogicalResult HostEmitter::emitBranch(Region &region, Block *from,
                                      Block *next) {
  builder.setInsertionPointToEnd(from);
  SmallVector<Value> results;
  Location loc = region.getLoc();
  if (!region.empty()) {
    if (failed(emitBlock(region.front())))
      return failure();
    results = lookUpScalars(region.front().getTerminator()->getOperands());
  }
  cf::BranchOp::create(builder, loc, next, results);
  return success();
}

LogicalResult HostEmitter::emitIf(scf::IfOp op) {
  Block *then = addBlock({}), *otherwise = addBlock({});
  Block *next = addBlock(op.getResults());
  cf::CondBranchOp::create(builder, op.getLoc(),
                           scalars.lookup(op.getCondition()), then,
                           ValueRange{}, otherwise, ValueRange{});
  if (failed(emitBranch(op.getThenRegion(), then, next)) ||
      failed(emitBranch(op.getElseRegion(), otherwise, next)))
    return failure();
  mapScalars(op.getResults(), next);
  builder.setInsertionPointToEnd(next);
  return success();
}

LogicalResult HostEmitter::emitSwitch(scf::IndexSwitchOp op) {
  Location loc = op.getLoc();
  Block *next = addBlock(op.getResults()), *other = addBlock({});
  SmallVector<Block *> blocks;
  SmallVector<APInt> values;
  SmallVector<ValueRange> operands(op.getCases().size());
  for (int64_t value : op.getCases()) {
    blocks.push_back(addBlock({}));
    values.push_back(APInt(64, value, /*isSigned=*/true));
  }
  Value flag = arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                          scalars.lookup(op.getArg()));
  if (blocks.empty())
    cf::BranchOp::create(builder, loc, other);
  else
    cf::SwitchOp::create(builder, loc, flag, other, ValueRange{}, values,
                         blocks, operands);
  for (auto [region, block] : llvm::zip_equal(op.getCaseRegions(), blocks))
    if (failed(emitBranch(region, block, next)))
      return failure();
  if (failed(emitBranch(op.getDefaultRegion(), other, next)))
    return failure();
  mapScalars(op.getResults(), next);
  builder.setInsertionPointToEnd(next);
  return success();
}

LogicalResult HostEmitter::emitFor(scf::ForOp op) {
  Location loc = op.getLoc();
  SmallVector<Value> carried{op.getInductionVar()};
  llvm::append_range(carried, op.getRegionIterArgs());
  Block *header = addBlock(carried), *body = addBlock({}), *next = addBlock({});
  SmallVector<Value> inits{scalars.lookup(op.getLowerBound())};
  llvm::append_range(inits, lookUpScalars(op.getInitArgs()));
  cf::BranchOp::create(builder, loc, header, inits);

  builder.setInsertionPointToEnd(header);
  mapScalars(carried, header);
  Value index = header->getArgument(0);
  auto less = op.getUnsignedCmp() ? arith::CmpIPredicate::ult
                                  : arith::CmpIPredicate::slt;
  Value more = arith::CmpIOp::create(builder, loc, less, index,
                                     scalars.lookup(op.getUpperBound()));
  cf::CondBranchOp::create(builder, loc, more, body, ValueRange{}, next,
                           ValueRange{});

  builder.setInsertionPointToEnd(body);
  if (failed(emitBlock(*op.getBody())))
    return failure();
  SmallVector<Value> following{
      arith::AddIOp::create(builder, loc, index, scalars.lookup(op.getStep()))};
  llvm::append_range(
      following, lookUpScalars(op.getBody()->getTerminator()->getOperands()));
  cf::BranchOp::create(builder, loc, header, following);

  // The results are what the header had when it left the loop.
  unsigned position = 1;
  for (Value result : op.getResults())
    if (isScalar(result))
      scalars.map(result, header->getArgument(position++));
  builder.setInsertionPointToEnd(next);
  return success();
}

LogicalResult HostEmitter::emitWhile(scf::WhileOp op) {
  Location loc = op.getLoc();
  Block *before = addBlock(op.getBeforeArguments());
  Block *after = addBlock(op.getAfterArguments());
  Block *next = addBlock(op.getResults());
  cf::BranchOp::create(builder, loc, before, lookUpScalars(op.getInits()));

  builder.setInsertionPointToEnd(before);
  mapScalars(op.getBeforeArguments(), before);
  if (failed(emitBlock(op.getBefore().front())))
    return failure();
  auto condition = op.getConditionOp();
  SmallVector<Value> passed = lookUpScalars(condition.getArgs());
  cf::CondBranchOp::create(builder, loc,
                           scalars.lookup(condition.getCondition()), after,
                           passed, next, passed);

  builder.setInsertionPointToEnd(after);
  mapScalars(op.getAfterArguments(), after);
  if (failed(emitBlock(op.getAfter().front())))
    return failure();
  cf::BranchOp::create(builder, loc, before,
                       lookUpScalars(op.getYieldOp().getOperands()));

  mapScalars(op.getResults(), next);
  builder.setInsertionPointToEnd(next);
  return success();
}
