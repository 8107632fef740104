#include "io/AtomicFile.h"

#include "TempFolder.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

using mp::io::AtomicFile;

TEST(AtomicFile, AppearsWhenCommitted) {
  TempFolder folder;
  std::string path = folder.file("a");
  TempFolder::write(path, "old");
  {
    AtomicFile file(path);
    ASSERT_TRUE(file.open()) << file.error();
    ASSERT_TRUE(file.write("new", 3));
    EXPECT_EQ(TempFolder::read(path), "old");
    ASSERT_TRUE(file.commit());
  }
  EXPECT_EQ(TempFolder::read(path), "new");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(AtomicFile, LeavesNothingBehind) {
  TempFolder folder;
  {
    AtomicFile file(folder.file("a"));
    ASSERT_TRUE(file.open());
    ASSERT_TRUE(file.write("half", 4));
  }
  EXPECT_EQ(folder.count(), 0u);
}

TEST(AtomicFile, HonoursTheUmaskAndLinks) {
  TempFolder folder;
  std::string path = folder.file("a"), link = folder.file("link");
  TempFolder::write(path, "old");
  ASSERT_EQ(symlink(path.c_str(), link.c_str()), 0);
  mode_t mask = umask(027);
  AtomicFile file(link);
  bool written = file.open() && file.write("new", 3) && file.commit();
  umask(mask);
  ASSERT_TRUE(written) << file.error();
  struct stat info;
  ASSERT_EQ(lstat(link.c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0640u);
  EXPECT_EQ(TempFolder::read(path), "new");
}

TEST(AtomicFile, SaysWhyItCannot) {
  TempFolder folder;
  AtomicFile missing(folder.file("no/such/folder"));
  EXPECT_FALSE(missing.open());
  EXPECT_EQ(missing.error(), "cannot write '" + folder.file("no/such/folder") +
                                 "': No such file or directory");
  AtomicFile directory(folder.path);
  EXPECT_FALSE(directory.open());
  EXPECT_NE(directory.error().find("Is a directory"), std::string::npos);
  // A device that is always full.
  AtomicFile full("/dev/full");
  ASSERT_TRUE(full.open());
  EXPECT_FALSE(full.write("x", 1));
  EXPECT_EQ(full.error(), "cannot write '/dev/full': No space left on device");
}
