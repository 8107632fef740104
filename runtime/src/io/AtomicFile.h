//===- AtomicFile.h - a file that appears whole or not at all -------------===//

#ifndef MP_RT_IO_ATOMICFILE_H
#define MP_RT_IO_ATOMICFILE_H

#include <cstddef>
#include <string>

namespace mp::io {

/// Writes beside `path` and renames at the end; unless committed, nothing is
/// left. Existing devices and pipes are written directly.
class AtomicFile {
public:
  explicit AtomicFile(std::string path) : path(std::move(path)) {}
  ~AtomicFile();
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;

  /// `mode` is subject to the umask. All return false with error() set.
  bool open(unsigned mode = 0666);
  bool write(const void *data, size_t size);
  bool commit();

  /// Where the bytes go until commit(), for programs that write by name.
  const std::string &temporary() const { return temp; }
  /// "cannot write 'PATH': reason".
  const std::string &error() const { return message; }

private:
  bool failed(int code);

  std::string path, target, temp, message;
  int fd = -1;
};

} // namespace mp::io

#endif // MP_RT_IO_ATOMICFILE_H
