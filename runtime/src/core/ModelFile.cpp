#include "core/ModelFile.h"

#include "core/Error.h"
#include "mp_rt/mp_rt_codegen.h"

#include <cerrno>
#include <cstring>
#include <elf.h>
#include <fcntl.h>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace mp::rt;

namespace {
/// A file's bytes. Structures are copied out, so that alignment does not
/// matter.
struct Bytes {
  const uint8_t *data;
  uint64_t size;

  bool holds(uint64_t offset, uint64_t length) const {
    return offset <= size && length <= size - offset;
  }
  template <typename T>
  bool read(uint64_t offset, T &out) const {
    if (!holds(offset, sizeof(T)))
      return false;
    std::memcpy(&out, data + offset, sizeof(T));
    return true;
  }
};
} // namespace

static mp_rt_status truncated(const char *path, const char *what) {
  return fail(MP_RT_INVALID_ARGUMENT,
              "'%s' is truncated: %s lies outside the file", path, what);
}

static mp_rt_status checkHeader(const char *path, const Bytes &file,
                                Elf64_Ehdr &header) {
  if (file.size < SELFMAG || std::memcmp(file.data, ELFMAG, SELFMAG) != 0)
    return fail(MP_RT_INVALID_ARGUMENT,
                "'%s' is not a compiled model: expected an ELF shared object",
                path);
  if (!file.read(0, header))
    return truncated(path, "the ELF header");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_X86_64)
    return fail(MP_RT_UNSUPPORTED,
                "'%s' is made for another machine: expected 64-bit x86, but "
                "got ELF class %d, machine %d",
                path, header.e_ident[EI_CLASS], header.e_machine);
  if (header.e_type != ET_DYN)
    return fail(MP_RT_INVALID_ARGUMENT,
                "'%s' is not a compiled model: expected a shared object, but "
                "got ELF type %d",
                path, header.e_type);
  if (header.e_phentsize != sizeof(Elf64_Phdr) && header.e_phnum != 0)
    return fail(MP_RT_INVALID_ARGUMENT,
                "'%s' is damaged: expected program headers of %zu bytes, but "
                "got %d",
                path, sizeof(Elf64_Phdr), header.e_phentsize);
  // Linkers put the section headers last, so this finds most short copies.
  if (header.e_shoff &&
      !file.holds(header.e_shoff,
                  static_cast<uint64_t>(header.e_shentsize) * header.e_shnum))
    return truncated(path, "the section table");
  return MP_RT_OK;
}

/// Finds our note in [offset, offset + size), empty if it is not there.
static std::string_view findNote(const Bytes &file, uint64_t offset,
                                 uint64_t size, uint64_t align) {
  uint64_t end = offset + size, pad = align == 8 ? 7 : 3;
  Elf64_Nhdr note;
  while (end - offset >= sizeof(note) && file.read(offset, note)) {
    uint64_t name = offset + sizeof(note);
    uint64_t desc = name + ((note.n_namesz + uint64_t(3)) & ~uint64_t(3));
    if (align == 8)
      desc = (desc + pad) & ~pad;
    if (desc > end || note.n_descsz > end - desc)
      return {};
    constexpr size_t ownerSize = sizeof(MP_RT_NOTE_OWNER);
    if (note.n_type == MP_RT_NOTE_TYPE && note.n_namesz == ownerSize &&
        std::memcmp(file.data + name, MP_RT_NOTE_OWNER, ownerSize) == 0) {
      std::string_view text(reinterpret_cast<const char *>(file.data + desc),
                            note.n_descsz);
      return text.substr(0, text.find('\0'));
    }
    uint64_t next = (desc + note.n_descsz + pad) & ~pad;
    if (next >= end)
      return {};
    offset = next;
  }
  return {};
}

static bool parseNumber(std::string_view text, uint32_t &out) {
  if (text.empty() || text.size() > 9)
    return false;
  out = 0;
  for (char c : text) {
    if (c < '0' || c > '9')
      return false;
    out = out * 10 + static_cast<uint32_t>(c - '0');
  }
  return true;
}

/// "major.minor;device;features".
static bool parseNote(std::string_view text, ModelNote &note) {
  size_t first = text.find(';');
  size_t second = first == text.npos ? first : text.find(';', first + 1);
  if (second == text.npos)
    return false;
  std::string_view version = text.substr(0, first);
  size_t dot = version.find('.');
  if (dot == version.npos || !parseNumber(version.substr(0, dot), note.major) ||
      !parseNumber(version.substr(dot + 1), note.minor))
    return false;
  note.device = text.substr(first + 1, second - first - 1);
  note.cpuFeatures = text.substr(second + 1);
  return !note.device.empty();
}

mp_rt_status mp::rt::readModelNote(const char *path, const uint8_t *data,
                                   size_t size, ModelNote &note) {
  Bytes file{data, size};
  Elf64_Ehdr header;
  if (mp_rt_status status = checkHeader(path, file, header))
    return status;
  std::string_view text;
  for (uint32_t i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    uint64_t at;
    if (__builtin_add_overflow(header.e_phoff, uint64_t(i) * sizeof(segment),
                               &at) ||
        !file.read(at, segment))
      return truncated(path, "the program headers");
    if (segment.p_type != PT_NULL && segment.p_type != PT_GNU_STACK &&
        !file.holds(segment.p_offset, segment.p_filesz))
      return truncated(path, "a segment");
    if (segment.p_type == PT_NOTE && text.empty())
      text =
          findNote(file, segment.p_offset, segment.p_filesz, segment.p_align);
  }
  if (text.empty())
    return fail(MP_RT_INVALID_ARGUMENT,
                "'%s' is not a compiled model: it is a shared object without "
                "the note that mp-compile writes",
                path);
  if (!parseNote(text, note))
    return fail(MP_RT_INVALID_ARGUMENT,
                "'%s' is damaged: expected a note 'major.minor;device;"
                "features', but got '%.*s'",
                path, static_cast<int>(text.size()), text.data());
  return MP_RT_OK;
}

mp_rt_status mp::rt::readModelFile(const char *path, ModelNote &note) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(MP_RT_INVALID_ARGUMENT, "cannot open model '%s': %s", path,
                std::strerror(errno));
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(fd);
    return fail(MP_RT_INVALID_ARGUMENT,
                "cannot load model '%s': it is not a regular file", path);
  }
  size_t size = static_cast<size_t>(info.st_size);
  // An empty file cannot be mapped; the header check names the fault.
  void *data =
      size ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0) : nullptr;
  int error = errno;
  close(fd);
  if (data == MAP_FAILED)
    return fail(MP_RT_INVALID_ARGUMENT, "cannot read model '%s': %s", path,
                std::strerror(error));
  mp_rt_status status =
      readModelNote(path, static_cast<uint8_t *>(data), size, note);
  if (data)
    munmap(data, size);
  return status;
}
