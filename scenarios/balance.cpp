// balance: who of several workers gets how much?
#include <cmath>
#include <string>
#include <vector>

#include "scenarios/requests.h"
#include "scenarios/waiting.h"

namespace bench {
namespace {

/// What requests of `balance` compute, in the mean; seconds.
double mean_seconds(const Parameters& parameters) {
  return parameters.word("handler") == "tiny"
             ? 0
             : parameters.real("mean-us") * 1e-6;
}

/// LESSON: the same mean, and nearly all of the requests are shorter: lengths
/// rise by factors of four, and each is rarer than the last by 4^1.25, as in a
/// Pareto law that is cut off at a thousand times the shortest. Four in five
/// are of the shortest kind, which is a third of the work; one in 7,000 is of
/// the longest, and these are a seventeenth. [Crovella, Bestavros:
/// Self-similarity in World Wide Web traffic, 1997]
std::vector<RequestKind> heavy_tailed(double mean_us) {
  constexpr int kLengths = 6;
  constexpr double kTimes = 4;
  constexpr double kTail = 1.25;
  double all = 0;
  double work = 0;
  for (int i = 0; i < kLengths; ++i) {
    all += std::pow(kTimes, -kTail * i);
    work += std::pow(kTimes, (1 - kTail) * i);
  }
  std::vector<RequestKind> kinds;
  for (int i = 0; i < kLengths; ++i) {
    const double us = mean_us * all / work * std::pow(kTimes, i);
    kinds.push_back({"/cpu?us=" + shortest(std::round(us)),
                     std::pow(kTimes, -kTail * i) / all});
  }
  return kinds;
}

const RegisterScenario balance{of_requests({
    .id = "balance",
    .summary = "several workers, one port: who gets how much, and who waits?",
    .parameters =
        {word_of("handler",
                 "what requests compute: nothing; all the same; mostly less, "
                 "and a few a thousand times as much",
                 {"tiny", "even", "heavy-tailed"}, "heavy-tailed"),
         time_in("us", "mean-us", "that, in the mean", 10, 10e3, "50"),
         connections_parameter(), keep_alive_parameter("no"),
         load_parameter("closed,least"), rate_parameter(),
         arrival_parameter("poisson"), timeout_ms_parameter("10000"),
         size_parameter()},
    .requests =
        [](const Parameters& parameters) {
          const std::string& handler = parameters.word("handler");
          if (handler == "heavy-tailed") {
            return heavy_tailed(parameters.real("mean-us"));
          }
          const std::string target = "/cpu?us=" + parameters.word("mean-us");
          return std::vector<RequestKind>{
              {handler == "tiny" ? "/plaintext" : target, 1}};
        },
    .demand =
        [](const Parameters& parameters) {
          return Demand{.compute = mean_seconds(parameters)};
        },
})};

}  // namespace
}  // namespace bench
