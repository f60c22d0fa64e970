// Board: sums never fall, and metrics say the same.
#include "harness/sweep/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "harness/posix/bulletin.h"

namespace bench {
namespace {

using Counts = SharedArray<WorkerCounts>;
using ::testing::HasSubstr;

/// A generation with one worker, who has answered so many requests.
std::unique_ptr<Counts> served(std::uint64_t requests) {
  auto counts = std::make_unique<Counts>(3);
  WorkerCounts& one = (*counts)[0];
  one.thread = one.process = getpid();
  one.requests = requests;
  one.errors = 1;
  one.connections = 2;
  one.open = 1;
  one.sent = 2;
  one.dropped = 1;
  one.replaced[static_cast<std::size_t>(Cause::crashed)] = 1;
  return counts;
}

TEST(Board, AddsUpWhoServesAndWhoHasEnded) {
  Board board("prefork");
  board.fold(*served(100));
  const auto old = served(10);
  const auto young = served(1);
  board.replaced(Cause::hung);
  board.reloaded(true);
  const Json seen = board.look(
      {{1, getpid(), "draining", *old}, {2, getpid(), "serving", *young}});
  EXPECT_EQ(seen.at("requests"), 111);
  EXPECT_EQ(seen.at("errors"), 3);
  EXPECT_EQ(seen.at("connections"), 6);
  EXPECT_EQ(seen.at("open_connections"), 2);  // who has ended has none
  EXPECT_EQ(seen.at("generation"), 2);
  EXPECT_EQ(seen.at("messages").at("sent"), 6);
  EXPECT_EQ(seen.at("messages").at("dropped"), 3);
  EXPECT_EQ(seen.at("replaced").at("crashed"), 3);
  EXPECT_EQ(seen.at("replaced").at("hung"), 1);
  EXPECT_EQ(seen.at("reloads").at("done"), 1);
  ASSERT_EQ(seen.at("workers").size(), 2);  // and no empty seats
  EXPECT_EQ(seen.at("workers")[0].at("state"), "draining");
  EXPECT_GT(seen.at("workers")[1].at("memory_bytes"), 0);
  EXPECT_GT(seen.at("workers")[1].at("cpu_s"), 0);
}

TEST(Board, CountsAWorkersRequestsFromItsOwnStart) {
  Board board("prefork");
  const auto counts = served(100);
  (*counts)[0].first = 60;  // those of the one that died in its place
  const Json seen = board.look({{1, getpid(), "serving", *counts}});
  EXPECT_EQ(seen.at("requests"), 100);
  EXPECT_EQ(seen.at("workers")[0].at("requests"), 40);
}

TEST(Board, SaysTheSameAsMetrics) {
  Board board("prefork");
  const auto counts = served(7);
  const std::string text =
      metrics_text(board.look({{1, getpid(), "serving", *counts}}));
  const std::string worker = "{generation=\"1\",process=\"" +
                             std::to_string(getpid()) + "\",thread=\"" +
                             std::to_string(getpid()) + "\"} ";
  EXPECT_THAT(text, HasSubstr("# TYPE bench_requests_total counter\n"
                              "bench_requests_total 7\n"));
  EXPECT_THAT(text, HasSubstr("bench_info{model=\"prefork\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("bench_replaced_total{cause=\"crashed\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("bench_worker_requests_total" + worker + "7\n"));
  EXPECT_THAT(text,
              HasSubstr("bench_worker_messages_sent_total" + worker + "2\n"));
}

TEST(Board, HasRoomForAsManyAsItShows) {
  constexpr std::uint64_t kMany = 1'000'000'000'000;
  Counts counts(Board::kMostShown);
  for (WorkerCounts& one : counts) {
    one.thread = one.process = getpid();
    one.requests = one.bytes = one.sent = one.received = one.dropped = kMany;
    one.beat = one.since = 1;
  }
  const Json seen = Board("prefork").look({{1, getpid(), "serving", counts}});
  EXPECT_LT(metrics_text(seen).size() + to_line(seen).size(), Bulletin::kRoom);
}

}  // namespace
}  // namespace bench
