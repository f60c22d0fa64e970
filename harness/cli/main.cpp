// main: from a verb to its command.
#include <signal.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/backend/backend.h"
#include "harness/cli/commands.h"
#include "harness/cli/settings.h"
#include "harness/load/generator.h"
#include "harness/posix/child.h"
#include "harness/posix/standard_streams.h"
#include "harness/repetition/repetition.h"
#include "harness/repetition/serve.h"
#include "harness/sweep/generations.h"
#include "harness/system/build_info.h"

namespace {

constexpr const char* kVerbs =
    "run (the default), list, report, compare, calibrate, serve, load; "
    "./bench VERB --help shows their flags";

/// The fresh processes of a repetition and of a single job come in here.
int run_inner(const std::vector<std::string>& words) {
  if (words[0] == "__job") {
    bench::die_with_parent(std::stoi(words.at(3)));
    return bench::run_single_job(bench::from_text<bench::Order>(words.at(1)),
                                 std::stoull(words.at(2)));
  }
  if (words[0] == "__work") {
    bench::die_with_parent(std::stoi(words.at(3)));
    return bench::run_single_work(bench::from_text<bench::Order>(words.at(1)),
                                  bench::from_text<bench::Work>(words.at(2)));
  }
  if (words[0] == "__backend") return bench::run_backend(words);
  if (words[0] == "__serve") return bench::run_serve(words);
  if (words[0] == "__supervise") return bench::run_supervisor(words);
  if (words[0] == "__load") return bench::run_load_process(words);
  bench::Order order = bench::from_text<bench::Order>(words.at(1));
  order.report = std::stoi(words.at(2));
  if (words[0] == "__calibrate") return bench::run_calibration(order);
  if (words[0] == "__expect") return bench::run_expectation(order);
  if (words[0] == "__oracle") return bench::run_oracle(order);
  return bench::run_repetition(order);
}

int run_verb(std::vector<std::string> words) {
  std::string verb = "run";
  if (!words.empty() && !words[0].starts_with("-")) {
    verb = words[0];
    words.erase(words.begin());
  }
  if (verb == "list") return bench::list_command(std::move(words));
  if (verb == "report") return bench::report_command(std::move(words));
  if (verb == "compare") return bench::compare_command(std::move(words));
  if (verb == "calibrate") return bench::calibrate_command(std::move(words));
  if (verb == "serve") return bench::serve_command(std::move(words));
  if (verb == "load") return bench::load_command(std::move(words));
  if (verb == "run") {
    if (words.empty() || words[0] != "--version") {
      return bench::run_command(std::move(words));
    }
    std::printf("bench %s (%s build)\n", bench::version(), bench::build_type());
    return bench::kOk;
  }
  throw bench::UsageError("there is no verb '" + verb + "'; verbs are " +
                          kVerbs);
}

}  // namespace

int main(int argc, char** argv) {
  // A reader who leaves and a file that may not grow (ulimit -f) are errors of
  // write(2) like others.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  std::vector<std::string> words(argv + 1, argv + argc);
  try {
    bench::open_standard_streams();
    if (!words.empty() && words[0].starts_with("__")) return run_inner(words);
    const int code = run_verb(std::move(words));
    bench::flush_stdout();
    return code;
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return bench::kUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return bench::kCellFailed;
  }
}
