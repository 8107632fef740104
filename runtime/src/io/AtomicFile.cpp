#include "io/AtomicFile.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace mp::io;

AtomicFile::~AtomicFile() {
  if (fd >= 0)
    close(fd);
  if (!temp.empty())
    unlink(temp.c_str());
}

bool AtomicFile::failed(int code) {
  message = "cannot write '" + path + "': " + std::strerror(code);
  return false;
}

bool AtomicFile::open(unsigned mode) {
  // A link is followed, so that the file behind it is replaced.
  std::unique_ptr<char, void (*)(void *)> real(realpath(path.c_str(), nullptr),
                                               std::free);
  target = real ? real.get() : path;
  struct stat info;
  if (stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode))
      return failed(EISDIR);
    if (!S_ISREG(info.st_mode)) {
      fd = ::open(target.c_str(), O_WRONLY | O_CLOEXEC);
      return fd >= 0 || failed(errno);
    }
    // Replacing a file needs no right to write it, but a user who took that
    // right away does not want it replaced.
    if (access(target.c_str(), W_OK) != 0)
      return failed(errno);
  }
  temp = target + ".XXXXXX";
  fd = mkostemp(temp.data(), O_CLOEXEC);
  if (fd < 0) {
    int code = errno;
    temp.clear();
    return failed(code);
  }
  mode_t mask = umask(0);
  umask(mask);
  return fchmod(fd, mode & ~mask) == 0 || failed(errno);
}

bool AtomicFile::write(const void *data, size_t size) {
  auto *bytes = static_cast<const char *>(data);
  while (size) {
    ssize_t put = ::write(fd, bytes, std::min<size_t>(size, 1u << 30));
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      return failed(errno);
    bytes += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

/// Makes the new name survive a crash of the machine. The file is in its place
/// already, so where directories cannot be synced nothing is lost by it.
static void syncDirectory(const std::string &target) {
  std::string folder = target.substr(0, target.rfind('/') + 1);
  int handle = ::open(folder.empty() ? "." : folder.c_str(),
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0)
    return;
  (void)fsync(handle);
  close(handle);
}

bool AtomicFile::commit() {
  if (temp.empty())
    return true;
  // Some file systems report a full disk only here.
  if (fsync(fd) != 0)
    return failed(errno);
  int closing = std::exchange(fd, -1);
  if (close(closing) != 0 || rename(temp.c_str(), target.c_str()) != 0)
    return failed(errno);
  temp.clear();
  syncDirectory(target);
  return true;
}
