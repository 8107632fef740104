#include "mp/Tools/InputGuard.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>

using namespace llvm;

static constexpr StringLiteral kBytecodeMagic = "ML\xEFR";

namespace {
/// Writes the one error of an input.
class Reporter {
public:
  Reporter(StringRef text, StringRef name, raw_ostream &errors)
      : text(text), name(name), errors(errors) {}

  bool report(size_t offset, const Twine &message) const {
    StringRef before = text.take_front(offset);
    size_t line = before.count('\n') + 1;
    size_t column = offset - (before.rfind('\n') + 1) + 1;
    errors << name << ":" << line << ":" << column << ": error: " << message
           << "\n";
    return false;
  }

private:
  StringRef text;
  StringRef name;
  raw_ostream &errors;
};
} // namespace

// Tells MLIR's bytecode from a StableHLO artifact by its producer, which
// follows the magic number and a version of variable length.
static bool isStableHLOArtifact(StringRef bytecode) {
  StringRef header = bytecode.substr(kBytecodeMagic.size(), 64);
  return header.contains("StableHLO_") || header.contains("vhlo");
}

static constexpr StringLiteral kArtifactHint =
    "this is a StableHLO portable artifact, not text; print it with "
    "'stablehlo.deserialize_portable_artifact_str' of jaxlib, or export text "
    "by 'jax.export.export(f)(...).mlir_module()'";

// The end of the character at `text[offset]`, or nothing if it is none.
static std::optional<size_t> getCharacterEnd(StringRef text, size_t offset) {
  const UTF8 *begin = text.bytes_begin() + offset;
  unsigned length = getNumBytesForUTF8(*begin);
  if (length > text.size() - offset ||
      !isLegalUTF8Sequence(begin, begin + length))
    return std::nullopt;
  return offset + length;
}

// The end of the string that starts at `offset`: behind its closing quote, or
// at the end of the line, where MLIR's lexer reports it.
static size_t getStringEnd(StringRef text, size_t offset) {
  size_t end = offset + 1;
  while (true) {
    end = text.find_first_of("\"\\\n", end);
    if (end == StringRef::npos)
      return text.size();
    if (text[end] == '\n')
      return end;
    if (text[end] == '"')
      return end + 1;
    end = std::min(end + 2, text.size());
  }
}

// Every byte part of a UTF-8 character, none of them zero.
static bool checkEncoding(StringRef text, const Reporter &reporter) {
  for (size_t offset = 0; offset < text.size();) {
    unsigned char byte = text[offset];
    if (byte != 0 && byte < 0x80) {
      ++offset;
      continue;
    }
    std::optional<size_t> end =
        byte == 0 ? std::nullopt : getCharacterEnd(text, offset);
    if (!end) {
      if (text.contains(kBytecodeMagic) && text.contains("StableHLO_"))
        return reporter.report(0, kArtifactHint);
      return reporter.report(offset, "expected UTF-8 text, but got byte 0x" +
                                         utohexstr(byte));
    }
    offset = *end;
  }
  return true;
}

static char getOpening(char closing) {
  switch (closing) {
  case ')':
    return '(';
  case ']':
    return '[';
  case '}':
    return '{';
  default:
    return '<';
  }
}

static bool checkNesting(StringRef text, const Reporter &reporter) {
  SmallVector<char, 64> open;
  for (size_t offset = 0; offset < text.size(); ++offset) {
    offset = text.find_first_of("\"/()[]{}<>", offset);
    if (offset == StringRef::npos)
      return true;
    char c = text[offset];
    switch (c) {
    case '"':
      offset = getStringEnd(text, offset) - 1;
      break;
    case '/':
      if (text.substr(offset).starts_with("//"))
        offset = std::min(text.find('\n', offset), text.size() - 1);
      break;
    case '(':
    case '[':
    case '{':
    case '<':
      open.push_back(c);
      if (open.size() > mlir::mp::kMaxNesting)
        return reporter.report(offset, "brackets nest deeper than " +
                                           Twine(mlir::mp::kMaxNesting) +
                                           " levels");
      break;
    default: {
      // The `>` of an arrow closes nothing, and a `<` that compares is closed
      // by nothing: the bracket around it ends it too.
      if (c == '>' && offset > 0 && text[offset - 1] == '-')
        break;
      auto match = std::find(open.rbegin(), open.rend(), getOpening(c));
      if (match != open.rend())
        open.truncate(open.rend() - match - 1);
      break;
    }
    }
  }
  return true;
}

bool mlir::mp::checkInput(StringRef text, StringRef name, raw_ostream &errors) {
  Reporter reporter(text, name, errors);
  if (text.starts_with(kBytecodeMagic))
    return !isStableHLOArtifact(text) || reporter.report(0, kArtifactHint);
  if (text.trim().empty())
    return reporter.report(0, "expected a program, but the input is empty");
  return checkEncoding(text, reporter) && checkNesting(text, reporter);
}

std::unique_ptr<MemoryBuffer> mlir::mp::readInput(StringRef path,
                                                  raw_ostream &errors) {
  if (path != "-" && sys::fs::is_directory(path)) {
    errors << path << ": error: expected a file, but this is a directory\n";
    return nullptr;
  }
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFileOrSTDIN(path);
  if (std::error_code error = buffer.getError()) {
    errors << path << ": error: cannot read the input: " << error.message()
           << "\n";
    return nullptr;
  }
  StringRef name = path == "-" ? "<stdin>" : path;
  if (!checkInput((*buffer)->getBuffer(), name, errors))
    return nullptr;
  return std::move(*buffer);
}
