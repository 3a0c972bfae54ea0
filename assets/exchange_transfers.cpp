#include "assets/exchange_transfers.hpp"

namespace kith::assets {

CutSwitch ExchangeTransfers::enter(const ExchangeId& exchange, const core::UserId& owner) {
  auto transfer = std::make_shared<std::atomic<bool>>(false);
  const std::lock_guard lock(mutex_);
  entries_.remove_if([](const Entry& entry) { return entry.transfer.expired(); });
  entries_.push_back({exchange, owner, transfer});
  return transfer;
}

template <class Wanted>
void ExchangeTransfers::cut_where(const Wanted& wanted) {
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (!wanted(entry)) continue;
    if (const auto transfer = entry.transfer.lock()) *transfer = true;
  }
}

void ExchangeTransfers::cut(const ExchangeId& exchange) {
  cut_where([&](const Entry& entry) { return entry.exchange == exchange; });
}

void ExchangeTransfers::cut_all_of(const core::UserId& owner) {
  cut_where([&](const Entry& entry) { return entry.owner == owner; });
}

}  // namespace kith::assets
