#include "common/Child.h"

#include "common/Error.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace mp::tool;

extern char **environ;

namespace {
/// A file without a name.
struct TemporaryFile {
  std::FILE *file = std::tmpfile();
  ~TemporaryFile() {
    if (file)
      std::fclose(file);
  }
  std::string read() const {
    std::string text;
    char buffer[4096];
    std::rewind(file);
    while (size_t got = std::fread(buffer, 1, sizeof(buffer), file))
      text.append(buffer, got);
    return text;
  }
};
} // namespace

ChildResult mp::tool::runChild(const std::vector<std::string> &args,
                               bool capture, std::string *errors) {
  ChildResult result;
  // A pipe for each of two streams could fill while we read the other.
  std::optional<TemporaryFile> saved;
  if (errors && !saved.emplace().file)
    return result;
  int pipes[2] = {-1, -1};
  if (capture && pipe(pipes) != 0)
    return result;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // What a compiler prints is no part of our own output.
  posix_spawn_file_actions_adddup2(&actions, capture ? pipes[1] : STDERR_FILENO,
                                   STDOUT_FILENO);
  if (saved)
    posix_spawn_file_actions_adddup2(&actions, fileno(saved->file),
                                     STDERR_FILENO);
  if (capture) {
    posix_spawn_file_actions_addclose(&actions, pipes[0]);
    posix_spawn_file_actions_addclose(&actions, pipes[1]);
  }
  std::vector<char *> argv;
  for (const std::string &arg : args)
    argv.push_back(const_cast<char *>(arg.c_str()));
  argv.push_back(nullptr);
  pid_t pid;
  int error =
      posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (capture)
    close(pipes[1]);
  if (error) {
    if (capture)
      close(pipes[0]);
    return result;
  }
  if (capture) {
    char buffer[4096];
    for (;;) {
      ssize_t got = read(pipes[0], buffer, sizeof(buffer));
      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        break;
      result.output.append(buffer, static_cast<size_t>(got));
    }
    close(pipes[0]);
  }
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
    ;
  if (saved)
    *errors = saved->read();
  result.started = true;
  if (WIFSIGNALED(status))
    result.signal = WTERMSIG(status);
  else
    result.exitCode = WEXITSTATUS(status);
  return result;
}

static bool runnable(const std::string &path) {
  return access(path.c_str(), X_OK) == 0;
}

std::string mp::tool::findTool(const char *name, const char *env) {
  if (const char *given = std::getenv(env); given && *given) {
    if (!runnable(given))
      throw Error(std::string("expected ") + env +
                  " to be a program, but got '" + given + "'");
    return given;
  }
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof(self));
  if (length > 0 && length < static_cast<ssize_t>(sizeof(self))) {
    std::string path(self, static_cast<size_t>(length));
    path = path.substr(0, path.rfind('/') + 1) + name;
    if (runnable(path))
      return path;
  }
  const char *search = std::getenv("PATH");
  std::istringstream folders(search ? search : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string path = (folder.empty() ? "." : folder) + "/" + name;
    if (runnable(path))
      return path;
  }
  throw Error(std::string("cannot find ") + name +
              ": expected it beside this program, in PATH, or named by " + env);
}
