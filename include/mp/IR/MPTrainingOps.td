#ifndef MP_IR_MPTRAININGOPS_TD
#define MP_IR_MPTRAININGOPS_TD

include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mp/IR/MPDialect.td"

// Loss scaling as Micikevicius et al., "Mixed Precision Training" (ICLR 2018),
// section 3.2, describe it, with the state machine of torch.amp.GradScaler.

//===----------------------------------------------------------------------===//
// WorkingCopyOp
//===----------------------------------------------------------------------===//

def MP_WorkingCopyOp : MP_Op<"working_copy", [Pure, SameOperandsAndResultShape]> {
  let summary = "the low-precision copy of a master weight";
  let description = [{
    Rounds every element of `master` to the element type of `copy`, to nearest
    even, overflow to infinity. The value is that of `mp.cast`; the op says that
    the f32 tensor is what the optimizer updates and the copy what the step
    computes with, so that a compiler may produce the copy in the same pass
    over memory as the update.

    Constraints:

    - (c1) `master` and `copy` have the same shape.
    - (c2) `copy` has a narrower element type than `master`.
  }];
  let arguments = (ins RankedTensorOf<[F32, F64]>:$master);
  let results = (outs RankedTensorOf<[AnyFloat]>:$copy);
  let assemblyFormat = "$master attr-dict `:` type($master) `to` type($copy)";
  let hasVerifier = 1; // working_copy-c2
}

//===----------------------------------------------------------------------===//
// ScaleLossOp
//===----------------------------------------------------------------------===//

def MP_ScaleLossOp : MP_Op<"scale_loss", [
    Pure, AllTypesMatch<["loss", "scale", "result"]>
  ]> {
  let summary = "multiply the loss by the loss scale";
  let description = [{
    `result = loss * scale`, one f32 multiplication, rounded to nearest even.
    Differentiating what follows gives gradients multiplied by `scale`.
  }];
  let arguments = (ins 0DTensorOf<[F32]>:$loss, 0DTensorOf<[F32]>:$scale);
  let results = (outs 0DTensorOf<[F32]>:$result);
  let assemblyFormat = "$loss `,` $scale attr-dict `:` type($loss)";
  let hasFolder = 1;
}

//===----------------------------------------------------------------------===//
// UnscaleAndCheckOp
//===----------------------------------------------------------------------===//

def MP_UnscaleAndCheckOp : MP_Op<"unscale_and_check", [Pure]> {
  let summary = "divide gradients by the loss scale and look for overflow";
  let description = [{
    Widens each gradient to f32 (exact) and multiplies it by the inverse of
    `scale`. The inverse is 1 / scale in f64, rounded to f32 to nearest even,
    as torch.amp.GradScaler computes it; the product is rounded once.

    `finite` is true if the scale and its inverse are finite and every element
    of every result is. The inverse of a finite scale is never 0, so a result is
    finite only if its gradient was; a scale so small that its inverse overflows
    is an overflow, whatever the gradients hold. `culprit` is the number of
    gradients if the scale or its inverse is not finite, else the index of the
    first gradient with an element that is not finite after the multiplication,
    else -1.

    Constraints:

    - (c1) there is one result for each gradient, of its shape, in f32.
    - (c2) no gradient is wider than f32.

    Example:

    ```mlir
    %g:2, %finite, %culprit = mp.unscale_and_check %a, %b by %scale
        : (tensor<4xf16>, tensor<8xf32>) -> (tensor<4xf32>, tensor<8xf32>)
    ```
  }];
  let arguments = (ins Variadic<RankedTensorOf<[AnyFloat]>>:$gradients,
      0DTensorOf<[F32]>:$scale);
  let results = (outs Variadic<RankedTensorOf<[F32]>>:$unscaled,
      0DTensorOf<[I1]>:$finite, 0DTensorOf<[I32]>:$culprit);
  let assemblyFormat = [{
    $gradients `by` $scale attr-dict `:`
    custom<UnscaleTypes>(type($gradients), type($unscaled), type($scale), type($finite), type($culprit))
  }];
  let hasVerifier = 1; // unscale_and_check-c1, c2
  let hasCanonicalizeMethod = 1;
}

//===----------------------------------------------------------------------===//
// UpdateScaleOp
//===----------------------------------------------------------------------===//

def MP_UpdateScaleOp : MP_Op<"update_scale", [
    Pure, AllTypesMatch<["scale", "new_scale"]>, AllTypesMatch<["tracker", "new_tracker"]>,
    AllTypesMatch<["hysteresis_left", "new_hysteresis_left"]>
  ]> {
  let summary = "the loss scaler's state machine";
  let description = [{
    After a step with overflow (`finite` false): `hysteresis_left` falls by one
    (not below 0); if it is then 0, the scale becomes max(scale * `backoff`,
    `minimum`). The tracker becomes 0.

    After a clean step: the tracker grows by one; when it reaches `interval` it
    becomes 0, hysteresis_left becomes `hysteresis`, and the scale becomes
    min(scale * `growth`, `maximum`) if the product is finite; otherwise the
    scale stays. With `consecutive` hysteresis_left becomes `hysteresis` in every
    clean step, so that only overflows in a row add up.

    A product is one f64 multiplication, rounded to f32 to nearest even. With
    minimum 0, maximum infinity and hysteresis 1 this is
    torch.amp.GradScaler, bit for bit; a minimum above 0 keeps the scale from
    collapsing to 0.

    Constraints:

    - (c1) growth is at least 1, 0 < backoff < 1, interval and hysteresis at
      least 1, 0 <= minimum <= maximum.
  }];
  let arguments = (ins 0DTensorOf<[F32]>:$scale, 0DTensorOf<[I32]>:$tracker,
      0DTensorOf<[I32]>:$hysteresis_left, 0DTensorOf<[I1]>:$finite,
      F64Attr:$growth, F64Attr:$backoff, I32Attr:$interval, F32Attr:$minimum,
      F32Attr:$maximum, I32Attr:$hysteresis, UnitAttr:$consecutive);
  let results = (outs 0DTensorOf<[F32]>:$new_scale, 0DTensorOf<[I32]>:$new_tracker,
      0DTensorOf<[I32]>:$new_hysteresis_left);
  let assemblyFormat = [{
    $scale `,` $tracker `,` $hysteresis_left `if` $finite
    `growth` $growth `backoff` $backoff `interval` $interval
    `minimum` $minimum `maximum` $maximum `hysteresis` $hysteresis
    (`consecutive` $consecutive^)? attr-dict `:`
    type($scale) `,` type($tracker) `,` type($hysteresis_left) `,` type($finite)
  }];
  let hasVerifier = 1; // update_scale-c1
}

//===----------------------------------------------------------------------===//
// GuardedUpdateOp
//===----------------------------------------------------------------------===//

def MP_GuardedUpdateOp : MP_Op<"guarded_update", [
    RecursiveMemoryEffects, SingleBlock, NoRegionArguments
  ]> {
  let summary = "run the optimizer only if the gradients are finite";
  let description = [{
    If `finite` is true the results are what `body` yields, else they are
    `state`, bit for bit: neither weights nor moments nor step counters move on
    a skipped step. The condition never leaves the device.

    Constraints:

    - (c1) `state`, the yielded values and the results have the same types.
  }];
  let arguments = (ins 0DTensorOf<[I1]>:$finite, Variadic<AnyRankedTensor>:$state);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $finite `else` `(` $state `)` $body attr-dict `:` type($finite) `,` type($state)
    `->` type($results)
  }];
  let hasVerifier = 1; // guarded_update-c1
  let hasCanonicalizeMethod = 1;
}

def MP_YieldOp : MP_Op<"yield", [Pure, Terminator, ReturnLike, HasParent<"GuardedUpdateOp">]> {
  let summary = "end the body of an mp op";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

#endif // MP_IR_MPTRAININGOPS_TD
