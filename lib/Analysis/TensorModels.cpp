#include "PrecisionModel.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Ops that move the elements of tensors. Bodies give what they fill gaps
/// with.
struct TensorModel : public PrecisionModel<TensorModel> {
  OpClass getPrecisionClass(Operation *op) const {
    if (isUndefined(op))
      return OpClass::Constant;
    if (isa<linalg::SoftmaxOp>(op))
      return OpClass::Softmax;
    auto isFloat = [](Type type) { return getFloatElementType(type); };
    return llvm::any_of(op->getOperandTypes(), isFloat) ||
                   llvm::any_of(op->getResultTypes(), isFloat)
               ? OpClass::DataMovement
               : OpClass::Integer;
  }

  Meaning getMeaning(Operation *op) const {
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::ReshapeOp,
            tensor::CastOp>(op))
      return Meaning::Reshape;
    if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
      return slice.getOffsets().empty() ? Meaning::Slice
                                        : Meaning::DynamicSlice;
    if (isa<tensor::ExtractOp>(op))
      return Meaning::DynamicSlice;
    if (isa<tensor::InsertSliceOp, tensor::InsertOp>(op))
      return Meaning::DynamicUpdateSlice;
    if (isa<tensor::ConcatOp, tensor::FromElementsOp>(op))
      return Meaning::Concatenate;
    if (isa<tensor::SplatOp>(op))
      return Meaning::Broadcast;
    if (isa<tensor::GatherOp>(op))
      return Meaning::Gather;
    if (auto pad = dyn_cast<tensor::PadOp>(op))
      return pad.getConstantPaddingValue() ? Meaning::Pad : Meaning::None;
    return Meaning::None;
  }

  SmallVector<Value> getMeaningOperands(Operation *op) const {
    SmallVector<Value> operands(op->getOperands());
    if (isa<tensor::InsertSliceOp, tensor::InsertOp>(op))
      std::swap(operands[0], operands[1]); // The updated tensor comes first.
    else if (auto pad = dyn_cast<tensor::PadOp>(op))
      return {pad.getSource(), pad.getConstantPaddingValue()};
    return operands;
  }

  void getTypeGroups(Operation *op, SmallVectorImpl<TypeGroup> &groups) const {
    if (isUndefined(op))
      return;
    addTiedGroup(op, groups);
    // What the body of a pad or a generate yields is an element of the result.
    if (op->getNumRegions() && !groups.empty())
      for (OpOperand &operand :
           op->getRegion(0).front().getTerminator()->getOpOperands())
        groups.back().reads.push_back(&operand);
  }

  bool ownsRegions(Operation *op) const { return isa<tensor::PadOp>(op); }
  bool isUndefined(Operation *op) const { return isa<tensor::EmptyOp>(op); }
  std::optional<int64_t> getTripCount(Operation *op) const {
    if (!isa<tensor::GenerateOp>(op))
      return 1;
    auto type = cast<ShapedType>(op->getResult(0).getType());
    return type.hasStaticShape() ? std::optional(type.getNumElements())
                                 : std::nullopt;
  }
};

template <typename... Ops>
void attach(MLIRContext *context) {
  (Ops::template attachInterface<TensorModel>(*context), ...);
}
} // namespace

void mp::registerTensorPrecisionModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, tensor::TensorDialect *) {
    attach<tensor::CastOp, tensor::CollapseShapeOp, tensor::ConcatOp,
           tensor::EmptyOp, tensor::ExpandShapeOp, tensor::ExtractOp,
           tensor::ExtractSliceOp, tensor::FromElementsOp, tensor::GatherOp,
           tensor::GenerateOp, tensor::InsertOp, tensor::InsertSliceOp,
           tensor::PadOp, tensor::ReshapeOp, tensor::ScatterOp,
           tensor::SplatOp>(context);
  });
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    attach<linalg::PackOp, linalg::SoftmaxOp, linalg::UnPackOp>(context);
  });
}
