// Verification: counting and comparing.
#include "harness/repetition/verify.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "harness/posix/errno_name.h"

namespace bench {
namespace {

/// FNV-1a over 64-bit words; order matters.
/// [Fowler, Noll, Vo: draft-eastlake-fnv, 64-bit offset basis and prime]
std::uint64_t append(std::uint64_t hash, std::uint64_t word) {
  return (hash ^ word) * 0x100000001b3;
}

std::string times(unsigned count) {
  return count == 1 ? "once" : std::to_string(count) + " times";
}

/// "64 ECONNRESET, 3 ETIMEDOUT; 80 were cancelled then".
std::string counted(const std::map<std::string, std::size_t>& errnos) {
  std::string text;
  std::string cancelled;
  for (const auto& [name, count] : errnos) {
    if (name == "ECANCELED") {
      cancelled = "; " + std::to_string(count) + " were cancelled after that";
    } else {
      text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + name;
    }
  }
  return text + cancelled;
}

}  // namespace

Verification verify(const SharedArray<Record>& records,
                    std::span<const std::uint64_t> answers) {
  Verification result;
  const auto name = [](std::size_t i) { return "job " + std::to_string(i); };
  const auto complain = [&](const std::string& reason) {
    if (result.wrong++ == 0) result.reason = reason;
  };
  std::string first_failure;
  std::uint64_t hash = 0xcbf29ce484222325;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    if (record.begins != 1 || record.finishes != 1) {
      complain(name(i) + " was begun " + times(record.begins) +
               " and finished " + times(record.finishes) +
               ", must be once each");
    } else if (record.error != 0) {
      // The first real failure, not one of the jobs that it cancelled.
      if (record.error != ECANCELED && first_failure.empty()) {
        first_failure = name(i) + " failed: " + describe_errno(record.error);
      }
      ++result.failed;
      ++result.errnos[errno_name(record.error)];
    } else if (record.digest != answers[i]) {
      complain(name(i) + " gave a wrong answer");
    }
    result.last_finished = std::max(result.last_finished, record.finished);
    hash = append(hash, record.digest);
  }
  result.right = result.wrong == 0 && result.failed == 0;
  if (result.wrong > 0) {
    result.reason += " (" + std::to_string(result.wrong) + " of " +
                     std::to_string(records.size()) + " jobs are wrong)";
  } else if (result.failed > 0) {
    result.reason = first_failure + " (of " + std::to_string(records.size()) +
                    " jobs: " + counted(result.errnos) + ")";
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(hash));
  result.digest = text;
  return result;
}

}  // namespace bench
