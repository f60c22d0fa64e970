// Five names for one model: whoever wins among them is a flaw in the judging.
#include <memory>

#include "harness/core/registry.h"

namespace bench {
namespace {

std::unique_ptr<Model> the_one() { return model_named("event-loop").make(); }

RegisterModel twin(const char* name) {
  return RegisterModel{{.id = name,
                        .summary = "event-loop under another name, for tests",
                        .make = the_one,
                        .unit = ModelInfo::Unit::one_thread,
                        .waits = ModelInfo::Waits::in_loop}};
}

const RegisterModel twins[] = {twin("twin-a"), twin("twin-b"), twin("twin-c"),
                               twin("twin-d"), twin("twin-e")};

}  // namespace
}  // namespace bench
