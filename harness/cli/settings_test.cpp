// Settings: command line > environment > file > default.
#include "harness/cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace bench {
namespace {

using testing::HasSubstr;

const std::vector<Flag> kFlags = {
    {"seed", "a number", "1"},
    {"job-us", "a number", ""},
    {"dry-run", "a switch", "", true},
    {"param", "name=value", "", false, true},
    {"config", "a file", "bench.toml"},
    flag_of(word_of("pin", "", {"no", "yes"}, "no")),
};

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() : file_(testing::TempDir() + "/bench-settings.toml") {
    std::ofstream(file_) << "seed = 7\njob-us = [1, 2]\n";
  }
  ~SettingsTest() override {
    unsetenv("BENCH_SEED");
    unsetenv("BENCH_DRY_RUN");
    remove(file_.c_str());
  }
  static Settings read(std::vector<std::string> arguments) {
    return Settings::read("./bench", "usage", kFlags, {}, std::move(arguments));
  }
  static std::string refusal(std::vector<std::string> arguments) {
    try {
      read(std::move(arguments));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "accepted";
  }
  std::string file_;
};

TEST_F(SettingsTest, DefaultThenFileThenEnvironmentThenCommandLine) {
  EXPECT_EQ(read({}).text("seed"), "1");
  EXPECT_EQ(read({"--config", file_}).text("seed"), "7");
  setenv("BENCH_SEED", "8", 1);
  EXPECT_EQ(read({"--config", file_}).text("seed"), "8");
  EXPECT_EQ(read({"--config", file_, "--seed=9"}).text("seed"), "9");
}

TEST_F(SettingsTest, SaysWhereAValueComesFrom) {
  setenv("BENCH_DRY_RUN", "1", 1);
  const std::string text = read({"--config", file_}).print();
  EXPECT_THAT(text, HasSubstr("seed = \"7\"  # " + file_));
  EXPECT_THAT(text, HasSubstr("job-us = \"1,2\"  # " + file_));
  EXPECT_THAT(text, HasSubstr("dry-run = \"true\"  # BENCH_DRY_RUN"));
}

TEST_F(SettingsTest, AVariableThatSaysNoBeatsAFileThatSaysYes) {
  std::ofstream(file_) << "dry-run = true\n";
  EXPECT_TRUE(read({"--config", file_}).on("dry-run"));
  setenv("BENCH_DRY_RUN", "false", 1);
  EXPECT_FALSE(read({"--config", file_}).on("dry-run"));
}

TEST_F(SettingsTest, KeepsEveryUseOfARepeatableFlag) {
  EXPECT_THAT(read({"--param", "a=1", "--param=b=2"}).texts("param"),
              testing::ElementsAre("a=1", "b=2"));
}

TEST_F(SettingsTest, TakesNegativeNumbersAsValues) {
  EXPECT_EQ(read({"--job-us", "-1"}).text("job-us"), "-1");
}

TEST_F(SettingsTest, TakesTheFlagOfAYesOrNoAloneForYes) {
  EXPECT_FALSE(read({}).given("pin"));
  EXPECT_EQ(read({"--pin"}).text("pin"), "yes");
  EXPECT_EQ(read({"--pin", "--seed=2"}).text("pin"), "yes");
  EXPECT_EQ(read({"--pin", "no"}).text("pin"), "no");
  EXPECT_EQ(read({"--pin=no,yes"}).text("pin"), "no,yes");
  EXPECT_THAT(refusal({"--pin="}), HasSubstr("--pin takes a value"));
}

TEST_F(SettingsTest, RefusesInOneSentence) {
  EXPECT_THAT(refusal({"--sed=1"}), HasSubstr("--sed"));
  EXPECT_EQ(refusal({"--seed", "--dry-run"}),
            "--seed takes a value, got the flag '--dry-run'");
  EXPECT_EQ(refusal({"--dry-run=3"}), "--dry-run takes no value, got '3'");
  EXPECT_THAT(refusal({"--seed"}), HasSubstr("--seed"));
  EXPECT_THAT(refusal({"--seed=1", "--seed=2"}), HasSubstr("--seed"));
  EXPECT_THAT(refusal({"--config=/no/such/file"}), HasSubstr("/no/such/file"));
  setenv("BENCH_DRY_RUN", "maybe", 1);
  EXPECT_THAT(refusal({}), HasSubstr("BENCH_DRY_RUN takes true or false"));
}

TEST_F(SettingsTest, RefusesAFileWithAnUnknownFlag) {
  std::ofstream(file_) << "sed = 7\n";
  EXPECT_THAT(refusal({"--config", file_}), HasSubstr("no flag 'sed'"));
}

}  // namespace
}  // namespace bench
