#pragma once
// The transfers of exchanges that run in this process, so that a revoked exchange can cut them off. For assets/ only.
// Thread-safe.

#include <atomic>
#include <list>
#include <memory>
#include <mutex>

#include "assets/exchange.hpp"

namespace kith::assets {

// One running transfer: true once it has to stop. Kept by the transfer, watched here.
using CutSwitch = std::shared_ptr<std::atomic<bool>>;

class ExchangeTransfers {
 public:
  CutSwitch enter(const ExchangeId& exchange, const core::UserId& owner);
  void cut(const ExchangeId& exchange);
  void cut_all_of(const core::UserId& owner);

 private:
  struct Entry {
    ExchangeId exchange;
    core::UserId owner;
    std::weak_ptr<std::atomic<bool>> transfer;
  };
  template <class Wanted>
  void cut_where(const Wanted& wanted);

  std::mutex mutex_;  // guards entries_
  std::list<Entry> entries_;
};

}  // namespace kith::assets
