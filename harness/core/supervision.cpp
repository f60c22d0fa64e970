// Supervision: events in, actions out.
#include "harness/core/supervision.h"

#include <algorithm>

namespace bench {

Supervision::Actions Supervision::ready(Id id, Time now) {
  for (Member& member : members_) {
    if (member.id != id || member.state != State::starting) continue;
    member.state = State::serving;
    member.since = now;
    member.never_ready = false;
    failed_starts_ = 0;
  }
  return settle(now);
}

void Supervision::alive(Id id, Time now) {
  for (Member& member : members_) {
    if (member.id == id) member.heard = now;
  }
}

Supervision::Actions Supervision::worn(Id id, Time now) {
  if (std::any_of(members_.begin(), members_.end(),
                  [](const Member& one) { return one.worn; })) {
    return {};
  }
  for (Member& member : members_) {
    if (member.id == id && member.generation == serving_) {
      member.worn = member.state == State::serving;
    }
  }
  return settle(now);
}

Supervision::Actions Supervision::ended(Id id, Time now) {
  Actions actions;
  const auto found =
      std::find_if(members_.begin(), members_.end(),
                   [&](const Member& one) { return one.id == id; });
  if (found == members_.end()) return actions;
  const Member member = *found;
  members_.erase(found);
  if (terminations_ == 0) blame(member, now, actions);
  const Actions more = settle(now);
  actions.insert(actions.end(), more.begin(), more.end());
  return actions;
}

/// What follows from an end that nobody asked for.
void Supervision::blame(const Member& member, Time now, Actions& actions) {
  const bool by_itself =
      member.state == State::starting || member.state == State::serving;
  if (!by_itself && !is_late(member)) return;
  if (member.generation == coming_) {
    actions.push_back({Kind::reload_failed, 0, coming_});
    retire(coming_, now, actions);
    coming_ = 0;
    return;
  }
  if (member.generation != serving_) return;
  if (member.never_ready) {
    const bool needed = count_serving(serving_) < rules_.workers;
    if (++failed_starts_ < rules_.tries || !needed) {
      return pause(failed_starts_, now);
    }
    gave_up_ = true;
    ++terminations_;
    actions.push_back({Kind::give_up, 0, serving_});
    return;
  }
  short_lives_ = now - member.since < rules_.life ? short_lives_ + 1 : 0;
  if (short_lives_ > rules_.at_once) pause(1, now);
}

void Supervision::pause(int times, Time now) {
  Time span = rules_.first;
  while (--times > 0 && span < rules_.longest) span *= 2;
  not_before_ = now + std::min(span, rules_.longest);
}

Supervision::Actions Supervision::reload(Time now) {
  reload_again_ = true;
  return settle(now);
}

Supervision::Actions Supervision::terminate(Time now) {
  ++terminations_;
  Actions actions = settle(now);
  if (terminations_ > 1) {
    for (Member& member : members_) kill(member, now, actions);
  }
  return actions;
}

Supervision::Actions Supervision::settle(Time now) {
  Actions actions;
  for (Member& member : members_) {
    const std::optional<Time> end = deadline(member);
    if (end && now >= *end) lose_patience(member, now, actions);
  }
  if (terminations_ > 0) {
    coming_ = 0;
    for (Member& member : members_) drain(member, now, actions);
    return actions;
  }
  if (reload_again_ && coming_ == 0) {
    reload_again_ = false;
    coming_ = ++last_generation_;
  }
  if (coming_ != 0 && count_serving(coming_) == rules_.workers) {
    retire(serving_, now, actions);
    serving_ = coming_;
    coming_ = 0;
    if (reload_again_) {
      reload_again_ = false;
      coming_ = ++last_generation_;
    }
  }
  if (count_serving(serving_) > rules_.workers) {
    for (Member& member : members_) {
      if (member.worn) drain(member, now, actions);
    }
  }
  fill(serving_, now, actions);
  if (coming_ != 0) fill(coming_, now, actions);
  return actions;
}

void Supervision::fill(std::uint32_t generation, Time now, Actions& actions) {
  // A new generation waits for nobody: it was not the one that failed.
  if (generation == serving_ && now < not_before_) return;
  while (has_room(generation)) {
    members_.push_back({++last_id_, generation, State::starting, now});
    actions.push_back({Kind::spawn, last_id_, generation});
  }
}

void Supervision::retire(std::uint32_t generation, Time now, Actions& actions) {
  for (Member& member : members_) {
    if (member.generation == generation) drain(member, now, actions);
  }
}

/// One that starts may serve before we know.
void Supervision::drain(Member& member, Time now, Actions& actions) {
  if (member.state != State::starting && member.state != State::serving) return;
  member.never_ready = false;  // nobody will know, so nobody is to blame
  member.state = State::draining;
  member.since = now;
  actions.push_back({Kind::drain, member.id, member.generation});
}

void Supervision::kill(Member& member, Time now, Actions& actions) {
  if (member.state == State::dying) return;
  member.state = State::dying;
  member.since = now;
  actions.push_back({Kind::kill, member.id, member.generation});
}

void Supervision::lose_patience(Member& member, Time now, Actions& actions) {
  if (member.state != State::serving) return kill(member, now, actions);
  member.state = State::aborted;
  member.since = now;
  actions.push_back({Kind::abort, member.id, member.generation});
}

std::optional<Supervision::Time> Supervision::deadline(
    const Member& member) const {
  if (member.state == State::serving && member.heard) {
    return *member.heard + rules_.health;
  }
  if (member.state == State::aborted) return member.since + rules_.trace;
  if (member.state == State::starting) return member.since + rules_.start;
  if (member.state == State::draining) return member.since + rules_.grace;
  return std::nullopt;
}

std::optional<Supervision::Time> Supervision::next() const {
  std::optional<Time> soonest;
  const auto at = [&](Time time) {
    soonest = std::min(soonest.value_or(time), time);
  };
  for (const Member& member : members_) {
    if (const std::optional<Time> end = deadline(member)) at(*end);
  }
  if (terminations_ == 0 && has_room(serving_)) at(not_before_);
  return soonest;
}

std::uint32_t Supervision::count_serving(std::uint32_t generation) const {
  return static_cast<std::uint32_t>(
      std::count_if(members_.begin(), members_.end(), [&](const Member& one) {
        return one.generation == generation && one.state == State::serving;
      }));
}

/// One that is being aborted, or is worn, may be replaced before its end, more
/// may not; one that was killed for not getting ready must have failed first.
bool Supervision::has_room(std::uint32_t generation) const {
  std::uint32_t all = 0;
  std::uint32_t fit = 0;
  for (const Member& member : members_) {
    if (member.generation != generation) continue;
    ++all;
    fit += member.state == State::starting || is_late(member) ||
           (member.state == State::serving && !member.worn);
  }
  return fit < rules_.workers && all <= rules_.workers;
}

const Supervision::Member* Supervision::member(Id id) const {
  const auto found =
      std::find_if(members_.begin(), members_.end(),
                   [&](const Member& one) { return one.id == id; });
  return found == members_.end() ? nullptr : &*found;
}

bool Supervision::settled() const {
  return terminations_ == 0 && members_.size() == rules_.workers &&
         count_serving(serving_) == rules_.workers;
}

}  // namespace bench
