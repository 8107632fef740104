//===- Check.h - expectations of test programs ------------------*- C++ -*-===//
#ifndef MP_STABLEHLO_CHECK_H
#define MP_STABLEHLO_CHECK_H

#include "mlir/IR/Dialect.h"

namespace mlir::mp::check {

/// Lets the `check.expect_*` ops of StableHLO test programs parse in generic
/// form; nothing else is known of them.
class CheckDialect : public Dialect {
public:
  explicit CheckDialect(MLIRContext *context)
      : Dialect(getDialectNamespace(), context, TypeID::get<CheckDialect>()) {
    allowUnknownOperations();
  }
  static constexpr llvm::StringLiteral getDialectNamespace() { return "check"; }
};

} // namespace mlir::mp::check

#endif // MP_STABLEHLO_CHECK_H
