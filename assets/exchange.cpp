#include "assets/exchange.hpp"

#include <algorithm>

namespace kith::assets {

std::string direction_name(ExchangeDirection direction) {
  return direction == ExchangeDirection::send ? "send" : "receive";
}

std::string state_name(ExchangeState state) {
  switch (state) {
    case ExchangeState::open:
      return "open";
    case ExchangeState::uploading:
      return "uploading";
    case ExchangeState::available:
      return "available";
    case ExchangeState::exhausted:
      return "exhausted";
    case ExchangeState::expired:
      return "expired";
    case ExchangeState::revoked:
      break;
  }
  return "revoked";
}

std::uint64_t Exchange::size() const {
  std::uint64_t size = 0;
  for (const auto& file : files) size += file.size;
  return size;
}

int Exchange::downloads() const {
  int most = 0;
  for (const auto& file : files) most = std::max(most, file.downloads);
  return most;
}

std::optional<int> Exchange::downloads_left() const {
  if (!max_downloads) return std::nullopt;
  int least = files.empty() ? 0 : *max_downloads;
  for (const auto& file : files) least = std::min(least, file.downloads);
  return std::max(0, *max_downloads - least);
}

bool Exchange::has_ended() const {
  return state == ExchangeState::exhausted || state == ExchangeState::expired || state == ExchangeState::revoked;
}

}  // namespace kith::assets
