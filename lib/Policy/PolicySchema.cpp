#include "PolicySchema.h"

#include "mp/Policy/PatternNames.h"

#include <vector>

using namespace llvm;
using namespace mlir::mp::schema;

static constexpr Effect acts = Effect::Acts;
static constexpr Effect text = Effect::Documentation;

static const Key topLevelKeyTable[] = {
    {"version", acts, "1"},
    {"name", acts, "printed in reports"},
    {"description", text, "one sentence"},
    {"extends", acts, "shipped name or path; its rules follow the file's own"},
    {"compute", acts,
     "the low format; `tf32` is one of products only, and casts nothing"},
    {"accumulate", acts, "accumulator of contractions and convolutions"},
    {"unlisted", acts, "verdict for an op that no rule matches"},
    {"io", acts, "`keep` or `follow`: types of function arguments and results"},
    {"needs", acts, "`calibration`: refuse to run without recorded ranges"},
    {"ranges", acts, "argument name to `[low, high]`: bounds of its elements"},
    {"fallback", acts, "`true`: what the target cannot do is computed in f32"},
    {"parameters", acts, "named numbers that conditions use as `$name`"},
    {"rules", acts, "the rules; the first match wins"},
    {"storage", acts,
     "`f32`, `as-computed` or the compute format, of `activations` (results "
     "of allowed products), of `saved` (what the backward pass of a train "
     "step reads of the forward pass) and, with `io: follow`, of arguments and "
     "results "
     "by role: `parameters`, `gradients`, `optimizer`"},
    {"mixed_operands", acts,
     "`promote`: an inferred op is low only where all its operands are; "
     "`cast-at-boundary` (default): its format is chosen by cost"},
    {"excess_precision", acts,
     "`never` (default) or `allow`: a value that was narrowed and widened may "
     "be read unrounded"},
    {"loss_scale", acts,
     "of a train step: `kind` (`dynamic`, `static`, `none`), `init`, "
     "`growth`, `interval`, `backoff`, `min`, `max`"},
    {"algorithm", text, "how the tool that the policy restates places casts"},
    {"framework_lists", text, "the lists that the policy restates"},
    {"provenance", text, "where the facts come from"},
    {"unrepresented", text, "what the policy cannot say"},
    {"printed_forms", text, "what the tool's output looks like"},
    {"contrast", text, "how it differs from another policy"},
    {"lesson", text, "what to learn from it"},
};

static const Key ruleKeyTable[] = {
    {"id", acts, "name of the rule, unique in its file"},
    {"match", acts, "which ops"},
    {"action", acts, "the verdict"},
    {"result", acts, "`low`, `f32` or `free`: result of an allowed op"},
    {"compute", acts, "low format of the matched ops"},
    {"accumulate", acts, "accumulator of the matched ops"},
    {"contaminates", acts, "`forward`: readers of the result are wide too"},
    {"force", acts, "`true`: low even where values provably do not fit"},
    {"why", acts, "the reason that the user is shown"},
    {"bias", acts, "`low` or `f32`: the sum of a matched product and its bias"},
    {"inner", acts,
     "parts of the matched pattern to `low` or `f32`: `exp`, `sum`, "
     "`statistics`, or a pattern inside of it"},
    {"follow", acts,
     "`widest-operand`: `mixed_operands: promote` for this rule"},
    {"stands_for", text, "framework ops"},
    {"fidelity", text, "how faithful the rule is"},
};

static const Key matchKeyTable[] = {
    {"any", acts, "`true` matches every op"},
    {"id", acts, "id of the op, as explanations print it"},
    {"op", acts, "op name"},
    {"class", acts, "class of the op"},
    {"pattern", acts, "the group of ops that it belongs to"},
    {"role", acts, "part of the training step"},
    {"name-regex", acts, "function name, or a name in the location"},
    {"location-regex", acts, "a name in the location"},
    {"target-regex", acts, "target of a custom call, name of a composite"},
    {"operand", acts, "the rule speaks about this operand only"},
    {"legality", acts, "capability that the target lacks"},
    {"where", acts, "conditions"},
    {"not", acts, "a match that must not hold"},
};

static const Key whereKeyTable[] = {
    {"k", acts, "contracted elements"},
    {"m", acts, "rows of a product"},
    {"n", acts, "columns of a product"},
    {"batch", acts, "batch size of a product"},
    {"elements", acts, "elements of the first result"},
    {"bytes", acts, "bytes of the first result"},
    {"rank", acts, "rank of the first result"},
    {"lhs_rank", acts, "rank of operand 0"},
    {"rhs_rank", acts, "rank of operand 1"},
    {"reduction_length", acts, "terms of each sum"},
    {"fan_in", acts, "window times input channels"},
    {"const_abs_max", acts, "largest magnitude of constant operands"},
    {"const_abs_min_nonzero", acts, "smallest one that is not zero"},
    {"proved_abs_max", acts, "bound on the operands and results"},
    {"calibrated_abs_max", acts, "recorded bound"},
    {"alignment", acts, "innermost dimension"},
    {"uses", acts, "uses of the first result"},
    {"body", acts, "operation that a reduction applies"},
    {"window", acts, "`whole-dimension prefix` or `pooling`"},
    {"element_type", acts, "element type of operand 0, else of the result"},
    {"precision", acts, "`default`, `high` or `highest`, as the author asked"},
    {"algorithm", acts, "`given` where the author named one"},
    {"lhs", acts, "`constant-splat NUMBER`: value of operand 0"},
    {"rhs", acts, "`constant-splat NUMBER`: value of operand 1"},
};

static const StringRef classTable[] = {
    "contraction", "convolution", "pointwise",     "transcendental",
    "bounded",     "reduction",   "scan",          "normalization",
    "softmax",     "loss",        "data-movement", "comparison",
    "constant",    "control",     "rng",           "integer",
    "quantized",   "complex",     "collective",    "optimizer",
    "conversion",  "opaque"};

// Names of groups. Those that only document are names of framework functions
// that leave nothing in a program to tell them by.
static const Key patternKeyTable[] = {
    {"softmax", acts, "exponentials over their sum, shifted or not"},
    {"softmin", acts, "softmax of the negated input"},
    {"log_softmax", acts, "logarithm of a softmax"},
    {"logsumexp", acts, "logarithm of a sum of exponentials"},
    {"softmax_grad", acts, "gradient of a softmax"},
    {"log_softmax_grad", acts, "gradient of a log-softmax"},
    {"attention", acts, "product, scale and mask, softmax, product"},
    {"layer_norm", acts,
     "rows less their mean over their deviation, scaled and shifted"},
    {"rms_norm", acts, "rows over the root of their mean square"},
    {"group_norm", acts, "a layer norm of parts of rows"},
    {"batch_norm", acts,
     "features less their mean over their deviation: training, inference, "
     "gradient"},
    {"local_response_norm", acts,
     "values over a power of a windowed sum of squares"},
    {"l2_normalize", acts, "rows over their length"},
    {"variance", acts, "mean squared distance from the mean"},
    {"std", acts, "root of a variance"},
    {"mean", acts, "a sum over the number of its terms"},
    {"vector_norm", acts, "root of a sum of squares"},
    {"matrix_norm", text, "not recognised: no program tells it apart"},
    {"cosine_similarity", acts, "a sum of products over two norms"},
    {"distance", acts, "norm of a difference"},
    {"renorm", text, "not recognised: no program tells it apart"},
    {"sigmoid", acts, "one op, or spelled out with an exponential"},
    {"silu", acts, "a value times its sigmoid"},
    {"gelu", acts, "by tanh or by erf"},
    {"erf", acts, "one op"},
    {"tanh", acts, "one op"},
    {"softplus", acts, "log(1 + exp(x)), guarded or not"},
    {"elu", acts, "x, or a scaled exp(x) - 1 below zero"},
    {"selu", acts, "a scaled elu"},
    {"softsign", acts, "x over 1 + |x|"},
    {"prelu", acts, "x, or a learned slope times x below zero"},
    {"cross_entropy", acts,
     "log-softmax, the entries of the labels or weights, average, sign"},
    {"nll", acts,
     "the entries of the labels of given log-likelihoods, averaged"},
    {"bce", acts, "binary cross entropy of probabilities"},
    {"bce_with_logits", acts, "binary cross entropy of logits"},
    {"binary_cross_entropy", acts, "the same as bce"},
    {"mse", acts, "mean or sum of squared differences"},
    {"l1", acts, "mean or sum of absolute differences"},
    {"smooth_l1", acts, "the same as huber"},
    {"huber", acts, "squared differences where small, absolute where large"},
    {"kl_div", acts, "divergence of two distributions"},
    {"ctc", text, "not recognised: no program tells it apart"},
    {"l2_loss", acts, "half a sum of squares"},
    {"avg_pool", acts, "windowed sum over its count"},
    {"max_pool", acts, "windowed maximum"},
    {"cumulative", acts, "prefix sum, maximum or minimum"},
    {"resize", text, "not recognised: no program tells it apart"},
    {"grid_sample", text, "not recognised: no program tells it apart"},
    {"quantile", text, "not recognised: no program tells it apart"},
    {"fake_quantize", text, "not recognised: no program tells it apart"},
    {"dropout", acts, "zeros by a mask, the rest scaled up"},
    {"embedding", acts, "rows of a table by index, and its gradient"},
    {"linear", acts, "a product or convolution and its bias"},
    {"optimizer_sgd", acts,
     "a parameter less a rate times a gradient, where roles say so"},
    {"optimizer_adam", acts,
     "moving averages of a gradient and its square, and the step of them"},
    {"optimizer_adamw", acts, "the same with weights that decay"},
    {"grad_norm_clip", acts,
     "the norm over several gradients and what it scales"},
    {"finite_check", acts, "tests of values for being finite"},
    {"frobenius_norm", text, "not recognised: no program tells it apart"},
    {"nuclear_norm", text, "not recognised: no program tells it apart"},
    {"cosine_embedding", text, "not recognised: no program tells it apart"},
    {"hinge_embedding", text, "not recognised: no program tells it apart"},
    {"margin_ranking", acts, "hinge on the difference of two scores"},
    {"multi_margin", text, "not recognised: no program tells it apart"},
    {"multilabel_margin", text, "not recognised: no program tells it apart"},
    {"soft_margin", acts, "log(1 + exp(-y x)), averaged"},
    {"triplet_margin", acts, "hinge on the difference of two distances"},
    {"poisson_nll", acts, "exp(x) - y x, averaged"},
};

static const std::vector<StringRef> patternTable = [] {
  std::vector<StringRef> names;
  for (const Key &key : patternKeyTable)
    names.push_back(key.name);
  return names;
}();

static const StringRef roleTable[] = {"forward", "backward", "optimizer",
                                      "scaler"};

namespace mlir::mp::schema {
const ArrayRef<Key> topLevelKeys = topLevelKeyTable;
const ArrayRef<Key> ruleKeys = ruleKeyTable;
const ArrayRef<Key> matchKeys = matchKeyTable;
const ArrayRef<Key> whereKeys = whereKeyTable;
const ArrayRef<StringRef> classes = classTable;
const ArrayRef<StringRef> patterns = patternTable;
const ArrayRef<StringRef> roles = roleTable;
} // namespace mlir::mp::schema

bool mlir::mp::isRecognised(StringRef pattern) {
  for (const Key &key : patternKeyTable)
    if (key.name == pattern)
      return key.effect == Effect::Acts;
  return false;
}
