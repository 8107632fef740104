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
          op.getK(),
          std::nullopt};
}

GemmSpec GemmSpec::get(ConvOp op) {
  auto format = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getElementType();
  };
  ArrayRef<int64_t> input = op.getInput().getType().getShape();
  ArrayRef<int64_t> filter = op.getFilter().getType().getShape();
  ArrayRef<int64_t> result = op.getType().getShape();
  size_t spatial = op.getStrides().size();

  ConvWindow window;
  window.input.assign(input.begin() + 1, input.end() - 1);
  window.filter.assign(filter.begin(), filter.end() - 2);
  window.result.assign(result.begin() + 1, result.end() - 1);
  window.strides.assign(op.getStrides().begin(), op.getStrides().end());
  for (size_t i = 0; i < spatial; ++i)
    window.low.push_back(op.getPadding()[2 * i]);
  window.lhsDilation.assign(op.getLhsDilation().begin(),
                            op.getLhsDilation().end());
  window.rhsDilation.assign(op.getRhsDilation().begin(),
                            op.getRhsDilation().end());
  window.channels = input.back();
  window.groupChannels = filter[spatial];

  GemmSpec spec{};
  spec.epilogue = op.getEpilogue();
  spec.accumulator = cast<FloatType>(op.getAccumulator());
  int64_t outputs = filter.back();
  spec.batch = op.getGroups();
  spec.n = outputs / spec.batch;
  spec.m = op.getType().getNumElements() / std::max<int64_t>(outputs, 1);
  spec.k = window.groupChannels;
  for (int64_t size : window.filter)
    spec.k *= size;
  SmallVector<int64_t> flat(input.drop_back(1));
  flat.back() *= window.channels;
  spec.a = RankedTensorType::get(flat, format(op.getInput()));
  spec.b = RankedTensorType::get({spec.k, outputs}, format(op.getFilter()));
  spec.result =
      RankedTensorType::get({spec.m, outputs}, format(op.getResult()));
  if (op.getBias())
    spec.bias = cast<RankedTensorType>(op.getBias().getType());
  if (op.getResidual())
    spec.residual =
        RankedTensorType::get({spec.m, outputs}, format(op.getResidual()));
  spec.window = std::move(window);
  return spec;
}

std::string GemmSpec::getName(StringRef kind) const {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << kind << '_';
  if (window) {
    auto list = [&](StringRef what, ArrayRef<int64_t> values) {
      os << what;
      llvm::interleave(
          values, os,
          [&](int64_t v) { os << (v < 0 ? "m" : "") << std::abs(v); }, "x");
    };
    list("", window->input);
    list("_f", window->filter);
    list("_s", window->strides);
    list("_p", window->low);
    list("_l", window->lhsDilation);
    list("_r", window->rhsDilation);
    list("_y", window->result);
    os << '_';
  }
  if (batch != 1 || isBatched())
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

SmallVector<RankedTensorType>
GemmSpec::getInputs(RankedTensorType bOperand) const {
  SmallVector<RankedTensorType> inputs;
  if (k != 0)
    inputs.append({a, bOperand});
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
  if (spec.k != 0) {
    a = kernel.inputs[next++];
    b = kernel.inputs[next++];
  }
  if (spec.bias)
    stage.bias = kernel.inputs[next++];
  if (spec.residual)
    stage.residual = kernel.inputs[next++];
  stage.result = kernel.outputs[0];
  stage.epilogue = spec.epilogue;
}

SmallVector<Value> GemmOperands::at(Value batch, Value row,
                                    Value column) const {
  if (spec.isBatched())
    return {batch, row, column};
  if (spec.window)
    return {row, kb.add(column, kb.mul(batch, spec.n))};
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
