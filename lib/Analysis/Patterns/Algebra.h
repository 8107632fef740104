//===- Algebra.h - expressions that can be compared -------------*- C++ -*-===//
//
// The same gradient is spelled in many ways: factors taken out of sums or left
// inside, a root divided by its square or a power of -3/2, means as quotients
// or products. As sums of products of powers all spellings are equal, and the
// gradient of a function can be derived rather than listed.
//
//===----------------------------------------------------------------------===//
#ifndef MP_LIB_ANALYSIS_PATTERNS_ALGEBRA_H
#define MP_LIB_ANALYSIS_PATTERNS_ALGEBRA_H

#include "mlir/Support/LLVM.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <vector>

namespace mlir::mp::patterns {

/// Elementwise functions that are not products or sums.
enum class Function { Exponential, Logarithm, Tanh, Logistic, Erf };

/// A power of an atom.
struct Factor {
  unsigned atom;
  double power;
};

struct ProductTerm {
  SmallVector<Factor, 4> factors; // by atom
  double coefficient = 1;
};

using Expression = SmallVector<ProductTerm, 2>;

/// Expressions over one space of dimensions. An atom depends on some of them:
/// a leaf that was given, a sum over some dimensions, a function, or an
/// expression that a power is of. What grows beyond a bound is `nullopt`.
class Algebra {
public:
  /// A set of dimensions, one bit each.
  using Dims = uint32_t;
  using Result = std::optional<Expression>;

  explicit Algebra(ArrayRef<int64_t> sizes)
      : sizes(sizes.begin(), sizes.end()) {}

  unsigned addLeaf(Dims dims);
  static Expression get(unsigned atom) { return {{{{atom, 1.0}}, 1.0}}; }
  static Expression get(double constant);

  Result add(const Expression &a, const Expression &b, double scale = 1) const;
  Result multiply(const Expression &a, const Expression &b) const;
  Result power(const Expression &base, double exponent);
  Result apply(Function function, const Expression &argument);
  Result sum(const Expression &terms, Dims over);

  /// The derivative of the sum over `dims` of `adjoint` times `value`, by the
  /// leaf `target`.
  Result differentiate(const Expression &value, const Expression &adjoint,
                       Dims dims, unsigned target);

  Dims getDims(const Expression &expression) const;
  Dims getDims(unsigned atom) const { return atoms[atom].dims; }
  Dims getAllDims() const { return (Dims(1) << sizes.size()) - 1; }
  /// True where each term is a leaf that depends on all dimensions.
  bool isSumOfWholeLeaves(const Expression &expression) const;
  /// Equal up to the rounding of constants.
  static bool areEqual(const Expression &a, const Expression &b);

private:
  enum class Kind { Leaf, Sum, Base, Function };
  struct Atom {
    Kind kind = Kind::Leaf;
    Dims dims = 0;
    Dims summed = 0;
    Function function = Function::Exponential;
    Expression argument = {};
  };

  unsigned intern(Atom atom);
  Result differentiate(unsigned atom, const Expression &adjoint,
                       unsigned target);

  SmallVector<int64_t> sizes;
  std::vector<Atom> atoms;
};

} // namespace mlir::mp::patterns

#endif // MP_LIB_ANALYSIS_PATTERNS_ALGEBRA_H
