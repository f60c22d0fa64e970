// Generations: start, watch, replace, end.
#include "harness/sweep/generations.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "harness/core/json.h"
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

/// Of whole lines.
std::string without_last_line(const std::string& lines) {
  if (lines.size() < 2) return "";
  return lines.substr(0, lines.rfind('\n', lines.size() - 2) + 1);
}

}  // namespace

Generations::Generations(const std::string& model, std::vector<Fd> listeners,
                         Rules rules)
    : listeners_(std::move(listeners)),
      rules_(rules),
      began_as_(std::filesystem::read_symlink(kThisBinary)),
      survives_hangup_(ignores_hangup()),
      supervision_(rules_for(rules)),
      herald_(model, rules.log) {
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
      herald_.board().fold(*counts);
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
  const auto patience = std::chrono::ceil<std::chrono::milliseconds>(
      until_next(supervision_, std::min(rules_.health, 10 * kLook)));
  check(retry([&] {
          return poll(events.data(), events.size(),
                      static_cast<int>(patience.count()));
        }),
        "poll");
}

void Generations::greet(Generation& one) {
  if (one.ready || !one.process.port()) return;
  one.ready = true;
  if (one.number > serving_) herald_.board().reloaded(true);
  serving_ = one.number;
  orders_.erase(orders_.begin(), orders_.find(serving_));
  if (first_ready_) {
    std::exchange(first_ready_, nullptr)();
  } else {
    herald_.say("ready", one.number,
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
  using State = Supervision::Member::State;
  const Supervision::Member* const found = supervision_.member(one.id);
  // Who was aborted before may take longer to die than his successor to start.
  const bool asked =
      asked_at_ != 0 && found != nullptr && found->state == State::draining;
  // Asked after its end, so that no word comes after the last look.
  std::string words = one.process.group.new_words();
  if (death && !asked) words = without_last_line(words);  // as `death`
  herald_.relay(one.number, words);
  if (!death) return;
  if (asked && one.ready && group.status() != 0 && trouble_.empty()) {
    trouble_ = "the server, asked to stop, " + *death;
  }
  if (!asked) herald_.say("end", one.number, *death);
  if (found != nullptr && one.ready && found->state != State::draining) {
    herald_.board().replaced(found->state != State::serving ? Cause::hung
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

void Generations::obey(const Supervision::Actions& actions) {
  for (const Supervision::Action& action : actions) {
    if (action.kind == Kind::spawn) {
      spawn(action.id, action.generation);
    } else if (action.kind == Kind::reload_failed) {
      herald_.say("reload-failed", action.generation,
                  "did not get ready; the one before serves on");
      next_ = orders_.at(serving_);
      herald_.board().reloaded(false);
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
      one->aborted = true;
      herald_.say("abort", one->number, "shows no life and gets SIGABRT");
      kill(pid, SIGABRT);
    } else if (action.kind == Kind::kill) {
      const bool asked = asked_at_ != 0 && one->ready && !one->aborted;
      if (asked && trouble_.empty()) {
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
  auto counts = std::make_unique<Counts>(memory.get(), seats);
  Starting process = begin_serving(
      order, listeners_, memory,
      rules_.admin ? Fd(dup(herald_.notes().get())) : Fd(), program());
  generations_.push_back(
      {id, number, std::move(counts), std::move(process), false, now_ns()});
}

// LESSON: whoever installs a program puts another file at its path. The one
// that runs keeps the old file, and only whoever is started by the path becomes
// the new one.
std::string Generations::program() const {
  const bool there = access(began_as_.c_str(), X_OK) == 0;
  return there ? began_as_ : kThisBinary;
}

/// As whoever reads of it sees it.
std::vector<Board::Seen> Generations::seen() const {
  std::vector<Board::Seen> all;
  for (const Generation& one : generations_) {
    const Supervision::Member* const found = supervision_.member(one.id);
    if (found == nullptr) continue;
    all.push_back({one.number, one.process.group.pid(), name_of(found->state),
                   *one.counts, seconds_between(one.since, now_ns())});
  }
  return all;
}

void Generations::look() {
  const std::int64_t began = now_ns();
  // All that we start is in groups of its own. Who has ended in ours was the
  // child of a shell that has become us, or has lost its parents.
  while (waitpid(0, nullptr, WNOHANG) > 0) {
  }
  const Json board = herald_.board().look(seen());
  if (rules_.admin) herald_.show(board);
  for (const Board::Passed& one :
       Board::over(rules_.limits, board.at("workers"), serving_)) {
    follow(one);
  }
  // With thousands of workers that takes long; it is to take little.
  constexpr int kPart = 100;
  const std::int64_t took = now_ns() - began;
  next_look_ = now_ns() + std::max<std::int64_t>(kLook.count(), kPart * took);
}

/// A worker process that its server replaces is only told so, once; else all of
/// the generation is replaced.
void Generations::follow(const Board::Passed& limit) {
  if (asked_at_ != 0 || limited_ == serving_) return;
  const ModelInfo& model = model_named(orders_.at(serving_).order.model);
  bool alone = model.serves != ModelInfo::Serves::in_parent;
  for (const Generation& one : generations_) {
    if (one.process.group.pid() == limit.process) alone = false;
  }
  for (const Generation& one : generations_) {
    for (WorkerCounts& seat : *one.counts) {
      if (!alone || seat.process.load() != limit.process) continue;
      const auto cause = static_cast<std::uint8_t>(limit.cause);
      if (seat.worn.exchange(cause) != 0) return;
    }
  }
  herald_.say("limit", serving_,
              limit.text + (alone ? "; another process follows"
                                  : "; another generation follows"));
  if (alone) return;
  limited_ = serving_;
  herald_.board().replaced(limit.cause);
  obey(supervision_.reload(now()));
}

}  // namespace bench
