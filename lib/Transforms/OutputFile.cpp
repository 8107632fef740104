#include "mp/Transforms/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::mp;
namespace fs = llvm::sys::fs;

/// A full disk shows when the buffer is written. The stream must not find it
/// out on its own: it would end the program.
static std::error_code print(llvm::raw_fd_ostream &os,
                             function_ref<void(raw_ostream &)> body) {
  body(os);
  os.flush();
  std::error_code code = os.error();
  os.clear_error();
  return code;
}

static std::error_code replace(StringRef path,
                               function_ref<void(raw_ostream &)> body) {
  llvm::Expected<fs::TempFile> file =
      fs::TempFile::create(path + ".%%%%%%", fs::all_read | fs::all_write);
  if (!file)
    return llvm::errorToErrorCode(file.takeError());
  llvm::raw_fd_ostream os(file->FD, /*shouldClose=*/false);
  if (std::error_code code = print(os, body)) {
    llvm::consumeError(file->discard());
    return code;
  }
  return llvm::errorToErrorCode(file->keep(path));
}

/// Links are followed; devices, and files that the user has protected, are not
/// replaced.
static std::error_code write(StringRef path,
                             function_ref<void(raw_ostream &)> body) {
  if (path == "-")
    return print(llvm::outs(), body);
  fs::file_status status;
  if (fs::status(path, status))
    return replace(path, body);
  if (status.type() == fs::file_type::directory_file)
    return std::make_error_code(std::errc::is_a_directory);
  std::error_code code;
  if (status.type() != fs::file_type::regular_file) {
    llvm::raw_fd_ostream os(path, code, fs::CD_OpenExisting, fs::FA_Write,
                            fs::OF_None);
    return code ? code : print(os, body);
  }
  llvm::SmallString<128> target;
  code = fs::access(path, fs::AccessMode::Write);
  if (!code)
    code = fs::real_path(path, target);
  return code ? code : replace(target, body);
}

llvm::Error mp::writeOutputFile(StringRef path,
                                function_ref<void(raw_ostream &)> body) {
  if (std::error_code code = write(path, body))
    return llvm::createStringError(code, "'" + path + "': " + code.message());
  return llvm::Error::success();
}
