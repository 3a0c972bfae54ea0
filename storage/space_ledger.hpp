#pragma once
// Who may still write how much: free space of the file system, less a safety margin, less what running writers were
// promised and have not written yet. Thread-safe. A Reservation belongs to one writer and must not outlive the ledger.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "core/error.hpp"

namespace kith::storage {

class SpaceLedger {
 public:
  // `available` tells what the file system has left.
  SpaceLedger(std::function<std::uint64_t()> available, std::uint64_t keep_free)
      : available_(std::move(available)), keep_free_(keep_free) {}
  // What is promised already stays so.
  void set_keep_free(std::uint64_t bytes) { keep_free_ = bytes; }
  // Bytes nobody was promised.
  std::uint64_t unpromised() const;

  class Reservation {
   public:
    explicit Reservation(SpaceLedger& ledger) : ledger_(ledger) {}
    ~Reservation() { used(left_); }
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    // Asks for `more` bytes; storage_full when there are not as many.
    [[nodiscard]] core::Expected<void> grow(std::uint64_t more);
    // Holds `bytes` from now on, whether they are there or not: what was promised before a restart still is.
    void insist(std::uint64_t bytes);
    // Makes sure `bytes` can be written, growing in steps.
    [[nodiscard]] core::Expected<void> cover(std::uint64_t bytes);
    // `bytes` of it are written: the file system counts them from now on.
    void used(std::uint64_t bytes);

   private:
    SpaceLedger& ledger_;
    std::uint64_t left_ = 0;
  };

 private:
  std::uint64_t unpromised_locked() const;

  const std::function<std::uint64_t()> available_;
  std::atomic<std::uint64_t> keep_free_;
  mutable std::mutex mutex_;  // guards the next
  std::uint64_t promised_ = 0;
};

}  // namespace kith::storage
