// Finding programs, reading their versions, filling templates.
#include "harness/peers/peer_program.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace bench {
namespace {

TEST(FindProgram, LooksInTheSbinBesideABin) {
  const std::filesystem::path root =
      std::filesystem::temp_directory_path() /
      ("bench-programs-" + std::to_string(getpid()));
  std::filesystem::create_directories(root / "bin");
  std::filesystem::create_directories(root / "sbin" / "folder");
  write_for_all(root / "sbin/server", "");
  write_for_all(root / "sbin/text", "");
  std::filesystem::permissions(root / "sbin/server",
                               std::filesystem::perms::owner_all);
  const std::string path = ":nowhere:" + (root / "bin").string();
  EXPECT_EQ(find_program("server", path), (root / "sbin/server").string());
  EXPECT_EQ(find_program("text", path), std::nullopt);
  EXPECT_EQ(find_program("folder", path), std::nullopt);
  EXPECT_EQ(find_program("server", ""), std::nullopt);
  std::filesystem::remove_all(root);
}

TEST(VersionIn, FindsTheFirstNumber) {
  EXPECT_EQ(version_in("nginx version: nginx/1.22.1"), "1.22.1");
  EXPECT_EQ(version_in("Server version: Apache/2.4.62 (Debian)"), "2.4.62");
  EXPECT_EQ(version_in("v18.20.4\n"), "18.20.4");
  EXPECT_EQ(version_in("not found"), "");
}

TEST(FillTemplate, WantsAValueForEachWord) {
  EXPECT_THROW(fill_template("nginx.conf.in", {{"PORT", "1"}}, "no-folder/x"),
               std::out_of_range);
  EXPECT_THROW(fill_template("no.conf.in", {}, "no-folder/x"),
               std::system_error);
}

}  // namespace
}  // namespace bench
