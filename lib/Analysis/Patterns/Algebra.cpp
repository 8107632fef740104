#include "Algebra.h"

#include "Terms.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace mlir;
using namespace mlir::mp::patterns;

/// Gradients of norms have about ten terms; what has many more is none.
static constexpr size_t maxTerms = 40;
static constexpr size_t maxAtoms = 120;

static bool haveSameFactors(const ProductTerm &a, const ProductTerm &b) {
  return a.factors.size() == b.factors.size() &&
         llvm::all_of(llvm::zip(a.factors, b.factors), [](auto pair) {
           auto [x, y] = pair;
           return x.atom == y.atom && x.power == y.power;
         });
}

/// Adds to the term with the same factors. What is left of two terms that
/// cancel is the rounding of constants.
static void accumulate(Expression &sum, ProductTerm term) {
  auto it = llvm::find_if(sum, [&](const ProductTerm &other) {
    return haveSameFactors(other, term);
  });
  if (it == sum.end()) {
    if (term.coefficient != 0)
      sum.push_back(std::move(term));
    return;
  }
  double before = std::abs(it->coefficient);
  it->coefficient += term.coefficient;
  if (std::abs(it->coefficient) <=
      1e-6 * std::max(before, std::abs(term.coefficient)))
    sum.erase(it);
}

static void multiplyBy(ProductTerm &term, Factor factor) {
  auto it = llvm::lower_bound(
      term.factors, factor,
      [](const Factor &a, const Factor &b) { return a.atom < b.atom; });
  if (it == term.factors.end() || it->atom != factor.atom) {
    term.factors.insert(it, factor);
    return;
  }
  it->power += factor.power;
  if (it->power == 0)
    term.factors.erase(it);
}

Expression Algebra::get(double constant) {
  if (constant == 0)
    return {};
  return {{{}, constant}};
}

unsigned Algebra::addLeaf(Dims dims) {
  atoms.push_back({Kind::Leaf, dims});
  return atoms.size() - 1;
}

unsigned Algebra::intern(Atom atom) {
  auto it = llvm::find_if(atoms, [&](const Atom &other) {
    return other.kind == atom.kind && atom.kind != Kind::Leaf &&
           other.summed == atom.summed && other.function == atom.function &&
           areEqual(other.argument, atom.argument);
  });
  if (it != atoms.end())
    return it - atoms.begin();
  atoms.push_back(std::move(atom));
  return atoms.size() - 1;
}

bool Algebra::areEqual(const Expression &a, const Expression &b) {
  return a.size() == b.size() && llvm::all_of(a, [&](const ProductTerm &term) {
           return llvm::any_of(b, [&](const ProductTerm &other) {
             return haveSameFactors(term, other) &&
                    isNear(term.coefficient, other.coefficient);
           });
         });
}

bool Algebra::isSumOfWholeLeaves(const Expression &expression) const {
  return llvm::all_of(expression, [&](const ProductTerm &term) {
    return isNear(term.coefficient, 1) && term.factors.size() == 1 &&
           term.factors[0].power == 1 &&
           atoms[term.factors[0].atom].kind == Kind::Leaf &&
           atoms[term.factors[0].atom].dims == getAllDims();
  });
}

Algebra::Dims Algebra::getDims(const Expression &expression) const {
  Dims dims = 0;
  for (const ProductTerm &term : expression)
    for (const Factor &factor : term.factors)
      dims |= atoms[factor.atom].dims;
  return dims;
}

Algebra::Result Algebra::add(const Expression &a, const Expression &b,
                             double scale) const {
  Expression sum = a;
  for (ProductTerm term : b) {
    term.coefficient *= scale;
    accumulate(sum, std::move(term));
  }
  return sum.size() <= maxTerms ? Result(std::move(sum)) : std::nullopt;
}

Algebra::Result Algebra::multiply(const Expression &a,
                                  const Expression &b) const {
  if (a.size() * b.size() > maxTerms * maxTerms)
    return std::nullopt;
  Expression product;
  for (const ProductTerm &left : a) {
    for (const ProductTerm &right : b) {
      ProductTerm term = left;
      term.coefficient *= right.coefficient;
      for (const Factor &factor : right.factors)
        multiplyBy(term, factor);
      accumulate(product, std::move(term));
    }
  }
  return product.size() <= maxTerms ? Result(std::move(product)) : std::nullopt;
}

Algebra::Result Algebra::power(const Expression &base, double exponent) {
  if (exponent == 1)
    return base;
  if (base.empty() || atoms.size() > maxAtoms)
    return std::nullopt;
  bool isWhole = exponent == std::floor(exponent);
  // A root of a square would be a magnitude, so only roots of single atoms are
  // taken apart.
  if (base.size() == 1 &&
      (isWhole || (base[0].coefficient > 0 &&
                   llvm::all_of(base[0].factors, [](const Factor &factor) {
                     return factor.power == 1 || factor.power == -1;
                   })))) {
    ProductTerm term = base[0];
    term.coefficient = std::pow(term.coefficient, exponent);
    for (Factor &factor : term.factors)
      factor.power *= exponent;
    return Expression{term};
  }
  if (isWhole && exponent > 1 && exponent <= 4) {
    Result product = base;
    for (int i = 1; product && i < exponent; ++i)
      product = multiply(*product, base);
    return product;
  }
  // 1 / (1 + exp(-x)) is the logistic function of x.
  if (isWhole && exponent < 0 && base.size() == 2) {
    for (unsigned i : {0, 1}) {
      const ProductTerm &one = base[i], &other = base[1 - i];
      if (!one.factors.empty() || one.coefficient != 1 ||
          other.coefficient != 1 || other.factors.size() != 1 ||
          other.factors[0].power != 1)
        continue;
      const Atom &atom = atoms[other.factors[0].atom];
      if (atom.kind != Kind::Function || atom.function != Function::Exponential)
        continue;
      Result argument = add({}, atom.argument, -1);
      Result logistic =
          argument ? apply(Function::Logistic, *argument) : std::nullopt;
      return logistic ? power(*logistic, -exponent) : std::nullopt;
    }
  }
  unsigned atom =
      intern({Kind::Base, getDims(base), 0, Function::Exponential, base});
  return Expression{{{{atom, exponent}}, 1.0}};
}

Algebra::Result Algebra::apply(Function function, const Expression &argument) {
  if (atoms.size() > maxAtoms)
    return std::nullopt;
  return get(
      intern({Kind::Function, getDims(argument), 0, function, argument}));
}

Algebra::Result Algebra::sum(const Expression &terms, Dims over) {
  Expression result;
  for (const ProductTerm &term : terms) {
    ProductTerm inner, outer;
    outer.coefficient = term.coefficient;
    Dims dims = 0;
    for (const Factor &factor : term.factors) {
      Dims own = atoms[factor.atom].dims;
      (own & over ? inner : outer).factors.push_back(factor);
      dims |= own & over ? own : 0;
    }
    // What does not depend on a dimension is added up as often as it has
    // elements.
    for (auto [dim, size] : llvm::enumerate(sizes))
      if (over & ~dims & (Dims(1) << dim))
        outer.coefficient *= size;
    if (!inner.factors.empty()) {
      if (atoms.size() > maxAtoms)
        return std::nullopt;
      multiplyBy(outer, {intern({Kind::Sum, dims & ~over, dims & over,
                                 Function::Exponential, Expression{inner}}),
                         1.0});
    }
    accumulate(result, std::move(outer));
  }
  return result;
}

Algebra::Result Algebra::differentiate(unsigned atom, const Expression &adjoint,
                                       unsigned target) {
  if (atom == target)
    return adjoint;
  // A copy, since new atoms move the old ones.
  const Atom known = atoms[atom];
  switch (known.kind) {
  case Kind::Leaf:
    return Expression();
  case Kind::Sum:
    return differentiate(known.argument, adjoint, known.dims | known.summed,
                         target);
  case Kind::Base:
    return differentiate(known.argument, adjoint, known.dims, target);
  case Kind::Function:
    break;
  }
  Expression self = get(atom);
  Result slope;
  switch (known.function) {
  case Function::Exponential:
    slope = self;
    break;
  case Function::Logarithm:
    slope = power(known.argument, -1);
    break;
  case Function::Tanh:
    if ((slope = power(self, 2)))
      slope = add(get(1.0), *slope, -1);
    break;
  case Function::Logistic:
    if ((slope = power(self, 2)))
      slope = add(self, *slope, -1);
    break;
  case Function::Erf: {
    Result square = power(known.argument, 2);
    Result negated = square ? add({}, *square, -1) : std::nullopt;
    slope = negated ? apply(Function::Exponential, *negated) : std::nullopt;
    if (slope)
      slope = multiply(get(2 / std::sqrt(M_PI)), *slope);
    break;
  }
  }
  Result scaled = slope ? multiply(adjoint, *slope) : std::nullopt;
  return scaled ? differentiate(known.argument, *scaled, known.dims, target)
                : std::nullopt;
}

Algebra::Result Algebra::differentiate(const Expression &value,
                                       const Expression &adjoint, Dims dims,
                                       unsigned target) {
  Result total = Expression();
  for (const ProductTerm &term : value) {
    for (const Factor &factor : term.factors) {
      ProductTerm rest = term;
      rest.coefficient *= factor.power;
      multiplyBy(rest, {factor.atom, -1});
      Result scaled = multiply(Expression{rest}, adjoint);
      if (scaled)
        scaled = sum(*scaled, dims & ~atoms[factor.atom].dims);
      Result part =
          scaled ? differentiate(factor.atom, *scaled, target) : std::nullopt;
      total = total && part ? add(*total, *part) : std::nullopt;
      if (!total)
        return std::nullopt;
    }
  }
  return total;
}
