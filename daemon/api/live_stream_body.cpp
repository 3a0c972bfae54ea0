#include "daemon/api/live_stream_body.hpp"

#include "daemon/api/live_json.hpp"

namespace kith::daemon {

BodySource::Given LiveStreamBody::give() {
  auto taken = stream_->take();
  if (!taken.item) return {.status = taken.ended ? Status::end : Status::pending};
  auto line = live_item_line(*taken.item);
  return {.status = Status::data, .text = std::move(line), .bytes = std::move(taken.item->bytes)};
}

}  // namespace kith::daemon
