// Parameters: what is taken, what is refused, and with which words.
#include "harness/parameters.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

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
