#include "core/Observations.h"

using namespace mp::rt;

void Observations::begin() {
  counts.assign(counts.size(), {});
  for (mp_rt_culprit_info &info : found)
    info = {};
}

Observations::Count
Observations::sumSources(const mp_rt_observation &value) const {
  Count all;
  for (int32_t i = 0; i < value.num_sources; ++i) {
    int64_t source = value.sources[i];
    if (source == kConstant) {
      // Neither how many there are nor what they are is known.
      all.nans = all.infinities = UINT64_MAX / 2;
      break;
    }
    if (source >= 0 && static_cast<uint64_t>(source) < counts.size()) {
      all.nans += counts[source].nans;
      all.infinities += counts[source].infinities;
    }
  }
  return all;
}

void Observations::note(const mp_rt_observation &value, Kind origin,
                        bool elementwise) {
  if (static_cast<uint64_t>(value.value) >= counts.size())
    counts.resize(static_cast<size_t>(value.value) + 1);
  counts[value.value] = {value.nans, value.infinities};
  if (value.nans + value.infinities == 0)
    return;
  int32_t kind = MP_RT_CULPRIT_NONE;
  if (origin == Kind::Outside) {
    kind = MP_RT_CULPRIT_ARGUMENT;
  } else if (origin == Kind::Op) {
    // Where each element is made of those at its own place, more bad ones than
    // went in are made of finite ones. Else any bad one may have spread.
    Count in = sumSources(value);
    uint64_t bad = value.nans + value.infinities;
    if (elementwise ? bad > in.nans + in.infinities
                    : in.nans + in.infinities == 0)
      kind = MP_RT_CULPRIT_OP;
    else if (elementwise ? value.nans > in.nans : value.nans && in.nans == 0)
      kind = MP_RT_CULPRIT_NAN;
  }
  if (kind == MP_RT_CULPRIT_NONE || found[kind].kind != MP_RT_CULPRIT_NONE)
    return;
  found[kind] = {sizeof(mp_rt_culprit_info),
                 kind,
                 value.value,
                 value.label,
                 value.numbers,
                 value.nans,
                 value.infinities};
}

mp_rt_culprit_info Observations::culprit() const {
  for (const mp_rt_culprit_info &info : found) {
    if (info.kind != MP_RT_CULPRIT_NONE)
      return info;
  }
  mp_rt_culprit_info none = {};
  none.value = -1;
  none.label = "";
  return none;
}
