// Schedule and Mixture: rates, shares, and the same again with the same seed.
#include "harness/load/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace bench {
namespace {

using Arrival = LoadOrder::Arrival;

/// The intended times before `end`; nanoseconds.
std::vector<std::int64_t> times(Schedule schedule, std::int64_t end) {
  std::vector<std::int64_t> all;
  for (; schedule.next() < end; schedule.advance()) {
    all.push_back(schedule.next());
  }
  return all;
}

TEST(Schedule, ConstantArrivalsAreExactForHours) {
  constexpr std::int64_t kHour = 3'600'000'000'000;
  const auto all = times({Arrival::constant, 333, 0, 1, 1}, kHour);
  ASSERT_EQ(all.size(), 333U * 3600);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double exact = static_cast<double>(i) * 1e9 / 333;
    ASSERT_NEAR(static_cast<double>(all[i]), exact, 2) << i;
  }
}

TEST(Schedule, ThreadsTakeTurns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::vector<std::int64_t> together;
  for (std::uint32_t thread = 0; thread < 3; ++thread) {
    const auto part = times({Arrival::constant, 900, thread, 3, 1}, kSecond);
    EXPECT_EQ(part.size(), 300U);
    together.insert(together.end(), part.begin(), part.end());
  }
  std::sort(together.begin(), together.end());
  const auto alone = times({Arrival::constant, 900, 0, 1, 1}, kSecond);
  ASSERT_EQ(together.size(), alone.size());
  for (std::size_t i = 0; i < alone.size(); ++i) {
    ASSERT_NEAR(static_cast<double>(together[i]), static_cast<double>(alone[i]),
                2);
  }
}

TEST(Schedule, PoissonGapsAreExponential) {
  constexpr double kRate = 1000;
  const auto all = times({Arrival::poisson, kRate, 0, 1, 42}, 200'000'000'000);
  const auto count = static_cast<double>(all.size());
  // 200,000 expected; the standard deviation is its root, 447.
  EXPECT_NEAR(count, 200'000, 5 * 447);
  double sum = 0;
  double squares = 0;
  double above = 0;
  for (std::size_t i = 1; i < all.size(); ++i) {
    const double gap = static_cast<double>(all[i] - all[i - 1]) * 1e-9 * kRate;
    sum += gap;
    squares += gap * gap;
    above += gap > 1 ? 1 : 0;
  }
  const double mean = sum / (count - 1);
  EXPECT_NEAR(mean, 1, 0.02);
  EXPECT_NEAR(squares / (count - 1) - mean * mean, 1, 0.05);
  EXPECT_NEAR(above / (count - 1), 0.3679, 0.01);  // 1/e
}

TEST(Schedule, CountsPerSecondVaryAsMuchAsTheirMean) {
  const auto all = times({Arrival::poisson, 100, 0, 1, 9}, 1000'000'000'000);
  std::vector<double> counts(1000, 0);
  for (const std::int64_t time : all) {
    ++counts[static_cast<std::size_t>(time / 1'000'000'000)];
  }
  double variance = 0;
  for (const double count : counts) {
    variance += (count - 100) * (count - 100) / 1000;
  }
  EXPECT_NEAR(variance, 100, 20);
}

TEST(Schedule, TheSeedDecides) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto with = [](std::uint64_t seed) {
    return times({Arrival::poisson, 1000, 0, 1, seed}, kSecond);
  };
  EXPECT_EQ(with(1), with(1));
  EXPECT_NE(with(1), with(2));
}

TEST(Mixture, KeepsTheShares) {
  std::vector<LoadRequest> requests(3);
  requests[0].share = 0.9;
  requests[1].share = 0.01;
  requests[2].share = 0.09;
  Mixture mixture(requests, 3);
  Mixture same(requests, 3);
  std::vector<double> counts(3, 0);
  for (int i = 0; i < 100'000; ++i) {
    const std::size_t kind = mixture.choose();
    ASSERT_EQ(same.choose(), kind);
    ++counts.at(kind);
  }
  EXPECT_NEAR(counts[0], 90'000, 500);
  EXPECT_NEAR(counts[1], 1'000, 160);
  EXPECT_NEAR(counts[2], 9'000, 460);
}

TEST(LoadOrder, ReadsBackWhatItWrote) {
  LoadOrder order;
  order.port = 8080;
  order.requests = {{.target = "/plaintext", .share = 0.99, .body = "\"Hi\"\n"},
                    {.target = "/echo",
                     .method = "POST",
                     .share = 0.01,
                     .status = 201,
                     .head = "Accept: */*\r\n",
                     .content = "abc"}};
  order.rate = 12.5;
  order.arrival = Arrival::poisson;
  order.cpus = {1, 3};
  order.keep_alive = false;
  const LoadOrder read = from_text<LoadOrder>(to_text(order));
  EXPECT_EQ(to_text(read), to_text(order));
  EXPECT_EQ(read.rate, 12.5);
  EXPECT_EQ(read.requests[0].body, "\"Hi\"\n");
  EXPECT_FALSE(read.requests[1].body.has_value());
  EXPECT_EQ(request_bytes(read, read.requests[1]),
            "POST /echo HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
            "Connection: close\r\nContent-Length: 3\r\nAccept: */*\r\n\r\nabc");
}

TEST(LoadOrder, WhatIsAbsentHasItsDefault) {
  const LoadOrder order =
      from_text<LoadOrder>(R"({"port": 80, "rate": null, "requests": [{}]})");
  LoadOrder defaults;
  defaults.port = 80;
  EXPECT_EQ(to_text(order), to_text(defaults));
}

}  // namespace
}  // namespace bench
