// HttpConnection: a connection to a client of HTTP/1.1, as a job.
#pragma once

#include "harness/core/server.h"
#include "harness/core/service.h"
#include "harness/http/limits.h"

namespace bench {

/// How a server of HTTP/1.1 makes the job of a connection: it reads requests,
/// lets `service` route them, calls for their work, writes the answers in
/// order, closes. It always ends without an error, and its digest means
/// nothing.
///
/// Every answer is the last one when the client wants that, when the server is
/// stopping and when others wait for the worker; except that whatever has come
/// already is answered first. What is referred to must live as long as the
/// jobs. RFC 9110 and 9112 are the specification; harness/http/testing/cases.h
/// lists what is served and what is refused.
Server::Connect http_connections(const Service& service,
                                 const HttpLimits& limits);

}  // namespace bench
