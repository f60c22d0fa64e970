// Supervision without a process: what follows from which sequence of events.
#include "harness/core/supervision.h"

#include <gmock/gmock.h>

namespace bench {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Action = Supervision::Action;
using Kind = Supervision::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

Supervision::Rules workers(std::uint32_t count) {
  Supervision::Rules rules;
  rules.workers = count;
  return rules;
}

/// Two workers that serve, with ids 1 and 2.
Supervision two_that_serve() {
  Supervision two(workers(2));
  two.start(seconds(0));
  two.ready(1, seconds(1));
  two.ready(2, seconds(1));
  return two;
}

TEST(Supervision, StartsAsManyAsItShould) {
  Supervision two(workers(2));
  EXPECT_THAT(two.start(seconds(0)), ElementsAre(Action{Kind::spawn, 1, 1},
                                                 Action{Kind::spawn, 2, 1}));
  EXPECT_FALSE(two.settled());
  EXPECT_THAT(two.ready(1, seconds(1)), IsEmpty());
  EXPECT_THAT(two.ready(2, seconds(1)), IsEmpty());
  EXPECT_TRUE(two.settled());
  EXPECT_EQ(two.next(), std::nullopt);
}

TEST(Supervision, WhoDiesIsReplacedAtOnce) {
  Supervision two = two_that_serve();
  EXPECT_THAT(two.ended(1, seconds(9)), ElementsAre(Action{Kind::spawn, 3, 1}));
  EXPECT_THAT(two.ended(1, seconds(9)), IsEmpty()) << "it is not ours any more";
  two.ready(3, seconds(9));
  EXPECT_TRUE(two.settled());
}

TEST(Supervision, WhoDiesBeforeItIsReadyIsTriedAgainLaterAndLater) {
  Supervision one(workers(1));
  one.start(seconds(0));
  Supervision::Time now = seconds(0);
  for (const int pause : {100, 200, 400, 800}) {
    EXPECT_THAT(one.ended(one.members().front().id, now), IsEmpty());
    EXPECT_EQ(one.next(), now + milliseconds(pause));
    EXPECT_THAT(one.tick(now + milliseconds(pause - 1)), IsEmpty());
    now += milliseconds(pause);
    EXPECT_EQ(one.tick(now).size(), 1u);
  }
  EXPECT_FALSE(one.over());
  EXPECT_THAT(one.ended(one.members().front().id, now),
              ElementsAre(Action{Kind::give_up, 0, 1}));
  EXPECT_TRUE(one.gave_up());
  EXPECT_TRUE(one.over());
}

TEST(Supervision, OneThatServesEndsTheRowOfFailures) {
  Supervision one(workers(1));
  one.start(seconds(0));
  Supervision::Time now = seconds(0);
  for (int i = 0; i < 20; ++i) {
    for (int failures = 0; failures < 4; ++failures) {
      one.ended(one.members().front().id, now);
      now += seconds(5);
      one.tick(now);
    }
    one.ready(one.members().front().id, now);
    now += seconds(1);
    one.ended(one.members().front().id, now);
  }
  EXPECT_FALSE(one.gave_up());
}

TEST(Supervision, WhoNeverGetsReadyIsKilledAndCountsAsFailed) {
  Supervision one(workers(1));
  one.start(seconds(0));
  EXPECT_EQ(one.next(), seconds(10));
  EXPECT_THAT(one.tick(seconds(10)), ElementsAre(Action{Kind::kill, 1, 1}));
  EXPECT_THAT(one.ended(1, seconds(11)), IsEmpty());
  EXPECT_EQ(one.next(), seconds(11) + milliseconds(100));
}

TEST(Supervision, ShortLivesSlowItDownAndNeverStopIt) {
  Supervision one(workers(1));
  one.start(seconds(0));
  for (int i = 0; i < 3; ++i) {
    one.ready(one.members().front().id, seconds(1));
    EXPECT_EQ(one.ended(one.members().front().id, seconds(1)).size(), 1u);
  }
  Supervision::Time now = seconds(1);
  for (int i = 0; i < 100; ++i) {
    one.ready(one.members().front().id, now);
    EXPECT_THAT(one.ended(one.members().front().id, now), IsEmpty());
    now = one.next().value();
    EXPECT_EQ(one.tick(now).size(), 1u);
  }
  EXPECT_FALSE(one.gave_up());
  EXPECT_EQ(now, seconds(1) + 100 * milliseconds(100));
}

TEST(Supervision, TheOldGenerationDrainsWhenAllOfTheNewOneIsReady) {
  Supervision two = two_that_serve();
  EXPECT_THAT(two.reload(seconds(2)), ElementsAre(Action{Kind::spawn, 3, 2},
                                                  Action{Kind::spawn, 4, 2}));
  EXPECT_THAT(two.ready(4, seconds(3)), IsEmpty());
  EXPECT_THAT(two.ready(3, seconds(4)), ElementsAre(Action{Kind::drain, 1, 1},
                                                    Action{Kind::drain, 2, 1}));
  EXPECT_EQ(two.next(), seconds(9));
  EXPECT_THAT(two.ended(1, seconds(5)), IsEmpty());
  EXPECT_THAT(two.tick(seconds(9)), ElementsAre(Action{Kind::kill, 2, 1}));
  EXPECT_THAT(two.ended(2, seconds(9)), IsEmpty());
  EXPECT_TRUE(two.settled());
}

TEST(Supervision, AGenerationThatFailsChangesNothing) {
  Supervision two = two_that_serve();
  two.reload(seconds(2));
  EXPECT_THAT(two.ended(3, seconds(3)),
              ElementsAre(Action{Kind::reload_failed, 0, 2},
                          Action{Kind::drain, 4, 2}));
  EXPECT_THAT(two.ended(4, seconds(3)), IsEmpty());
  EXPECT_TRUE(two.settled());
  EXPECT_EQ(two.members().front().id, 1u);
}

TEST(Supervision, ReloadsThatComeTogetherAreTwoAtMost) {
  Supervision two = two_that_serve();
  EXPECT_EQ(two.reload(seconds(2)).size(), 2u);
  for (int i = 0; i < 99; ++i) EXPECT_THAT(two.reload(seconds(2)), IsEmpty());
  two.ready(3, seconds(3));
  // The one that was asked for meanwhile may know more than the first.
  EXPECT_THAT(
      two.ready(4, seconds(3)),
      ElementsAre(Action{Kind::drain, 1, 1}, Action{Kind::drain, 2, 1},
                  Action{Kind::spawn, 5, 3}, Action{Kind::spawn, 6, 3}));
  two.ready(5, seconds(4));
  EXPECT_THAT(two.ready(6, seconds(4)), ElementsAre(Action{Kind::drain, 3, 2},
                                                    Action{Kind::drain, 4, 2}));
}

TEST(Supervision, AStopDuringAReloadLeavesNobody) {
  Supervision two = two_that_serve();
  two.reload(seconds(2));
  two.ready(3, seconds(3));
  EXPECT_THAT(
      two.terminate(seconds(4)),
      ElementsAre(Action{Kind::drain, 1, 1}, Action{Kind::drain, 2, 1},
                  Action{Kind::drain, 3, 2}, Action{Kind::drain, 4, 2}));
  EXPECT_THAT(two.reload(seconds(4)), IsEmpty()) << "too late";
  for (const Supervision::Id id : {1, 2, 3, 4}) two.ended(id, seconds(5));
  EXPECT_TRUE(two.over());
  EXPECT_FALSE(two.gave_up());
}

TEST(Supervision, ASecondStopIsAtOnce) {
  Supervision two = two_that_serve();
  two.terminate(seconds(2));
  EXPECT_THAT(two.terminate(seconds(3)),
              ElementsAre(Action{Kind::kill, 1, 1}, Action{Kind::kill, 2, 1}));
}

TEST(Supervision, WhoIsSilentIsAbortedThenKilled) {
  Supervision two = two_that_serve();
  EXPECT_EQ(two.next(), std::nullopt) << "one that never spoke is not judged";
  two.alive(1, seconds(2));
  EXPECT_THAT(two.tick(seconds(6)), IsEmpty());
  EXPECT_EQ(two.next(), seconds(7));
  EXPECT_THAT(two.tick(seconds(7)), ElementsAre(Action{Kind::abort, 1, 1},
                                                Action{Kind::spawn, 3, 1}));
  EXPECT_THAT(two.tick(seconds(8)), ElementsAre(Action{Kind::kill, 1, 1}));
  EXPECT_THAT(two.ended(1, seconds(8)), IsEmpty()) << "it has been replaced";
}

TEST(Supervision, WhoIsWornServesUntilAnotherIsReadyAndOneAtATime) {
  Supervision two = two_that_serve();
  EXPECT_THAT(two.worn(1, seconds(2)), ElementsAre(Action{Kind::spawn, 3, 1}));
  EXPECT_THAT(two.worn(2, seconds(2)), IsEmpty());
  EXPECT_THAT(two.ready(3, seconds(3)), ElementsAre(Action{Kind::drain, 1, 1}));
  EXPECT_THAT(two.worn(2, seconds(3)), IsEmpty()) << "the first is still there";
  EXPECT_THAT(two.ended(1, seconds(4)), IsEmpty());
  EXPECT_TRUE(two.settled());
  EXPECT_THAT(two.worn(2, seconds(4)), ElementsAre(Action{Kind::spawn, 4, 1}));
}

TEST(Supervision, WhoIsWornServesOnWhateverBecomesOfItsFollower) {
  Supervision two = two_that_serve();
  two.worn(1, seconds(2));
  Supervision::Time now = seconds(2);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(two.ended(two.members().back().id, now), IsEmpty());
    now = two.next().value();
    EXPECT_EQ(two.tick(now).size(), 1u);
  }
  EXPECT_FALSE(two.gave_up());
  EXPECT_THAT(two.ready(two.members().back().id, now),
              ElementsAre(Action{Kind::drain, 1, 1}));
}

TEST(Supervision, WhoIsWornAndDiesHasAFollowerAlready) {
  Supervision two = two_that_serve();
  two.worn(1, seconds(2));
  EXPECT_THAT(two.ended(2, seconds(2)), ElementsAre(Action{Kind::spawn, 4, 1}));
  EXPECT_THAT(two.ready(3, seconds(3)), IsEmpty()) << "one is still missing";
  EXPECT_THAT(two.ended(1, seconds(3)), IsEmpty());
  EXPECT_THAT(two.ready(4, seconds(3)), IsEmpty());
  EXPECT_TRUE(two.settled());
}

}  // namespace
}  // namespace bench
