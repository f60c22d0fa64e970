// Subject: what models, peers and primitives have in common.
#include "harness/sweep/subject.h"

namespace bench {

Subject::Subject(const ModelInfo& info)
    : kind(info.yardstick ? "ideal" : "model"),
      id(info.id),
      variant(info.variant),
      parameters(info.parameters),
      floor(info.floor),
      waiting_floor(info.waiting_floor),
      one_worker(info.one_worker),
      one_loop(info.one_worker || info.in_uv_pool ||
               info.serves == ModelInfo::Serves::in_parent),
      model(&info) {}

Subject::Subject(const PeerInfo& info)
    : kind("peer"),
      id(info.id),
      one_worker(info.one_worker),
      one_loop(info.one_worker),
      peer(&info) {}

Subject::Subject(const PrimitiveInfo& info)
    : kind("floor"),
      id(info.id),
      one_worker(info.one_worker),
      primitive(&info) {}

}  // namespace bench
