// Supervisor: watch, replace, end.
#include "harness/core/supervisor.h"

// glibc 2.36 forgot to give this header C linkage. [glibc bug 29453]
extern "C" {
#include <sys/pidfd.h>
}

#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "harness/core/star.h"
#include "harness/posix/check.h"
#include "harness/posix/clock.h"
#include "harness/posix/poll.h"

namespace bench {
namespace {

using State = Supervision::Member::State;

Supervision::Rules rules_of(const Supervisor::Watch& watch,
                            std::uint32_t workers) {
  Supervision::Rules rules;
  rules.workers = workers;
  rules.health = watch.health;
  rules.grace = watch.grace;
  return rules;
}

void change(const Fd& events, int what, int fd) {
  epoll_event readable{.events = EPOLLIN, .data = {}};
  check(epoll_ctl(events.get(), what, fd, &readable), "epoll_ctl");
}

}  // namespace

Supervision::Time now() { return Supervision::Time(now_ns()); }

Supervision::Time until_next(const Supervision& supervision,
                             std::chrono::nanoseconds health) {
  const Supervision::Time look = health / 10;
  return std::clamp(supervision.next().value_or(now() + look) - now(),
                    Supervision::Time(0), look);
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
      supervision_(rules_of(watch, workers.size())),
      timer_(check(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC),
                   "timerfd_create")),
      events_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  for (const int one : {watch_.stop, watch_.entered, timer_.get()}) {
    change(events_, EPOLL_CTL_ADD, one);
  }
  // They have been started; what is said of it is what has been done.
  for (const Supervision::Action& one : supervision_.start(now())) {
    const auto worker = static_cast<std::uint32_t>(places_.size());
    places_.emplace_back();
    seat(worker, one.id, worker);
  }
  for (const Place& place : places_) supervision_.ready(place.id, now());
  set_timer();
}

void Supervisor::seat(std::uint32_t place, Supervision::Id id,
                      std::uint32_t worker) {
  const pid_t pid = workers_.children()[place].pid();
  places_[place] = {.id = id,
                    .worker = worker,
                    .end = Fd(check(pidfd_open(pid, 0), "pidfd_open"))};
  change(events_, EPOLL_CTL_ADD, places_[place].end.get());
}

/// Where nobody is replaced there is nothing to look after.
void Supervisor::set_timer() const {
  using std::chrono::nanoseconds;
  if (!watch_.restarts) return;
  const auto wait =
      std::max(until_next(supervision_, watch_.health), nanoseconds(1));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  const itimerspec once{{},
                        {seconds.count(), nanoseconds(wait - seconds).count()}};
  check(timerfd_settime(timer_.get(), 0, &once, nullptr), "timerfd_settime");
}

void Supervisor::run() {
  while (turn()) {
    Star::attend_until(fd());
    poll_for(fd(), POLLIN, std::chrono::hours(1));
  }
}

bool Supervisor::turn() {
  if (is_readable(watch_.stop)) {
    if (watch_.restarts) leave_those_who_serve();
    return false;
  }
  if (Star* const star = Star::of_this_process()) star->attend();
  greet_who_entered();
  for (std::uint32_t w = 0; w < places_.size(); ++w) {
    if (places_[w].id == 0 || !is_readable(places_[w].end.get())) continue;
    if (!watch_.restarts) return false;
    const Supervision::Id id = places_[w].id;
    bury(w, true);
    obey(supervision_.ended(id, now()));
  }
  if (supervision_.gave_up()) {
    throw std::runtime_error("no worker gets ready; the last one " + last_end_);
  }
  look_at_counts();
  obey(supervision_.tick(now()));
  set_timer();
  return true;
}

bool Supervisor::serves(std::uint32_t place) const {
  const Supervision::Member* const found =
      supervision_.member(places_[place].id);
  return found != nullptr && found->state == State::serving &&
         !is_readable(places_[place].end.get());
}

/// Who has ended, or is about to, has been replaced, or would have been.
void Supervisor::leave_those_who_serve() {
  for (const Supervision::Member& member : supervision_.members()) {
    for (std::uint32_t w = 0; w < places_.size(); ++w) {
      if (places_[w].id != member.id) continue;
      const bool ends =
          member.state == State::aborted || member.state == State::dying;
      if (ends) kill(workers_.children()[w].pid(), SIGKILL);
      if (ends || is_readable(places_[w].end.get()))
        bury(w, places_[w].why.has_value());
    }
  }
}

void Supervisor::bury(std::uint32_t place, bool succeeded) {
  const pid_t pid = workers_.children()[place].pid();
  const int status = workers_.reap(place);
  last_end_ = describe_wait_status(status);
  const Cause cause = places_[place].why.value_or(
      WIFSIGNALED(status) ? Cause::crashed : Cause::exited);
  for (WorkerCounts& one : watch_.counts) {
    if (one.process.load() != pid) continue;
    one.loops.store(false);
    one.shares.store(false);
    one.open.store(0);
    one.beat.store(0);
    one.worn.store(0);
    if (std::exchange(succeeded, false)) {  // once, however many threads it had
      WorkerCounts::add(one.replaced[static_cast<std::size_t>(cause)], 1U);
    }
    one.process.store(0);
    one.thread.store(0);  // the last: from now on somebody may take it
  }
  // Children that were forked meanwhile have it open, so it would stay.
  change(events_, EPOLL_CTL_DEL, places_[place].end.get());
  places_[place] = {};
  if (status == 0) return;
  fprintf(stderr, "worker %u (pid %d) %s\n", place, pid, last_end_.c_str());
}

void Supervisor::obey(const Supervision::Actions& actions) {
  for (const Supervision::Action& action : actions) {
    if (action.kind == Supervision::Kind::spawn) {
      spawn(action.id);
      continue;
    }
    for (std::uint32_t w = 0; w < places_.size(); ++w) {
      if (places_[w].id != action.id || action.id == 0) continue;
      const pid_t pid = workers_.children()[w].pid();
      if (action.kind == Supervision::Kind::drain) {
        places_[w].why = static_cast<Cause>(worn(w));
        workers_.hang_up(w);
        kill(pid, SIGUSR2);
        continue;
      }
      const bool aborted = action.kind == Supervision::Kind::abort;
      const int number = aborted ? SIGABRT : SIGKILL;
      fprintf(stderr, "worker %u (pid %d) gets SIG%s: it %s\n", w, pid,
              sigabbrev_np(number), aborted ? "shows no life" : "does not end");
      if (!places_[w].why) places_[w].why = Cause::hung;
      kill(pid, number);
    }
  }
}

void Supervisor::spawn(Supervision::Id id) {
  const std::uint32_t worker = vacant();
  const auto free = std::find_if(places_.begin(), places_.end(),
                                 [](const Place& one) { return one.id == 0; });
  const auto place = static_cast<std::uint32_t>(free - places_.begin());
  workers_.start(place, worker);
  if (free == places_.end()) places_.emplace_back();
  seat(place, id, worker);
}

std::uint32_t Supervisor::vacant() const {
  const auto stays = [&](const Place& place) {
    const Supervision::Member* const found = supervision_.member(place.id);
    return found != nullptr && !found->worn &&
           (found->state == State::starting || found->state == State::serving);
  };
  std::uint32_t worker = 0;
  while (std::any_of(places_.begin(), places_.end(), [&](const Place& place) {
    return place.worker == worker && stays(place);
  })) {
    ++worker;
  }
  return worker;
}

void Supervisor::greet_who_entered() {
  if (!is_readable(watch_.entered)) return;
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

/// Signs of life, and of wear.
void Supervisor::look_at_counts() {
  if (!watch_.restarts) return;
  for (std::uint32_t w = 0; w < places_.size(); ++w) {
    if (places_[w].id == 0) continue;
    const pid_t pid = workers_.children()[w].pid();
    const std::int64_t beat = oldest_beat(watch_.counts, pid);
    if (beat != 0) supervision_.alive(places_[w].id, Supervision::Time(beat));
    if (worn(w) != 0) obey(supervision_.worn(places_[w].id, now()));
  }
}

std::uint8_t Supervisor::worn(std::uint32_t place) const {
  const pid_t pid = workers_.children()[place].pid();
  for (const WorkerCounts& one : watch_.counts) {
    if (one.process.load() == pid && one.worn.load() != 0) return one.worn;
  }
  return 0;
}

}  // namespace bench
