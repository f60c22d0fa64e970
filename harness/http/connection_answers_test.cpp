// What a connection answers, and with how many writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "harness/http/testing/cases_base.h"
#include "harness/http/testing/client.h"

namespace bench {
namespace {

using testing::HasSubstr;

TEST(ConnectionAnswers, FailedWork) {
  const Client refused = TestServer().serve_client(
      {.pieces = {repeated(2, get("/json"))}, .call_error = ECONNREFUSED});
  const auto answers = answers_in(refused.output);
  ASSERT_EQ(answers.size(), 2);
  EXPECT_EQ(answers[0].status, 502);
  EXPECT_EQ(answers[0].body,
            "the work failed: Connection refused (ECONNREFUSED)\n");
  EXPECT_EQ(answers[0].field("Content-Type"), "text/plain");
  EXPECT_TRUE(refused.idle);
  const Client late = TestServer().serve_client(
      {.pieces = {get("/json")}, .call_error = ETIMEDOUT});
  EXPECT_EQ(answers_in(late.output)[0].status, 504);
  const Client odd =
      TestServer().serve_client({.pieces = {get("/json")}, .call_error = 9999});
  EXPECT_THAT(answers_in(odd.output)[0].body, HasSubstr("9999"));
}

TEST(ConnectionAnswers, TogetherWhatCameTogether) {
  const Client client = TestServer().serve({repeated(16, get("/plaintext"))});
  EXPECT_EQ(answers_in(client.output).size(), 16);
  EXPECT_EQ(client.count(Step::Kind::write), 1);
  // A longer body goes out with its head.
  const Client bytes = TestServer().serve({get("/bytes?n=10000")});
  EXPECT_EQ(bytes.count(Step::Kind::write), 1);
}

TEST(ConnectionAnswers, GiveTheirMemoryBack) {
  const Client client = TestServer().serve(
      {repeated(100, get("/plaintext")),
       post_with("Content-Length: 100000\r\n", repeated(100000, "x"))});
  std::size_t largest = 0;
  for (const Step& step : client.steps) {
    if (step.kind == Step::Kind::read) largest = std::max(largest, step.size);
    EXPECT_TRUE(!step.idle || step.size <= 1024);
  }
  EXPECT_GE(largest, 16 * 1024);
}

TEST(ConnectionAnswers, BytesOfTheAlphabet) {
  for (const std::size_t count :
       {0, 1, 25, 300, 16000, 16384, 70000, 1 << 20}) {
    const Client client = TestServer().serve_client(
        {.pieces = {get("/bytes?n=" + std::to_string(count))}, .takes = 10007});
    const auto answers = answers_in(client.output);
    ASSERT_EQ(answers.size(), 1);
    ASSERT_EQ(answers[0].body.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(answers[0].body[i], static_cast<char>('a' + i % 26)) << i;
    }
    for (const Step& step : client.steps) EXPECT_LE(step.size, 64 * 1024);
  }
}

TEST(ConnectionAnswers, HeadLikeGetWithoutTheBody) {
  for (const std::string target : {"/plaintext", "/json", "/bytes?n=70000"}) {
    const Client whole = TestServer().serve({get(target)});
    const Client head =
        TestServer().serve({"HEAD " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"});
    const auto with = answers_in(whole.output);
    const auto without = answers_in(head.output, {0});
    ASSERT_EQ(without.size(), 1);
    EXPECT_EQ(without[0].field("Content-Length"),
              std::to_string(with[0].body.size()));
    EXPECT_EQ(without[0].field("Content-Type"), with[0].field("Content-Type"));
  }
}

TEST(ConnectionAnswers, WithTheBodyThatCame) {
  std::string body = repeated(30000, "0123456789");
  body += '\0';
  const Client plain = TestServer().serve({post_with(
      "Content-Length: " + std::to_string(body.size()) + "\r\n", body)});
  EXPECT_EQ(answers_in(plain.output)[0].body, body);
  const Client chunked = TestServer().serve(
      {chunks("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n")});
  EXPECT_EQ(answers_in(chunked.output)[0].body, "abcde");
  const Client two = TestServer().serve(
      {repeated(2, post_with("Content-Length: 1\r\n", "1"))});
  EXPECT_EQ(answers_in(two.output)[1].body, "1");
}

TEST(ConnectionAnswers, AsTheVersionWantsIt) {
  const Client old = TestServer().serve(
      {"GET /json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
       "GET /json HTTP/1.0\r\n\r\n"});
  const auto answers = answers_in(old.output);
  ASSERT_EQ(answers.size(), 2);
  EXPECT_EQ(answers[0].field("Connection"), "keep-alive");
  EXPECT_EQ(answers[1].field("Connection"), "close");
  EXPECT_EQ(answers[0].field("Content-Type"), "application/json");
  EXPECT_EQ(answers[0].field("Server"), "bench");
}

TEST(ConnectionAnswers, WithTheMethodsThatATargetTakes) {
  const Client client = TestServer().serve({get("/echo")});
  EXPECT_EQ(answers_in(client.output)[0].field("Allow"), "POST");
  const Client found = TestServer().serve({get("/nowhere")});
  EXPECT_EQ(answers_in(found.output)[0].field("Allow"), "");
}

TEST(ConnectionAnswers, ContinueToWhoWaitsForIt) {
  const std::string head =
      post_with("Expect: 100-continue\r\nContent-Length: 2\r\n");
  const Client waits = TestServer().serve({head, "ab"});
  const auto answers = answers_in(waits.output);
  ASSERT_EQ(answers.size(), 2);
  EXPECT_EQ(answers[0].status, 100);
  EXPECT_EQ(answers[1].body, "ab");
  // It is sent before the body is waited for.
  EXPECT_EQ(waits.steps[1].kind, Step::Kind::write);
  const Client has_sent = TestServer().serve({head + "ab"});
  EXPECT_EQ(answers_in(has_sent.output).size(), 1);
  const Client chunked = TestServer().serve(
      {post_with("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"),
       "0\r\n\r\n"});
  EXPECT_EQ(answers_in(chunked.output).size(), 2);
}

}  // namespace
}  // namespace bench
