// HttpConnection: a connection to a client of HTTP/1.1, as a job.
#pragma once

#include <atomic>
#include <memory>

#include "harness/http/limits.h"
#include "harness/job.h"
#include "harness/service.h"

namespace bench {

/// Makes the job of a connection: reads requests, lets `service` route them,
/// calls for their work, writes the answers in order, closes. It always ends
/// without an error, and its digest means nothing.
///
/// Every answer is the last one when the client wants that, when `stopping` is
/// true, and when `queue`, which may be null, is crowded; except that whatever
/// has come already is answered first. What it refers to must live as long as
/// the job. RFC 9110 and 9112 are the specification; harness/http/cases.h
/// lists what is served and what is refused.
std::unique_ptr<Job> make_http_connection(const Service& service,
                                          const HttpLimits& limits,
                                          const std::atomic<bool>& stopping,
                                          const Queue* queue) noexcept;

}  // namespace bench
