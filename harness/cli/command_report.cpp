// The verbs list, report and compare.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <regex>

#include "harness/cli/commands.h"
#include "harness/cli/listing.h"
#include "harness/cli/settings.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/standard_streams.h"
#include "harness/system/build_info.h"
#include "harness/system/isolate.h"

namespace bench {
namespace {

/// A path that neither looks like a flag nor like a verb.
std::string as_path(const std::string& path) {
  return path.starts_with("/") ? path : "./" + path;
}

int run_reports(std::vector<std::string> words) {
  const std::string python = source_directory() + "/scripts/python";
  words.insert(words.begin(), {python, "-m", "reports"});
  flush_stdout();
  Interruption interruption;
  Child child = Child::fork([&] {
    signal(SIGINT, SIG_DFL);  // what we pass on must be heard
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv(pointers[0], pointers.data());
    throw_errno("run " + python);
  });
  if (!interruption.wait_for(child)) {
    kill(child.pid(), SIGINT);
    child.wait();
    return kInterrupted;
  }
  const int status = child.wait();
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  std::fprintf(stderr, "the report %s\n", describe_wait_status(status).c_str());
  return kCellFailed;
}

/// The shape, before anything is measured; whether there are such cells and
/// figures, the report says. [reports/judge/checks.py, SHAPE]
void check_threshold(const std::string& text) {
  static const std::regex shape(
      R"(\s*.+\..+\.\w+\s*[<>]=?\s*-?\d*\.?\d+(e[-+]?\d+)?\s*)");
  if (std::regex_match(text, shape)) return;
  throw UsageError(
      "--fail-if takes SCENARIO.MODEL.METRIC, one of < <= > >=, "
      "and a number, as in 'cpu.prefork.jobs_per_second<900', "
      "got '" +
      text + "'");
}

}  // namespace

int make_report(const std::string& directory,
                const std::vector<std::string>& flags) {
  std::vector<std::string> words = {as_path(directory)};
  words.insert(words.end(), flags.begin(), flags.end());
  return run_reports(std::move(words));
}

std::vector<Flag> threshold_flags() {
  return {{"fail-if",
           "exit with 99 if the median of a cell is so, as in "
           "'cpu.prefork.jobs_per_second<900'",
           "", false, true},
          {"strict",
           "exit with 4 if a control wins, or a cell of the headline was "
           "disturbed in more than half of its repetitions",
           "", true}};
}

std::vector<std::string> thresholds_of(const Settings& settings) {
  std::vector<std::string> flags;
  if (settings.given("fail-if")) {
    for (const std::string& text : settings.texts("fail-if")) {
      check_threshold(text);
      flags.push_back("--fail-if=" + text);
    }
  }
  if (settings.on("strict")) flags.push_back("--strict");
  return flags;
}

int list_command(std::vector<std::string> arguments) {
  const Settings settings = Settings::read(
      "./bench list", "Shows scenarios, models, parameters and presets.",
      {{"tree", "names only, as a tree", "", true},
       {"json", "for programs", "", true}},
      {}, std::move(arguments));
  if (settings.on("json")) {
    std::cout << listing().dump(1) << "\n";
  } else {
    std::cout << (settings.on("tree") ? listing_as_tree() : listing_as_table());
  }
  return kOk;
}

int report_command(std::vector<std::string> arguments) {
  std::vector<Flag> known = {
      {"format", "table, json, csv or markdown", "table"},
      {"color", "auto, always or never", "auto"},
      {"no-report", "verdicts only: no charts and no page", "", true}};
  for (const Flag& flag : threshold_flags()) known.push_back(flag);
  const Settings settings = Settings::read(
      "./bench report",
      "Makes verdicts, charts and page again from a run's files.", known,
      {"DIR"}, std::move(arguments));
  std::vector<std::string> flags = thresholds_of(settings);
  flags.push_back("--format=" + settings.text("format"));
  flags.push_back("--color=" + settings.text("color"));
  if (settings.on("no-report")) flags.push_back("--no-page");
  return make_report(settings.text("DIR"), flags);
}

int compare_command(std::vector<std::string> arguments) {
  const Settings settings = Settings::read(
      "./bench compare",
      "Judges two runs, directories or results.json, cell by cell: B over A.",
      {{"format", "table, json, csv or markdown", "table"},
       {"color", "auto, always or never", "auto"},
       {"fail-over",
        "exit with 99 if a cell of B is worse by more than this, say 5%, with "
        "its whole interval",
        ""}},
      {"A", "B"}, std::move(arguments));
  std::vector<std::string> words = {"compare", as_path(settings.text("A")),
                                    as_path(settings.text("B")),
                                    "--format=" + settings.text("format"),
                                    "--color=" + settings.text("color")};
  if (settings.given("fail-over")) {
    words.push_back("--fail-over=" + settings.text("fail-over"));
  }
  return run_reports(std::move(words));
}

}  // namespace bench
