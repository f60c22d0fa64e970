// The verb load: flags -> order -> run -> table or JSON.
#include <signal.h>
#include <strings.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <string_view>

#include "harness/cli/commands.h"
#include "harness/cli/settings.h"
#include "harness/core/parameters.h"
#include "harness/load/generator.h"
#include "harness/load/table.h"
#include "harness/posix/errno_name.h"
#include "harness/posix/loopback.h"
#include "harness/repetition/verify.h"
#include "harness/sweep/progress.h"
#include "harness/system/cpus.h"

namespace bench {
namespace {

constexpr const char* kLoadUsage =
    "Asks an HTTP server on this machine for answers and measures them: as\n"
    "fast as it can (closed loop), or at a rate (open loop).\n"
    "URL is http://127.0.0.1:PORT/PATH, http://localhost:PORT/PATH or\n"
    "http://[::1]:PORT/PATH. Ends with 1 if requests timed out or found "
    "nobody,\n"
    "with 3 if answers were wrong.";

std::vector<Flag> load_flags() {
  return {
      {"connections", "that work: at most so many requests in flight", "64"},
      {"duration", "seconds of measuring", "5"},
      {"rate",
       "requests per second, whatever the server does; none: closed "
       "loop",
       ""},
      {"arrival", "of the requests at a rate: poisson or constant", "constant"},
      {"timeout", "seconds that a request may take, from its send", "2"},
      {"warmup", "seconds before the measuring, not counted", "0.5"},
      {"threads", "of the generator", "1"},
      {"no-keep-alive", "a new connection for each request", "", true},
      {"idle-connections", "held open beside the others, in silence", "0"},
      {"method", "GET, HEAD, POST, PUT, DELETE or OPTIONS", "GET"},
      {"header", "a line of every request, as in curl: 'Name: value'", "",
       false, true},
      {"data", "the body of every request", ""},
      {"expect-status", "that every answer must have", "200"},
      {"expect-body", "that every answer to URL must have", ""},
      {"also",
       "TARGET@SHARE: so much of all requests ask for this: "
       "/cpu?us=50000@0.01",
       "", false, true},
      {"server-pid",
       "process whose consumption, with all its children's, is "
       "measured",
       ""},
      {"seed", "of arrivals and of the mixture", "1"},
      {"timeline", "latency of URL over time, in buckets of so many seconds",
       ""},
      {"cpus", "that the generator may use: a list of ids; none: all", ""},
      {"format", "table or json", "table"},
  };
}

[[noreturn]] void refuse(const std::string& what, const std::string& takes,
                         const std::string& got) {
  throw UsageError(what + " takes " + takes + ", got '" + got + "'");
}

bool can_stand_in_a_target(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

/// Takes "http://127.0.0.1:8080/cpu?us=50" apart. [RFC 9110, 4.2.1]
void read_url(const std::string& url, LoadOrder& order) {
  constexpr std::string_view kScheme = "http://";
  const std::string takes =
      "http://127.0.0.1:PORT/PATH, http://localhost:PORT/PATH or "
      "http://[::1]:PORT/PATH, loopback only";
  if (!url.starts_with(kScheme)) refuse("URL", takes, url);
  const std::string rest = url.substr(kScheme.size());
  const std::size_t path = std::min(rest.find_first_of("/?"), rest.size());
  const std::string authority = rest.substr(0, path);
  std::string target = rest.substr(path);
  if (!target.starts_with("/")) target.insert(0, "/");
  const bool six = authority.starts_with("[");
  const std::size_t end = six ? authority.find(']') : 0;
  if (end == std::string::npos) refuse("URL", takes, url);
  const std::size_t colon = authority.find(':', end);
  order.address =
      six ? authority.substr(1, end - 1) : authority.substr(0, colon);
  if (six && colon != end + 1 && authority.size() != end + 1) {
    refuse("URL", takes, url);
  }
  if (order.address == "localhost") order.address = "127.0.0.1";
  order.port = 80;
  try {
    if (colon != std::string::npos) {
      order.port = static_cast<std::uint16_t>(
          parse_integer("PORT", authority.substr(colon + 1), 1, 65535));
    }
    loopback_address(order.address, order.port);
  } catch (const std::invalid_argument&) {
    refuse("URL", takes + ", with a PORT from 1 to 65535", url);
  }
  if (!can_stand_in_a_target(target)) {
    refuse("URL", "no white space, no '#' and only ASCII", url);
  }
  order.requests.front().target = target;
}

/// Adds "Name: value" to the head of the requests. [RFC 9110, 5.1 and 5.5]
void add_header(const std::string& text, LoadRequest& request) {
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const auto visible = [](char c) { return c > ' ' && c < 0x7f; };
  const auto in_a_line = [](char c) {
    return c != '\r' && c != '\n' && c != 0;
  };
  if (colon == std::string::npos || name.empty() ||
      !std::all_of(name.begin(), name.end(), visible) ||
      !std::all_of(text.begin(), text.end(), in_a_line)) {
    refuse("--header", "one line 'Name: value'", text);
  }
  for (const char* own :
       {"host", "connection", "content-length", "transfer-encoding"}) {
    if (strcasecmp(name.c_str(), own) == 0) {
      refuse("--header",
             "any but Host, Connection, Content-Length and "
             "Transfer-Encoding, which the generator writes itself",
             text);
    }
  }
  request.head += text + "\r\n";
}

/// Adds "TARGET@SHARE" to the requests; the first one has what is left.
void add_also(const std::string& text, LoadOrder& order) {
  const std::string takes =
      "TARGET@SHARE, a path and its share of all requests, as "
      "/cpu?us=50000@0.01; the shares are less than 1 in all";
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos || !text.starts_with("/") ||
      !can_stand_in_a_target(text)) {
    refuse("--also", takes, text);
  }
  LoadRequest request = order.requests.front();
  request.target = text.substr(0, at);
  request.body.reset();
  try {
    request.share = parse_real("SHARE", text.substr(at + 1), 1e-6, 0.999999);
  } catch (const std::invalid_argument&) {
    refuse("--also", takes, text);
  }
  order.requests.front().share -= request.share;
  if (order.requests.front().share <= 0) refuse("--also", takes, text);
  order.requests.push_back(request);
}

std::vector<int> checked_cpus(const std::string& text) {
  const std::vector<int> allowed = allowed_cpus();
  std::vector<int> cpus;
  for (const std::string& word : split_list(text)) {
    const auto id = static_cast<int>(parse_integer("--cpus", word, 0, 1 << 16));
    if (std::find(allowed.begin(), allowed.end(), id) == allowed.end()) {
      refuse("--cpus", "ids of CPUs that this process may use", text);
    }
    cpus.push_back(id);
  }
  return cpus;
}

LoadOrder load_order_from(const Settings& settings) {
  LoadOrder order;
  read_url(settings.text("URL"), order);
  LoadRequest& first = order.requests.front();
  first.method = settings.word(
      "method", {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"});
  for (const std::string& text : settings.texts("header")) {
    add_header(text, first);
  }
  first.content = settings.text("data");
  first.status = settings.integer<int>("expect-status", 200, 599);
  if (settings.given("expect-body")) first.body = settings.text("expect-body");
  for (const std::string& text : settings.texts("also")) add_also(text, order);
  order.connections =
      settings.integer<std::uint32_t>("connections", 1, 200'000);
  order.idle_connections =
      settings.integer<std::uint32_t>("idle-connections", 0, 200'000);
  order.keep_alive = !settings.on("no-keep-alive");
  order.seconds = settings.time("duration", "s", 0.01, 3600);
  order.warmup_seconds = settings.time("warmup", "s", 0, 3600);
  order.timeout_seconds = settings.time("timeout", "s", 0.001, 600);
  if (settings.given("rate")) {
    order.rate = parse_real("--rate", settings.text("rate"), 0.001, 1e7);
  }
  if (settings.word("arrival", {"poisson", "constant"}) == "poisson") {
    order.arrival = LoadOrder::Arrival::poisson;
  }
  order.threads = settings.integer<std::uint32_t>("threads", 1, 256);
  order.seed = settings.integer<std::uint64_t>("seed", 0, INT64_MAX);
  if (settings.given("cpus")) order.cpus = checked_cpus(settings.text("cpus"));
  if (settings.given("server-pid")) {
    order.server_pid = settings.integer<pid_t>("server-pid", 1, 1 << 22);
    if (kill(order.server_pid, 0) != 0 && errno == ESRCH) {
      refuse("--server-pid", "the id of a process that lives",
             settings.text("server-pid"));
    }
  }
  if (settings.given("timeline")) {
    constexpr double kMostBuckets = 2000;
    order.timeline_seconds = settings.time(
        "timeline", "s", order.seconds / kMostBuckets, order.seconds);
  }
  return order;
}

int exit_code(const Json& report, const std::string& trouble) {
  if (report.at("bad_status") != 0 || report.at("bad_body") != 0) {
    return kWrongAnswers;
  }
  return report.at("ok") == 0 || !trouble.empty() ? kCellFailed : kOk;
}

}  // namespace

int load_command(std::vector<std::string> arguments) {
  const Settings settings =
      Settings::read("./bench load", std::string(kLoadUsage) + kTimesTake,
                     load_flags(), {"URL"}, std::move(arguments));
  const std::string format = settings.word("format", {"table", "json"});
  const LoadOrder order = load_order_from(settings);
  const std::string place = authority_of(order);
  if (const int error =
          refusal_of(loopback_address(order.address, order.port))) {
    throw std::runtime_error("no server answers at " + place + ": " +
                             std::strerror(error) + " (" + errno_name(error) +
                             ")");
  }
  Progress progress(true);
  const double span = order.warmup_seconds + order.seconds;
  progress.expect(span);
  progress.show("load on " + place, span);  // and not while the clock runs
  const Json report = run_load(order);
  progress.clear();
  std::cout << (format == "json" ? to_line(report, 1)
                                 : load_table(order, report));
  const std::string trouble = load_trouble(order, report);
  if (!trouble.empty()) std::cerr << "bench: " << trouble << "\n";
  return exit_code(report, trouble);
}

}  // namespace bench
