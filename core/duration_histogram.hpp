#pragma once
// How long something took, counted in a few classes of length, from the start on. Lock-free and cheap enough for hot
// paths; thread-safe. A snapshot taken while others count may be one short in places.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::core {

class DurationHistogram {
 public:
  // Upper ends of the classes; what takes longer is in the last one.
  static constexpr std::array<std::chrono::microseconds, 13> kEnds{
      {std::chrono::microseconds{100}, std::chrono::microseconds{500}, std::chrono::milliseconds{1},
       std::chrono::milliseconds{5}, std::chrono::milliseconds{10}, std::chrono::milliseconds{25},
       std::chrono::milliseconds{50}, std::chrono::milliseconds{100}, std::chrono::milliseconds{250},
       std::chrono::milliseconds{500}, std::chrono::seconds{1}, std::chrono::seconds{5}, std::chrono::seconds{30}}};

  struct Snapshot {
    std::array<std::uint64_t, kEnds.size() + 1> counts{};
    std::chrono::microseconds sum{0};
  };

  void observe(std::chrono::microseconds took) {
    std::size_t place = 0;
    while (place < kEnds.size() && took > kEnds[place]) ++place;
    counts_[place].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(took.count(), std::memory_order_relaxed);
  }

  Snapshot snapshot() const {
    Snapshot now;
    for (std::size_t place = 0; place < counts_.size(); ++place)
      now.counts[place] = counts_[place].load(std::memory_order_relaxed);
    now.sum = std::chrono::microseconds{sum_.load(std::memory_order_relaxed)};
    return now;
  }

 private:
  std::array<std::atomic<std::uint64_t>, kEnds.size() + 1> counts_{};
  std::atomic<std::int64_t> sum_{0};  // microseconds
};

// Counts the time until its scope is left.
class DurationScope {
 public:
  explicit DurationScope(DurationHistogram& histogram) : histogram_(histogram) {}
  ~DurationScope() {
    histogram_.observe(
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin_));
  }
  DurationScope(const DurationScope&) = delete;
  DurationScope& operator=(const DurationScope&) = delete;

 private:
  DurationHistogram& histogram_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace kith::core
