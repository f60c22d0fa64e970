// Crew: starting, failing together, joining.
#include "harness/core/crew.h"

#include <cstdio>
#include <system_error>
#include <utility>

#include "harness/core/pinning.h"

namespace bench {

Crew::Crew(Gate& gate, std::uint32_t count,
           std::function<void(std::uint32_t)> body)
    : gate_(gate), body_(std::move(body)) {
  gate.expect(count);
  try {
    for (std::uint32_t w = 0; w < count; ++w) {
      threads_.emplace_back([this, w] { work(w); });
    }
  } catch (const std::system_error& error) {
    const std::system_error told(error.code(), "start a thread");
    // In a forked child this is the only chance to say so: once the gate is
    // abandoned, the parent may end it.
    std::fprintf(stderr, "%s\n", told.what());
    gate_.abandon();
    throw told;  // the threads that did start find the gate abandoned and end
  }
}

void Crew::work(std::uint32_t worker) {
  try {
    place_worker(worker);
    body_(worker);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::current_exception();
    gate_.abandon();
  }
}

void Crew::join() {
  for (std::jthread& thread : threads_) thread.join();
  if (error_) std::rethrow_exception(error_);
}

}  // namespace bench
