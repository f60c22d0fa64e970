// Every request of cases.h, however it is cut, gets the same answer.
#include "harness/http/connection.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "harness/http/testing/cases.h"
#include "harness/http/testing/client.h"

namespace bench {
namespace {

/// The numbers of those requests of a case that are HEAD.
std::vector<std::size_t> heads_in(const Case& one) {
  if (one.bytes.starts_with("HEAD")) return {0};
  if (one.name == "pipelined, each other than the last") return {1};
  return {};
}

/// Without what may differ: dates, and whether 100 came.
std::string comparable(std::string output) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  for (std::size_t at = 0; (at = output.find("\r\nDate: ", at)) != output.npos;
       ++at) {
    output.erase(at + 2, 37);
  }
  const std::size_t at = output.find(interim);
  if (at != output.npos) output.erase(at, interim.size());
  return output;
}

std::vector<int> statuses(const std::vector<Seen>& answers) {
  std::vector<int> all;
  for (const Seen& seen : answers) {
    if (seen.status != 100) all.push_back(seen.status);
  }
  return all;
}

std::deque<std::string> byte_by_byte(const std::string& bytes) {
  std::deque<std::string> pieces;
  for (const char byte : bytes) pieces.emplace_back(1, byte);
  return pieces;
}

class EveryCase : public testing::TestWithParam<Case> {};

TEST_P(EveryCase, InOnePiece) {
  const Client client = TestServer().serve({GetParam().bytes});
  const auto answers = answers_in(client.output, heads_in(GetParam()));
  EXPECT_EQ(statuses(answers), GetParam().statuses) << client.output;
  EXPECT_EQ(client.open, GetParam().stays_open);
  ASSERT_FALSE(answers.empty());
  EXPECT_EQ(answers.back().field("Connection") == "close",
            !GetParam().stays_open);
  for (const Step& step : client.steps) {  // nobody is waited for for ever
    const bool waits =
        step.kind == Step::Kind::read || step.kind == Step::Kind::write;
    EXPECT_TRUE(!waits || step.time.count() > 0);
  }
  // A client that is refused must be able to read why.
  if (answers.back().status >= 400 && !GetParam().stays_open) {
    EXPECT_TRUE(client.shut);
    EXPECT_GT(answers.back().body.size(), 5);
  }
}

TEST_P(EveryCase, ByteByByte) {
  const TestServer server;
  EXPECT_EQ(comparable(server.serve(byte_by_byte(GetParam().bytes)).output),
            comparable(server.serve({GetParam().bytes}).output));
}

TEST_P(EveryCase, CutAtEveryPoint) {
  const TestServer server;
  const std::string& bytes = GetParam().bytes;
  const std::string whole = comparable(server.serve({bytes}).output);
  // Long ones are mostly alike in the middle.
  const std::size_t stride = bytes.size() < 2000 ? 1 : bytes.size() / 500;
  for (std::size_t cut = 1; cut < bytes.size(); cut += stride) {
    const Client client =
        server.serve({bytes.substr(0, cut), bytes.substr(cut)});
    ASSERT_EQ(comparable(client.output), whole) << "cut at " << cut;
  }
}

TEST_P(EveryCase, BehindAnotherRequest) {
  const TestServer server;
  const Client client = server.serve({get_with("") + GetParam().bytes});
  std::vector<int> expected = GetParam().statuses;
  expected.insert(expected.begin(), 200);
  std::vector<std::size_t> heads = heads_in(GetParam());
  for (std::size_t& head : heads) ++head;
  EXPECT_EQ(statuses(answers_in(client.output, heads)), expected);
}

INSTANTIATE_TEST_SUITE_P(Http, EveryCase, testing::ValuesIn(all_cases()),
                         [](const auto& one) {
                           std::string name = one.param.name;
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char c) { return !std::isalnum(c); },
                               '_');
                           return std::to_string(one.index) + '_' + name;
                         });

TEST(Cases, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Case& one : all_cases()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
  }
}

/// What RFC 9110 says of each byte of a name and of a value, not llhttp.
TEST(Fields, MayHaveTheirOwnBytesOnly) {
  const TestServer server;
  const std::string token =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool in_name = c != '\0' && token.find(c) != token.npos;
    const bool in_value = c == '\t' || (byte >= 0x20 && byte != 0x7f);
    for (const std::string name : {"a", "content-lengt", "connection"}) {
      const bool colon = c == ':';  // the name ends there
      const Client client = server.serve({get_with(name + c + "x: 1\r\n")});
      EXPECT_EQ(client.output.starts_with("HTTP/1.1 200"), in_name || colon)
          << name << " and byte " << byte;
    }
    for (const std::string name : {"X", "Connection", "Upgrade"}) {
      const Client client =
          server.serve({get_with(name + ": a" + c + "b\r\n")});
      EXPECT_EQ(client.output.starts_with("HTTP/1.1 200"), in_value)
          << name << " and byte " << byte;
    }
  }
}

/// Requests of the table that leave the connection open, in random order.
rc::Gen<std::string> pipelines() {
  std::vector<std::string> open;
  for (const Case& one : all_cases()) {
    if (one.stays_open && one.bytes.size() < 5000 &&
        one.bytes.find("HEAD") == std::string::npos) {
      open.push_back(one.bytes);
    }
  }
  return rc::gen::map(
      rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(open)),
      [](const std::vector<std::string>& all) {
        std::string bytes;
        for (const std::string& one : all) bytes += one;
        return bytes;
      });
}

std::deque<std::string> cut_at_random(const std::string& bytes) {
  std::deque<std::string> pieces;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 700);
    pieces.push_back(bytes.substr(at, size));
    at += size;
  }
  return pieces;
}

/// All of 100, wherever they came.
std::string without_interim(std::string output) {
  for (std::string next = comparable(output); next != output;
       next = comparable(output)) {
    output = next;
  }
  return output;
}

RC_GTEST_PROP(Connection, CutsChangeNothing, ()) {
  const std::string bytes = *pipelines();
  const TestServer server;
  const Client whole = server.serve({bytes});
  const Client pieces = server.serve_client(
      Client{.pieces = cut_at_random(bytes),
             .takes = *rc::gen::inRange<std::size_t>(1, 5000)});
  RC_ASSERT(without_interim(pieces.output) == without_interim(whole.output));
}

RC_GTEST_PROP(Connection, NoiseIsRefused, ()) {
  const auto noise = *rc::gen::nonEmpty(rc::gen::string<std::string>());
  const Client client = TestServer().serve({noise, noise + "\r\n\r\n"});
  for (const Seen& seen : answers_in(client.output)) {
    RC_ASSERT(seen.status == 400 || seen.status == 501 || seen.status == 505);
  }
}

RC_GTEST_PROP(Connection, DamagedRequestsAreAnsweredOrClosed, ()) {
  std::string bytes = *rc::gen::nonEmpty(pipelines());
  const auto changes = *rc::gen::inRange(1, 5);
  for (int i = 0; i < changes; ++i) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] =
        *rc::gen::arbitrary<char>();
  }
  const TestServer server;
  const Client whole = server.serve({bytes});
  const Client pieces = server.serve(cut_at_random(bytes));
  RC_ASSERT(without_interim(pieces.output) == without_interim(whole.output));
}

}  // namespace
}  // namespace bench
