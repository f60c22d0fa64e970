// Routes: which queries are served, and which are refused.
#include "scenarios/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace bench {
namespace {

using testing::HasSubstr;

Route get(const std::string& target) {
  const auto routes = make_routes({.seed = 1, .size_per_ms = 1000});
  return routes->route("GET", target);
}

TEST(Routes, WhatTakesNoParametersServesAnyQuery) {
  for (const char* path : {"/plaintext", "/json", "/work/cpu/3"}) {
    for (const char* query : {"?", "?x", "?x=1", "?x=1&x=2", "?=&&?/%"}) {
      const Route route = get(path + std::string(query));
      EXPECT_EQ(route.kind, Route::Kind::work) << path << query;
      EXPECT_EQ(route.work.index, get(path).work.index) << path << query;
    }
  }
  EXPECT_EQ(get("/health?now=1").answer.status, 200);
  const auto routes = make_routes({});
  EXPECT_EQ(routes->route("POST", "/echo?x=1").kind, Route::Kind::echo);
}

TEST(Routes, AQueryMakesNoRoute) {
  EXPECT_EQ(get("/nowhere?x=1").answer.status, 404);
  EXPECT_EQ(get("/work/cpu/three?x=1").answer.status, 400);
  EXPECT_EQ(make_routes({})->route("GET", "/echo?x=1").answer.status, 405);
}

TEST(Routes, WhatTakesParametersRefusesOthers) {
  for (const char* target :
       {"/cpu?x=1", "/cpu?us=100&x=1", "/io?ms=5&x=1", "/mixed?x", "/bytes?x=1",
        "/bytes?n=1&n=1", "/io?ms=x"}) {
    const Route route = get(target);
    EXPECT_EQ(route.kind, Route::Kind::answer) << target;
    EXPECT_EQ(route.answer.status, 400) << target;
  }
  EXPECT_THAT(std::string(get("/io?ms=5&x=1").answer.body()),
              HasSubstr("/io takes ms, i, got 'x'"));
}

}  // namespace
}  // namespace bench
