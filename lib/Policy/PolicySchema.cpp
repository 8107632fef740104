#include "PolicySchema.h"

using namespace llvm;
using namespace mlir::mp::schema;

static constexpr Effect acts = Effect::Acts;
static constexpr Effect text = Effect::Documentation;

static const Key topLevelKeyTable[] = {
    {"version", acts, "1"},
    {"name", acts, "printed in reports"},
    {"description", text, "one sentence"},
    {"extends", acts, "shipped name or path; its rules follow the file's own"},
    {"compute", acts, "the low format"},
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
     "of allowed products) and, with `io: follow`, of arguments and results "
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
    "contraction",    "convolution", "attention", "pointwise",
    "transcendental", "bounded",     "reduction", "scan",
    "normalization",  "softmax",     "loss",      "data-movement",
    "comparison",     "constant",    "control",   "rng",
    "integer",        "quantized",   "complex",   "collective",
    "optimizer",      "conversion",  "opaque"};

static const StringRef patternTable[] = {"softmax",
                                         "log_softmax",
                                         "logsumexp",
                                         "softmax_grad",
                                         "log_softmax_grad",
                                         "attention",
                                         "layer_norm",
                                         "rms_norm",
                                         "group_norm",
                                         "batch_norm",
                                         "local_response_norm",
                                         "l2_normalize",
                                         "variance",
                                         "std",
                                         "mean",
                                         "vector_norm",
                                         "matrix_norm",
                                         "cosine_similarity",
                                         "distance",
                                         "renorm",
                                         "sigmoid",
                                         "silu",
                                         "gelu",
                                         "erf",
                                         "tanh",
                                         "softplus",
                                         "elu",
                                         "selu",
                                         "softsign",
                                         "prelu",
                                         "cross_entropy",
                                         "nll",
                                         "bce",
                                         "bce_with_logits",
                                         "binary_cross_entropy",
                                         "mse",
                                         "l1",
                                         "smooth_l1",
                                         "huber",
                                         "kl_div",
                                         "ctc",
                                         "l2_loss",
                                         "avg_pool",
                                         "max_pool",
                                         "cumulative",
                                         "resize",
                                         "grid_sample",
                                         "quantile",
                                         "fake_quantize",
                                         "dropout",
                                         "embedding",
                                         "linear",
                                         "optimizer_sgd",
                                         "optimizer_adam",
                                         "optimizer_adamw",
                                         "grad_norm_clip",
                                         "finite_check",
                                         "softmin",
                                         "frobenius_norm",
                                         "nuclear_norm",
                                         "cosine_embedding",
                                         "hinge_embedding",
                                         "margin_ranking",
                                         "multi_margin",
                                         "multilabel_margin",
                                         "soft_margin",
                                         "triplet_margin",
                                         "poisson_nll"};

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
