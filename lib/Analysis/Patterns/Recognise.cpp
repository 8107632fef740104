#include "Gradients.h"
#include "Match.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::patterns;

bool Match::isEither(Value value, Meaning meaning,
                     llvm::function_ref<bool(Value, Value)> rest) {
  return attempt([&] {
    Value a, b;
    return is(value, meaning, a, b) && (attempt([&] { return rest(a, b); }) ||
                                        attempt([&] { return rest(b, a); }));
  });
}

bool Match::follow(Value &result,
                   llvm::function_ref<bool(OpOperand &)> accepts) {
  Value value = terms.getOuter(result);
  SmallVector<Operation *, 2> movers;
  while (value.hasOneUse() && Terms::isMover(*value.user_begin())) {
    movers.push_back(*value.user_begin());
    value = movers.back()->getResult(0);
  }
  Operation *next = nullptr;
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (accepts(use) &&
        (!next || terms.getPosition(user) < terms.getPosition(next)))
      next = user;
  }
  if (!next)
    return false;
  for (Operation *mover : movers)
    note(mover);
  note(next);
  result = next->getResult(0);
  return true;
}

bool Match::attempt(llvm::function_ref<bool()> rest) {
  size_t size = members.size();
  if (rest())
    return true;
  members.truncate(size);
  return false;
}

bool Match::peek(llvm::function_ref<bool()> rest) {
  size_t size = members.size();
  bool result = rest();
  members.truncate(size);
  return result;
}

bool patterns::isRowLike(const Match &m, Value value, Value whole) {
  std::optional<int64_t> outer = getNumElements(whole);
  std::optional<int64_t> inner = getNumElements(m.terms.strip(value));
  return m.terms.getSplat(value) || (outer && inner && *inner < *outer);
}

namespace mlir::mp {
/// Turns matches into units. An op belongs to the first unit that claims it
/// and to units inside of that one.
class UnitBuilder {
public:
  UnitBuilder(PatternUnits &out, const Terms &terms) : out(out), terms(terms) {}

  void run(ArrayRef<Recogniser> recognisers,
           const llvm::DenseMap<Meaning, SmallVector<Operation *>> &ops);
  /// Adds the gradients of the units that there are.
  void addGradients();

private:
  void add(const Recogniser &recogniser, StringRef name, Match &match);
  int getInnermost(Operation *op) const {
    auto it = out.innermost.find(op);
    return it == out.innermost.end() ? -1 : int(it->second);
  }

  PatternUnits &out;
  const Terms &terms;
};
} // namespace mlir::mp

void UnitBuilder::run(
    ArrayRef<Recogniser> recognisers,
    const llvm::DenseMap<Meaning, SmallVector<Operation *>> &ops) {
  for (const Recogniser &recogniser : recognisers) {
    for (Meaning anchor : recogniser.anchors) {
      auto it = ops.find(anchor);
      if (it == ops.end())
        continue;
      for (Operation *op : it->second) {
        Match match(terms);
        StringRef name = recogniser.name;
        if (recogniser.match(match, op->getResult(0), name))
          add(recogniser, name, match);
      }
    }
  }
}

void UnitBuilder::addGradients() {
  SmallVector<Gradient> gradients;
  for (const PatternUnit &unit : out.units)
    findGradients(
        unit, terms, [&](Operation *op) { return getInnermost(op) != -1; },
        gradients);
  // Their units move when others are added.
  struct Group {
    StringRef name;
    std::optional<OpClass> opClass;
    SmallVector<Operation *> members;
  };
  SmallVector<Group> groups;
  for (const Gradient &gradient : gradients) {
    const PatternUnit &unit = *gradient.unit;
    if (unit.parent != -1 && out.units[unit.parent].name == "attention") {
      const PatternUnit &attention = out.units[unit.parent];
      SmallVector<Operation *> members =
          findAttentionGradient(attention, gradient, terms);
      if (!members.empty())
        groups.push_back({attention.name, attention.opClass, members});
    }
    StringRef name = unit.name == "softmax"       ? "softmax_grad"
                     : unit.name == "log_softmax" ? "log_softmax_grad"
                                                  : unit.name;
    groups.push_back({name, unit.opClass, gradient.members});
  }
  for (Group &group : groups) {
    Match match(terms);
    for (Operation *op : group.members)
      match.note(op);
    add({group.name, group.opClass, {}, nullptr}, group.name, match);
  }
}

void UnitBuilder::add(const Recogniser &recogniser, StringRef name,
                      Match &match) {
  llvm::SetVector<Operation *> members;
  for (Operation *op : match.members)
    members.insert(terms.getDecided(op));
  // Movers between two members are a part of the group, those that lead into
  // it or out of it are not.
  for (Operation *op : match.members) {
    for (Value operand : terms.getDecided(op)->getOperands()) {
      SmallVector<Operation *, 4> movers;
      while (Operation *op = operand.getDefiningOp()) {
        if (members.contains(op)) {
          members.insert(movers.begin(), movers.end());
          break;
        }
        if (!Terms::isMover(op))
          break;
        movers.push_back(op);
        operand = op->getOperand(0);
      }
    }
  }
  SmallVector<Operation *, 8> ordered = members.takeVector();
  llvm::sort(ordered, [&](Operation *a, Operation *b) {
    return terms.getPosition(a) < terms.getPosition(b);
  });
  int parent = getInnermost(ordered.back());
  if (parent != -1) {
    // A part of a larger group is a group inside of it, unless it is the same
    // one, read from another op.
    const PatternUnit &outer = out.units[parent];
    // Of a body that gives something else it is only a step.
    auto isStep = [&](Operation *op) {
      Operation *given = terms.strip(op->getResult(0)).getDefiningOp();
      return given && given != op && terms.getDecided(given) == op &&
             !llvm::is_contained(match.members, given);
    };
    if (outer.name == name || recogniser.nesting == Nesting::Alone ||
        (recogniser.nesting == Nesting::OtherClass &&
         outer.opClass == recogniser.opClass) ||
        llvm::any_of(ordered, [&](Operation *op) {
          return getInnermost(op) != parent || isStep(op);
        }))
      return;
  } else {
    // What two groups share belongs to the first; one that would keep less
    // than it shares only reads it.
    size_t size = ordered.size();
    llvm::erase_if(ordered,
                   [&](Operation *op) { return getInnermost(op) != -1; });
    if (2 * ordered.size() <= size)
      return;
  }
  for (Operation *op : ordered)
    out.innermost[op] = out.units.size();
  out.units.push_back({name, recogniser.opClass, std::move(ordered), parent});
}

PatternUnits::PatternUnits(Operation *root) {
  Terms terms(root);
  llvm::DenseMap<Meaning, SmallVector<Operation *>> ops;
  for (Operation *op : terms.getOps())
    if (op->getNumResults())
      ops[Terms::getMeaning(op)].push_back(op);
  UnitBuilder builder(*this, terms);
  // Larger groups first: what is left over may still be a smaller one, and
  // what they hold is looked for inside of them.
  for (ArrayRef<Recogniser> recognisers :
       {getAttentionRecognisers(), getLossRecognisers(),
        getNormalizationRecognisers(), getSoftmaxRecognisers(),
        getActivationRecognisers()})
    builder.run(recognisers, ops);
  builder.addGradients();
  for (ArrayRef<Recogniser> recognisers :
       {getOptimizerRecognisers(), getStatisticsRecognisers(),
        getMovementRecognisers()})
    builder.run(recognisers, ops);
}

SmallVector<unsigned, 3> PatternUnits::getUnitsOf(Operation *op) const {
  SmallVector<unsigned, 3> result;
  auto it = innermost.find(op);
  if (it == innermost.end())
    return result;
  for (int unit = it->second; unit != -1; unit = units[unit].parent)
    result.push_back(unit);
  std::reverse(result.begin(), result.end());
  return result;
}
