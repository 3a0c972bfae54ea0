#pragma once
// How far a long command has come, as one line that is written again and again; nothing where standard error is no
// terminal. Thread-safe.

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <mutex>
#include <string>

namespace kith::daemon {

// "12.3 GiB"
std::string readable_bytes(std::uint64_t bytes);
// Bytes a second between, as "210.4 MiB/s".
std::string readable_rate(std::uint64_t bytes, std::chrono::steady_clock::duration time);

class Progress {
 public:
  // Writes to `out` (borrowed) if `shown`; `total` bytes are to come.
  Progress(std::ostream& out, bool shown, std::string what, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void add(std::uint64_t bytes);
  // Takes the line away, for one of others.
  void make_way();
  std::uint64_t bytes() const;
  std::chrono::steady_clock::duration time() const { return std::chrono::steady_clock::now() - begun_; }

 private:
  void show_locked();

  std::ostream& out_;
  const bool shown_;
  const std::string what_;
  const std::uint64_t total_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;  // guards the two below and `out_`
  std::uint64_t done_ = 0;
  std::chrono::steady_clock::time_point told_ = begun_;
};

}  // namespace kith::daemon
