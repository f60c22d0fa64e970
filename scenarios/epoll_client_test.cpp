// The bare epoll client: all answers, or the error of the first failure.
#include "scenarios/epoll_client.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <cerrno>
#include <functional>
#include <system_error>

#include "harness/backend/backend.h"
#include "harness/backend/exchange.h"
#include "scenarios/random.h"

namespace bench {
namespace {

Backend start() { return Backend::start({}, 100, 1, run_backend); }

std::uint64_t sum_of_digests(std::size_t jobs, std::uint32_t bytes,
                             std::uint64_t seed) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < jobs; ++i) {
    sum += digest_of_answer(random_of(seed, i), bytes);
  }
  return sum;
}

int error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

TEST(EpollClient, GetsAllAnswers) {
  const Backend backend = start();
  for (const std::uint32_t in_flight : {1, 7, 100, 5000}) {
    EXPECT_EQ(run_epoll_client(backend.port(), 500, in_flight, 1000, 256, 3,
                               60'000, false),
              sum_of_digests(500, 256, 3))
        << in_flight;
  }
  EXPECT_EQ(backend.figures().answered(), 2000U);
  EXPECT_EQ(backend.figures().connections, 2000U);
}

TEST(EpollClient, KeepsAConnectionForEachJobInFlight) {
  const Backend backend = start();
  for (const std::uint32_t bytes : {1U, 256U, 100'001U}) {
    EXPECT_EQ(
        run_epoll_client(backend.port(), 500, 7, 1000, bytes, 3, 60'000, true),
        sum_of_digests(500, bytes, 3))
        << bytes;
  }
  EXPECT_EQ(backend.figures().connections, 21U);
}

TEST(EpollClient, GetsAnswersOfAnyLength) {
  const Backend backend = start();
  for (const std::uint32_t bytes : {0U, 1U, 100'001U, kLongestAnswer}) {
    EXPECT_EQ(
        run_epoll_client(backend.port(), 5, 3, 0, bytes, 1, 60'000, false),
        sum_of_digests(5, bytes, 1))
        << bytes;
  }
  EXPECT_EQ(run_epoll_client(backend.port(), 0, 3, 0, 1, 1, 60'000, false), 0U);
}

TEST(EpollClient, FailsWhenTheBackendIsGone) {
  std::uint16_t port = 0;
  {
    Backend backend = start();
    port = backend.port();
    const int error = error_of([&] {
      run_epoll_client(port, 10, 10, 0, kLongestAnswer + 1, 1, 60'000, false);
    });
    EXPECT_EQ(error, ECONNRESET);
  }
  const int error =
      error_of([&] { run_epoll_client(port, 10, 10, 0, 8, 1, 60'000, false); });
  EXPECT_EQ(error, ECONNREFUSED);
}

TEST(EpollClient, LosesPatienceWithABackendThatNeverAnswers) {
  const Backend backend = start();
  EXPECT_EQ(error_of([&] {
              run_epoll_client(backend.port(), 3, 3, kNever, 8, 1, 50, false);
            }),
            ETIMEDOUT);
}

}  // namespace
}  // namespace bench
