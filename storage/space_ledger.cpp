#include "storage/space_ledger.hpp"

#include <algorithm>
#include <string>

#include "storage/limits.hpp"

namespace kith::storage {

std::uint64_t SpaceLedger::unpromised_locked() const {
  const auto available = available_();
  const auto taken = promised_ + keep_free_;
  return available > taken ? available - taken : 0;
}

std::uint64_t SpaceLedger::unpromised() const {
  std::lock_guard lock(mutex_);
  return unpromised_locked();
}

core::Expected<void> SpaceLedger::Reservation::grow(std::uint64_t more) {
  std::lock_guard lock(ledger_.mutex_);
  const auto room = ledger_.unpromised_locked();
  if (more > room)
    return core::fail(core::ErrorCode::storage_full, "the disk has room for " + std::to_string(room) + " bytes more, " +
                                                         std::to_string(more) + " are needed");
  ledger_.promised_ += more;
  left_ += more;
  return {};
}

void SpaceLedger::Reservation::insist(std::uint64_t bytes) {
  std::lock_guard lock(ledger_.mutex_);
  ledger_.promised_ = ledger_.promised_ - left_ + bytes;
  left_ = bytes;
}

core::Expected<void> SpaceLedger::Reservation::cover(std::uint64_t bytes) {
  if (bytes <= left_) return {};
  const auto missing = bytes - left_;
  // Close to the end of the disk a whole step may not fit where the bytes themselves do.
  if (grow(std::max(missing, kReservationStep))) return {};
  return grow(missing);
}

void SpaceLedger::Reservation::used(std::uint64_t bytes) {
  const auto counted = std::min(bytes, left_);
  std::lock_guard lock(ledger_.mutex_);
  ledger_.promised_ -= counted;
  left_ -= counted;
}

}  // namespace kith::storage
