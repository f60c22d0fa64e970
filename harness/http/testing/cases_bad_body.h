// Bodies that every server must refuse: what request smuggling is made of.
// For tests only.
#pragma once

#include <string>
#include <vector>

#include "harness/http/testing/cases_base.h"

namespace bench {

/// Bodies that are refused.
inline std::vector<Case> bad_body_cases() {
  const auto length = [](const std::string& value) {
    return post_with("Content-Length: " + value + "\r\n", "1");
  };
  const auto coding = [](const std::string& value) {
    return post_with("Transfer-Encoding: " + value + "\r\n",
                     "1\r\na\r\n0\r\n\r\n");
  };
  return {
      // Content-Length [RFC 9112, 6.3]
      {"length with a plus", length("+1"), {400}},
      {"length with a minus", length("-1"), {400}},
      {"length in hex", length("0x1"), {400}},
      {"length in letters", length("a"), {400}},
      {"length with a fraction", length("1.0"), {400}},
      {"length of two words", length("1 1"), {400}},
      {"list of lengths", length("1, 1"), {400}},
      {"list of different lengths", length("1, 2"), {400}},
      {"empty length", length(""), {400}},
      {"length beyond 64 bits", length("18446744073709551617"), {400}},
      {"length of many digits", length(repeated(100, "9")), {400}},
      {"the same length twice",
       post_with("Content-Length: 1\r\nContent-Length: 1\r\n", "1"),
       {400}},
      {"two lengths",
       post_with("Content-Length: 1\r\nContent-Length: 2\r\n", "12"),
       {400}},
      {"body too long", length("1048577"), {413}},
      {"body far too long", length("18446744073709551615"), {413}},

      // Transfer-Encoding [RFC 9112, 6.1]
      {"coding and length",
       post_with("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n", "1"),
       {400}},
      {"length and coding",
       post_with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "1"),
       {400}},
      {"unknown coding", coding("gzip"), {501}},
      {"unknown coding, then chunked", coding("gzip, chunked"), {501}},
      {"unknown coding with the word in it", coding("xchunked"), {501}},
      {"chunked with a parameter", coding("chunked;a=b"), {501}},
      {"identity", coding("identity"), {501}},
      {"chunked in quotes", coding("\"chunked\""), {501}},
      {"chunked is not the last", coding("chunked, gzip"), {400}},
      {"chunked twice", coding("chunked, chunked"), {400}},
      {"chunked in two fields",
       coding("chunked\r\nTransfer-Encoding: chunked"),
       {400}},
      {"chunked in front of another field",
       coding("chunked\r\nTransfer-Encoding: identity"),
       {400}},
      {"empty coding", coding(""), {400}},
      {"coding in HTTP/1.0",
       "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {400}},

      // Chunks [RFC 9112, 7.1]
      {"chunk without a size", chunks("\r\n"), {400}},
      {"chunk of no hex", chunks("g\r\n"), {400}},
      {"chunk with a prefix", chunks("0x1\r\na\r\n0\r\n\r\n"), {400}},
      {"chunk with a minus", chunks("-1\r\na\r\n"), {400}},
      {"chunk with a plus", chunks("+1\r\na\r\n"), {400}},
      {"chunk with a space in front", chunks(" 1\r\na\r\n"), {400}},
      {"chunk with a space behind", chunks("1 \r\na\r\n0\r\n\r\n"), {400}},
      {"chunk beyond 64 bits", chunks("10000000000000001\r\n"), {400}},
      {"chunk too long", chunks("fffffff\r\n"), {413}},
      {"chunk of 64 bits", chunks("ffffffffffffffff\r\n"), {413}},
      {"chunks too long", chunks("2\r\nab\r\nFFFFF\r\n"), {413}},
      {"chunk that ends too early", chunks("3\r\nab\r\n0\r\n\r\n"), {400}},
      {"chunk that ends too late", chunks("1\r\nab\r\n0\r\n\r\n"), {400}},
      {"chunk that ends in LF", chunks("1\r\na\n0\r\n\r\n"), {400}},
      {"chunk that ends in CR", chunks("1\r\na\r0\r\n\r\n"), {400}},
      {"chunk size that ends in LF", chunks("1\na\r\n0\r\n\r\n"), {400}},
      {"chunk size that ends in CR", chunks("1\ra\r\n0\r\n\r\n"), {400}},
      {"extension without a name", chunks("1;\r\na\r\n0\r\n\r\n"), {400}},
      {"extension without a value", chunks("1;a=\r\na\r\n0\r\n\r\n"), {400}},
      {"extension with half a quote",
       chunks("1;a=\"b\r\na\r\n0\r\n\r\n"),
       {400}},
      {"extension with a bare CR", chunks("1;a\rb\r\na\r\n0\r\n\r\n"), {400}},
      {"extension with a bare LF", chunks("1;a\nb\r\na\r\n0\r\n\r\n"), {400}},
      {"extension with NUL",
       chunks(std::string("1;a=\0\r\na\r\n0\r\n\r\n", 15)),
       {400}},
      {"extension too long",
       chunks("1;" + repeated(256, "a") + "\r\na\r\n"),
       {400}},
      {"extensions too long",
       chunks(repeated(100, "1;" + repeated(200, "a") + "\r\na\r\n")),
       {431}},
      {"folded trailer", chunks("0\r\nX: 1\r\n 2\r\n\r\n"), {400}},
      {"trailer without a colon", chunks("0\r\nX\r\n\r\n"), {400}},
      {"trailer with a space", chunks("0\r\nX : 1\r\n\r\n"), {400}},
      {"trailer with a bare LF", chunks("0\r\nX: 1\n\r\n"), {400}},
      {"trailer with a bare CR", chunks("0\r\nX: 1\rY: 2\r\n\r\n"), {400}},
      {"end of trailers with a bare LF", chunks("0\r\n\n"), {400}},
      {"too many trailers", chunks("0\r\n" + repeated(101, "X: 1\r\n")), {431}},
      {"trailers too long",
       chunks("0\r\n" + repeated(20, "X: " + repeated(1000, "x") + "\r\n")),
       {431}},
      {"trailer that does not end",
       chunks("0\r\nX: " + repeated(17000, "x")),
       {431}},
      {"a bad request behind a body",
       post_with("Content-Length: 1\r\n", "1") + "1" + get_with(""),
       {200, 501}},
  };
}

}  // namespace bench
