// AnswerReader: a table of answers; each whole, byte by byte, cut at every
// point, and after another one.
#include "harness/load/answer_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace bench {
namespace {

using State = AnswerReader::State;

/// What has become of an answer in the end.
enum class Seen { ok, closes, bad_status, bad_body, malformed, partial };

struct Case {
  const char* name;
  std::string bytes;
  Seen seen;
  bool ends = false;  ///< the connection ends behind the bytes
  ExpectedAnswer expected = {200, "Hello", false};
};

const std::vector<Case>& cases() {
  static const std::string k11 = "HTTP/1.1 200 OK\r\n";
  static const std::string kLength = "Content-Length: 5\r\n";
  static const std::vector<Case> all = {
      {"plain", k11 + kLength + "\r\nHello", Seen::ok},
      {"no reason phrase", "HTTP/1.1 200 \r\n" + kLength + "\r\nHello",
       Seen::ok},
      {"says close", k11 + kLength + "Connection: close\r\n\r\nHello",
       Seen::closes},
      {"1.0 closes", "HTTP/1.0 200 OK\r\n" + kLength + "\r\nHello",
       Seen::closes},
      {"1.0 kept alive",
       "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + kLength + "\r\nHello",
       Seen::ok},
      {"until the end", "HTTP/1.0 200 OK\r\n\r\nHello", Seen::closes, true},
      {"until the end, 1.1", k11 + "\r\nHello", Seen::closes, true},
      {"until the end, and not there yet", k11 + "\r\nHello", Seen::partial},
      {"chunked",
       k11 + "Transfer-Encoding: chunked\r\n\r\n2\r\nHe\r\n3;a=b\r\nllo\r\n"
             "0\r\n\r\n",
       Seen::ok},
      {"chunked with a trailer",
       k11 +
           "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\nA: b\r\n\r\n",
       Seen::ok},
      {"chunked without an end",
       k11 + "Transfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n",
       Seen::malformed, true},
      {"an empty body",
       k11 + "Content-Length: 0\r\n\r\n",
       Seen::ok,
       false,
       {200, "", false}},
      {"any body will do",
       k11 + kLength + "\r\nWorld",
       Seen::ok,
       false,
       {200, std::nullopt, false}},
      {"continue first",
       "HTTP/1.1 100 Continue\r\n\r\n" + k11 + kLength + "\r\nHello", Seen::ok},
      {"continue and no more", "HTTP/1.1 100 Continue\r\n\r\n", Seen::malformed,
       true},
      {"early hints twice",
       "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 103 Early "
       "Hints\r\n\r\n" +
           k11 + kLength + "\r\nHello",
       Seen::ok},
      {"head", k11 + kLength + "\r\n", Seen::ok, false, {200, "Hello", true}},
      {"head without a length", k11 + "\r\n", Seen::ok, false, {200, "", true}},
      {"head with a body",
       k11 + kLength + "\r\nHello",
       Seen::malformed,
       false,
       {200, "Hello", true}},
      {"204",
       "HTTP/1.1 204 No Content\r\n\r\n",
       Seen::ok,
       false,
       {204, "", false}},
      {"204 with a body",
       "HTTP/1.1 204 No Content\r\n" + kLength + "\r\nHello",
       Seen::malformed,
       false,
       {204, "", false}},
      {"304 with a length",
       "HTTP/1.1 304 Not Modified\r\n" + kLength + "\r\n",
       Seen::ok,
       false,
       {304, "", false}},
      {"another status", "HTTP/1.1 503 No\r\n" + kLength + "\r\nHello",
       Seen::bad_status},
      {"another body", k11 + kLength + "\r\nHellO", Seen::bad_body},
      {"a short body", k11 + "Content-Length: 4\r\n\r\nHell", Seen::bad_body},
      {"a long body", k11 + "Content-Length: 6\r\n\r\nHello!", Seen::bad_body},
      {"an empty body where one was due", k11 + "Content-Length: 0\r\n\r\n",
       Seen::bad_body},
      {"more than its length",
       k11 + "Content-Length: 4\r\n\r\nHello",
       Seen::malformed,
       false,
       {200, "Hell", false}},
      {"less than its length", k11 + "Content-Length: 6\r\n\r\nHello",
       Seen::malformed, true},
      {"two answers", k11 + kLength + "\r\nHello" + k11 + kLength + "\r\nHello",
       Seen::malformed},
      {"cut in the head", k11 + "Content-Le", Seen::malformed, true},
      {"two lengths", k11 + kLength + "Content-Length: 6\r\n\r\nHello",
       Seen::malformed},
      {"a length that is none", k11 + "Content-Length: -5\r\n\r\nHello",
       Seen::malformed},
      {"a chunk that is none",
       k11 + "Transfer-Encoding: chunked\r\n\r\nx\r\nHello\r\n0\r\n\r\n",
       Seen::malformed},
      {"not HTTP", "SSH-2.0-OpenSSH_9.2\r\n", Seen::malformed},
      {"a number that is no status", "HTTP/1.1 20 OK\r\n\r\n", Seen::malformed},
      {"HTTP/2", "HTTP/2.0 200 OK\r\n" + kLength + "\r\nHello",
       Seen::malformed},
  };
  return all;
}

/// Reads `pieces` as the answer to one request.
Seen read(AnswerReader& reader, const Case& one,
          const std::vector<std::string>& pieces) {
  reader.expect(one.expected);
  EXPECT_FALSE(reader.begun());
  State state = State::partial;
  std::size_t done = 0;
  for (const std::string& piece : pieces) {
    state = reader.feed(piece.data(), piece.size());
    EXPECT_TRUE(reader.begun());
    ++done;
    if (state != State::partial) break;
  }
  // What would have come behind a complete answer comes unasked.
  if (state == State::complete && done < pieces.size()) return Seen::malformed;
  if (state == State::partial && one.ends) state = reader.finish();
  if (state == State::partial) return Seen::partial;
  if (state == State::malformed || state == State::cut) return Seen::malformed;
  if (!reader.right_status()) return Seen::bad_status;
  if (!reader.right_body()) return Seen::bad_body;
  return reader.keeps_alive() ? Seen::ok : Seen::closes;
}

std::vector<std::string> bytes_of(const std::string& text) {
  std::vector<std::string> all;
  for (const char c : text) all.emplace_back(1, c);
  return all;
}

TEST(AnswerReader, ReadsTheTable) {
  for (const Case& one : cases()) {
    AnswerReader reader;
    reader.reset();
    EXPECT_EQ(read(reader, one, {one.bytes}), one.seen) << one.name;
  }
}

TEST(AnswerReader, ReadsTheTableByteByByte) {
  for (const Case& one : cases()) {
    AnswerReader reader;
    reader.reset();
    EXPECT_EQ(read(reader, one, bytes_of(one.bytes)), one.seen) << one.name;
  }
}

TEST(AnswerReader, ReadsTheTableCutAnywhere) {
  for (const Case& one : cases()) {
    for (std::size_t cut = 1; cut < one.bytes.size(); ++cut) {
      AnswerReader reader;
      reader.reset();
      EXPECT_EQ(
          read(reader, one, {one.bytes.substr(0, cut), one.bytes.substr(cut)}),
          one.seen)
          << one.name << " cut at " << cut;
    }
  }
}

TEST(AnswerReader, ReadsTheTableOnAConnectionThatIsInUse) {
  for (const Case& before : cases()) {
    if (before.seen != Seen::ok) continue;
    for (const Case& one : cases()) {
      AnswerReader reader;
      reader.reset();
      EXPECT_EQ(read(reader, before, {before.bytes}), Seen::ok);
      EXPECT_EQ(read(reader, one, {one.bytes}), one.seen)
          << one.name << " after " << before.name;
    }
  }
}

TEST(AnswerReader, NoBeginningIsComplete) {
  for (const Case& one : cases()) {
    if (one.seen != Seen::ok) continue;
    for (std::size_t size = 1; size < one.bytes.size(); ++size) {
      AnswerReader reader;
      reader.reset();
      reader.expect(one.expected);
      EXPECT_EQ(reader.feed(one.bytes.data(), size), State::partial)
          << one.name << " cut at " << size;
      EXPECT_EQ(reader.finish(), State::cut)
          << one.name << " ended at " << size;
    }
  }
}

TEST(AnswerReader, StartsAnewOnANewConnection) {
  AnswerReader reader;
  for (int i = 0; i < 2; ++i) {
    reader.reset();
    EXPECT_EQ(read(reader, cases()[1], {"HTTP/1.1 garbage\r\n"}),
              Seen::malformed);
    reader.reset();
    EXPECT_EQ(read(reader, cases()[0], {cases()[0].bytes}), Seen::ok);
  }
}

}  // namespace
}  // namespace bench
