// Rounds: how long repetitions are, and in which sequence.
#include "harness/sweep/rounds.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "harness/sweep/tuning.h"

namespace bench {
namespace {

/// Cells of one contest are compared with each other.
std::pair<const Workload*, int> contest_of(const Cell& cell) {
  return {cell.workload, cell.cores};
}

}  // namespace

double pilot_of_requests(double duration) { return std::min(duration, 0.75); }

double duration_of(const Request& request, const Workload& workload) {
  // At the begin and at the end of a batch not all that may be in flight are:
  // jobs that wait must do so many times before that matters little.
  constexpr double kTurns = 15;
  const double waits = kTurns * workload.demand.wait;
  const double pace = request.duration_given ? 1 : workload.scenario->pace;
  return std::max(request.duration * pace, waits);
}

double least_seconds(const Plan& plan, const Request& request) {
  double seconds = 0;
  std::set<std::string> servers;
  for (const Cell& cell : plan.cells) {
    const double duration = duration_of(request, *cell.workload);
    if (cell.workload->serves()) {
      seconds += request.repetitions * (duration + kAroundRequests);
      if (servers.insert(cell.name_of_server()).second) {
        seconds += pilot_of_requests(duration) + kAroundRequests;
      }
      continue;
    }
    const double together =
        cell.workload->waits()
            ? 1
            : std::min<double>(cell.size.workers, cell.cores);
    constexpr double kStart = 0.02;
    seconds +=
        request.warmup + request.repetitions * (duration / together + kStart);
    if (!cell.candidates.empty() && !cell.control) {
      seconds += 2 * kPairs * (request.warmup + kStart);
    }
  }
  return seconds;
}

std::vector<Turn> turns_of(const Plan& plan, int rounds, std::uint64_t seed) {
  std::vector<std::size_t> first;
  std::vector<std::size_t> then;
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const bool shares = plan.cells[i].workload->traffic.share > 0;
    (shares ? then : first).push_back(i);
  }
  std::vector<Turn> turns;
  for (const std::vector<std::size_t>& block : {first, then}) {
    for (int round = 0; round < rounds; ++round) {
      const auto sequence = sequence_of_round(block.size(), seed, round);
      std::set<std::pair<const Workload*, int>> had;
      for (const std::size_t i : sequence) {
        const auto contest = contest_of(plan.cells[block[i]]);
        if (!had.insert(contest).second) continue;
        for (const std::size_t j : sequence) {
          if (contest_of(plan.cells[block[j]]) != contest) continue;
          turns.push_back({block[j], round});
        }
      }
    }
  }
  return turns;
}

std::vector<std::size_t> sequence_of_round(std::size_t cells,
                                           std::uint64_t seed, int round) {
  std::vector<std::size_t> sequence(cells);
  std::iota(sequence.begin(), sequence.end(), std::size_t{0});
  std::mt19937_64 generator(seed * 1'000'003 +
                            static_cast<std::uint64_t>(round));
  // Not std::shuffle: its result may differ between standard libraries.
  for (std::size_t left = cells; left > 1; --left) {
    std::swap(sequence[left - 1], sequence[generator() % left]);
  }
  return sequence;
}

}  // namespace bench
