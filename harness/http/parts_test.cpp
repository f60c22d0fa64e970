// The parts of the protocol that can be tried by themselves.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>

#include "harness/http/answer_head.h"
#include "harness/http/buffer.h"
#include "harness/http/characters.h"
#include "harness/http/chunk_line.h"
#include "harness/http/request_line.h"

namespace bench {
namespace {

TEST(Host, IsANameOrAnAddressAndPerhapsAPort) {
  for (const char* right :
       {"a", "a.b:80", "127.0.0.1:", "a_b~c", "a%20b", "a,b;c=d", "[::1]",
        "[::ffff:1.2.3.4]:65535", "[v1.a:b]", "A-Z", "1", "%4a"}) {
    EXPECT_TRUE(is_host(right)) << right;
  }
  for (const char* wrong :
       {"",       ":",       ":80",   "a:b",   "a:80:80", "a:123456", "a/b",
        "a@b",    "a b",     "a?",    "[",     "[]",      "[:",       "[::1",
        "[::1]a", "[::1]80", "[g::]", "[v1]]", "a%",      "a%4",      "a%4g",
        "%%41",   "a\"",     "a\xe4", "a[",    "::1"}) {
    EXPECT_FALSE(is_host(wrong)) << wrong;
  }
}

TEST(ChunkLine, IsASizeAndExtensions) {
  EXPECT_EQ(parse_chunk_line("0")->size, 0);
  EXPECT_EQ(parse_chunk_line("00fF")->size, 255);
  EXPECT_EQ(parse_chunk_line("ffffffffffffffff")->size, UINT64_MAX);
  EXPECT_EQ(parse_chunk_line("12;a")->size, 0x12);
  EXPECT_EQ(parse_chunk_line("12;a")->size_digits, 2);
  for (const char* right : {"1;a=b", "1;a=b;c", "1 ;\ta = b ; c=\"\"",
                            "1;a=\"\\\" ;\xe4\"", "1;a;b;c"}) {
    EXPECT_TRUE(parse_chunk_line(right)) << right;
  }
  for (const char* wrong : {"",
                            "x",
                            " 1",
                            "1 ",
                            "1x",
                            "-1",
                            "+1",
                            "0x1",
                            "1;",
                            "1;;",
                            "1;=",
                            "1;a=",
                            "1;a=\"",
                            "1;a=\"b",
                            "1;a=\"\\",
                            "1;a b",
                            "1;a=b c",
                            "1;a=b,c",
                            "1,2",
                            "1;a=\"\x01\"",
                            "1;a=\"\x7f\"",
                            "1;\"a\"",
                            "10000000000000000"}) {
    EXPECT_FALSE(parse_chunk_line(wrong)) << wrong;
  }
}

RC_GTEST_PROP(ChunkLine, GivesEverySizeBack, (std::uint64_t size)) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%llx",
                static_cast<unsigned long long>(size));
  RC_ASSERT(parse_chunk_line(text.data())->size == size);
}

TEST(List, HasElements) {
  std::string_view list = " a,, b\t,c,";
  EXPECT_EQ(take_element(list), "a");
  EXPECT_EQ(take_element(list), "");
  EXPECT_EQ(take_element(list), "b");
  EXPECT_EQ(take_element(list), "c");
  EXPECT_EQ(list, "");
}

TEST(AnswerHead, FitsWhatIsSetAsideForIt) {
  for (int status = 100; status < 600; ++status) {
    std::array<char, 2 * kLongestHead> room;
    const AnswerHead head{.status = status,
                          .type = Answer::Type::json,
                          .length = UINT64_MAX,
                          .connection = AnswerHead::Connection::keep_alive,
                          .allow = "X"};
    EXPECT_LE(write_head(head, room), kLongestHead + 1) << status;
  }
}

TEST(AnswerHead, IsDatedNow) {
  std::array<char, kLongestHead> room;
  const std::string text(room.data(), write_head({}, room));
  const std::size_t at = text.find("Date: ");
  ASSERT_NE(at, text.npos);
  std::tm date{};
  const char* end =
      strptime(text.c_str() + at, "Date: %a, %d %b %Y %H:%M:%S GMT", &date);
  ASSERT_NE(end, nullptr);
  EXPECT_EQ(std::string(end, 2), "\r\n");
  EXPECT_LE(std::abs(std::difftime(timegm(&date), std::time(nullptr))), 1);
}

RC_GTEST_PROP(Buffer, GivesBackWhatCameInOrder, ()) {
  Buffer<8> buffer;
  std::string inside;
  const auto count = *rc::gen::inRange(0, 50);
  for (int i = 0; i < count; ++i) {
    switch (*rc::gen::inRange(0, 5)) {
      case 0: {
        const auto text = *rc::gen::string<std::string>();
        const std::string fits = text.substr(0, buffer.room().size());
        buffer.add(fits);
        inside += fits;
        break;
      }
      case 1: {
        const auto size = *rc::gen::inRange<std::size_t>(0, inside.size() + 1);
        buffer.remove(size);
        inside.erase(0, size);
        break;
      }
      case 2:
        buffer.grow(*rc::gen::inRange<std::size_t>(1, 100));
        break;
      case 3:
        buffer.close_up();
        RC_ASSERT(buffer.room().size() + buffer.size() == buffer.capacity());
        break;
      default:
        if (!buffer.empty()) break;
        buffer.shrink();
        RC_ASSERT(buffer.capacity() == 8U);
        break;
    }
    RC_ASSERT(std::string(buffer.bytes().begin(), buffer.bytes().end()) ==
              inside);
  }
}

}  // namespace
}  // namespace bench
