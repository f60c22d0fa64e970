// RecordFile: lines are whole, and one process owns the file.
#include "harness/sweep/record_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace bench {
namespace {

namespace fs = std::filesystem;

class RecordFileTest : public testing::Test {
 protected:
  RecordFileTest() {
    std::string name = testing::TempDir() + "/bench-XXXXXX";
    directory_ = mkdtemp(name.data());
  }
  ~RecordFileTest() override { fs::remove_all(directory_); }

  std::string text_of(const std::string& name) const {
    std::ifstream file(directory_ + "/" + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  std::string directory_;
};

TEST_F(RecordFileTest, WritesALineForEachEntry) {
  RecordFile file(directory_);
  file.append({{"a", 1}});
  file.append({{"b", nullptr}});
  EXPECT_EQ(text_of("runs.jsonl"), "{\"a\":1}\n{\"b\":null}\n");
}

TEST_F(RecordFileTest, RefusesASecondOwner) {
  const RecordFile first(directory_);
  EXPECT_THROW(RecordFile second(directory_), std::runtime_error);
}

TEST_F(RecordFileTest, NamesTheFolderThatDoesNotExist) {
  try {
    RecordFile file(directory_ + "/nowhere");
    FAIL() << "must throw";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("/nowhere/runs.jsonl"));
  }
}

TEST_F(RecordFileTest, WriteWholeReplacesAndLeavesNothingBehind) {
  write_whole(directory_ + "/x.json", "old");
  write_whole(directory_ + "/x.json", "new");
  EXPECT_EQ(text_of("x.json"), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

}  // namespace
}  // namespace bench
