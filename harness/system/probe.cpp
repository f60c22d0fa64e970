// Probe: a process, a thread per CPU, a common start.
#include "harness/system/probe.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <system_error>
#include <thread>

#include "harness/posix/child.h"
#include "harness/posix/clock.h"
#include "harness/posix/shared_array.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

constexpr double kAbout = 2e-3;  // seconds of a probe
/// Round trips that are timed together, how many times, and the part of the
/// patience into which all of them must fit.
constexpr std::uint32_t kTrips = 20;
constexpr int kTimes = 8;
constexpr std::int64_t kPartOfPatience = 20;
constexpr std::size_t kMostPartners = 8;

std::uint64_t roots(std::uint64_t input, std::uint64_t size) {
  const double n = static_cast<double>(1 + input % 1000);
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < size; ++i) {
    sum += static_cast<std::uint64_t>(
        static_cast<std::int64_t>(std::sqrt(n * static_cast<double>(i))));
  }
  return sum;
}

std::uint64_t chain(std::uint64_t input, std::uint64_t size) {
  std::uint64_t value = input;
  for (std::uint64_t i = 0; i < size; ++i) {
    value = value * 6364136223846793005 + 1442695040888963407;
    asm volatile("" : "+r"(value));  // or the loop would be a formula
  }
  return value;
}

struct Times {
  double seconds;
  double cpu_seconds;
};

/// What `size` of the kind takes the calling thread.
Times times_of(const ProbeKind& kind, std::uint64_t size) {
  const std::int64_t cpu = thread_cpu_ns();
  const std::int64_t start = now_ns();
  std::uint64_t answer = kind.run(7, size);
  asm volatile("" : "+r"(answer));  // nobody else wants it
  const double seconds = seconds_between(start, now_ns());
  return {seconds, seconds_between(cpu, thread_cpu_ns())};
}

/// Calls `done()` until it is true, at most until `end`; returns what it said
/// last.
template <typename Done>
bool spin_until(const Done& done, std::int64_t end) {
  for (std::uint32_t turns = 1; !done(); ++turns) {
    if (turns % 256 == 0 && now_ns() > end) return done();
  }
  return true;
}

/// What the threads of a probe share with one another and with the process that
/// asked. Zeroed memory is one that has not begun.
struct Court {
  std::atomic<std::uint32_t> here;
  std::atomic<std::uint32_t> finished;
  std::atomic<std::uint32_t> partner;  ///< whose turn it is to answer
  std::atomic<bool> failed;
  double round_trip;  ///< 0: none
  alignas(128) std::atomic<std::uint32_t> ball;
};

/// Who plays with the first of `cpus`: all, or some spread over all of them.
std::vector<std::uint32_t> partners(std::size_t cpus) {
  std::vector<std::uint32_t> all;
  const std::size_t others = cpus - 1;
  const std::size_t count = std::min(others, kMostPartners);
  for (std::size_t i = 1; i <= count; ++i) {
    all.push_back(static_cast<std::uint32_t>(others * i / count));
  }
  return all;
}

/// Hits the ball to the partner and back; seconds of a round trip in the
/// quickest of some series, so that whoever is interrupted spoils one only. 0
/// if most of them did not come to their end.
double serve(Court& court, std::uint32_t& hit, std::int64_t end) {
  double best = 0;
  for (int time = 0; time < kTimes; ++time) {
    const std::int64_t start = now_ns();
    for (std::uint32_t trip = 0; trip < kTrips; ++trip) {
      court.ball.store(++hit, std::memory_order_release);
      ++hit;
      if (!spin_until([&] { return court.ball.load() == hit; }, end)) {
        return time > kTimes / 2 ? best : 0;
      }
    }
    const double seconds = seconds_between(start, now_ns()) / kTrips;
    best = best == 0 ? seconds : std::min(best, seconds);
  }
  return best;
}

void play_all(Court& court, const std::vector<std::uint32_t>& all,
              std::int64_t longest) {
  std::uint32_t hit = 0;
  double slowest = 0;
  for (const std::uint32_t partner : all) {
    court.partner.store(partner, std::memory_order_release);
    const double seconds = serve(court, hit, now_ns() + longest);
    if (seconds == 0) return;
    slowest = std::max(slowest, seconds);
  }
  court.round_trip = slowest;
}

/// Sends back every ball while it is `self`'s turn: those with odd numbers. Who
/// waits for a turn does not look at the ball, or it would have three owners.
void answer(Court& court, std::uint32_t self, std::int64_t end) {
  const auto turn = [&] {
    return court.partner.load(std::memory_order_acquire);
  };
  std::uint32_t ball = 0;
  const auto something_to_do = [&] {
    if (turn() != self) return turn() > self;
    ball = court.ball.load(std::memory_order_acquire);
    return ball % 2 == 1;
  };
  while (spin_until(something_to_do, end) && turn() == self) {
    court.ball.store(ball + 1, std::memory_order_release);
  }
}

/// The body of a probe's thread number `self` of `count`.
void take_part(const ProbeKind& kind, int cpu, std::uint32_t self,
               std::uint32_t count, Court& court, std::int64_t patience,
               Times& times) {
  try {
    bind_to({cpu});
  } catch (const std::system_error&) {
    court.failed = true;  // somebody has taken the CPU away
  }
  times_of(kind, kind.size / 64);  // its pages are here, its units awake
  ++court.here;
  spin_until([&] { return court.here.load() == count; }, now_ns() + patience);
  times = times_of(kind, kind.size);
  ++court.finished;
  const std::vector<std::uint32_t> all = partners(count);
  const auto end = now_ns() + patience;
  if (self == 0) {
    const bool together =
        spin_until([&] { return court.finished.load() == count; }, end);
    if (together) play_all(court, all, patience / kPartOfPatience);
    court.partner = count;
  } else if (std::find(all.begin(), all.end(), self) != all.end()) {
    answer(court, self, end);
  }
}

/// True if `body` came to its end in a process of its own.
template <typename Body>
bool done_apart(const Body& body) {
  const auto quietly = [&] {
    try {
      body();
    } catch (const std::system_error&) {
      _exit(1);  // no CPU, no thread: nothing to tell people of
    }
  };
  try {
    return Child::fork(quietly).wait() == 0;
  } catch (const std::system_error&) {
    return false;  // no process was left: then the repetition says so
  }
}

}  // namespace

const ProbeKind kRoots = {"roots", roots};
const ProbeKind kChain = {"chain", chain};

std::optional<ProbeKind> sized(const ProbeKind& kind, int cpu) {
  SharedArray<std::uint64_t> size(1);
  const bool done = done_apart([&] {
    bind_to({cpu});
    std::uint64_t some = 16;
    while (times_of(kind, some).cpu_seconds < kAbout / 8) some *= 2;
    double least = kAbout;
    for (int i = 0; i < 3; ++i) {
      least = std::min(least, times_of(kind, some).cpu_seconds);
    }
    size[0] = static_cast<std::uint64_t>(
        std::ceil(static_cast<double>(some) * kAbout / least));
  });
  if (!done) return std::nullopt;
  return ProbeKind{kind.name, kind.run, size[0]};
}

std::optional<ProbeResult> probe(const ProbeKind& kind,
                                 const std::vector<int>& cpus,
                                 std::chrono::nanoseconds patience) {
  const auto count = static_cast<std::uint32_t>(cpus.size());
  SharedArray<Court> court(1);
  SharedArray<Times> times(count);
  const bool done = done_apart([&] {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 1; i < count; ++i) {
      threads.emplace_back([&, i] {
        take_part(kind, cpus[i], i, count, court[0], patience.count(),
                  times[i]);
      });
    }
    take_part(kind, cpus[0], 0, count, court[0], patience.count(), times[0]);
  });
  if (!done || court[0].failed) return std::nullopt;
  ProbeResult result;
  for (const Times& one : times) {
    result.seconds.push_back(one.seconds);
    result.cpu_seconds.push_back(one.cpu_seconds);
  }
  if (court[0].round_trip > 0) result.round_trip = court[0].round_trip;
  return result;
}

}  // namespace bench
