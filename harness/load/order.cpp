// LoadOrder: its requests as bytes.
#include "harness/load/order.h"

namespace bench {

std::string authority_of(const LoadOrder& order) {
  const bool six = order.address.find(':') != std::string::npos;
  return (six ? "[" + order.address + "]" : order.address) + ":" +
         std::to_string(order.port);
}

std::string request_bytes(const LoadOrder& order, const LoadRequest& request) {
  std::string bytes = request.method + " " + request.target +
                      " HTTP/1.1\r\nHost: " + authority_of(order) + "\r\n";
  if (!order.keep_alive) bytes += "Connection: close\r\n";
  // Who sends nothing with a method that could says so. [RFC 9110, 8.6]
  if (!request.content.empty() || request.method == "POST" ||
      request.method == "PUT") {
    bytes +=
        "Content-Length: " + std::to_string(request.content.size()) + "\r\n";
  }
  return bytes + request.head + "\r\n" + request.content;
}

}  // namespace bench
