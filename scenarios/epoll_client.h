// The bare epoll client: the floor of a model whose loop waits for sockets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench {

/// Does `jobs` exchanges with the backend on `port` of 127.0.0.1
/// (harness/backend/exchange.h), `in_flight` of them at a time, on the calling
/// thread. Job i asks for `bytes` bytes after `wait_us` microseconds, with the
/// key random_of(seed, i). With `keep_alive` each connection serves job after
/// job, and bytes is at least 1; otherwise each job has its own. Returns the
/// sum of the digests of all answers. Throws std::system_error at the first
/// failure, ETIMEDOUT if nothing happens for `patience_ms`.
std::uint64_t run_epoll_client(std::uint16_t port, std::size_t jobs,
                               std::uint32_t in_flight, std::uint32_t wait_us,
                               std::uint32_t bytes, std::uint64_t seed,
                               int patience_ms, bool keep_alive);

}  // namespace bench
