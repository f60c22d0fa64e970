// Herald: lines and pages.
#include "harness/sweep/herald.h"

#include <cstdio>
#include <ctime>

#include "harness/core/json.h"
#include "harness/core/parameters.h"
#include "harness/posix/clock.h"

namespace bench {

using namespace std::string_literals;

Herald::Herald(const std::string& model, Log log)
    : log_(log),
      notes_(Bulletin::make_memory()),
      bulletin_(notes_.get()),
      board_(model) {}

void Herald::show(const Json& board) {
  bulletin_.write(metrics_text(board) + '\0' + to_line(board));
}

void Herald::relay(std::uint32_t generation, std::string lines) const {
  for (std::size_t end; (end = lines.find('\n')) != lines.npos;) {
    say("words", generation, lines.substr(0, end));
    lines.erase(0, end + 1);
  }
}

void Herald::tell_state(const Board::Seen& one) const {
  say("state", one.number,
      "is "s + one.state + ": pid " + std::to_string(one.process) + ", " +
          shortest(static_cast<double>(static_cast<int>(one.up_s * 10)) / 10) +
          " s old");
  for (const WorkerCounts& seat : one.counts) {
    if (seat.thread.load() == 0) continue;
    say("state", one.number,
        "thread " + std::to_string(seat.thread.load()) + ": " +
            std::to_string(seat.connections.load()) + " connections, " +
            std::to_string(seat.open.load()) + " of them now, " +
            std::to_string(seat.requests.load()) + " requests");
  }
}

void Herald::say(const char* event, std::uint32_t generation,
                 const std::string& text) const {
  std::string line;
  if (log_ == Log::json) {
    Json json = {{"time", static_cast<std::int64_t>(time(nullptr))},
                 {"event", event},
                 {"text", text}};
    if (generation != 0) json["generation"] = generation;
    line = to_line(json);
  } else {
    line = "bench: ";
    if (generation != 0)
      line += "generation " + std::to_string(generation) + " ";
    line += text + "\n";
  }
  fputs(line.c_str(), stderr);
}

}  // namespace bench
