//===- TempFolder.h - a folder for one test -------------------------------===//

#ifndef MP_TEST_TEMPFOLDER_H
#define MP_TEST_TEMPFOLDER_H

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

struct TempFolder {
  TempFolder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "mp-test-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path); }

  std::string file(const std::string &name) const { return path + "/" + name; }
  size_t count() const {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(path), {}));
  }
  static std::string read(const std::string &name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in),
            std::istreambuf_iterator<char>()};
  }
  static void write(const std::string &name, const std::string &text) {
    std::ofstream(name, std::ios::binary) << text;
  }

  std::string path;
};

#endif // MP_TEST_TEMPFOLDER_H
