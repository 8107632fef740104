#include "Trial.h"

#include "mp/Transforms/Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace mlir::mp;

std::optional<Trial> Trial::run(Operation *root, const TrialSetup &setup,
                                bool isQuiet) {
  MLIRContext *context = root->getContext();
  Trial trial;
  trial.program = root->clone();
  PassManager passes(context, root->getName().getStringRef());
  passes.enableVerifier(false); // nothing but attributes is written
  passes.addPass(createDecidePrecisionPass(setup));
  passes.addPass(createMPPlaceCastsPass({setup.keepIO}));
  std::optional<ScopedDiagnosticHandler> silence;
  if (isQuiet)
    silence.emplace(context, [](Diagnostic &) { return success(); });
  if (failed(passes.run(*trial.program)))
    return std::nullopt;
  walkDecidedOps(*trial.program, [&](Operation *op) {
    if (mp::getDecision(op))
      trial.ops.push_back(op);
  });
  return trial;
}

FloatType Trial::getFormat(unsigned index) const {
  auto precision = ops[index]->getAttrOfType<PrecisionAttr>(attr::precision);
  return precision ? dyn_cast<FloatType>(precision.getCompute()) : FloatType();
}

int64_t Trial::countLow() const {
  int64_t count = 0;
  for (unsigned i = 0, e = ops.size(); i != e; ++i) {
    FloatType format = getFormat(i);
    count += format && !format.isF32();
  }
  return count;
}

int64_t Trial::getFigure(StringRef name) const {
  auto figures = (*program)->getAttrOfType<DictionaryAttr>(attr::placement);
  auto figure = figures ? figures.getAs<IntegerAttr>(name) : IntegerAttr();
  return figure ? figure.getInt() : 0;
}
