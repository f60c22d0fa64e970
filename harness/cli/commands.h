// Commands: the verbs of ./bench.
#pragma once

#include <string>
#include <vector>

namespace bench {

struct Flag;
class Settings;

/// Exit codes of all verbs.
enum ExitCode {
  kOk = 0,
  kCellFailed = 1,
  kUsage = 2,
  kWrongAnswers = 3,
  kUnstable = 4,
  kNothingRan = 77,
  kThresholdPassed = 99,
  kInterrupted = 130,
};

/// Each takes the words behind the verb and returns an exit code; throws
/// UsageError or std::exception with a sentence for the user.
int run_command(std::vector<std::string> arguments);
int list_command(std::vector<std::string> arguments);
int report_command(std::vector<std::string> arguments);
int compare_command(std::vector<std::string> arguments);
int calibrate_command(std::vector<std::string> arguments);
int serve_command(std::vector<std::string> arguments);
int load_command(std::vector<std::string> arguments);

/// Runs `scripts/python -m reports DIRECTORY ...` and waits for it; returns
/// its exit code.
int make_report(const std::string& directory,
                const std::vector<std::string>& flags);

/// What a run must hold, --fail-if and --strict: flags of the verbs run and
/// report, and how they are handed on to make_report().
std::vector<Flag> threshold_flags();
std::vector<std::string> thresholds_of(const Settings& settings);

}  // namespace bench
