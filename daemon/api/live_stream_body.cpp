#include "daemon/api/live_stream_body.hpp"

#include <cstring>

#include "daemon/api/live_json.hpp"

namespace kith::daemon {
namespace {

// What is left of `text` from `offset` on, as much as fits.
std::size_t copy_from(const std::string& text, std::size_t offset, std::span<std::uint8_t> space) {
  const auto bytes = std::min(text.size() - offset, space.size());
  if (bytes > 0) std::memcpy(space.data(), text.data() + offset, bytes);
  return bytes;
}

}  // namespace

BodySource::Result LiveStreamBody::read(std::span<std::uint8_t> space) {
  std::size_t filled = 0;
  while (filled < space.size()) {
    const auto bytes = copy_unsent(space.subspan(filled));
    filled += bytes;
    if (bytes == 0 && !take_next()) break;
  }
  if (filled > 0) return {Status::data, filled};
  return {ended_ ? Status::end : Status::pending, 0};
}

std::size_t LiveStreamBody::copy_unsent(std::span<std::uint8_t> space) {
  std::size_t copied = 0;
  if (sent_ < line_.size()) copied = copy_from(line_, sent_, space);
  sent_ += copied;
  if (sent_ < line_.size()) return copied;
  const auto more = copy_from(bytes_, sent_ - line_.size(), space.subspan(copied));
  sent_ += more;
  return copied + more;
}

// False when there is nothing now, or never again.
bool LiveStreamBody::take_next() {
  line_.clear();
  bytes_ = {};
  sent_ = 0;
  if (ended_) return false;
  auto taken = stream_->take();
  ended_ = taken.ended;
  if (!taken.item) return false;
  line_ = live_item_line(*taken.item);
  bytes_ = std::move(taken.item->bytes);
  return true;
}

}  // namespace kith::daemon
