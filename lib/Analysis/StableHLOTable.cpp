#include "StableHLOTable.h"

using namespace mlir;
using namespace mlir::mp;
using namespace mlir::mp::stablehlo_table;

const llvm::StringMap<Row> &stablehlo_table::getRows() {
  using C = OpClass;
  using S = Shape;
  static const llvm::StringMap<Row> rows = [] {
    llvm::StringMap<Row> rows;
    auto add = [&](OpClass opClass, Shape shape,
                   std::initializer_list<StringRef> names) {
      for (StringRef name : names)
        rows[name] = {opClass, shape};
    };
    add(C::Contraction, S::Product,
        {"stablehlo.dot_general", "stablehlo.dot", "stablehlo.einsum"});
    add(C::Convolution, S::Product, {"stablehlo.convolution"});
    add(C::Pointwise, S::Tied,
        {"stablehlo.abs",
         "stablehlo.add",
         "stablehlo.ceil",
         "stablehlo.clamp",
         "stablehlo.divide",
         "stablehlo.floor",
         "stablehlo.maximum",
         "stablehlo.minimum",
         "stablehlo.multiply",
         "stablehlo.negate",
         "stablehlo.remainder",
         "stablehlo.round_nearest_afz",
         "stablehlo.round_nearest_even",
         "stablehlo.sign",
         "stablehlo.subtract",
         "chlo.square",
         "chlo.broadcast_add",
         "chlo.broadcast_divide",
         "chlo.broadcast_maximum",
         "chlo.broadcast_minimum",
         "chlo.broadcast_multiply",
         "chlo.broadcast_subtract",
         "chlo.next_after"});
    add(C::Transcendental, S::Tied,
        {"stablehlo.cbrt",
         "stablehlo.exponential",
         "stablehlo.exponential_minus_one",
         "stablehlo.log",
         "stablehlo.log_plus_one",
         "stablehlo.power",
         "stablehlo.rsqrt",
         "stablehlo.sqrt",
         "stablehlo.tan",
         "stablehlo.atan2",
         "chlo.acos",
         "chlo.acosh",
         "chlo.asin",
         "chlo.asinh",
         "chlo.atan",
         "chlo.atanh",
         "chlo.bessel_i1e",
         "chlo.cosh",
         "chlo.digamma",
         "chlo.erf_inv",
         "chlo.lgamma",
         "chlo.polygamma",
         "chlo.sinh",
         "chlo.tan",
         "chlo.zeta"});
    add(C::Bounded, S::Tied,
        {"stablehlo.cosine", "stablehlo.logistic", "stablehlo.sine",
         "stablehlo.tanh", "chlo.erf", "chlo.erfc"});
    add(C::Reduction, S::Body,
        {"stablehlo.reduce", "stablehlo.reduce_window", "stablehlo.scatter",
         "stablehlo.select_and_scatter", "stablehlo.map"});
    add(C::Normalization, S::Tied,
        {"stablehlo.batch_norm_inference", "stablehlo.batch_norm_training",
         "stablehlo.batch_norm_grad"});
    add(C::DataMovement, S::Tied,
        {"stablehlo.broadcast", "stablehlo.broadcast_in_dim",
         "stablehlo.concatenate", "stablehlo.dynamic_broadcast_in_dim",
         "stablehlo.dynamic_gather", "stablehlo.dynamic_pad",
         "stablehlo.dynamic_reshape", "stablehlo.dynamic_slice",
         "stablehlo.dynamic_update_slice", "stablehlo.gather", "stablehlo.pad",
         "stablehlo.real_dynamic_slice", "stablehlo.reshape",
         "stablehlo.reverse", "stablehlo.select", "stablehlo.slice",
         "stablehlo.torch_index_select", "stablehlo.transpose"});
    add(C::Comparison, S::Tied,
        {"stablehlo.compare", "stablehlo.is_finite", "chlo.is_inf",
         "chlo.is_neg_inf", "chlo.is_pos_inf"});
    add(C::Comparison, S::AsWritten, {"stablehlo.sort", "chlo.top_k"});
    add(C::Integer, S::AsWritten,
        {"stablehlo.and", "stablehlo.count_leading_zeros",
         "stablehlo.get_dimension_size", "stablehlo.not", "stablehlo.or",
         "stablehlo.popcnt", "stablehlo.shift_left",
         "stablehlo.shift_right_arithmetic", "stablehlo.shift_right_logical",
         "stablehlo.xor"});
    add(C::Constant, S::AsWritten,
        {"stablehlo.constant", "stablehlo.iota", "stablehlo.dynamic_iota",
         "chlo.constant"});
    add(C::Control, S::Loop, {"stablehlo.while"});
    add(C::Control, S::Branches, {"stablehlo.case", "stablehlo.if"});
    add(C::Control, S::AsWritten,
        {"stablehlo.optimization_barrier", "stablehlo.return"});
    add(C::Conversion, S::AsWritten,
        {"stablehlo.convert", "stablehlo.bitcast_convert",
         "stablehlo.reduce_precision"});
    add(C::Random, S::AsWritten,
        {"stablehlo.rng", "stablehlo.rng_bit_generator"});
    add(C::Quantized, S::AsWritten,
        {"stablehlo.uniform_quantize", "stablehlo.uniform_dequantize"});
    add(C::Complex, S::AsWritten,
        {"stablehlo.complex", "stablehlo.real", "stablehlo.imag",
         "stablehlo.fft", "chlo.conj"});
    add(C::Collective, S::AsWritten,
        {"stablehlo.all_gather", "stablehlo.all_reduce", "stablehlo.all_to_all",
         "stablehlo.collective_broadcast", "stablehlo.collective_permute",
         "stablehlo.collective_reduce", "stablehlo.partition_id",
         "stablehlo.reduce_scatter", "stablehlo.replica_id"});
    add(C::Opaque, S::AsWritten,
        {"stablehlo.cholesky", "stablehlo.triangular_solve",
         "stablehlo.custom_call", "stablehlo.composite",
         "stablehlo.get_tuple_element", "stablehlo.tuple"});
    return rows;
  }();
  return rows;
}
