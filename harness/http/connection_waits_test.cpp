// What a connection waits for, for how long, and when it ends.
#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "harness/http/testing/cases_base.h"
#include "harness/http/testing/client.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

/// Nothing was said and nothing is waited for anymore.
void expect_silent_end(const Client& client) {
  EXPECT_EQ(client.output, "");
  EXPECT_FALSE(client.shut);
  EXPECT_EQ(client.steps.back().kind, Step::Kind::finished);
  EXPECT_EQ(client.steps.back().error, 0);
}

TEST(ConnectionWaits, ForAFirstQuestionEvenIfTheServerStops) {
  const Client client = TestServer().serve_client({.afterwards = -ETIMEDOUT});
  ASSERT_EQ(client.steps.size(), 3);
  EXPECT_FALSE(client.steps[0].idle);
  EXPECT_EQ(client.steps[0].time, 250ms);
  EXPECT_TRUE(client.steps[1].idle);
  EXPECT_EQ(client.steps[1].time, HttpLimits().idle_time - 250ms);
  expect_silent_end(client);
}

TEST(ConnectionWaits, ForAFirstQuestionAsLongAsForOthersAtMost) {
  TestServer server;
  server.limits.idle_time = 20ms;
  const Client client = server.serve_client({.afterwards = -ETIMEDOUT});
  ASSERT_EQ(client.steps.size(), 2);
  EXPECT_EQ(client.steps[0].time, 20ms);
  expect_silent_end(client);
}

TEST(ConnectionWaits, IdlyForTheNextQuestion) {
  const Client client = TestServer().serve_client(
      {.pieces = {get("/plaintext")}, .afterwards = -ETIMEDOUT});
  ASSERT_EQ(client.steps.size(), 5);  // read, call, write, read, finished
  EXPECT_TRUE(client.steps[3].idle);
  EXPECT_EQ(client.steps[3].time, HttpLimits().idle_time);
  EXPECT_FALSE(client.shut);
}

TEST(ConnectionWaits, NotIdlyForTheRestOfARequest) {
  for (const std::string begin :
       {"G", "\r", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n"}) {
    const Client client = TestServer().serve({begin});
    EXPECT_TRUE(client.open);
    EXPECT_FALSE(client.idle) << begin;
    expect_silent_end(client);
  }
}

TEST(ConnectionWaits, NotLongerForAHeadThatDrips) {
  TestServer server;
  server.limits.head_time = 30ms;
  Client slow{.delay = 4ms};
  for (const char byte : get("/plaintext")) slow.pieces.emplace_back(1, byte);
  const Client client = server.serve_client(slow);
  ASSERT_EQ(answers_in(client.output).size(), 1);
  EXPECT_EQ(answers_in(client.output)[0].status, 408);
  EXPECT_TRUE(client.shut);
  EXPECT_LE(reads_before_write(client), 12);
}

TEST(ConnectionWaits, NotLongerForABodyThatDrips) {
  TestServer server;
  server.limits.body_time = 30ms;
  Client slow{.pieces = {post_with("Content-Length: 100\r\n")}, .delay = 4ms};
  for (int i = 0; i < 100; ++i) slow.pieces.emplace_back("x");
  const Client client = server.serve_client(slow);
  ASSERT_EQ(answers_in(client.output).size(), 1);
  EXPECT_EQ(answers_in(client.output)[0].status, 408);
  EXPECT_LE(reads_before_write(client), 12);
}

TEST(ConnectionWaits, AnewForEachRequest) {
  Client client{.delay = 2ms};
  for (int i = 0; i < 3; ++i) {
    client.pieces.emplace_back("GET /plaintext HTTP/1.1\r\n");
    client.pieces.emplace_back("Host: a\r\n");
    client.pieces.emplace_back("\r\n");
  }
  client = TestServer().serve_client(client);
  std::vector<std::chrono::nanoseconds> waits;
  for (const Step& step : client.steps) {
    if (step.kind == Step::Kind::read) waits.push_back(step.time);
  }
  ASSERT_EQ(waits.size(), 10);
  const auto limit = HttpLimits().head_time;
  for (std::size_t i = 0; i < 9; i += 3) {
    EXPECT_EQ(waits[i + 1], limit);
    EXPECT_LE(waits[i + 2], limit - 2ms);
  }
}

TEST(ConnectionEnds, InTheMiddleOfARequestWithoutAWord) {
  for (const std::string begin :
       {"GET /plaintext HTTP/1.1\r\nHost: a\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "\r\n2\r\nab\r\n0\r\n"}) {
    expect_silent_end(TestServer().serve({begin}));
    // What was asked before is answered.
    const Client client = TestServer().serve({get("/plaintext") + begin});
    ASSERT_EQ(answers_in(client.output).size(), 1);
    EXPECT_EQ(answers_in(client.output)[0].body, "Hello, World!");
  }
}

TEST(ConnectionEnds, WhenItIsReset) {
  for (const std::string begin :
       {"", "GET",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
        "\r\nab"}) {
    Client client{.afterwards = -ECONNRESET};
    if (!begin.empty()) client.pieces = {begin};
    expect_silent_end(TestServer().serve_client(client));
  }
}

TEST(ConnectionEnds, WhenNobodyTakesTheAnswers) {
  for (const int error : {-EPIPE, -ECONNRESET, -ETIMEDOUT}) {
    const Client client = TestServer().serve_client(
        {.pieces = {repeated(500, get("/plaintext"))}, .write_error = error});
    EXPECT_EQ(client.count(Step::Kind::write), 1);
    EXPECT_EQ(client.steps.back().kind, Step::Kind::finished);
    // It has not read on while answers were due.
    EXPECT_LE(reads_before_write(client), 20);
  }
}

TEST(ConnectionEnds, AtOnceBehindCloseIfNothingFollows) {
  const Client client = TestServer().serve({get_with("Connection: close\r\n")});
  EXPECT_EQ(client.count(Step::Kind::read), 1);
  EXPECT_FALSE(client.shut);
}

TEST(ConnectionLingers, WhenMoreHasCome) {
  const Client client =
      TestServer().serve({get_with("Connection: close\r\n") + "more"});
  EXPECT_TRUE(client.shut);
  EXPECT_EQ(answers_in(client.output).size(), 1);
  EXPECT_EQ(client.steps.back().kind, Step::Kind::finished);
}

TEST(ConnectionLingers, ForASecondOr64KiB) {
  Client client{.pieces = {"GET\r\n"}, .afterwards = -ETIMEDOUT};
  for (int i = 0; i < 1000; ++i) client.pieces.emplace_back(1000, 'x');
  client = TestServer().serve_client(client);
  EXPECT_TRUE(client.shut);
  std::size_t left = 0;
  for (const std::string& piece : client.pieces) left += piece.size();
  EXPECT_LE(1'000'000 - left, 66'000);
  EXPECT_GE(1'000'000 - left, 64'000);
  const Step& last_read = client.steps[client.steps.size() - 2];
  EXPECT_LE(last_read.time, 1s);
  EXPECT_GT(last_read.time, 900ms);
  EXPECT_EQ(answers_in(client.output).size(), 1);
}

TEST(ConnectionEnds, BehindWhatWasAskedWhenTheServerStops) {
  TestServer server;
  server.stopping = true;
  const Client client = server.serve({repeated(3, get("/plaintext"))});
  const auto answers = answers_in(client.output);
  ASSERT_EQ(answers.size(), 3);
  EXPECT_EQ(answers[1].field("Connection"), "");
  EXPECT_EQ(answers[2].field("Connection"), "close");
  EXPECT_TRUE(client.shut);  // more may be on its way
}

TEST(ConnectionEnds, BehindWhatWasAskedWhenOthersWait) {
  TestServer server;
  server.crowded = [] { return true; };
  const Client client =
      server.serve({repeated(2, get("/plaintext")), get("/plaintext")});
  const auto answers = answers_in(client.output);
  ASSERT_EQ(answers.size(), 2);
  EXPECT_EQ(answers[0].field("Connection"), "");
  EXPECT_EQ(answers[1].field("Connection"), "close");
  EXPECT_FALSE(client.shut);  // nor do those wait for this one's last words
}

}  // namespace
}  // namespace bench
