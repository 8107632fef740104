#ifndef MP_IR_MPOPS_H
#define MP_IR_MPOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/CastInterfaces.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mp/IR/MPDialect.h"

#include "mp/IR/MPEnums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "mp/IR/MPAttrs.h.inc"
namespace mlir::mp {
ParseResult parseUnscaleTypes(OpAsmParser &parser,
                              SmallVectorImpl<Type> &gradients,
                              SmallVectorImpl<Type> &unscaled, Type &scale,
                              Type &finite, Type &culprit);
void printUnscaleTypes(OpAsmPrinter &printer, Operation *op,
                       TypeRange gradients, TypeRange unscaled, Type scale,
                       Type finite, Type culprit);
} // namespace mlir::mp

#define GET_OP_CLASSES
#include "mp/IR/MPOps.h.inc"

namespace mlir::mp {
/// Marks a func.func as the body of an `mp.launch`.
constexpr llvm::StringLiteral kKernelAttrName = "mp.kernel";
/// On arguments and results of the model's functions: what the user calls
/// them, their role (design section 6), and, where the element type has become
/// signless, the type the source spelled.
constexpr llvm::StringLiteral kNameAttrName = "mp.name";
constexpr llvm::StringLiteral kRoleAttrName = "mp.role";
constexpr llvm::StringLiteral kTypeAttrName = "mp.type";
/// On ops of a planned program: one #mp.buffer for each tensor result.
constexpr llvm::StringLiteral kBuffersAttrName = "mp.buffers";
} // namespace mlir::mp

#endif // MP_IR_MPOPS_H
