// AdminPages: routes, and the one page that is not made by the supervisor.
#include "harness/http/admin_pages.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "harness/core/json.h"
#include "harness/http/status_page.h"

namespace bench {
namespace {

// Work::kind: the place in kPages, or a write.
constexpr std::uint32_t kMetrics = 0;
constexpr std::uint32_t kStatusHtml = 2;
constexpr std::uint32_t kCacheEntry = 3;
constexpr std::uint32_t kCacheWrite = 4;
constexpr std::string_view kPages[] = {"/metrics", "/status.json", "/status",
                                       "/cache"};

Route refusal(std::uint16_t status, std::string_view why) {
  Route route;
  route.answer.status = status;
  route.answer.set_body(why);
  return route;
}

/// What `query` says, "value=7".
Route writing(std::string_view query) {
  constexpr std::string_view kName = "value=";
  Route route{.kind = Route::Kind::page, .work = {.kind = kCacheWrite}};
  const char* const end = query.data() + query.size();
  if (query.starts_with(kName)) {
    const auto [rest, error] =
        std::from_chars(query.data() + kName.size(), end, route.work.index);
    if (error == std::errc() && rest == end) return route;
  }
  return refusal(400, "PUT /cache takes ?value=, a whole number\n");
}

Page page_of(const Cache::Entry& entry) {
  return {.type = Answer::Type::json,
          .body = to_line({{"value", entry.value},
                           {"epoch", entry.epoch},
                           {"writer", entry.writer},
                           {"process", getpid()}})};
}

}  // namespace

Route AdminPages::route(std::string_view method,
                        std::string_view target) const noexcept {
  const std::size_t end = std::min(target.find('?'), target.size());
  for (std::uint32_t kind = 0; kind < std::size(kPages); ++kind) {
    if (target.substr(0, end) != kPages[kind]) continue;
    if (method == "GET" || method == "HEAD") {
      return {.kind = Route::Kind::page, .work = {.kind = kind}};
    }
    if (kind == kCacheEntry && method == "PUT") {
      return writing(target.substr(std::min(end + 1, target.size())));
    }
    const bool writes = kind == kCacheEntry;
    Route refused =
        refusal(405, writes ? "this target takes GET, HEAD and PUT\n"
                            : "this target takes GET and HEAD\n");
    refused.allow = writes ? "GET, HEAD, PUT" : "GET, HEAD";
    return refused;
  }
  return other_.route(method, target);
}

Page AdminPages::page(const Work& work) const {
  if (work.kind == kStatusHtml) {
    return {.type = Answer::Type::html, .body = kStatusPage};
  }
  if (work.kind == kCacheEntry) return page_of(cache_.read());
  if (work.kind == kCacheWrite) {
    const std::optional<Cache::Entry> entry = cache_.write(work.index);
    if (entry) return page_of(*entry);
    return {.status = 503, .body = "too many messages wait\n"};
  }
  const std::string both = board_.read();
  const std::size_t end = both.find('\0');
  if (end == both.npos) return {};  // nobody has written yet
  if (work.kind == kMetrics) return {.body = both.substr(0, end)};
  return {.type = Answer::Type::json, .body = both.substr(end + 1)};
}

}  // namespace bench
