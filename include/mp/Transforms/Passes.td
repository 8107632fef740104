#ifndef MP_TRANSFORMS_PASSES_TD
#define MP_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def MPClassifyPass : Pass<"mp-classify"> {
  let summary = "write the class and the pattern of every op that has one";
  let description = [{
    Puts `mp.class` on each op that implements `PrecisionOpInterface`. Ops in
    regions that belong to their parent (the body of a reduction) get none. An
    attribute that is already there is kept.

    Groups of ops that compute one function (a softmax, a layer norm, a GELU, a
    loss, an optimizer's update) are recognised by what the ops compute, through
    broadcasts, reshapes, transposes and conversions. Members get `mp.pattern`,
    the path of the groups that they are in (`attention/softmax`), `mp.unit`,
    a number for each of them, and the class of the outermost group that has
    one; products stay products. Ops of a train step that are not of its forward
    part get `mp.region`: `backward`, `optimizer` or `scaler`.

    Values: unchanged.
    Reports: nothing.
  }];
}

def MPDecidePrecisionPass : Pass<"mp-decide-precision"> {
  let summary = "let a policy decide the precision of every op";
  let description = [{
    Finds the first rule of the policy that matches each op, and writes it as
    `mp.decision`. Ops that the rule pins get their `mp.precision`; those that
    it leaves free (`infer`, `clear`, `promote`) get one when casts are placed.

    Only f32 is ever lowered. Ops on other types, ops whose types are a part of
    their meaning, and products whose precision or algorithm the author chose
    keep their types under every policy.

    With a target, an op that a rule pins to a format which is illegal there is
    an error; under a policy with `fallback: true` it is f32 instead.

    Under a policy that narrows to f16, what provably does not fit it stays f32,
    unless the rule has `force: true`: by what is declared (`mp.range` on an
    argument, `ranges` in the policy) and by what was recorded.

    Values: unchanged.
    Reports: the policy's errors at their place in its file; a remark
    `legality` for each op that falls back, and `range` for each proof that
    overrules the policy.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect"];
  let options = [
    Option<"policyName", "policy", "std::string", /*default=*/"\"bf16\"",
           "A shipped policy, or the path of a policy file">,
    Option<"targetName", "target", "std::string", /*default=*/"\"\"",
           "Refuse what this target cannot do (cpu, sm_90, ...)">,
    Option<"rangesFile", "ranges", "std::string", /*default=*/"\"\"",
           "Ranges that `mp-run --record-ranges` has recorded">
  ];
}

def MPAnnotateRangesPass : Pass<"mp-annotate-ranges"> {
  let summary = "write what is proved about the size of each float";
  let description = [{
    Puts `mp.range` on each op with float results: the interval that holds every
    finite element in every run, whether there may be infinities and NaN, the
    verdict on f16 (`fits`, `overflows`, `underflows`, `unknown`), and what gave
    the interval. Arguments are anything, unless they declare a range of their
    own, `{mp.range = [low, high]}`.

    Values: unchanged.
    Reports: declared ranges that are none.
  }];
}

def MPCheckPolicyPass : Pass<"mp-policy-check"> {
  let summary = "tell which rules of a policy have no effect on a module";
  let description = [{
    Reads a policy, with all its errors, and warns of each rule in the file
    itself that matches no op of the module, or whose ops are all decided by
    rules in front of it. Rules that come from `extends` are not asked. A rule
    on names is told the nearest ones that there are.

    `mp-opt MODEL --mp-policy-check FILE` is short for the option `policy`;
    without a model only the file is checked.

    Values: unchanged.
    Reports: the policy's errors; a warning for each such rule, an error with
    `strict`.
  }];
  let options = [
    Option<"policyName", "policy", "std::string", /*default=*/"\"bf16\"",
           "A shipped policy, or the path of a policy file">,
    Option<"strict", "strict", "bool", /*default=*/"false",
           "A rule without effect is an error">,
    Option<"onlyNames", "only-names", "bool", /*default=*/"false",
           "Ask only rules that speak of names and ids, and only whether they "
           "match">
  ];
}

def MPWhatIfPass : Pass<"mp-what-if"> {
  let summary = "tell which change of a policy would make an op low";
  let description = [{
    Asks, for the op and format in `question`, the policy and then the policy
    with one change at a time, on copies of the classified program: a rule in
    front for this op, each rule on the way to what it is now made less strict,
    a rule for each op that gives it a wide operand. Tells of each that makes
    the op low, the cheapest first, with the casts and bytes that it costs.

    Values: unchanged.
    Reports: a remark at the op, with a note for each answer.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect"];
  let options = [
    Option<"question", "question", "std::string", /*default=*/"\"\"",
           "`OP:FORMAT`; the op by id, by a name in its location, or by line">,
    Option<"policyName", "policy", "std::string", /*default=*/"\"bf16\"",
           "A shipped policy, or the path of a policy file">,
    Option<"targetName", "target", "std::string", /*default=*/"\"\"",
           "Refuse what this target cannot do (cpu, sm_90, ...)">,
    Option<"rangesFile", "ranges", "std::string", /*default=*/"\"\"",
           "Ranges that `mp-run --record-ranges` has recorded">,
    Option<"keepIO", "keep-io", "bool", /*default=*/"true",
           "Keep the types of function arguments and results">
  ];
}

def MPCompareDecisionsPass : Pass<"mp-compare-decisions"> {
  let summary = "tell what two policies or two targets decide differently";
  let description = [{
    Decides and places copies of the classified program by both, and tells of
    the ops that are low under one and not under the other, whatever the two
    low formats are: by the pattern that they are in, or the function that they
    compute, with the rules and reasons of both.

    Values: unchanged.
    Reports: a remark with a note for each difference.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect"];
  let options = [
    Option<"policyName", "policy", "std::string", /*default=*/"\"bf16\"",
           "A shipped policy, or the path of a policy file">,
    Option<"otherPolicy", "against", "std::string", /*default=*/"\"\"",
           "The policy to compare with; by default the same">,
    Option<"targetName", "target", "std::string", /*default=*/"\"\"",
           "Refuse what this target cannot do (cpu, sm_90, ...)">,
    Option<"otherTarget", "against-target", "std::string", /*default=*/"\"\"",
           "The target of the other policy">,
    Option<"rangesFile", "ranges", "std::string", /*default=*/"\"\"",
           "Ranges that `mp-run --record-ranges` has recorded">,
    Option<"keepIO", "keep-io", "bool", /*default=*/"true",
           "Keep the types of function arguments and results">
  ];
}

def MPPlaceCastsPass : Pass<"mp-place-casts"> {
  let summary = "choose the free ops so that casts move the fewest bytes";
  let description = [{
    Gives every group of values that must share a type its format, as
    `mp.formats` (one entry for each group of the op), such that the bytes
    moved by casts, plus those that free ops read and write more because they
    are f32, are least: a minimum cut. A value is cast at most once to each
    format. Values that are the same in every call (constants, arguments with
    role `param` outside of a step of training, what is computed from nothing
    else) cost nothing, and what happens in loop bodies counts as often as they
    run: eight times where that is not known. Ties go to the fewest casts, and
    then to the low format.

    An op that only moves data never takes away precision that one of its
    readers was given by the policy: where both its source and a reader are
    wide, it is wide.

    Values: unchanged.
    Reports: remark `placement`: the casts and the cost of the placement in
    bytes, the lower bound that the cut proves, whether the cost is as low, and
    what a greedy painting of the graph costs; the same, in parts, as
    `mp.placement` on the root.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect"];
  let options = [
    Option<"keepIO", "keep-io", "bool", /*default=*/"true",
           "Keep the types of function arguments and results">
  ];
}

def MPApplyLockPass : Pass<"mp-apply-lock"> {
  let summary = "write the decisions of a lock file on the ops they belong to";
  let description = [{
    Gives each op the `mp.decision` and `mp.formats` that the lock holds for its
    id. What they are written on, the steps behind it leave alone. A lock of
    another policy, target, file of ranges or `keep-io` is refused, and so is
    one with entries for other ops than there are, unless `refresh` leaves those
    to the policy. A lock that no target had a say in is replayed for every one
    that can compute what it says.

    The formats of an entry may be edited, to f32 or the low format that its
    decision names.

    Values: unchanged.
    Reports: the lock's errors at their place in its file; each op that
    changed, is new or is gone; a warning where the model is another but every
    op fits; a remark `lock` with the number of entries that were kept.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect"];
  let options = [
    Option<"file", "file", "std::string", /*default=*/"\"\"",
           "The lock file">,
    Option<"policyName", "policy", "std::string", /*default=*/"\"bf16\"",
           "A shipped policy, or the path of a policy file">,
    Option<"targetName", "target", "std::string", /*default=*/"\"\"",
           "The target that the lock was made for">,
    Option<"rangesFile", "ranges", "std::string", /*default=*/"\"\"",
           "Ranges that `mp-run --record-ranges` has recorded">,
    Option<"keepIO", "keep-io", "bool", /*default=*/"true",
           "Keep the types of function arguments and results">,
    Option<"refresh", "refresh", "bool", /*default=*/"false",
           "Leave ops without an entry to the policy">
  ];
}

def MPWriteLockPass : Pass<"mp-write-lock"> {
  let summary = "write the decisions on all ops to a lock file";
  let description = [{
    Writes what stands on the ops after `mp-place-casts`, keyed by op id, with
    the hash of the model, the policy, the recorded ranges, and the target
    where something was decided by what that can do.

    Values: unchanged.
    Reports: an error where the file cannot be written.
  }];
  let options = [
    Option<"file", "file", "std::string", /*default=*/"\"\"",
           "The lock file, written whole or not at all">,
    Option<"policyName", "policy", "std::string", /*default=*/"\"bf16\"",
           "A shipped policy, or the path of a policy file">,
    Option<"targetName", "target", "std::string", /*default=*/"\"\"",
           "The target that precision was decided for">,
    Option<"rangesFile", "ranges", "std::string", /*default=*/"\"\"",
           "Ranges that `mp-run --record-ranges` has recorded">,
    Option<"keepIO", "keep-io", "bool", /*default=*/"true",
           "Whether function arguments and results kept their types">
  ];
}

def MPMaterialiseCastsPass : Pass<"mp-materialise-casts"> {
  let summary = "change the types that were decided and insert the casts";
  let description = [{
    Gives each value the type that `mp.formats` says, inserts one cast for each
    value and format that is read elsewhere, in front of the first reader, and
    removes all attributes that the steps before it wrote. Constants are folded
    to the new type, rounded to nearest even. A sum that an op accumulates in
    its result keeps its type, and is narrowed behind the op. A cast of a value that was just
    widened from the wanted type is that type's value again.

    Values: narrowed as decided; widening is exact, and nothing else changes.
    Reports: remark `cast` at each cast, `decision` at each decided op; all of
    it in the file `explain`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::mp::MPDialect"];
  let options = [
    Option<"explain", "explain", "std::string", /*default=*/"\"\"",
           "Write every decision and cast to this file, as JSON">
  ];
}

def MPNameOpsPass : Pass<"mp-name-ops"> {
  let summary = "write the id of every op, by which reports call it";
  let description = [{
    Puts `mp.id` on each op, before precision is decided, so that observations
    of the result speak of the ops that explanations speak of.

    Values: unchanged.
    Reports: nothing.
  }];
}

def MPObserveValuesPass : Pass<"mp-observe-values"> {
  let summary = "hand every computed tensor to the runtime as well";
  let description = [{
    Calls `mp_rt_observe` on each tensor of floats or complex numbers: the
    arguments of functions and loops, and the results of ops, inside of loops
    and branches too. The call says which values the op read, so that the
    runtime finds the first op whose result was not finite while what it read
    was. Constants are not observed; of those that hold infinities or NaN the
    call says so.

    Lists the values as `mp.observed` on the module, and removes the `mp.id`
    that `mp-name-ops` wrote. An op without one is a cast, and called after
    what it converts (`main/layer0/add.3fa92c->bf16`), or counted (`main/select~0`).

    Values: unchanged.
    Reports: nothing.
  }];
  let dependentDialects = ["::mlir::mp::MPDialect"];
}

#endif // MP_TRANSFORMS_PASSES_TD
