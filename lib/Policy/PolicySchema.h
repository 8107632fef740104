//===- PolicySchema.h - the words of the policy language -------*- C++ -*-===//
//
// Every key and every value that a policy may hold stands in one of these
// tables, with its meaning. The reader takes names and suggestions from them.
//
//===----------------------------------------------------------------------===//
#ifndef MP_LIB_POLICY_POLICYSCHEMA_H
#define MP_LIB_POLICY_POLICYSCHEMA_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir::mp::schema {

/// What the engine does with a key.
enum class Effect {
  Acts,          // it decides something
  Documentation, // it is for the reader of the file
};

struct Key {
  llvm::StringRef name;
  Effect effect;
  llvm::StringRef meaning;
};

extern const llvm::ArrayRef<Key> topLevelKeys, ruleKeys, matchKeys, whereKeys;
extern const llvm::ArrayRef<llvm::StringRef> classes, patterns, roles;

} // namespace mlir::mp::schema

#endif // MP_LIB_POLICY_POLICYSCHEMA_H
