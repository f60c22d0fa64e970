// Refusal: why a request is not served.
#pragma once

namespace bench {

/// A status to answer with, and the reason in a few words that live for ever.
struct Refusal {
  int status = 0;  ///< 0: none
  const char* reason = "";

  explicit operator bool() const { return status != 0; }
};

}  // namespace bench
