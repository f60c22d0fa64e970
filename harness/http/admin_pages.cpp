// AdminPages: routes, and the one page that is not made by the supervisor.
#include "harness/http/admin_pages.h"

#include <string>

#include "harness/http/status_page.h"

namespace bench {
namespace {

constexpr std::string_view kPages[] = {"/metrics", "/status.json", "/status"};

}  // namespace

Route AdminPages::route(std::string_view method,
                        std::string_view target) const noexcept {
  const std::string_view path = target.substr(0, target.find('?'));
  for (std::uint64_t number = 0; number < std::size(kPages); ++number) {
    if (path != kPages[number]) continue;
    Route route{.kind = Route::Kind::page, .count = number};
    if (method == "GET" || method == "HEAD") return route;
    route.kind = Route::Kind::answer;
    route.answer.status = 405;
    route.answer.set_body("this target takes GET and HEAD\n");
    route.allow = "GET, HEAD";
    return route;
  }
  return other_.route(method, target);
}

Page AdminPages::page(std::uint64_t number) const {
  if (number == 2) return {Answer::Type::html, kStatusPage};
  const std::string both = board_.read();
  const std::size_t end = both.find('\0');
  if (end == both.npos) return {};  // nobody has written yet
  if (number == 0) return {Answer::Type::text, both.substr(0, end)};
  return {Answer::Type::json, both.substr(end + 1)};
}

}  // namespace bench
