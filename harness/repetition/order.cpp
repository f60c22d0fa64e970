// Order, Work: as JSON, and back.
#include "harness/repetition/repetition.h"

namespace bench {

std::string Order::to_text() const {
  return Json{{"scenario", scenario},
              {"parameters", parameters.all()},
              {"seed", seed},
              {"model", model},
              {"primitive", primitive},
              {"model_parameters", model_parameters.all()},
              {"cpus", cpus},
              {"workers", workers},
              {"in_flight", in_flight},
              {"places", places},
              {"backend_port", surroundings.backend_port},
              {"file", surroundings.file},
              {"jobs", jobs},
              {"min_seconds", min_seconds},
              {"answers", answers},
              {"report", report}}
      .dump();
}

Order Order::from_text(const std::string& text) {
  const Json json = Json::parse(text);
  Order order;
  json.at("scenario").get_to(order.scenario);
  json.at("seed").get_to(order.seed);
  json.at("model").get_to(order.model);
  json.at("primitive").get_to(order.primitive);
  json.at("cpus").get_to(order.cpus);
  json.at("workers").get_to(order.workers);
  json.at("in_flight").get_to(order.in_flight);
  json.at("places").get_to(order.places);
  json.at("backend_port").get_to(order.surroundings.backend_port);
  json.at("file").get_to(order.surroundings.file);
  json.at("jobs").get_to(order.jobs);
  json.at("min_seconds").get_to(order.min_seconds);
  json.at("answers").get_to(order.answers);
  json.at("report").get_to(order.report);
  for (const auto& [name, value] : json.at("parameters").items()) {
    order.parameters.set(name, value);
  }
  for (const auto& [name, value] : json.at("model_parameters").items()) {
    order.model_parameters.set(name, value);
  }
  return order;
}

std::string to_text(const Work& work) {
  return Json{work.kind, work.choice, work.index, work.amount, work.share}
      .dump();
}

Work work_from_text(const std::string& text) {
  const Json json = Json::parse(text);
  return {json.at(0), json.at(1), json.at(2), json.at(3), json.at(4)};
}

}  // namespace bench
