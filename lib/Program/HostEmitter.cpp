#include "HostEmitter.h"

#include "ConstantData.h"
#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::mp;

/// The arguments of mp_rt_entry.
enum EntryArgument { Exec, Arguments, Results, Arena, Persistent };

/// Sizes and field offsets of mp_rt_operand and mp_rt_library_call.
namespace operand_layout {
constexpr int64_t kData = 0, kShape = 8, kRankAndType = 16, kSize = 24;
} // namespace operand_layout
namespace call_layout {
constexpr int64_t kStructSize = 0, kCallId = 8, kNumInputs = 12,
                  kNumOutputs = 16, kNumConfig = 20, kOperands = 24,
                  kConfig = 32, kLabel = 40, kSize = 48;
} // namespace call_layout

HostEmitter::HostEmitter(HostGlobals &globals, int32_t &nextCallId,
                         bool keepsInvariants, MLIRContext *context)
    : globals(globals), nextCallId(nextCallId),
      keepsInvariants(keepsInvariants), builder(context),
      pointerType(LLVM::LLVMPointerType::get(context)) {}

//===----------------------------------------------------------------------===//
// Pieces of code
//===----------------------------------------------------------------------===//

Value HostEmitter::emitInteger(Location loc, int64_t value, unsigned width) {
  return LLVM::ConstantOp::create(builder, loc, builder.getIntegerType(width),
                                  value);
}

Value HostEmitter::emitAddress(Location loc, FlatSymbolRefAttr symbol) {
  return LLVM::AddressOfOp::create(builder, loc, pointerType, symbol);
}

Value HostEmitter::emitOffset(Location loc, Value base, int64_t bytes) {
  if (bytes == 0)
    return base;
  return LLVM::GEPOp::create(builder, loc, pointerType, builder.getI8Type(),
                             base, ValueRange{emitInteger(loc, bytes)});
}

void HostEmitter::emitStore(Location loc, Value value, Value base,
                            int64_t offset) {
  LLVM::StoreOp::create(builder, loc, value, emitOffset(loc, base, offset));
}

FailureOr<Value> HostEmitter::emitPointer(Location loc, Value tensor) {
  BufferPlace place = places.get(tensor);
  if (place.constant) {
    FailureOr<FlatSymbolRefAttr> symbol =
        globals.getConstant(loc, place.constant);
    if (failed(symbol))
      return failure();
    return emitAddress(loc, *symbol);
  }
  if (!place.buffer) {
    emitError(loc) << "expected a tensor with a planned buffer";
    return failure();
  }
  int64_t position = place.buffer.getPosition();
  auto argument = [&](EntryArgument i) { return target.getArgument(i); };
  auto load = [&](Value array) -> Value {
    return LLVM::LoadOp::create(builder, loc, pointerType,
                                emitOffset(loc, array, 8 * position));
  };
  switch (place.buffer.getSpace()) {
  case BufferSpace::Arena:
    return emitOffset(loc, argument(Arena), position);
  case BufferSpace::Persistent:
    return emitOffset(loc, argument(Persistent), position);
  case BufferSpace::Argument:
    return load(argument(Arguments));
  case BufferSpace::Result:
    return load(argument(Results));
  }
  return failure();
}

void HostEmitter::checkStatus(Location loc, Value status) {
  Value zero = emitInteger(loc, 0, 32);
  Value failed =
      LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, status, zero);
  Block *next = addBlock({});
  cf::CondBranchOp::create(builder, loc, failed, exit, ValueRange{status}, next,
                           ValueRange{});
  builder.setInsertionPointToEnd(next);
}

/// True if the value is the same in every call until a parameter changes.
bool HostEmitter::isInvariant(Value tensor) {
  BufferPlace place = places.get(tensor);
  if (!keepsInvariants || !place)
    return false;
  if (place.constant)
    return true;
  int64_t position = place.buffer.getPosition();
  return place.buffer.getSpace() == BufferSpace::Persistent ||
         (place.buffer.getSpace() == BufferSpace::Argument &&
          isInvariantArgument(source, position));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

LogicalResult HostEmitter::emitLaunch(LaunchOp launch) {
  Location loc = launch.getLoc();
  LLVM::LLVMFuncOp kernel = globals.lookUpKernel(launch.getCallee());
  if (!kernel || kernel.getNumArguments() != 4)
    return launch.emitError("expected kernel '")
           << launch.getCallee() << "' to have been lowered to LLVM code";
  int64_t slot = 0;
  for (ValueRange list :
       {ValueRange(launch.getInputs()), ValueRange(launch.getOutputs())})
    for (Value tensor : list) {
      FailureOr<Value> pointer = emitPointer(loc, tensor);
      if (failed(pointer))
        return failure();
      emitStore(loc, *pointer, callSpace, 8 * slot++);
    }
  int64_t extent = launch.getExtent(), grain = launch.getGrain();
  int64_t scratch = launch.getScratchBytes();
  if (extent <= grain && scratch == 0) {
    // One piece of work: the pool has nothing to divide.
    Value none = LLVM::ZeroOp::create(builder, loc, pointerType);
    LLVM::CallOp::create(builder, loc, kernel,
                         ValueRange{callSpace, emitInteger(loc, 0),
                                    emitInteger(loc, extent), none});
    return success();
  }
  Type i64 = builder.getI64Type();
  LLVM::LLVMFuncOp function = globals.getRuntimeFunction(
      loc, "mp_rt_launch", builder.getI32Type(),
      {pointerType, pointerType, pointerType, i64, i64, i64, pointerType});
  auto call = LLVM::CallOp::create(
      builder, loc, function,
      ValueRange{target.getArgument(Exec),
                 emitAddress(loc, FlatSymbolRefAttr::get(kernel)), callSpace,
                 emitInteger(loc, extent), emitInteger(loc, grain),
                 emitInteger(loc, scratch),
                 emitAddress(loc, globals.getText(loc, launch.getCallee()))});
  checkStatus(loc, call.getResult());
  return success();
}

LogicalResult HostEmitter::emitLibraryCall(LibraryCallOp call) {
  Location loc = call.getLoc();
  unsigned numInputs = call.getInputs().size();
  SmallVector<Value> tensors(call.getInputs());
  llvm::append_range(tensors, call.getOutputs());
  for (auto [i, tensor] : llvm::enumerate(tensors)) {
    FailureOr<Value> pointer = emitPointer(loc, tensor);
    if (failed(pointer))
      return failure();
    auto type = cast<RankedTensorType>(tensor.getType());
    DataType data = getDataType(type.getElementType());
    uint64_t invariant = i < numInputs && isInvariant(tensor);
    uint64_t rankAndType = uint64_t(type.getRank()) |
                           uint64_t(data.code) << 32 |
                           uint64_t(data.bits) << 40 | invariant << 48;
    int64_t base = call_layout::kSize + operand_layout::kSize * i;
    Value shape = emitAddress(loc, globals.getIntegers(loc, type.getShape()));
    emitStore(loc, *pointer, callSpace, base + operand_layout::kData);
    emitStore(loc, shape, callSpace, base + operand_layout::kShape);
    emitStore(loc, emitInteger(loc, rankAndType), callSpace,
              base + operand_layout::kRankAndType);
  }
  auto storeNumber = [&](int64_t value, int64_t offset) {
    emitStore(loc, emitInteger(loc, value, 32), callSpace, offset);
  };
  emitStore(loc, emitInteger(loc, call_layout::kSize), callSpace,
            call_layout::kStructSize);
  storeNumber(nextCallId++, call_layout::kCallId);
  storeNumber(numInputs, call_layout::kNumInputs);
  storeNumber(call.getOutputs().size(), call_layout::kNumOutputs);
  storeNumber(call.getConfig().size(), call_layout::kNumConfig);
  emitStore(loc, emitOffset(loc, callSpace, call_layout::kSize), callSpace,
            call_layout::kOperands);
  emitStore(loc, emitAddress(loc, globals.getIntegers(loc, call.getConfig())),
            callSpace, call_layout::kConfig);
  emitStore(loc, emitAddress(loc, globals.getText(loc, call.getLabel())),
            callSpace, call_layout::kLabel);
  LLVM::LLVMFuncOp routine = globals.getRuntimeFunction(
      loc, call.getCallee(), builder.getI32Type(), {pointerType, pointerType});
  auto status = LLVM::CallOp::create(
      builder, loc, routine, ValueRange{target.getArgument(Exec), callSpace});
  checkStatus(loc, status.getResult());
  return success();
}

LogicalResult HostEmitter::emitCopy(CopyOp copy) {
  Location loc = copy.getLoc();
  FailureOr<int64_t> bytes = getBufferBytes(loc, copy.getType());
  FailureOr<Value> from = emitPointer(loc, copy.getInput());
  FailureOr<Value> to = emitPointer(loc, copy.getResult());
  if (failed(bytes) || failed(from) || failed(to))
    return failure();
  // Equal pointers, which a donated argument may lead to, are allowed.
  if (*bytes)
    LLVM::MemcpyOp::create(builder, loc, *to, *from, emitInteger(loc, *bytes),
                           /*isVolatile=*/false);
  return success();
}

void HostEmitter::emitFillLoop(Location loc, Value pointer, StringRef element,
                               int64_t count) {
  unsigned width = 8 * element.size();
  APInt bits(width, 0);
  for (auto [i, byte] : llvm::enumerate(element))
    bits.insertBits(APInt(8, uint8_t(byte)), 8 * i);
  Type type = builder.getIntegerType(width);
  Value value = LLVM::ConstantOp::create(builder, loc, type,
                                         builder.getIntegerAttr(type, bits));
  Value zero = emitInteger(loc, 0), one = emitInteger(loc, 1),
        size = emitInteger(loc, count);
  Block *body = addBlock(zero), *next = addBlock({});
  cf::BranchOp::create(builder, loc, body, zero);
  builder.setInsertionPointToEnd(body);
  Value index = body->getArgument(0);
  Value place = LLVM::GEPOp::create(builder, loc, pointerType, type, pointer,
                                    ValueRange{index});
  LLVM::StoreOp::create(builder, loc, value, place, element.size() > 8 ? 1 : 0);
  Value following = LLVM::AddOp::create(builder, loc, index, one);
  Value more = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ult,
                                    following, size);
  cf::CondBranchOp::create(builder, loc, more, body, ValueRange{following},
                           next, ValueRange{});
  builder.setInsertionPointToEnd(next);
}

LogicalResult HostEmitter::emitFill(Operation *constant) {
  Location loc = constant->getLoc();
  auto splat =
      cast<SplatElementsAttr>(cast<arith::ConstantOp>(constant).getValue());
  FailureOr<Value> pointer = emitPointer(loc, constant->getResult(0));
  if (failed(pointer))
    return failure();
  std::string element = getSplatElementBytes(splat);
  int64_t count = splat.getNumElements();
  if (llvm::all_equal(element)) {
    LLVM::MemsetOp::create(builder, loc, *pointer,
                           emitInteger(loc, uint8_t(element.front()), 8),
                           emitInteger(loc, count * element.size()),
                           /*isVolatile=*/false);
    return success();
  }
  emitFillLoop(loc, *pointer, element, count);
  return success();
}

LogicalResult HostEmitter::emitExtract(tensor::ExtractOp extract) {
  Location loc = extract.getLoc();
  FailureOr<Value> pointer = emitPointer(loc, extract.getTensor());
  if (failed(pointer))
    return failure();
  Type type = extract.getType();
  auto tensor = cast<RankedTensorType>(extract.getTensor().getType());
  Value index = emitInteger(loc, 0);
  for (auto [size, position] : llvm::zip_equal(
           tensor.getShape(), lookUpScalars(extract.getIndices()))) {
    Value offset = arith::IndexCastOp::create(builder, loc,
                                              builder.getI64Type(), position);
    index = LLVM::MulOp::create(builder, loc, index, emitInteger(loc, size));
    index = LLVM::AddOp::create(builder, loc, index, offset);
  }
  Type stored = type;
  if (type.isInteger(1))
    stored = builder.getI8Type();
  else if (type.isIndex())
    stored = builder.getI64Type();
  if (!LLVM::isCompatibleType(stored))
    return extract.emitError(
               "expected to extract an integer or a native float, "
               "but got ")
           << type;
  Value place = LLVM::GEPOp::create(builder, loc, pointerType, stored, *pointer,
                                    ValueRange{index});
  Value value = LLVM::LoadOp::create(builder, loc, stored, place);
  if (type.isInteger(1))
    value = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, value,
                                 emitInteger(loc, 0, 8));
  else if (type.isIndex())
    value = arith::IndexCastOp::create(builder, loc, type, value);
  scalars.map(extract.getResult(), value);
  return success();
}

LogicalResult HostEmitter::emitOp(Operation *op) {
  using Result = LogicalResult;
  return TypeSwitch<Operation *, Result>(op)
      .Case([&](LaunchOp o) { return emitLaunch(o); })
      .Case([&](LibraryCallOp o) { return emitLibraryCall(o); })
      .Case([&](CopyOp o) { return emitCopy(o); })
      .Case([&](tensor::ExtractOp o) { return emitExtract(o); })
      .Case([&](scf::IfOp o) { return emitIf(o); })
      .Case([&](scf::IndexSwitchOp o) { return emitSwitch(o); })
      .Case([&](scf::ForOp o) { return emitFor(o); })
      .Case([&](scf::WhileOp o) { return emitWhile(o); })
      .Default([&](Operation *o) -> Result {
        if (isLargeSplat(o))
          return emitFill(o);
        bool tensor =
            llvm::any_of(o->getResultTypes(), llvm::IsaPred<RankedTensorType>);
        // Constants, views and undefined tensors are places, not code.
        if (!tensor)
          builder.clone(*o, scalars);
        return success();
      });
}

LogicalResult HostEmitter::emitBlock(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(emitOp(&op)))
      return failure();
  return success();
}

/// Bytes that the largest launch or library call of `func` needs.
static int64_t getCallSpace(func::FuncOp func) {
  int64_t bytes = 8;
  func.walk([&](Operation *op) {
    int64_t tensors = op->getNumOperands() + op->getNumResults();
    if (isa<LaunchOp>(op))
      bytes = std::max(bytes, 8 * tensors);
    else if (isa<LibraryCallOp>(op))
      bytes =
          std::max(bytes, call_layout::kSize + operand_layout::kSize * tensors);
  });
  return bytes;
}

FailureOr<func::FuncOp> HostEmitter::emit(func::FuncOp function,
                                          StringRef name) {
  source = function;
  Location loc = source.getLoc();
  builder.setInsertionPointAfter(source);
  SmallVector<Type> arguments(5, pointerType);
  target = func::FuncOp::create(
      builder, loc, name,
      builder.getFunctionType(arguments, builder.getI32Type()));
  Block *entry = target.addEntryBlock();
  exit = builder.createBlock(&target.getBody(), target.getBody().end(),
                             builder.getI32Type(), loc);
  func::ReturnOp::create(builder, loc, exit->getArgument(0));

  builder.setInsertionPointToEnd(entry);
  callSpace =
      LLVM::AllocaOp::create(builder, loc, pointerType, builder.getI8Type(),
                             emitInteger(loc, getCallSpace(source)),
                             /*alignment=*/16);
  if (failed(emitBlock(source.front())))
    return failure();
  cf::BranchOp::create(builder, loc, exit, emitInteger(loc, 0, 32));
  exit->moveBefore(&target.getBody(), target.getBody().end());
  return target;
}
