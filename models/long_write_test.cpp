// Long writes: what does not fit into a socket is written in parts.
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/core/batch.h"
#include "harness/core/registry.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/fd.h"
#include "models/testing/peer.h"
#include "models/testing/registry.h"

namespace bench {
namespace {

/// Sends more than a socket holds to a peer that counts it.
class LongWrite : public Job {
 public:
  explicit LongWrite(std::uint16_t port) : port_(port) {}
  Step resume(ssize_t result) noexcept override {
    if (result < 0) return Step::failed(static_cast<int>(-result));
    switch (state_) {
      case 0:
        state_ = 1;
        return Step::connect(port_, std::chrono::seconds(60));
      case 1:
        state_ = 2;
        return Step::write(bytes_);
      case 2:
        sent_ += static_cast<std::size_t>(result);
        if (sent_ < bytes_.size()) {
          return Step::write(std::span(bytes_).subspan(sent_));
        }
        state_ = 3;
        return Step::read(std::as_writable_bytes(std::span(&count_, 1)));
      default:
        return Step::finished();
    }
  }
  std::uint64_t digest() const noexcept override { return count_; }
  static constexpr std::size_t kSize = 16 << 20;

 private:
  const std::uint16_t port_;
  int state_ = 0;
  std::vector<std::byte> bytes_ = std::vector<std::byte>(kSize);
  std::size_t sent_ = 0;
  std::uint64_t count_ = 0;
};

class LongWrites : public Scenario {
 public:
  explicit LongWrites(std::uint16_t port) : port_(port) {}
  std::unique_ptr<Job> job(std::size_t) const noexcept override {
    return std::make_unique<LongWrite>(port_);
  }
  std::uint64_t expected(std::size_t) const override {
    return LongWrite::kSize;
  }

 private:
  const std::uint16_t port_;
};

[[noreturn]] void write_much(const ModelInfo& info) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const Peer listener;
  const Child peer = Child::fork([&] {
    for (;;) {
      const Fd one(accept(listener.fd.get(), nullptr, nullptr));
      std::uint64_t count = 0;
      static char buffer[64 << 10];
      while (count < LongWrite::kSize) {
        const ssize_t got = recv(one.get(), buffer, sizeof buffer, 0);
        if (got <= 0) _exit(1);
        count += static_cast<std::uint64_t>(got);
      }
      send(one.get(), &count, sizeof count, MSG_NOSIGNAL);
    }
  });
  const LongWrites scenario(listener.port);
  const Parameters parameters = defaults_of(info.parameters);
  const std::uint32_t workers = info.one_worker ? 1 : 2;
  Batch batch(scenario, 4, {{}, workers, workers, parameters}, nullptr);
  info.make()->run(batch);
  const auto whole = [](const Record& record) {
    return record.error == 0 && record.digest == LongWrite::kSize;
  };
  _exit(std::ranges::all_of(batch.records(), whole) ? 0 : 1);
}

class LongWriteTest : public testing::TestWithParam<const ModelInfo*> {};

TEST_P(LongWriteTest, IsContinuedUntilAllIsWritten) {
  if (GetParam()->variant == "spawn") GTEST_SKIP() << "runs registered jobs";
  EXPECT_EXIT(write_much(*GetParam()), testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(All, LongWriteTest,
                         testing::ValuesIn(models_that_run()),
                         [](const auto& one) {
                           return as_test_name(one.param->name());
                         });

}  // namespace
}  // namespace bench
