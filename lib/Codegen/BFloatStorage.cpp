#include "BFloatStorage.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"

using namespace mlir;

/// `type` with `scalar` in the place of its elements.
static llvm::Type *withScalar(llvm::Type *type, llvm::Type *scalar) {
  auto *vector = llvm::dyn_cast<llvm::FixedVectorType>(type);
  return vector ? llvm::FixedVectorType::get(scalar, vector->getNumElements())
                : scalar;
}

static bool isMovedOnly(llvm::LoadInst *load) {
  return llvm::all_of(load->users(), [&](llvm::User *user) {
    if (auto *store = llvm::dyn_cast<llvm::StoreInst>(user))
      return store->getValueOperand() == load;
    return llvm::isa<llvm::FPExtInst, llvm::BitCastInst>(user);
  });
}

static void replaceUser(llvm::User *user, llvm::LoadInst *load,
                        llvm::LoadInst *bits) {
  if (auto *store = llvm::dyn_cast<llvm::StoreInst>(user)) {
    store->setOperand(0, bits);
    return;
  }
  auto *instruction = llvm::cast<llvm::Instruction>(user);
  llvm::IRBuilder<> builder(instruction);
  llvm::Type *type = instruction->getType();
  llvm::Value *value = bits;
  if (llvm::isa<llvm::FPExtInst>(instruction)) {
    // A bf16 is the upper half of the f32 of the same value.
    value = builder.CreateZExt(value, withScalar(type, builder.getInt32Ty()));
    value = builder.CreateShl(value, 16);
    value =
        builder.CreateBitCast(value, withScalar(type, builder.getFloatTy()));
    if (!type->getScalarType()->isFloatTy())
      value = builder.CreateFPExt(value, type);
  } else if (type != bits->getType()) {
    value = builder.CreateBitCast(value, type);
  }
  instruction->replaceAllUsesWith(value);
  instruction->eraseFromParent();
}

/// Stores what was an integer before as that integer, so that no pass turns
/// the load that it may come from into one of bf16 again.
static void storeAsInteger(llvm::StoreInst *store) {
  llvm::Value *value = store->getValueOperand();
  auto *cast = llvm::dyn_cast<llvm::BitCastInst>(value);
  if (!cast && !llvm::isa<llvm::Constant>(value))
    return;
  llvm::IRBuilder<> builder(store);
  llvm::Type *bits = withScalar(value->getType(), builder.getInt16Ty());
  store->setOperand(
      0, builder.CreateBitCast(cast ? cast->getOperand(0) : value, bits));
  if (cast && cast->use_empty())
    cast->eraseFromParent();
}

void mp::moveBFloatsAsIntegers(llvm::Module &module) {
  llvm::SmallVector<llvm::LoadInst *> loads;
  for (llvm::Function &function : module)
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : block)
        if (auto *load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
          if (load->getType()->getScalarType()->isBFloatTy() &&
              isMovedOnly(load))
            loads.push_back(load);
  for (llvm::LoadInst *load : loads) {
    llvm::IRBuilder<> builder(load);
    auto *bits = builder.CreateAlignedLoad(
        withScalar(load->getType(), builder.getInt16Ty()),
        load->getPointerOperand(), load->getAlign(), load->isVolatile());
    bits->copyMetadata(*load);
    llvm::SmallVector<llvm::User *> users(load->users());
    for (llvm::User *user : users)
      replaceUser(user, load, bits);
    load->eraseFromParent();
  }
  for (llvm::Function &function : module)
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : llvm::make_early_inc_range(block))
        if (auto *store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
          if (store->getValueOperand()
                  ->getType()
                  ->getScalarType()
                  ->isBFloatTy())
            storeAsInteger(store);
}

/// Rounds to nearest even; a NaN stays one by its quiet bit. The result lies in
/// the low 16 bits of xmm0, as that of a function that returns bf16.
void mp::addBFloatRoutine(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  llvm::IRBuilder<> builder(context);
  auto *vector = llvm::FixedVectorType::get(builder.getInt16Ty(), 8);
  auto *type = llvm::FunctionType::get(vector, {builder.getFloatTy()}, false);
  auto *function = llvm::Function::Create(
      type, llvm::GlobalValue::ExternalLinkage, "__truncsfbf2", module);
  function->setVisibility(llvm::GlobalValue::HiddenVisibility);
  builder.SetInsertPoint(llvm::BasicBlock::Create(context, "", function));
  llvm::Value *value = function->getArg(0);
  llvm::Value *bits = builder.CreateBitCast(value, builder.getInt32Ty());
  llvm::Value *upper = builder.CreateLShr(bits, 16);
  llvm::Value *odd = builder.CreateAnd(upper, 1);
  llvm::Value *bias = builder.CreateAdd(odd, builder.getInt32(0x7fff));
  llvm::Value *rounded = builder.CreateLShr(builder.CreateAdd(bits, bias), 16);
  llvm::Value *nan = builder.CreateOr(upper, 0x40);
  llvm::Value *chosen =
      builder.CreateSelect(builder.CreateFCmpUNO(value, value), nan, rounded);
  llvm::Value *narrow = builder.CreateTrunc(chosen, builder.getInt16Ty());
  builder.CreateRet(builder.CreateInsertElement(
      llvm::Constant::getNullValue(vector), narrow, builder.getInt32(0)));
}
