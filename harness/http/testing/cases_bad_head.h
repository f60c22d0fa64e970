// Heads that every server must refuse. For tests only.
#pragma once

#include <string>
#include <vector>

#include "harness/http/testing/cases_base.h"

namespace bench {

/// Request lines and header fields that are refused.
inline std::vector<Case> bad_head_cases() {
  const std::string line = "GET /plaintext HTTP/1.1\r\n";
  const std::string rest = "\r\nHost: a\r\n\r\n";
  const auto with_value = [](char byte) {
    return get_with(std::string("X: a") + byte + "b\r\n");
  };
  std::vector<Case> cases = {
      // Request line [RFC 9112, 3]
      {"HTTP/0.9", "GET /plaintext\r\n", {400}},
      {"version 0.9", "GET /plaintext HTTP/0.9" + rest, {505}},
      {"version 1.2", "GET /plaintext HTTP/1.2" + rest, {505}},
      {"version 2.0", "GET /plaintext HTTP/2.0" + rest, {505}},
      {"preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
      {"version in small letters", "GET /plaintext http/1.1" + rest, {400}},
      {"version without a dot", "GET /plaintext HTTP/11" + rest, {400}},
      {"version of three digits", "GET /plaintext HTTP/1.10" + rest, {400}},
      {"version with a space", "GET /plaintext HTTP/ 1.1" + rest, {400}},
      {"another protocol", "GET /plaintext ICY/1.1" + rest, {400}},
      {"white space behind the version",
       "GET /plaintext HTTP/1.1 " + rest,
       {400}},
      {"two spaces", "GET  /plaintext HTTP/1.1" + rest, {400}},
      {"two more spaces", "GET /plaintext  HTTP/1.1" + rest, {400}},
      {"tabs for spaces", "GET\t/plaintext\tHTTP/1.1" + rest, {400}},
      {"space in front", " GET /plaintext HTTP/1.1" + rest, {400}},
      {"space in a target", "GET /plain text HTTP/1.1" + rest, {400}},
      {"only a method", "GET\r\n\r\n", {400}},
      {"unknown method", "FETCH /plaintext HTTP/1.1" + rest, {501}},
      {"method in small letters", "get /plaintext HTTP/1.1" + rest, {501}},
      {"method of WebDAV", "PROPFIND /plaintext HTTP/1.1" + rest, {501}},
      {"method that does not end", repeated(100, "G"), {501}},
      {"method with a bracket", "G(T /plaintext HTTP/1.1" + rest, {400}},
      {"CONNECT", "CONNECT a:80 HTTP/1.1" + rest, {501}},
      {"authority for a target", "GET a:80 HTTP/1.1" + rest, {400}},
      {"* for GET", "GET * HTTP/1.1" + rest, {400}},
      {"no slash in front", "GET plaintext HTTP/1.1" + rest, {400}},
      {"https", "GET https://a/plaintext HTTP/1.1" + rest, {400}},
      {"absolute target without a host",
       "GET http:///x HTTP/1.1" + rest,
       {400}},
      {"absolute target with a user", "GET http://u@a/ HTTP/1.1" + rest, {400}},
      {"fragment", "GET /plaintext#a HTTP/1.1" + rest, {400}},
      {"byte above ASCII in a target", "GET /\xe4 HTTP/1.1" + rest, {400}},
      {"NUL in a target", std::string("GET /\0 HTTP/1.1", 15) + rest, {400}},
      {"target too long",
       "GET /" + repeated(8192, "x") + " HTTP/1.1" + rest,
       {414}},
      {"target that does not end", "GET /" + repeated(9000, "x"), {414}},
      {"hello of TLS", std::string("\x16\x03\x01\x02\0\x01\0", 7), {400}},
      {"noise", "\x80\x01\x02 noise\r\n\r\n", {400}},
      {"an answer", "HTTP/1.1 200 OK\r\n\r\n", {400}},

      // Ends of lines [RFC 9112, 2.2]
      {"bare LF", "GET /plaintext HTTP/1.1\nHost: a\n\n", {400}},
      {"bare LF behind a field", line + "Host: a\n\r\n", {400}},
      {"bare LF behind the head", line + "Host: a\r\n\n", {400}},
      {"bare LF in front", "\n" + get_with(""), {400}},
      {"bare CR in a request line", "GET /plaintext\r HTTP/1.1" + rest, {400}},
      {"bare CR for an end", line + "Host: a\rX: b\r\n\r\n", {400}},
      {"bare CR at an end", line + "Host: a\r\r\n\r\n", {400}},
      {"bare CR for the last end", line + "Host: a\r\n\rX: b\r\n\r\n", {400}},
      {"folded", get_with("X: a\r\n b\r\n"), {400}},
      {"folded by a tab", get_with("X: a\r\n\tb\r\n"), {400}},
      {"folded at once", line + " X: a\r\nHost: a\r\n\r\n", {400}},
      {"folded length", post_with("Content-Length:\r\n 3\r\n", "abc"), {400}},

      // Fields [RFC 9112, 5]
      {"space in front of a colon", get_with("X : a\r\n"), {400}},
      {"tab in front of a colon", get_with("X\t: a\r\n"), {400}},
      {"Host with a space", line + "Host : a\r\n\r\n", {400}},
      {"length with a space", post_with("Content-Length : 1\r\n", "1"), {400}},
      {"coding with a space",
       post_with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
       {400}},
      {"no name", get_with(": a\r\n"), {400}},
      {"no colon", get_with("X\r\n"), {400}},
      {"NUL in a name", get_with(std::string("X\0: a\r\n", 7)), {400}},
      {"byte above ASCII in a name", get_with("\xe4: a\r\n"), {400}},
      {"a hundred and one fields", get_with(repeated(100, "X: 1\r\n")), {431}},
      {"field too long",
       get_with("X: " + repeated(16384, "x") + "\r\n"),
       {431}},
      {"field that does not end",
       line + "Host: a\r\nX: " + repeated(17000, "x"),
       {431}},

      // Host [RFC 9112, 3.2]
      {"no Host", line + "\r\n", {400}},
      {"no Host, absolute target", "GET http://a/ HTTP/1.1\r\n\r\n", {400}},
      {"two Hosts", get_with("Host: a\r\n"), {400}},
      {"two Hosts of HTTP/1.0",
       "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
       {400}},
      {"empty Host", line + "Host:\r\n\r\n", {400}},
      {"Host with a path", line + "Host: a/b\r\n\r\n", {400}},
      {"Host with a user", line + "Host: a@b\r\n\r\n", {400}},
      {"Host and a word", line + "Host: a b\r\n\r\n", {400}},
      {"Host with a port of letters", line + "Host: a:b\r\n\r\n", {400}},
      {"Host with a long port", line + "Host: a:123456\r\n\r\n", {400}},
      {"Host that is only a port", line + "Host: :80\r\n\r\n", {400}},
      {"Host with half a bracket", line + "Host: [::1\r\n\r\n", {400}},
      {"Host with bad hex", line + "Host: a%zz\r\n\r\n", {400}},

      {"unknown expectation", get_with("Expect: 200-ok\r\n"), {417}},
      {"a bad request behind a good one",
       get_with("") + "GET\r\n\r\n",
       {200, 400}},
  };
  for (int byte = 0; byte < 0x20; ++byte) {
    if (byte == '\t' || byte == '\n') continue;  // legal; a line's end
    cases.push_back({"control " + std::to_string(byte) + " in a value",
                     with_value(static_cast<char>(byte)),
                     {400}});
  }
  cases.push_back({"DEL in a value", with_value(0x7f), {400}});
  return cases;
}

}  // namespace bench
