// Tally: the sum of what the threads have seen.
#include "harness/load/tally.h"

#include <algorithm>

namespace bench {

void Tally::merge(const Tally& other) {
  sent += other.sent;
  for (std::size_t i = 0; i < kFates; ++i) fates[i] += other.fates[i];
  for (std::size_t i = 0; i < kFailures; ++i) failures[i] += other.failures[i];
  for (const auto& [status, count] : other.statuses) statuses[status] += count;
  failed.merge(other.failed);
  opened += other.opened;
  connect_failed += other.connect_failed;
  stale += other.stale;
  for (std::size_t i = 0; i < latency.size(); ++i) {
    latency[i].merge(other.latency[i]);
    naive[i].merge(other.naive[i]);
  }
  late.merge(other.late);
  late_reading.merge(other.late_reading);
  timeline.merge(other.timeline);
  asked.insert(asked.end(), other.asked.begin(), other.asked.end());
  cpu_ns += other.cpu_ns;
  busiest_ns = std::max(busiest_ns, other.busiest_ns);
}

}  // namespace bench
