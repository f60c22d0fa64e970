// LoadOrder: as JSON, and its requests as bytes.
#include "harness/load/order.h"

#include "harness/core/json.h"

namespace bench {

std::string LoadOrder::to_text() const {
  Json kinds = Json::array();
  for (const LoadRequest& request : requests) {
    kinds.push_back({{"target", request.target},
                     {"method", request.method},
                     {"share", request.share},
                     {"status", request.status},
                     {"body", request.body ? Json(*request.body) : Json()},
                     {"head", request.head},
                     {"content", request.content}});
  }
  return Json{{"address", address},
              {"port", port},
              {"requests", kinds},
              {"connections", connections},
              {"idle_connections", idle_connections},
              {"keep_alive", keep_alive},
              {"rate", rate ? Json(*rate) : Json()},
              {"arrival", arrival == Arrival::poisson ? "poisson" : "constant"},
              {"warmup_seconds", warmup_seconds},
              {"seconds", seconds},
              {"timeout_seconds", timeout_seconds},
              {"seed", seed},
              {"cpus", cpus},
              {"threads", threads},
              {"server_pid", server_pid},
              {"timeline_seconds", timeline_seconds}}
      .dump();
}

LoadOrder LoadOrder::from_text(const std::string& text) {
  const Json json = Json::parse(text);
  LoadOrder order;
  const auto take = [](const Json& from, const char* key, auto& value) {
    if (const auto found = from.find(key); found != from.end()) {
      found->get_to(value);
    }
  };
  take(json, "address", order.address);
  json.at("port").get_to(order.port);
  order.requests.clear();
  for (const Json& kind : json.at("requests")) {
    LoadRequest& request = order.requests.emplace_back();
    take(kind, "target", request.target);
    take(kind, "method", request.method);
    take(kind, "share", request.share);
    take(kind, "status", request.status);
    take(kind, "head", request.head);
    take(kind, "content", request.content);
    const auto body = kind.find("body");
    if (body != kind.end() && !body->is_null()) {
      request.body = body->get<std::string>();
    }
  }
  take(json, "connections", order.connections);
  take(json, "idle_connections", order.idle_connections);
  take(json, "keep_alive", order.keep_alive);
  const auto rate = json.find("rate");
  if (rate != json.end() && !rate->is_null()) order.rate = rate->get<double>();
  std::string arrival = "constant";
  take(json, "arrival", arrival);
  if (arrival == "poisson") order.arrival = Arrival::poisson;
  take(json, "warmup_seconds", order.warmup_seconds);
  take(json, "seconds", order.seconds);
  take(json, "timeout_seconds", order.timeout_seconds);
  take(json, "seed", order.seed);
  take(json, "cpus", order.cpus);
  take(json, "threads", order.threads);
  take(json, "server_pid", order.server_pid);
  take(json, "timeline_seconds", order.timeline_seconds);
  return order;
}

std::string request_bytes(const LoadOrder& order, const LoadRequest& request) {
  std::string bytes = request.method + " " + request.target +
                      " HTTP/1.1\r\nHost: " + order.address + ":" +
                      std::to_string(order.port) + "\r\n";
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
