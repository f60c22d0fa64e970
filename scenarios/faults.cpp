// faults: a part of the server dies or hangs. What is lost?
#include <signal.h>

#include <string>

#include "scenarios/requests.h"
#include "scenarios/waiting.h"

namespace bench {
namespace {

/// LESSON: none of these asks the model for its help. A signal is between the
/// kernel and the process, and a request that computes too long is one that
/// any client may send.
Fault fault(const Parameters& parameters) {
  const std::string& event = parameters.word("event");
  Fault one;
  one.supervised = parameters.word("supervised") == "yes";
  one.health = parameters.real("health-ms") * 1e-3;
  if (event == "kill") one.signal = SIGKILL;
  if (event == "segv") one.signal = SIGSEGV;
  if (event == "stop") one.signal = SIGSTOP;
  if (event == "spin") one.target = "/cpu?us=10000000";
  if (event == "leak") {
    one.target = "/leak?mib=64";
    one.memory = 48 << 20;  // of a worker, which has some 10 MiB
  }
  if (event == "reload" || event == "upgrade") {
    one.signal = SIGHUP;
    one.to_root = true;
    one.other_binary = event == "upgrade";
  }
  return one;
}

const RegisterScenario faults{of_one_route({
    .id = "faults",
    .summary = "a process of the server dies or hangs: what do clients lose?",
    .parameters =
        {word_of("event",
                 "what happens to a process that serves: it is killed, makes "
                 "an error, stops, gets a request that computes for 10 s or "
                 "that keeps too much memory; or all are replaced, by the "
                 "same program or by another one that lies there now",
                 {"kill", "segv", "stop", "spin", "leak", "reload", "upgrade"},
                 "kill"),
         word_of("supervised",
                 "yes: a server that dies is started again; no: only workers "
                 "are, by models that do so themselves",
                 {"yes", "no"}, "yes,no"),
         time_in("ms", "health-ms",
                 "how long a loop may show no life before its process is "
                 "replaced",
                 1, 600'000, "1000"),
         connections_parameter(), keep_alive_parameter("yes"),
         open_rate_parameter("1000"), arrival_parameter("constant"),
         timeout_ms_parameter("1000"), size_parameter()},
    .fault = fault,
    .least_workers = 4,
    .pace = 16,
})};

}  // namespace
}  // namespace bench
