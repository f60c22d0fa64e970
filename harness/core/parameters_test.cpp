// Parameters: what is taken, what is refused, and with which words.
#include "harness/core/parameters.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <utility>

namespace bench {
namespace {

template <typename Body>
std::string refusal(Body body) {
  try {
    body();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ParseInteger, NamesFlagRangeAndText) {
  EXPECT_EQ(parse_integer("--reps", "20", 1, 99), 20);
  for (const char* text : {"", "abc", "1.5", "0", "100", "-1", "1e1", " 1",
                           "1 ", "99999999999999999999"}) {
    EXPECT_EQ(refusal([&] { parse_integer("--reps", text, 1, 99); }),
              std::string("--reps takes a whole number from 1 to 99, got '") +
                  text + "'");
  }
}

TEST(ParseReal, RefusesWhatIsNoNumber) {
  EXPECT_EQ(parse_real("--spread", "0.25", 0, 1), 0.25);
  EXPECT_EQ(parse_real("--spread", "1e-3", 0, 1), 1e-3);
  for (const char* text : {"", "x", "nan", "inf", "1e99", "-0.1", "1.01"}) {
    EXPECT_EQ(
        refusal([&] { parse_real("--spread", text, 0, 1); }),
        std::string("--spread takes a number from 0 to 1, got '") + text + "'");
  }
}

TEST(Parameter, MayBeLeftToMeasuring) {
  const Parameter depth =
      whole_number("depth", "", 1, 128, "").or_auto({"1", "2"});
  EXPECT_EQ(depth.checked("auto"), "auto");
  EXPECT_EQ(depth.checked("16"), "16");
  EXPECT_EQ(depth.fallback, "auto");
  EXPECT_EQ(depth.settled(), "1");
  EXPECT_EQ(refusal([&] { depth.checked("0"); }),
            "--depth takes auto or a whole number from 1 to 128, got '0'");
  const Parameter reps = whole_number("reps", "", 1, 128, "3,4");
  EXPECT_EQ(reps.settled(), "3");
  EXPECT_EQ(refusal([&] { reps.checked("auto"); }),
            "--reps takes a whole number from 1 to 128, got 'auto'");
}

TEST(ParseTime, TakesUnits) {
  const std::pair<const char*, double> kMilliseconds[] = {
      {"5", 5},           {"0.5", 0.5},   {"5ms", 5},     {"500us", 0.5},
      {"250ns", 0.00025}, {"2s", 2000},   {"1.5s", 1500}, {"1m", 60'000},
      {"1e-3s", 1},       {"0.57s", 570}, {"0s", 0}};
  for (const auto& [text, value] : kMilliseconds) {
    EXPECT_EQ(parse_time("--wait-ms", text, "ms", 0, 1e5), value) << text;
  }
  EXPECT_EQ(parse_time("--duration", "100us", "s", 0, 1), 1e-4);
  EXPECT_EQ(parse_time("--job-us", "1ms", "us", 1, 1e6), 1000);
}

TEST(ParseTime, SaysOneTimeInEveryUnit) {
  EXPECT_TRUE(rc::check("decimals stay short", [] {
    const auto thousandths = *rc::gen::inRange(1, 100'000'000);
    const double seconds = thousandths / 1000.0;
    const std::string text = shortest(seconds) + "s";
    RC_ASSERT(parse_time("--t", text, "ms", 0, 1e9) == thousandths);
    RC_ASSERT(parse_time("--t", shortest(thousandths) + "ms", "s", 0, 1e9) ==
              seconds);
  }));
}

TEST(ParseTime, RefusesInOneSentence) {
  for (const char* text :
       {"",   "s",     "x",      "2x",   "2 s",   "2S",   "2sec",  "5h",
        "-1", "-1ms",  "nan",    "nans", "inf",   "1e99", "1e99s", "0",
        "0s", "0.9us", "1001ms", "2s",   "1..5s", ".",    "0x5s",  "1,5s"}) {
    EXPECT_EQ(
        refusal([&] { parse_time("--wait-ms", text, "ms", 0.001, 1000); }),
        std::string("--wait-ms takes a time from 0.001 to 1000 ms, in ms or "
                    "with a unit (ns, us, ms, s, m), got '") +
            text + "'");
  }
}

TEST(Shortest, ReadsBackAsTheSameNumber) {
  EXPECT_EQ(shortest(1000), "1000");
  EXPECT_EQ(shortest(0.5), "0.5");
  EXPECT_TRUE(rc::check("round trip", [](double number) {
    RC_PRE(std::isfinite(number));
    RC_ASSERT(std::stod(shortest(number)) == number);
  }));
}

TEST(SplitList, JoinsBack) {
  EXPECT_EQ(split_list("1,2,4"), (std::vector<std::string>{"1", "2", "4"}));
  EXPECT_EQ(split_list(""), std::vector<std::string>{""});
  EXPECT_TRUE(rc::check("join undoes split", [](const std::string& text) {
    std::string joined;
    for (const std::string& part : split_list(text)) joined += "," + part;
    RC_ASSERT(joined.substr(1) == text);
  }));
}

TEST(Parameter, ChecksWords) {
  const Parameter kernel{.name = "kernel",
                         .help = "",
                         .kind = Parameter::Kind::word,
                         .words = {"sqrt", "primes"}};
  EXPECT_EQ(kernel.checked("sqrt"), "sqrt");
  EXPECT_EQ(refusal([&] { kernel.checked("sin"); }),
            "--kernel takes one of sqrt, primes, got 'sin'");
}

TEST(Parameter, KeepsATimeInItsOwnUnit) {
  const Parameter job{.name = "job-us",
                      .help = "",
                      .kind = Parameter::Kind::real,
                      .low = 1,
                      .high = 10e6,
                      .unit = "us"};
  EXPECT_EQ(job.takes(), "a time from 1 to 10000000 us");
  EXPECT_EQ(job.checked("1ms"), "1000");
  EXPECT_EQ(job.checked("1000"), "1000");
  EXPECT_EQ(job.checked("1e3"), "1000");
  EXPECT_EQ(refusal([&] { job.checked("1h"); }).substr(0, 47),
            "--job-us takes a time from 1 to 10000000 us, in");
}

TEST(Parameter, GivesOneFormToOneNumber) {
  const Parameter spread{.name = "spread",
                         .help = "",
                         .kind = Parameter::Kind::real,
                         .low = 0,
                         .high = 1};
  EXPECT_EQ(spread.checked("0.50"), spread.checked("5e-1"));
  EXPECT_EQ(spread.checked("1.0"), "1");
}

}  // namespace
}  // namespace bench
