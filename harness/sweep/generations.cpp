// Generations: watch, replace, reload, end.
#include "harness/sweep/generations.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "harness/core/json.h"
#include "harness/core/random.h"
#include "harness/core/registry.h"
#include "harness/core/server.h"
#include "harness/core/supervisor.h"
#include "harness/posix/acceptor.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using Kind = Supervision::Kind;

Supervision::Rules rules_for(const Generations::Rules& given) {
  Supervision::Rules rules;
  rules.grace = given.grace + kAfterGrace;
  rules.health = given.health;
  return rules;
}

/// How often the board is made anew, and limits are looked after.
constexpr std::chrono::nanoseconds kLook = 250ms;
/// Whoever is over a limit so soon will be again.
constexpr double kSoon = 1;  // seconds

const char* name_of(Supervision::Member::State state) {
  using State = Supervision::Member::State;
  return state == State::starting  ? "starting"
         : state == State::serving ? "serving"
                                   : "draining";
}

/// True under nohup.
bool ignores_hangup() {
  struct sigaction hangup {};
  sigaction(SIGHUP, nullptr, &hangup);
  return hangup.sa_handler == SIG_IGN;
}

}  // namespace

Generations::Generations(const std::string& model, std::vector<Fd> listeners,
                         Rules rules)
    : listeners_(std::move(listeners)),
      rules_(rules),
      survives_hangup_(ignores_hangup()),
      supervision_(rules_for(rules)),
      notes_(Bulletin::make_memory()),
      bulletin_(notes_.get()),
      board_(model) {
  sigemptyset(&signals_);
  for (const int one : {SIGTERM, SIGINT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1}) {
    sigaddset(&signals_, one);
  }
  sigprocmask(SIG_BLOCK, &signals_, &before_);
  incoming_ = Fd(
      check(signalfd(-1, &signals_, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd"));
}

Generations::~Generations() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

void Generations::run(const ServeOrder& first, const Configure& configure,
                      const std::function<void()>& ready) {
  next_ = first;
  first_ready_ = ready;
  obey(supervision_.start(now()));
  while (!supervision_.over()) {
    wait();
    // In this order: a stop must not find one that serves and is not known to.
    for (Generation& one : generations_) greet(one);
    take_signals(configure);
    for (auto one = generations_.begin(); one != generations_.end();) {
      look_at(*one);
      if (one->id != 0) {
        ++one;
        continue;
      }
      const auto counts = std::move(one->counts);
      // It is reaped here, with all that it has started.
      one = generations_.erase(one);
      board_.fold(*counts);
    }
    obey(supervision_.tick(now()));
    if (now_ns() >= next_look_) look();
  }
  if (!trouble_.empty()) throw std::runtime_error(trouble_);
}

void Generations::wait() {
  std::vector<pollfd> events = {{incoming_.get(), POLLIN, 0}};
  for (const Generation& one : generations_) {
    events.push_back({one.process.group.end_fd(), POLLIN, 0});
    events.push_back({one.process.group.words_fd(), POLLIN, 0});
    events.push_back({one.ready ? -1 : one.process.ready.get(), POLLIN, 0});
  }
  wait_for_any(events, supervision_, std::min(rules_.health, 10 * kLook));
}

void Generations::greet(Generation& one) {
  if (one.ready || !one.process.port()) return;
  one.ready = true;
  if (one.number > serving_) board_.reloaded(true);
  serving_ = one.number;
  orders_.erase(orders_.begin(), orders_.find(serving_));
  if (first_ready_) {
    std::exchange(first_ready_, nullptr)();
  } else {
    say("ready", one.number,
        "serves, pid " + std::to_string(one.process.group.pid()));
  }
  obey(supervision_.ready(one.id, now()));
}

void Generations::look_at(Generation& one) {
  const ProcessGroup& group = one.process.group;
  const std::int64_t beat = oldest_beat(*one.counts, group.pid());
  if (beat != 0) {
    supervision_.alive(one.id, Supervision::Time(beat));
  }
  const std::optional<std::string> death = group.death();
  if (!death) return relay_words(one);
  if (asked_at_ != 0 && one.ready && group.status() != 0 && trouble_.empty()) {
    trouble_ = "the server, asked to stop, " + *death;
  }
  if (asked_at_ == 0) say("end", one.number, *death);
  using State = Supervision::Member::State;
  const Supervision::Member* const found = member(one);
  if (found != nullptr && one.ready && found->state != State::draining) {
    board_.replaced(found->state != State::serving ? Cause::hung
                    : WIFSIGNALED(*group.status()) ? Cause::crashed
                                                   : Cause::exited);
  }
  const Supervision::Actions actions = supervision_.ended(one.id, now());
  if (supervision_.gave_up() && trouble_.empty()) {
    trouble_ = "the server " + *death + "; so did " +
               std::to_string(Supervision::Rules{}.tries - 1) +
               " before it, none of which got ready";
  }
  one.id = 0;
  obey(actions);
}

void Generations::relay_words(Generation& one) {
  std::string lines = one.process.group.new_words();
  for (std::size_t end; (end = lines.find('\n')) != lines.npos;) {
    say("words", one.number, lines.substr(0, end));
    lines.erase(0, end + 1);
  }
}

void Generations::obey(const Supervision::Actions& actions) {
  for (const Supervision::Action& action : actions) {
    if (action.kind == Kind::spawn) {
      spawn(action.id, action.generation);
    } else if (action.kind == Kind::reload_failed) {
      say("reload-failed", action.generation,
          "did not get ready; the one before serves on");
      next_ = orders_.at(serving_);
      board_.reloaded(false);
      limited_ = 0;
    }
    const auto one = std::find_if(
        generations_.begin(), generations_.end(),
        [&](const Generation& each) { return each.id == action.id; });
    if (one == generations_.end() || action.id == 0) continue;
    const pid_t pid = one->process.group.pid();
    if (action.kind == Kind::drain) {
      kill(pid, asked_at_ != 0 ? SIGTERM : SIGUSR2);
    } else if (action.kind == Kind::abort) {
      say("abort", one->number, "shows no life and gets SIGABRT");
      kill(pid, SIGABRT);
    } else if (action.kind == Kind::kill) {
      if (asked_at_ != 0 && one->ready && trouble_.empty()) {
        const std::chrono::duration<double> span = rules_.grace + kAfterGrace;
        trouble_ = "the server was killed: it had not stopped after " +
                   shortest(span.count()) + " s, --grace-ms and a half";
      }
      kill(-pid, SIGKILL);
    }
  }
}

void Generations::spawn(Supervision::Id id, std::uint32_t number) {
  const ServeOrder& order = orders_.try_emplace(number, next_).first->second;
  const std::size_t seats = Server::seats(order.order.workers);
  using Counts = SharedArray<WorkerCounts>;
  const Fd memory = Counts::make_memory(seats);
  auto counts = std::make_unique<const Counts>(memory.get(), seats);
  Starting process = begin_serving(order, listeners_, memory,
                                   rules_.admin ? Fd(dup(notes_.get())) : Fd());
  generations_.push_back(
      {id, number, std::move(counts), std::move(process), false, now_ns()});
}

const Supervision::Member* Generations::member(const Generation& one) const {
  const auto& all = supervision_.members();
  const auto found =
      std::find_if(all.begin(), all.end(),
                   [&](const auto& each) { return each.id == one.id; });
  return found == all.end() ? nullptr : &*found;
}

void Generations::look() {
  const std::int64_t began = now_ns();
  // All that we start is in groups of its own. Who has ended in ours was the
  // child of a shell that has become us, or has lost its parents.
  while (waitpid(0, nullptr, WNOHANG) > 0) {
  }
  std::vector<Board::Seen> seen;
  for (const Generation& one : generations_) {
    const Supervision::Member* const found = member(one);
    if (found == nullptr) continue;
    seen.push_back({one.number, one.process.group.pid(), name_of(found->state),
                    *one.counts});
  }
  const Json board = board_.look(seen);
  if (rules_.admin) {
    bulletin_.write(metrics_text(board) + '\0' + to_line(board));
  }
  keep_limits(board);
  // With thousands of workers that takes long; it is to take little.
  constexpr int kPart = 100;
  const std::int64_t took = now_ns() - began;
  next_look_ = now_ns() + std::max<std::int64_t>(kLook.count(), kPart * took);
}

void Generations::keep_limits(const Json& seen) {
  if (asked_at_ != 0 || limited_ == serving_) return;
  const std::uint64_t jitter =
      split_mix(static_cast<std::uint64_t>(getpid()), serving_) %
      (rules_.most_requests / 10 + 1);
  for (const Json& worker : seen.at("workers")) {
    if (worker.at("generation") != serving_ || worker.at("up_s") < kSoon) {
      continue;
    }
    const bool large = rules_.most_memory > 0 &&
                       worker.at("memory_bytes") > rules_.most_memory;
    const bool old = rules_.most_requests > 0 &&
                     worker.at("requests") >= rules_.most_requests + jitter;
    if (!large && !old) continue;
    limited_ = serving_;
    board_.replaced(large ? Cause::memory : Cause::requests);
    const std::string who = "process " + worker.at("process").dump();
    say("limit", serving_,
        who +
            (large ? " has " + worker.at("memory_bytes").dump() +
                         " bytes of memory, more than --max-rss"
                   : " has answered " + worker.at("requests").dump() +
                         " requests, --max-requests") +
            "; another generation follows");
    obey(supervision_.reload(now()));
    return;
  }
}

void Generations::take_signals(const Configure& configure) {
  signalfd_siginfo got;
  while (retry([&] { return read(incoming_.get(), &got, sizeof got); }) ==
         sizeof got) {
    const auto number = static_cast<int>(got.ssi_signo);
    if (number == SIGUSR1) {
      tell_state();
    } else if (number == SIGTTIN || number == SIGTTOU) {
      const int more = number == SIGTTIN ? 1 : -1;
      change(more > 0 ? "a worker more" : "a worker less",
             [&] { return with_workers(more); });
    } else if (number == SIGHUP && got.ssi_code != SI_KERNEL) {
      change("a reload", configure);
    } else if (number != SIGHUP || !survives_hangup_) {
      stop();  // a terminal that hangs up wants nobody to stay behind
    }
  }
}

void Generations::change(const std::string& why, const Configure& configure) {
  if (asked_at_ != 0) return;
  try {
    ServeOrder order = configure();
    const ModelInfo& model = model_named(order.order.model);
    const bool own = model_named(next_.order.model).own_listeners;
    if (model.own_listeners != own ||
        (own && order.order.workers < listeners_.size())) {
      throw std::invalid_argument(
          "--model=" + model.name() +
          " --workers=" + std::to_string(order.order.workers) +
          " does not fit the listening sockets, which stay; stop the server "
          "and start it with these flags");
    }
    next_ = std::move(order);
  } catch (const std::exception& error) {
    say("reload-failed", 0, why + " is not possible: " + error.what());
    board_.reloaded(false);
    return;
  }
  say("reload", 0, why + " was asked for");
  obey(supervision_.reload(now()));
}

ServeOrder Generations::with_workers(std::int64_t more) const {
  ServeOrder order = next_;
  if (model_named(order.order.model).one_worker) {
    throw std::invalid_argument(order.order.model + " has one worker");
  }
  const std::int64_t workers = order.order.workers + more;
  if (workers < 1) throw std::invalid_argument("the last one must stay");
  order.order.workers = static_cast<std::uint32_t>(workers);
  return order;
}

/// Signals that come together are one stop.
void Generations::stop() {
  if (asked_at_ != 0) {
    if (now_ns() - asked_at_ < kSameStop.count()) return;
    trouble_ = "the server was killed: a second signal came";
  }
  asked_at_ = now_ns();
  obey(supervision_.terminate(now()));
}

void Generations::tell_state() const {
  for (const Generation& one : generations_) {
    const double up = seconds_between(one.since, now_ns());
    const auto at =
        "pid " + std::to_string(one.process.group.pid()) + ", " +
        shortest(static_cast<double>(static_cast<int>(up * 10)) / 10) +
        " s old";
    say("state", one.number, (one.ready ? "has served: " : "starts: ") + at);
    for (const WorkerCounts& seat : *one.counts) {
      if (seat.thread.load() == 0) continue;
      say("state", one.number,
          "thread " + std::to_string(seat.thread.load()) + ": " +
              std::to_string(seat.connections.load()) + " connections, " +
              std::to_string(seat.open.load()) + " of them now, " +
              std::to_string(seat.requests.load()) + " requests");
    }
  }
}

void Generations::say(const char* event, std::uint32_t generation,
                      const std::string& text) const {
  std::string line;
  if (rules_.log == Log::json) {
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

int run_supervisor(const std::vector<std::string>& words) {
  const auto order = from_text<ServeOrder>(words.at(1));
  const int ready = std::stoi(words.at(2));
  std::vector<Fd> listeners =
      listeners_for(0, model_named(order.order.model), order.order.workers);
  const std::uint16_t port = port_of(listeners.front().get());
  Generations generations(order.order.model, std::move(listeners),
                          {.grace = kFaultGrace,
                           .health = Supervision::Time(order.health_ns),
                           .admin = false});
  generations.run(
      order, [&] { return ServeOrder(order); }, [&] { say_port(ready, port); });
  return 0;
}

}  // namespace bench
