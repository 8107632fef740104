#include "GemmKernels.h"

#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::mp;

GemmSpec GemmSpec::get(GemmOp op) {
  auto typeOf = [](Value value) {
    return value ? cast<RankedTensorType>(value.getType()) : RankedTensorType();
  };
  return {typeOf(op.getA()),
          typeOf(op.getB()),
          typeOf(op.getBias()),
          typeOf(op.getResidual()),
          typeOf(op.getResult()),
          op.getTransposeA(),
          op.getTransposeB(),
          op.getEpilogue(),
          cast<FloatType>(op.getAccumulator()),
          op.getBatch(),
          op.getM(),
          op.getN(),
          op.getK()};
}

std::string GemmSpec::getName(StringRef kind) const {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << kind << '_';
  if (isBatched())
    os << batch << 'x';
  os << m << 'x' << n << 'x' << k << '_' << a.getElementType()
     << (transposeA ? "t" : "") << '_' << b.getElementType()
     << (transposeB ? "t" : "");
  if (bias)
    os << "_bias_" << bias.getElementType();
  if (residual)
    os << "_add_" << residual.getElementType();
  if (epilogue != Epilogue::None)
    os << '_' << stringifyEpilogue(epilogue);
  os << "_in_" << accumulator << "_to_" << result.getElementType();
  return name;
}

SmallVector<RankedTensorType> GemmSpec::getInputs(RankedTensorType bOperand) const {
  SmallVector<RankedTensorType> inputs = {a, bOperand};
  if (bias)
    inputs.push_back(bias);
  if (residual)
    inputs.push_back(residual);
  return inputs;
}

GemmOperands::GemmOperands(KernelBuilder &builder, const GemmSpec &spec,
                           const KernelFunction &kernel)
    : kb(builder), spec(spec) {
  size_t next = 0;
  a = kernel.inputs[next++];
  b = kernel.inputs[next++];
  if (spec.bias)
    stage.bias = kernel.inputs[next++];
  if (spec.residual)
    stage.residual = kernel.inputs[next++];
  stage.result = kernel.outputs[0];
  stage.epilogue = spec.epilogue;
}

SmallVector<Value> GemmOperands::at(Value batch, Value row, Value column) const {
  if (spec.isBatched())
    return {batch, row, column};
  return {row, column};
}

void StoreStage::finish(KernelBuilder &kb, Value sum, ValueRange place,
                        int64_t count) const {
  if (bias)
    sum = arith::AddFOp::create(kb, sum, kb.load(bias, place.back(), count));
  if (residual)
    sum = arith::AddFOp::create(kb, sum, kb.load(residual, place, count));
  kb.store(kb.activate(sum, epilogue), result, place);
}
