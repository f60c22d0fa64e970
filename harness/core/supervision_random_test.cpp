// Supervision under random sequences of events: it settles, and it ends.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <iterator>
#include <map>
#include <vector>

#include "harness/core/supervision.h"

namespace bench {
namespace {

using Action = Supervision::Action;
using Actions = Supervision::Actions;
using Kind = Supervision::Kind;
using State = Supervision::Member::State;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Processes that live, as whoever carries the actions out sees them.
class World {
 public:
  World(Supervision& supervision, std::uint32_t count)
      : supervision_(supervision), count_(count) {}

  void obey(const Actions& actions) {
    for (const Action& action : actions) {
      switch (action.kind) {
        case Kind::spawn:
          RC_ASSERT(!lives_.contains(action.id));
          RC_ASSERT(!stopped_);
          lives_[action.id] = action.generation;
          break;
        case Kind::drain:
        case Kind::abort:
        case Kind::kill:
          RC_ASSERT(lives_.contains(action.id));
          break;
        case Kind::reload_failed:
          break;
        case Kind::give_up:
          stopped_ = true;
          break;
      }
    }
    check();
  }
  void stop() { stopped_ = true; }
  const std::map<Supervision::Id, std::uint32_t>& lives() const {
    return lives_;
  }
  Supervision::Id any() const {
    return std::next(lives_.begin(),
                     *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(lives_)))
        ->first;
  }
  void end(Supervision::Id id, Supervision::Time now) {
    lives_.erase(id);
    obey(supervision_.ended(id, now));
  }

 private:
  void check() const {
    RC_ASSERT(supervision_.members().size() == lives_.size());
    std::map<std::uint32_t, std::uint32_t> all;
    std::map<std::uint32_t, std::uint32_t> wanted;
    int worn = 0;
    for (const Supervision::Member& member : supervision_.members()) {
      RC_ASSERT(lives_.contains(member.id));
      ++all[member.generation];
      wanted[member.generation] +=
          !member.worn &&
          (member.state == State::starting || member.state == State::serving);
      worn += member.worn;
    }
    RC_ASSERT(worn <= 1);
    std::erase_if(wanted, [](const auto& one) { return one.second == 0; });
    RC_ASSERT(wanted.size() <= 2u);
    for (const auto& [generation, many] : wanted) RC_ASSERT(many <= count_);
    for (const auto& [generation, many] : all) RC_ASSERT(many <= count_ + 1);
  }

  Supervision& supervision_;
  const std::uint32_t count_;
  std::map<Supervision::Id, std::uint32_t> lives_;
  bool stopped_ = false;
};

RC_GTEST_PROP(Supervision, SettlesAndEndsWhateverHappens, ()) {
  const std::uint32_t count = *rc::gen::inRange<std::uint32_t>(1, 4);
  Supervision::Rules rules;
  rules.workers = count;
  Supervision supervision(rules);
  World world(supervision, count);
  Supervision::Time now{0};
  world.obey(supervision.start(now));
  const int events = *rc::gen::inRange(0, 60);
  for (int i = 0; i < events && !supervision.gave_up(); ++i) {
    now += milliseconds(*rc::gen::inRange(0, 700));
    switch (*rc::gen::inRange(0, world.lives().empty() ? 2 : 9)) {
      case 0:
        world.obey(supervision.reload(now));
        break;
      case 1:
      case 2:
        world.obey(supervision.tick(now));
        break;
      case 3:
        world.end(world.any(), now);
        break;
      case 4:
        supervision.alive(world.any(), now);
        break;
      case 5:
        world.obey(supervision.worn(world.any(), now));
        break;
      default:
        world.obey(supervision.ready(world.any(), now));
    }
  }
  // From now on all goes well: it comes to rest, in one generation.
  for (int i = 0; i < 100 && !supervision.gave_up(); ++i) {
    now += seconds(1);
    for (const Supervision::Member& member :
         std::vector(supervision.members())) {
      if (member.state == State::starting) {
        world.obey(supervision.ready(member.id, now));
      } else if (member.state == State::serving) {
        supervision.alive(member.id, now);
      } else if (world.lives().contains(member.id)) {
        world.end(member.id, now);
      }
    }
    world.obey(supervision.tick(now));
  }
  RC_ASSERT(supervision.gave_up() || supervision.settled());
  world.stop();
  world.obey(supervision.terminate(now));
  while (!world.lives().empty()) world.end(world.lives().begin()->first, now);
  RC_ASSERT(supervision.over());
}

}  // namespace
}  // namespace bench
