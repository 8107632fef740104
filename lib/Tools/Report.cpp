//===- Report.cpp - what a compilation decided, as a page -----------------===//

#include "mp/Tools/Report.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

using namespace mlir;
using namespace mlir::mp;

static constexpr StringLiteral kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>mp report</title><style>
body { font: 14px sans-serif; margin: 2em; color: #222 }
table { border-collapse: collapse; margin: 1em 0 }
th, td { padding: 3px 10px; border-bottom: 1px solid #ccc; text-align: right }
th:first-child, td:first-child { text-align: left }
svg { background: #f6f6f6 }
.weights { fill: #4e79a7 } .activations { fill: #f28e2b }
.gradients { fill: #59a14f } .other { fill: #b0b0b0 }
</style></head><body>
)";

static std::string escape(StringRef text) {
  std::string out;
  llvm::raw_string_ostream os(out);
  llvm::printHTMLEscaped(text, os);
  return out;
}

static std::string bytesText(int64_t bytes) {
  if (bytes < 10240)
    return llvm::formatv("{0} B", bytes);
  if (bytes < int64_t(10) << 20)
    return llvm::formatv("{0:f1} KiB", double(bytes) / 1024);
  return llvm::formatv("{0:f1} MiB", double(bytes) / 1048576);
}

namespace {
struct Row {
  std::string name;
  int64_t bytes;
};
} // namespace

static std::vector<Row> getRows(const MemoryReport &report) {
  auto atPeak = [&](MemoryUse use) { return report.atPeak[size_t(use)]; };
  int64_t inputs = 0;
  for (const auto &[role, bytes] : report.arguments)
    if (role != "param" && role != "opt_state")
      inputs += bytes;
  return {{"parameters (masters, where they are kept)",
           report.argumentBytes("param")},
          {"optimizer state", report.argumentBytes("opt_state")},
          {"other arguments", inputs},
          {"results", report.results},
          {"prepared parameters, kept between calls", report.persistent},
          {"working copies of weights, at peak", atPeak(MemoryUse::Weights)},
          {"gradients, at peak", atPeak(MemoryUse::Gradients)},
          {"activations, at peak", atPeak(MemoryUse::Activations)},
          {"other temporaries, at peak", atPeak(MemoryUse::Other)},
          {"left between them", report.arena - report.peak()}};
}

static void writeMemoryTable(const MemoryReport &report,
                             const MemoryReport *baseline, raw_ostream &os) {
  os << "<table><tr><th>memory of <code>" << escape(report.function)
     << "</code></th>";
  if (baseline)
    os << "<th>as written</th>";
  os << "<th>" << (baseline ? "mixed" : "bytes") << "</th>";
  if (baseline)
    os << "<th>ratio</th>";
  if (report.parameterCount)
    os << "<th>bytes a parameter</th>";
  os << "</tr>\n";
  auto row = [&](StringRef name, int64_t bytes, int64_t before) {
    os << "<tr><td>" << escape(name) << "</td>";
    if (baseline)
      os << "<td>" << bytesText(before) << "</td>";
    os << "<td>" << bytesText(bytes) << "</td>";
    if (baseline)
      os << "<td>"
         << (before ? llvm::formatv("{0:f2}", double(bytes) / before).str()
                    : "")
         << "</td>";
    if (report.parameterCount)
      os << llvm::formatv("<td>{0:f2}</td>",
                          double(bytes) / report.parameterCount);
    os << "</tr>\n";
  };
  std::vector<Row> rows = getRows(report), before;
  if (baseline)
    before = getRows(*baseline);
  int64_t total = 0, totalBefore = 0;
  for (auto [i, entry] : llvm::enumerate(rows)) {
    row(entry.name, entry.bytes, baseline ? before[i].bytes : 0);
    total += entry.bytes;
    totalBefore += baseline ? before[i].bytes : 0;
  }
  row("total", total, totalBefore);
  if (report.keptActivations)
    row("of the activations: kept for the backward pass",
        report.keptActivations, baseline ? baseline->keptActivations : 0);
  os << "</table>\n";
}

/// Time runs to the right, addresses run down.
static void writePicture(const MemoryReport &report, raw_ostream &os) {
  constexpr size_t kMost = 4000;
  constexpr double kWidth = 1000, kHeight = 320;
  if (report.tensors.empty() || report.arena == 0)
    return;
  std::vector<const ArenaTensor *> tensors;
  for (const ArenaTensor &tensor : report.tensors)
    tensors.push_back(&tensor);
  llvm::sort(tensors, [](const ArenaTensor *a, const ArenaTensor *b) {
    return std::make_tuple(-a->bytes, a->begin, a->offset) <
           std::make_tuple(-b->bytes, b->begin, b->offset);
  });
  os << "<p>The arena of <code>" << escape(report.function) << "</code>, "
     << bytesText(report.arena) << ": ops from left to right, addresses from "
     << "top to bottom; the line is where most is in use.";
  if (tensors.size() > kMost) {
    os << " The " << kMost << " largest of " << tensors.size() << " tensors.";
    tensors.resize(kMost);
  }
  os << "</p>\n<p>";
  for (size_t use = 0; use < kNumMemoryUses; ++use) {
    StringRef name = getMemoryUseName(MemoryUse(use));
    os << "<svg width=\"12\" height=\"12\"><rect width=\"12\" height=\"12\" "
       << "class=\"" << name << "\"/></svg> " << name << " &nbsp; ";
  }
  os << llvm::formatv("</p>\n<svg width=\"{0}\" height=\"{1}\">\n", kWidth,
                      kHeight);
  double x = kWidth / double(report.numPositions),
         y = kHeight / double(report.arena);
  for (const ArenaTensor *tensor : tensors) {
    std::string type;
    llvm::raw_string_ostream(type) << tensor->type;
    os << llvm::formatv(
        "<rect class=\"{0}\" x=\"{1:f2}\" y=\"{2:f2}\" "
        "width=\"{3:f2}\" height=\"{4:f2}\" stroke=\"#fff\" "
        "stroke-width=\"0.3\"><title>{5} {6}</title></rect>\n",
        getMemoryUseName(tensor->use), tensor->begin * x, tensor->offset * y,
        (tensor->end - tensor->begin + 1) * x, tensor->bytes * y, escape(type),
        bytesText(tensor->bytes));
  }
  double peak = (report.peakPosition + 0.5) * x;
  os << llvm::formatv("<line x1=\"{0:f2}\" x2=\"{0:f2}\" y1=\"0\" "
                      "y2=\"{1}\" stroke=\"#d00\"/>\n</svg>\n",
                      peak, kHeight);
}

/// The share of each format in the floating-point operations of products.
static void writeProducts(const llvm::json::Object &explanation,
                          raw_ostream &os) {
  const llvm::json::Object *totals = explanation.getObject("totals");
  const llvm::json::Object *flops =
      totals ? totals->getObject("product_flops") : nullptr;
  if (!flops || flops->empty())
    return;
  std::map<std::string, double> formats;
  double sum = 0;
  for (const auto &[format, count] : *flops)
    sum += formats[format.str()] = count.getAsNumber().value_or(0);
  os << "<p>Floating-point operations of products: ";
  llvm::ListSeparator separator;
  for (const auto &[format, count] : formats)
    os << separator
       << llvm::formatv("{0:f1} % in {1}", sum > 0 ? 100 * count / sum : 0,
                        escape(format));
  os << ".</p>\n";
}

static void writeDecisions(const llvm::json::Object &explanation,
                           raw_ostream &os) {
  struct Count {
    int64_t ops = 0, low = 0;
    std::map<std::string, int64_t> rules;
  };
  std::map<std::string, Count> classes;
  if (const llvm::json::Array *ops = explanation.getArray("ops"))
    for (const llvm::json::Value &value : *ops) {
      const llvm::json::Object *op = value.getAsObject();
      if (!op)
        continue;
      Count &count = classes[op->getString("class").value_or("none").str()];
      ++count.ops;
      StringRef compute = op->getString("compute").value_or("f32");
      count.low += compute != "f32";
      ++count.rules[op->getString("rule").value_or("none").str()];
    }
  os << "<h2>Decisions</h2>\n<table><tr><th>class</th><th>ops</th>"
        "<th>low</th><th>rules</th></tr>\n";
  for (const auto &[name, count] : classes) {
    os << llvm::formatv("<tr><td>{0}</td><td>{1}</td><td>{2}</td><td>",
                        escape(name), count.ops, count.low);
    llvm::ListSeparator separator;
    for (const auto &[rule, number] : count.rules)
      os << separator << escape(rule) << " (" << number << ")";
    os << "</td></tr>\n";
  }
  os << "</table>\n";
  writeProducts(explanation, os);
}

static void writeCasts(const llvm::json::Object &explanation, raw_ostream &os) {
  constexpr size_t kMost = 1000;
  const llvm::json::Array *casts = explanation.getArray("casts");
  if (!casts)
    return;
  os << "<h2>Casts</h2>\n<p>" << casts->size() << " casts";
  if (const llvm::json::Object *placement = explanation.getObject("placement"))
    os << ", cost " << placement->getInteger("cost").value_or(0)
       << " bytes (proven lower bound "
       << placement->getInteger("lower_bound").value_or(0) << ", greedy "
       << placement->getInteger("greedy_cost").value_or(0) << ")";
  if (casts->size() > kMost)
    os << "; the first " << kMost << " are shown";
  os << ".</p>\n<table><tr><th>value</th><th>from</th><th>to</th>"
        "<th>bytes</th><th>when</th></tr>\n";
  for (const llvm::json::Value &value : llvm::make_range(
           casts->begin(), casts->begin() + std::min(kMost, casts->size()))) {
    const llvm::json::Object *cast = value.getAsObject();
    if (!cast)
      continue;
    auto text = [&](StringRef key) {
      return escape(cast->getString(key).value_or(""));
    };
    os << "<tr><td>" << text("value") << "</td><td>" << text("from")
       << "</td><td>" << text("to") << "</td><td>"
       << cast->getInteger("bytes").value_or(0) << "</td><td>" << text("when")
       << "</td></tr>\n";
  }
  os << "</table>\n";
}

void mp::writeReport(const Report &report, raw_ostream &os) {
  os << kHead << "<h1>" << escape(report.model) << "</h1>\n<p>Policy "
     << (report.policy.empty() ? "none: compiled as written"
                               : escape(report.policy))
     << "; target " << escape(report.target) << ".</p>\n<h2>Memory</h2>\n";
  for (const MemoryReport &memory : report.memory) {
    const MemoryReport *baseline = nullptr;
    for (const MemoryReport &other : report.baseline)
      if (other.function == memory.function)
        baseline = &other;
    writeMemoryTable(memory, baseline, os);
  }
  if (const llvm::json::Object *explanation =
          report.explanation.getAsObject()) {
    writeDecisions(*explanation, os);
    writeCasts(*explanation, os);
  }
  os << "<h2>Memory plan</h2>\n";
  for (const MemoryReport &memory : report.memory)
    writePicture(memory, os);
  os << "</body></html>\n";
}
