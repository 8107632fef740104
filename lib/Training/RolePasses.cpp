#include "mp/Training/Passes.h"
#include "mp/Training/Roles.h"

#include "llvm/Support/raw_ostream.h"

namespace mlir::mp {
#define GEN_PASS_DEF_MPASSIGNROLESPASS
#define GEN_PASS_DEF_MPPRINTROLESPASS
#include "mp/Training/Passes.h.inc"
} // namespace mlir::mp

using namespace mlir;
using namespace mlir::mp;

namespace {

class AssignRolesPass
    : public mp::impl::MPAssignRolesPassBase<AssignRolesPass> {
  using Base::Base;

  void runOnOperation() override {
    if (failed(assignRoles(getOperation(), file)))
      signalPassFailure();
  }
};

class PrintRolesPass : public mp::impl::MPPrintRolesPassBase<PrintRolesPass> {
  using Base::Base;

  void runOnOperation() override {
    auto line = [](StringRef kind, unsigned index, StringRef role,
                   StringRef name, Type type) {
      llvm::outs() << "  " << kind << " " << index << ": "
                   << (role.empty() ? "-" : role) << " "
                   << (name.empty() ? "-" : name) << " : " << type << "\n";
    };
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (failed(verifyRoles(function)))
        return signalPassFailure();
      if (function.isPrivate())
        continue;
      llvm::outs() << "@" << function.getName() << "\n";
      for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
        line("argument", i, getArgRole(function, i), getArgName(function, i),
             type);
      for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
        line("result", i, getResultRole(function, i),
             getResultName(function, i), type);
    }
    markAllAnalysesPreserved();
  }
};

} // namespace
