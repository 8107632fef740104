//===- PackWindows.cpp - the rows of a convolution's matrix ---------------===//
//
// The matrix A of a convolution is never stored: each work item gathers the
// rows it needs, in the block of k it needs, into the same scratch as the rows
// of a product. Where neighbouring filter positions read neighbouring pixels,
// a whole line of the filter is one contiguous run.
//
//===----------------------------------------------------------------------===//
#include "PanelEmitter.h"

using namespace mlir;
using namespace mlir::mp;

namespace {
/// Positions in the input of one line of the filter.
class WindowLine {
public:
  WindowLine(KernelBuilder &kb, const ConvWindow &window, int64_t lineTaps)
      : kb(kb), window(window), lineTaps(lineTaps) {}

  /// Sets `place` to the input line under line `line` of the filter at
  /// `pixel` of the result, and [first, last) to the part of it that lies in
  /// the input, in taps; `start` is the tap 0's position in the line.
  void locate(ArrayRef<Value> pixel, Value line);

  SmallVector<Value> place;
  Value start, first, last;

private:
  KernelBuilder &kb;
  const ConvWindow &window;
  int64_t lineTaps;
};
} // namespace

void WindowLine::locate(ArrayRef<Value> pixel, Value line) {
  auto compare = [&](arith::CmpIPredicate predicate, Value lhs,
                     Value rhs) -> Value {
    return arith::CmpIOp::create(kb, predicate, lhs, rhs);
  };
  auto select = [&](Value condition, Value lhs, Value rhs) -> Value {
    return arith::SelectOp::create(kb, condition, lhs, rhs);
  };
  Value zero = kb.index(0);
  int64_t spatial = window.input.size();
  place.assign(spatial, Value());
  place[0] = pixel[0];
  Value outside;
  for (int64_t i = spatial - 1; i >= 0; --i) {
    bool isRun = i == spatial - 1 && lineTaps > 1;
    Value tap = zero;
    if (!isRun) {
      tap = kb.rem(line, window.filter[i]);
      line = kb.div(line, window.filter[i]);
    }
    Value at = kb.add(kb.mul(pixel[i + 1], window.strides[i]),
                      kb.mul(tap, window.rhsDilation[i]));
    at = kb.sub(at, kb.index(window.low[i]));
    Value size = kb.index(window.input[i]);
    if (isRun) {
      // Clamped to the taps that read within the line.
      auto clamp = [&](Value value) {
        value = arith::MaxSIOp::create(kb, value, zero);
        return arith::MinSIOp::create(kb, value, kb.index(lineTaps));
      };
      start = at;
      first = clamp(kb.sub(zero, at));
      last = clamp(kb.sub(size, at));
      continue;
    }
    // A position left of the input is a huge unsigned number.
    Value isOut = compare(arith::CmpIPredicate::uge,
                          kb.div(at, window.lhsDilation[i]), size);
    if (window.lhsDilation[i] > 1) {
      isOut = arith::OrIOp::create(
          kb, isOut, compare(arith::CmpIPredicate::slt, at, zero));
      Value rest = kb.rem(at, window.lhsDilation[i]);
      isOut = arith::OrIOp::create(
          kb, isOut, compare(arith::CmpIPredicate::ne, rest, zero));
      at = kb.div(at, window.lhsDilation[i]);
    }
    outside =
        outside ? arith::OrIOp::create(kb, outside, isOut).getResult() : isOut;
    if (i == spatial - 1) {
      start = at;
      first = zero;
      last = kb.index(1);
    } else {
      place[i + 1] = at;
    }
  }
  if (outside)
    last = select(outside, first, last);
}

void PanelEmitter::packWindows() {
  const ConvWindow &window = *spec.window;
  int64_t spatial = window.input.size();
  // Neighbouring taps of a line are neighbours in memory when nothing is
  // between them.
  bool contiguous = window.rhsDilation.back() == 1 &&
                    window.lhsDilation.back() == 1 &&
                    window.groupChannels == window.channels;
  int64_t lineTaps = contiguous ? window.filter.back() : 1;
  int64_t lineSize = lineTaps * window.groupChannels;
  Value zero = kb.splat(0.0, 1), wideZero = kb.splat(0.0, kb.lanes);

  Value endK = kb.add(firstK, sizeK);
  Value insideEnd = kb.min(endK, kb.index(spec.k));
  Value firstLine = kb.div(firstK, lineSize);
  Value lastLine = kb.div(kb.add(insideEnd, lineSize - 1), lineSize);

  kb.forEach(kb.index(0), numRows, 1, [&](Value row) {
    SmallVector<Value> pixel(spatial + 1);
    Value rest = kb.add(firstRow, row);
    for (int64_t i = spatial; i >= 1; --i) {
      pixel[i] = kb.rem(rest, window.result[i - 1]);
      rest = kb.div(rest, window.result[i - 1]);
    }
    pixel[0] = rest;
    auto clear = [&](Value from, Value to) {
      kb.forEachVector(from, to, kb.lanes, [&](Value k, int64_t count) {
        kb.store(count == 1 ? zero : wideZero, rows, {row, kb.sub(k, firstK)});
      });
    };
    kb.forEach(firstLine, lastLine, 1, [&](Value line) {
      WindowLine source(kb, window, lineTaps);
      source.locate(pixel, line);
      // Everything below counts in k: the line's part within this block.
      Value lineK = kb.mul(line, lineSize);
      Value from = kb.max(lineK, firstK);
      Value to = kb.min(kb.add(lineK, lineSize), insideEnd);
      auto clamp = [&](Value tap) {
        Value k = kb.add(lineK, kb.mul(tap, window.groupChannels));
        return kb.min(kb.max(k, from), to);
      };
      Value copyFrom = clamp(source.first), copyTo = clamp(source.last);
      clear(from, copyFrom);
      Value base = kb.add(kb.mul(source.start, window.channels),
                          kb.mul(batch, window.groupChannels));
      base = kb.sub(base, lineK);
      kb.forEachVector(copyFrom, copyTo, kb.lanes, [&](Value k, int64_t count) {
        SmallVector<Value> place = source.place;
        place.push_back(kb.add(base, k));
        kb.store(kb.load(operands.a, place, count), rows,
                 {row, kb.sub(k, firstK)});
      });
      clear(copyTo, to);
    });
    clear(insideEnd, endK);
  });
}
