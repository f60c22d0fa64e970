// Tally: what one thread of a load generator has seen; adds up to the report.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "harness/load/histogram.h"

namespace bench {

/// Why a request has failed, as clients see it.
enum class Failure {
  refused,       ///< the connection was not taken
  reset,         ///< it broke before the whole answer was there
  closed_early,  ///< it ended before the first byte of the answer
  cut_head,      ///< it ended in the head
  cut_body,      ///< it ended in the body
  not_http,      ///< no answer of HTTP/1.x, or more than one
  wrong_body,
  wrong_status,
  timed_out,
};
constexpr std::size_t kFailures = 9;
constexpr std::array<const char*, kFailures> kFailureNames = {
    "refused",  "reset",      "closed_early", "cut_head", "cut_body",
    "not_http", "wrong_body", "wrong_status", "timed_out"};

/// What has become of a request. Exactly one for each that belongs to the
/// window.
enum class Fate {
  ok,
  bad_status,
  bad_body,   ///< not the expected one, cut short, too long, or not HTTP
  timed_out,  ///< no answer within the time limit, which is its latency
  reset,      ///< refused, or the connection broke or ended without an answer
  in_flight_at_end,  ///< was due in the window and left after it, if ever
};
constexpr std::size_t kFates = 6;
constexpr std::array<const char*, kFates> kFateNames = {
    "ok", "bad_status", "bad_body", "timed_out", "reset", "in_flight_at_end"};

/// The fate of a request that has failed so.
constexpr Fate fate_of(Failure failure) {
  switch (failure) {
    case Failure::refused:
    case Failure::reset:
    case Failure::closed_early:
      return Fate::reset;
    case Failure::wrong_status:
      return Fate::bad_status;
    case Failure::timed_out:
      return Fate::timed_out;
    default:
      return Fate::bad_body;
  }
}

/// Latencies by the time at which requests were meant to leave.
class Timeline {
 public:
  using Bucket = HistogramOf<5, std::uint32_t>;  // medians to 3 %

  Timeline() = default;
  /// Room for `span_ns` nanoseconds in buckets of `bucket_ns`.
  Timeline(std::int64_t bucket_ns, std::int64_t span_ns)
      : bucket_ns_(bucket_ns),
        buckets_(
            static_cast<std::size_t>((span_ns + bucket_ns - 1) / bucket_ns)) {}

  /// `from`: nanoseconds since the window opened. Does nothing if there is no
  /// room.
  void add(std::int64_t from, std::int64_t latency) {
    if (buckets_.empty() || from < 0) return;
    const auto place = static_cast<std::size_t>(from / bucket_ns_);
    if (place < buckets_.size()) buckets_[place].add(latency);
  }
  void merge(const Timeline& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      buckets_[i].merge(other.buckets_[i]);
    }
  }
  const std::vector<Bucket>& buckets() const { return buckets_; }

 private:
  std::int64_t bucket_ns_ = 1;
  std::vector<Bucket> buckets_;
};

/// One request of the window; nanoseconds since that opened.
struct Asked {
  std::int64_t from = 0;   ///< when it was meant to leave
  std::int64_t until = 0;  ///< of its answer, or of its failure
  bool ok = false;         ///< it was right; it may have left after the window
};

/// Counts and latencies. Those of the window, but where it says otherwise.
struct Tally {
  Tally() = default;
  Tally(std::size_t kinds, Timeline line)
      : latency(kinds), naive(kinds), timeline(std::move(line)) {}

  void merge(const Tally& other);

  std::uint64_t sent = 0;  ///< the sum of all fates
  std::array<std::uint64_t, kFates> fates{};
  std::uint64_t opened = 0;          ///< connections, in the whole run
  std::uint64_t connect_failed = 0;  ///< likewise
  std::uint64_t stale = 0;           ///< requests sent again, in the whole run
  std::array<std::uint64_t, kFailures> failures{};
  std::map<int, std::uint64_t> statuses;  ///< of whole answers
  /// By kind, from the time that counts: of right answers, of requests that
  /// timed out, and of those that were in flight at the end.
  std::vector<Histogram> latency;
  Histogram failed;              ///< the same of wrong answers and of none
  std::vector<Histogram> naive;  ///< by kind, from the send; open loop only
  Histogram late;  ///< of sends, by the generator's own fault; open loop only
  /// How long answers lay unread at most, by the generator's own fault.
  Histogram late_reading;
  Timeline timeline;            ///< of the first kind
  std::vector<Asked> asked;     ///< all of them, where a fault is ordered
  std::int64_t cpu_ns = 0;      ///< of all threads
  std::int64_t busiest_ns = 0;  ///< CPU time of the busiest one
};

}  // namespace bench
