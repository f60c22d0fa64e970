// Verification and latency: what the records say.
#include "harness/repetition/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/repetition/latency.h"

namespace bench {
namespace {

using testing::HasSubstr;

class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    for (std::size_t i = 0; i < records_.size(); ++i) {
      Record& record = records_[i];
      record.begins = 1;
      record.finishes = 1;
      record.digest = answers_[i];
      record.begun = static_cast<std::int64_t>(100 * i);
      record.finished = record.begun + 50;
    }
  }
  std::vector<std::uint64_t> answers_ = {7, 8, 9};
  SharedArray<Record> records_{3};
};

TEST_F(VerifyTest, AcceptsWhatIsRight) {
  const Verification result = verify(records_, answers_);
  EXPECT_TRUE(result.right);
  EXPECT_EQ(result.last_finished, 250);
  EXPECT_EQ(result.digest.size(), 16u);
}

TEST_F(VerifyTest, SeesADroppedJob) {
  records_[1].begins = records_[1].finishes = 0;
  const Verification result = verify(records_, answers_);
  EXPECT_FALSE(result.right);
  EXPECT_THAT(result.reason, HasSubstr("job 1 was begun 0 times"));
}

TEST_F(VerifyTest, SeesADoubledJob) {
  records_[2].begins = records_[2].finishes = 2;
  EXPECT_THAT(verify(records_, answers_).reason,
              HasSubstr("job 2 was begun 2 times and finished 2 times"));
}

TEST_F(VerifyTest, SeesAJobThatNobodyFinished) {
  records_[0].finishes = 0;
  EXPECT_THAT(verify(records_, answers_).reason,
              HasSubstr("job 0 was begun once and finished 0 times"));
}

TEST_F(VerifyTest, TellsAFailedJobFromAWrongOne) {
  records_[0].error = ECANCELED;
  records_[1].error = ECONNRESET;
  const Verification result = verify(records_, answers_);
  EXPECT_FALSE(result.right);
  EXPECT_EQ(result.wrong, 0u);
  EXPECT_EQ(result.failed, 2u);
  EXPECT_EQ(result.errnos.at("ECONNRESET"), 1u);
  EXPECT_EQ(result.reason,
            "job 1 failed: ECONNRESET (Connection reset by peer) (of 3 jobs: 1 "
            "ECONNRESET; 1 were cancelled after that)");
}

TEST_F(VerifyTest, SeesAWrongAnswerAndCounts) {
  records_[0].digest ^= 1;
  records_[2].digest ^= 1;
  const Verification result = verify(records_, answers_);
  EXPECT_THAT(result.reason, HasSubstr("job 0 gave a wrong answer"));
  EXPECT_THAT(result.reason, HasSubstr("2 of 3 jobs are wrong"));
}

TEST_F(VerifyTest, DigestDependsOnTheOrderOfAnswers) {
  const std::string digest = verify(records_, answers_).digest;
  std::swap(records_[0].digest, records_[1].digest);
  EXPECT_NE(verify(records_, answers_).digest, digest);
}

SharedArray<Record>& filled(SharedArray<Record>& records) {
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].begun = 0;
    records[i].finished = static_cast<std::int64_t>(i + 1) * 1000;
  }
  return records;
}

TEST(Latency, IsNullWhereTooFewJobsCarryIt) {
  SharedArray<Record> records(9'999);
  Json json;
  add_latency(json, filled(records), 20'000, 0);
  EXPECT_DOUBLE_EQ(json["latency_p50_seconds"].get<double>(), 5000e-6);
  EXPECT_DOUBLE_EQ(json["latency_p90_seconds"].get<double>(), 9000e-6);
  EXPECT_TRUE(json["latency_p99_seconds"].is_null());
  EXPECT_THAT(json["latency_note"].get<std::string>(), HasSubstr("9999"));
}

TEST(Latency, IsTheNearestRank) {
  SharedArray<Record> records(10'000);
  Json json;
  add_latency(json, filled(records), 20'000, 0);
  EXPECT_DOUBLE_EQ(json["latency_p99_seconds"].get<double>(), 9900e-6);
  EXPECT_TRUE(json["latency_p999_seconds"].is_null());
}

/// `places` jobs at a time, each for `span`; a place stays empty for `gap`
/// before the next job begins in it.
Json closed_loop(std::size_t jobs, std::uint32_t places, std::int64_t span,
                 std::int64_t gap) {
  SharedArray<Record> records(jobs);
  for (std::size_t i = 0; i < jobs; ++i) {
    const auto turn = static_cast<std::int64_t>(i / places);
    const auto place = static_cast<std::int64_t>(i % places);
    records[i].begun = turn * (span + gap) + place * span / places;
    records[i].finished = records[i].begun + span;
  }
  Json json;
  add_latency(json, records, places, 0);
  return json;
}

TEST(Latency, CountsFromTheMomentWhenAPlaceIsFree) {
  const Json json = closed_loop(1000, 10, 1'000'000, 250'000);
  EXPECT_NEAR(json["latency_p50_seconds"].get<double>(), 1.25e-3, 1e-9);
  EXPECT_NEAR(json["in_flight_mean"].get<double>(), 8, 0.1);
  EXPECT_EQ(json["in_flight_peak"].get<int>(), 10);
}

TEST(Latency, ObeysLittlesLawWhateverTheModelDoes) {
  for (const std::int64_t gap : {0, 250'000, 5'000'000}) {
    EXPECT_NEAR(
        closed_loop(1000, 10, 1'000'000, gap)["little_ratio"].get<double>(), 1,
        0.01);
    EXPECT_NEAR(
        closed_loop(1000, 1, 1'000'000, gap)["little_ratio"].get<double>(), 1,
        0.01);
  }
}

TEST(Latency, KnowsNoRatioForBatchesOfAFewTurns) {
  EXPECT_TRUE(closed_loop(49, 10, 1000, 0)["little_ratio"].is_null());
  EXPECT_FALSE(closed_loop(50, 10, 1000, 0)["little_ratio"].is_null());
}

}  // namespace
}  // namespace bench
