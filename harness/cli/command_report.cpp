// The verbs list and report.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>

#include "harness/cli/commands.h"
#include "harness/cli/listing.h"
#include "harness/cli/settings.h"
#include "harness/posix/check.h"
#include "harness/posix/child.h"
#include "harness/posix/standard_streams.h"
#include "harness/system/build_info.h"
#include "harness/system/isolate.h"

namespace bench {

int make_report(const std::string& directory,
                const std::vector<std::string>& flags) {
  const std::string python = source_directory() + "/scripts/python";
  std::vector<std::string> words = {
      python, "-m", "reports",
      directory.starts_with("-") ? "./" + directory : directory};
  words.insert(words.end(), flags.begin(), flags.end());
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
  const Settings settings = Settings::read(
      "./bench report",
      "Makes verdicts, charts and page again from a run's files.",
      {{"format", "table, json, csv or markdown", "table"},
       {"color", "auto, always or never", "auto"},
       {"no-report", "verdicts only: no charts and no page", "", true}},
      {"DIR"}, std::move(arguments));
  std::vector<std::string> flags = {"--format=" + settings.text("format"),
                                    "--color=" + settings.text("color")};
  if (settings.on("no-report")) flags.push_back("--no-page");
  return make_report(settings.text("DIR"), flags);
}

}  // namespace bench
