// Supervisor: watch, replace, end.
#include "harness/core/supervisor.h"

// glibc 2.36 forgot to give this header C linkage. [glibc bug 29453]
extern "C" {
#include <sys/pidfd.h>
}

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <tuple>

#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/poll.h"

namespace bench {
namespace {

Supervision::Rules rules_of(const Supervisor::Watch& watch,
                            std::uint32_t workers) {
  Supervision::Rules rules;
  rules.workers = workers;
  rules.health = watch.health;
  return rules;
}

}  // namespace

Supervision::Time now() { return Supervision::Time(now_ns()); }

void wait_for_any(std::vector<pollfd>& events, const Supervision& supervision,
                  std::chrono::nanoseconds health) {
  const Supervision::Time look = health / 10;
  const auto patience = std::chrono::ceil<std::chrono::milliseconds>(
      std::clamp(supervision.next().value_or(now() + look) - now(),
                 Supervision::Time(0), look));
  check(retry([&] {
          return poll(events.data(), events.size(),
                      static_cast<int>(patience.count()));
        }),
        "poll");
}

std::int64_t oldest_beat(const SharedArray<WorkerCounts>& counts,
                         pid_t process) {
  std::int64_t oldest = 0;
  for (const WorkerCounts& one : counts) {
    const std::int64_t beat = one.beat.load();
    if (one.process.load() != process || beat == 0) continue;
    oldest = oldest == 0 ? beat : std::min(oldest, beat);
  }
  return oldest;
}

Supervisor::Supervisor(const Watch& watch, Processes& workers)
    : watch_(watch),
      workers_(workers),
      supervision_(rules_of(watch, workers.size())) {
  // They have been started; what is said of it is what has been done.
  for (const Supervision::Action& one : supervision_.start(now())) {
    places_.push_back(
        place_of(static_cast<std::uint32_t>(places_.size()), one.id));
  }
  for (const Place& place : places_) supervision_.ready(place.id, now());
}

Supervisor::Place Supervisor::place_of(std::uint32_t worker,
                                       Supervision::Id id) const {
  const pid_t pid = workers_.children()[worker].pid();
  return {id, Fd(check(pidfd_open(pid, 0), "pidfd_open"))};
}

void Supervisor::run() {
  while (!supervision_.gave_up()) {
    std::vector<pollfd> events = {{watch_.stop, POLLIN, 0},
                                  {watch_.entered, POLLIN, 0}};
    for (const Place& place : places_) {
      events.push_back({place.end.get(), POLLIN, 0});  // -1 is never ready
    }
    wait_for_any(events, supervision_, watch_.health);
    if (events[0].revents != 0) return leave_those_who_serve();
    if (events[1].revents != 0) greet_who_entered();
    for (std::uint32_t w = 0; w + 2 < events.size(); ++w) {
      if (events[w + 2].revents == 0) continue;
      const Supervision::Id id = places_[w].id;
      bury(w, true);
      obey(supervision_.ended(id, now()));
    }
    listen_for_life();
    obey(supervision_.tick(now()));
  }
  throw std::runtime_error("no worker gets ready; the last one " + last_end_);
}

/// Who has ended, or is about to, has been replaced, or would have been.
void Supervisor::leave_those_who_serve() {
  using State = Supervision::Member::State;
  for (const Supervision::Member& member : supervision_.members()) {
    for (std::uint32_t w = 0; w < places_.size(); ++w) {
      if (places_[w].id != member.id) continue;
      const bool ends =
          member.state == State::aborted || member.state == State::dying;
      if (ends) kill(workers_.children()[w].pid(), SIGKILL);
      if (ends || is_readable(places_[w].end.get())) bury(w, places_[w].hung);
    }
  }
}

void Supervisor::bury(std::uint32_t worker, bool succeeded) {
  const pid_t pid = workers_.children()[worker].pid();
  const int status = workers_.reap(worker);
  last_end_ = describe_wait_status(status);
  const Cause cause = places_[worker].hung  ? Cause::hung
                      : WIFSIGNALED(status) ? Cause::crashed
                                            : Cause::exited;
  places_[worker] = {};
  for (WorkerCounts& one : watch_.counts) {
    if (one.process.load() != pid) continue;
    one.loops.store(false);
    one.shares.store(false);
    one.open.store(0);
    one.beat.store(0);
    if (succeeded) {
      WorkerCounts::add(one.replaced[static_cast<std::size_t>(cause)], 1U);
    }
    one.process.store(0);
    one.thread.store(0);  // the last: from now on somebody may take it
  }
  if (status == 0) return;
  fprintf(stderr, "worker %u (pid %d) %s\n", worker, pid, last_end_.c_str());
}

void Supervisor::obey(const Supervision::Actions& actions) {
  for (const Supervision::Action& action : actions) {
    if (action.kind == Supervision::Kind::spawn) {
      spawn(action.id);
      continue;
    }
    const int number =
        action.kind == Supervision::Kind::abort ? SIGABRT : SIGKILL;
    for (std::uint32_t w = 0; w < places_.size(); ++w) {
      if (places_[w].id != action.id || action.id == 0) continue;
      fprintf(stderr, "worker %u (pid %d) gets SIG%s: it %s\n", w,
              workers_.children()[w].pid(), sigabbrev_np(number),
              number == SIGABRT ? "shows no life" : "does not end");
      places_[w].hung = true;
      kill(workers_.children()[w].pid(), number);
    }
  }
}

void Supervisor::spawn(Supervision::Id id) {
  const auto free = std::find_if(places_.begin(), places_.end(),
                                 [](const Place& one) { return one.id == 0; });
  const auto worker = static_cast<std::uint32_t>(free - places_.begin());
  workers_.start(worker);
  if (free == places_.end()) places_.emplace_back();
  places_[worker] = place_of(worker, id);
}

void Supervisor::greet_who_entered() {
  std::uint64_t count = 0;
  std::ignore = read(watch_.entered, &count, sizeof count);
  for (std::uint32_t w = 0; w < places_.size(); ++w) {
    if (places_[w].id == 0) continue;
    const pid_t pid = workers_.children()[w].pid();
    const SharedArray<WorkerCounts>& all = watch_.counts;
    if (std::any_of(all.begin(), all.end(), [&](const WorkerCounts& one) {
          return one.process.load() == pid;
        })) {
      obey(supervision_.ready(places_[w].id, now()));
    }
  }
}

void Supervisor::listen_for_life() {
  for (std::uint32_t w = 0; w < places_.size(); ++w) {
    if (places_[w].id == 0) continue;
    const std::int64_t beat =
        oldest_beat(watch_.counts, workers_.children()[w].pid());
    if (beat != 0) supervision_.alive(places_[w].id, Supervision::Time(beat));
  }
}

}  // namespace bench
