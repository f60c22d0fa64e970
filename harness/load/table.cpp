// LoadTable: rows and sentences.
#include "harness/load/table.h"

#include <cmath>
#include <cstdio>

#include "harness/core/parameters.h"
#include "harness/load/report.h"
#include "harness/load/tally.h"

namespace bench {
namespace {

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

/// Three digits and a unit: "1.23 ms"; "-" for null.
std::string time_text(const Json& seconds) {
  if (seconds.is_null()) return "-";
  double value = seconds.get<double>() * 1e6;
  const char* unit = "us";
  if (value >= 1e6) {
    value *= 1e-6;
    unit = "s";
  } else if (value >= 1e3) {
    value *= 1e-3;
    unit = "ms";
  }
  const int places = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return format("%.*f %s", places, value, unit);
}

std::string percent(double share) { return format("%.0f %%", 100 * share); }

/// Three digits, and no exponent: "0.125", "12.5", "1250".
std::string rate_text(double rate) {
  const int places = rate >= 100 ? 0 : rate >= 10 ? 1 : rate >= 1 ? 2 : 3;
  return format("%.*f", places, rate);
}

/// The counts that are not zero: "200: 12, 302: 3".
std::string counts_text(const Json& counts) {
  std::string text;
  for (const auto& [name, count] : counts.items()) {
    if (count == 0) continue;
    std::string words = name;
    for (char& c : words) c = c == '_' ? ' ' : c;
    text += (text.empty() ? "" : ", ") + words + ": " + count.dump();
  }
  return text;
}

std::string row(const std::string& name, const std::string& text) {
  return format("%-13s", name.c_str()) + text + "\n";
}

std::string latency_row(const std::string& name, const Json& latency) {
  std::string text = format("  %-34s", name.substr(0, 60).c_str());
  for (const char* key : {"p50", "p90", "p99", "p999", "max", "mean"}) {
    text += format("%10s", time_text(latency.at(key)).c_str());
  }
  return text + "\n";
}

std::string latencies(const LoadOrder& order, const Json& report) {
  std::string text = format("%-36s%10s%10s%10s%10s%10s%10s\n", "latency", "p50",
                            "p90", "p99", "p99.9", "max", "mean");
  if (order.rate) {
    text += latency_row("from the intended send time", report.at("latency"));
    text += latency_row("naive (from the actual send)", report.at("naive"));
  } else {
    text += latency_row("from the send", report.at("latency"));
  }
  if (report.at("failed").at("count") != 0) {
    text += latency_row("of what has failed", report.at("failed"));
  }
  for (const Json& group : report.at("groups")) {
    text += latency_row(group.at("target").get<std::string>(), group);
  }
  const auto count = report.at("latency").at("count").get<std::uint64_t>();
  if (count < 100'000) {
    text +=
        format("  (p99 needs 10,000 answers, p99.9 100,000; there were %llu)\n",
               static_cast<unsigned long long>(count));
  }
  return text;
}

std::string account(const Json& report) {
  std::string text = report.at("sent").dump() + " sent";
  const char* sign = " = ";
  for (const char* name : kFateNames) {
    std::string words = name;
    for (char& c : words) c = c == '_' ? ' ' : c;
    text += sign + report.at(name).dump() + " " + words;
    sign = " + ";
  }
  return text;
}

std::string server_text(const Json& server, double answers) {
  const double cpu = server.at("cpu_user_seconds").get<double>() +
                     server.at("cpu_system_seconds").get<double>();
  std::string text = format("%.3g s of CPU", cpu);
  if (answers > 0) text += ", " + time_text(cpu / answers) + " a request";
  text += ", " + server.at("processes").dump() + " processes, " +
          server.at("threads").dump() + " threads";
  const Json& pss = server.at("pss_bytes");
  return text + (pss.is_null() ? ", memory unknown"
                               : format(", %.1f MB", pss.get<double>() * 1e-6));
}

std::string timeline(const Json& line) {
  std::string text = "time line     count       p50       max\n";
  const double bucket = line.at("bucket_seconds").get<double>();
  for (std::size_t i = 0; i < line.at("count").size(); ++i) {
    text += format("%7.2f s %9s%10s%10s\n", static_cast<double>(i) * bucket,
                   line.at("count").at(i).dump().c_str(),
                   time_text(line.at("p50").at(i)).c_str(),
                   time_text(line.at("max").at(i)).c_str());
  }
  return text;
}

}  // namespace

std::string load_trouble(const LoadOrder& order, const Json& report) {
  const auto sent = report.at("sent").get<std::uint64_t>();
  if (sent == 0) {
    return "no request began in the window of " + shortest(order.seconds) +
           " s, because those before it had no answer yet; a longer --duration "
           "would see some";
  }
  std::string text;
  for (const char* name : {"timed_out", "refused", "reset", "closed_early"}) {
    const auto count = report.at("failures").at(name).get<std::uint64_t>();
    if (count == 0) continue;
    const std::string what =
        name == std::string("timed_out")
            ? " timed out after " + shortest(order.timeout_seconds) + " s"
        : name == std::string("refused") ? " found nobody"
        : name == std::string("reset")   ? " lost their connection"
                                         : " were hung up on";
    text += (text.empty() ? "" : ", ") + std::to_string(count) + what;
  }
  if (!text.empty()) return "of " + std::to_string(sent) + " requests, " + text;
  const auto refused = report.at("connect_failed").get<std::uint64_t>();
  return refused == 0 ? ""
                      : std::to_string(refused) + " connections were refused";
}

std::vector<std::string> load_warnings(const LoadOrder& order,
                                       const Json& report) {
  std::vector<std::string> all;
  const auto number = [&](const char* key) {
    return report.at(key).get<double>();
  };
  if (number("cpu_share") > kBusyGenerator) {
    all.push_back("the generator was busy for " + percent(number("cpu_share")) +
                  " of the time: it may be what limits the rate; give it "
                  "--threads and CPUs of its own");
  }
  const Json& late = report.at("late_p99_seconds");
  if (!late.is_null() && late.get<double>() > kLateGenerator) {
    all.push_back("requests left up to " + time_text(late) +
                  " late (p99) by the generator's own fault, which is in the "
                  "latencies");
  }
  const Json& unread = report.at("late_reading_p99_seconds");
  if (!unread.is_null() && unread.get<double>() > kLateGenerator) {
    all.push_back("answers lay unread for up to " + time_text(unread) +
                  " (p99), which is in the latencies");
  }
  if (order.rate && number("ok") < 0.99 * number("sent")) {
    all.push_back("only " + percent(number("ok") / number("sent")) +
                  " of the requests that were due have been answered well: "
                  "the rate was not reached");
  }
  const Json& little = report.at("little_ratio");
  if (!little.is_null() && std::abs(little.get<double>() - 1) > 0.05) {
    all.push_back("by Little's law " +
                  format("%.3g", little.get<double>() * order.connections) +
                  " requests were in flight, not " +
                  std::to_string(order.connections) +
                  ": some connections did not work all the time");
  }
  return all;
}

std::string load_table(const LoadOrder& order, const Json& report) {
  const double ok = report.at("ok").get<double>();
  std::string text =
      row("requests/s",
          rate_text(report.at("requests_per_second").get<double>()) +
              (order.rate ? " of " + shortest(*order.rate) + " (open loop)"
                          : " (closed loop)"));
  text += latencies(order, report);
  text += row("requests", account(report));
  const std::string statuses = counts_text(report.at("statuses"));
  if (!statuses.empty()) text += row("status", statuses);
  const std::string failures = counts_text(report.at("failures"));
  if (!failures.empty()) text += row("failures", failures);
  text += row("connections", report.at("opened").dump() + " opened, " +
                                 report.at("connect_failed").dump() +
                                 " failed, " + report.at("stale").dump() +
                                 " requests sent again on a new one");
  text += row(
      "generator",
      time_text(report.at("cpu_seconds")) + " of CPU (" +
          percent(report.at("cpu_share").get<double>()) +
          (order.threads == 1
               ? " of 1 thread)"
               : " of the busiest of " + std::to_string(order.threads) +
                     " threads)") +
          (order.rate ? ", sends late by " +
                            time_text(report.at("late_p99_seconds")) + " (p99)"
                      : "") +
          ", reads by at most " +
          time_text(report.at("late_reading_p99_seconds")) + " (p99)");
  if (!report.at("server").is_null()) {
    text += row("server", server_text(report.at("server"), ok));
  }
  if (!report.at("timeline").is_null()) {
    text += timeline(report.at("timeline"));
  }
  for (const std::string& warning : load_warnings(order, report)) {
    text += "warning: " + warning + "\n";
  }
  return text;
}

}  // namespace bench
