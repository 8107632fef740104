#include "mp/Program/ProgramForm.h"

#include "mp/IR/MPOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::mp;

SmallVector<func::FuncOp> mp::getProgramFunctions(ModuleOp module) {
  SmallVector<func::FuncOp> functions;
  for (auto func : module.getOps<func::FuncOp>())
    if (!func.isExternal() && !func->hasAttr(kKernelAttrName))
      functions.push_back(func);
  return functions;
}

Value mp::getViewSource(Operation *op) {
  if (!op)
    return {};
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::CastOp,
          tensor::BitcastOp, tensor::ReshapeOp>(op))
    return op->getOperand(0);
  if (auto bitcast = dyn_cast<arith::BitcastOp>(op))
    if (isa<RankedTensorType>(bitcast.getType()))
      return bitcast.getIn();
  return {};
}

Value mp::getRoot(Value tensor) {
  while (Value source = getViewSource(tensor.getDefiningOp()))
    tensor = source;
  return tensor;
}

bool mp::isLargeSplat(Operation *op) {
  auto constant = dyn_cast_or_null<arith::ConstantOp>(op);
  if (!constant)
    return false;
  auto splat = dyn_cast<SplatElementsAttr>(constant.getValue());
  constexpr int64_t kLargeElements = 1024;
  return splat && splat.getType().getNumElements() > kLargeElements;
}

int64_t mp::getElementBytes(Type elementType) {
  if (elementType.isIndex())
    return 8;
  if (auto complex = dyn_cast<ComplexType>(elementType))
    return 2 * getElementBytes(complex.getElementType());
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

static uint8_t getFloatCode(Type type) {
  enum : uint8_t { Float = 2, BFloat = 4, F8E3M4 = 7 };
  if (type.isBF16())
    return BFloat;
  // DLPack numbers the small formats in this order.
  bool small[] = {
      isa<Float8E3M4Type>(type),        isa<Float8E4M3Type>(type),
      isa<Float8E4M3B11FNUZType>(type), isa<Float8E4M3FNType>(type),
      isa<Float8E4M3FNUZType>(type),    isa<Float8E5M2Type>(type),
      isa<Float8E5M2FNUZType>(type),    isa<Float8E8M0FNUType>(type),
      isa<Float6E2M3FNType>(type),      isa<Float6E3M2FNType>(type),
      isa<Float4E2M1FNType>(type)};
  for (auto [i, matches] : llvm::enumerate(small))
    if (matches)
      return F8E3M4 + i;
  return Float;
}

DataType mp::getDataType(Type elementType) {
  enum : uint8_t { Int = 0, UInt = 1, Complex = 5, Bool = 6 };
  if (elementType.isInteger(1))
    return {Bool, 8};
  if (elementType.isIndex())
    return {Int, 64};
  if (auto complex = dyn_cast<ComplexType>(elementType))
    return {Complex, uint8_t(16 * getElementBytes(complex.getElementType()))};
  uint8_t bits = elementType.getIntOrFloatBitWidth();
  if (elementType.isInteger())
    return {elementType.isUnsignedInteger() ? UInt : Int, bits};
  return {getFloatCode(elementType), bits};
}

FailureOr<int64_t> mp::getBufferBytes(Location loc, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape()) {
    emitError(loc) << "expected a tensor of static shape, but got " << type;
    return failure();
  }
  Type element = getElementTypeOrSelf(tensor);
  if (!element.isIntOrIndexOrFloat() && !isa<ComplexType>(element)) {
    emitError(loc) << "expected elements that are numbers, but got " << type;
    return failure();
  }
  int64_t bytes = getElementBytes(element);
  // A size of zero makes the whole tensor empty however large the others are.
  if (llvm::is_contained(tensor.getShape(), 0))
    return 0;
  for (int64_t size : tensor.getShape())
    if (llvm::MulOverflow(bytes, size, bytes) || bytes > kMaxBufferBytes) {
      emitError(loc) << "expected a tensor of at most 2^47 bytes, but " << type
                     << " is larger";
      return failure();
    }
  return bytes;
}

static LogicalResult verifyOp(Operation *op) {
  for (Type type : op->getResultTypes())
    if (isa<ShapedType>(type) && failed(getBufferBytes(op->getLoc(), type)))
      return failure();
  if (isa<LaunchOp, LibraryCallOp, CopyOp, scf::IfOp, scf::WhileOp, scf::ForOp,
          scf::IndexSwitchOp, scf::YieldOp, scf::ConditionOp, func::ReturnOp,
          arith::ConstantOp, tensor::EmptyOp, tensor::ExtractOp>(op) ||
      getViewSource(op))
    return success();
  bool scalar =
      llvm::none_of(op->getOperandTypes(), llvm::IsaPred<ShapedType>) &&
      llvm::none_of(op->getResultTypes(), llvm::IsaPred<ShapedType>);
  if (scalar && isa<arith::ArithDialect>(op->getDialect()))
    return success();
  return op->emitError("'") << op->getName()
                            << "' cannot be executed: expected it to have "
                               "become a kernel or a library call";
}

LogicalResult mp::verifyProgram(func::FuncOp func) {
  if (!llvm::hasSingleElement(func.getBody()))
    return func.emitError("expected a function of one block, but got ")
           << func.getBody().getBlocks().size();
  for (BlockArgument arg : func.getArguments())
    if (failed(getBufferBytes(arg.getLoc(), arg.getType())))
      return failure();
  WalkResult result = func.walk([&](Operation *op) {
    return op == func || succeeded(verifyOp(op)) ? WalkResult::advance()
                                                 : WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

bool mp::isPureProgramOp(Operation *op) {
  WalkResult result = op->walk([](Operation *inner) {
    bool pure = false;
    if (auto call = dyn_cast<LibraryCallOp>(inner))
      pure = call.getPure();
    else
      pure = inner->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
             isMemoryEffectFree(inner);
    return pure ? WalkResult::advance() : WalkResult::interrupt();
  });
  return !result.wasInterrupted();
}

bool mp::isInvariantArgument(func::FuncOp func, unsigned index) {
  auto role = func.getArgAttrOfType<StringAttr>(index, kRoleAttrName);
  return role && role.getValue() == "param" &&
         !func.getArgAttr(index, "tf.aliasing_output") &&
         !func.getArgAttr(index, "jax.buffer_donor");
}
