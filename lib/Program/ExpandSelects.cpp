#include "mp/Program/ProgramForm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace mlir::mp;

void mp::expandTensorSelects(func::FuncOp func) {
  SmallVector<arith::SelectOp> selects;
  func.walk([&](arith::SelectOp select) {
    if (isa<RankedTensorType>(select.getType()) &&
        select.getCondition().getType().isInteger(1))
      selects.push_back(select);
  });
  for (arith::SelectOp select : selects) {
    OpBuilder builder(select);
    auto yield = [](Value value) {
      return [value](OpBuilder &nested, Location loc) {
        scf::YieldOp::create(nested, loc, value);
      };
    };
    auto choice = scf::IfOp::create(
        builder, select.getLoc(), select.getCondition(),
        yield(select.getTrueValue()), yield(select.getFalseValue()));
    select.getResult().replaceAllUsesWith(choice.getResult(0));
    select.erase();
  }
}
