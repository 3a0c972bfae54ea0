#include "daemon/cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ostream>

namespace kith::daemon {

namespace {

constexpr std::chrono::milliseconds kPause{200};  // between two lines
constexpr const char* kClearLine = "\r\x1b[K";

double seconds_of(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string time_left(std::uint64_t done, std::uint64_t total, double seconds) {
  if (done == 0 || done >= total || seconds < 1) return {};
  const auto left = static_cast<double>(total - done) * seconds / static_cast<double>(done);
  return left < 60 ? fmt::format(", {:.0f} s left", left) : fmt::format(", {:.0f} min left", left / 60);
}

}  // namespace

std::string readable_bytes(std::uint64_t bytes) {
  constexpr std::array kUnits{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string readable_rate(std::uint64_t bytes, std::chrono::steady_clock::duration time) {
  const auto seconds = std::max(seconds_of(time), 0.001);
  return readable_bytes(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)) + "/s";
}

Progress::Progress(std::ostream& out, bool shown, std::string what, std::uint64_t total)
    : out_(out), shown_(shown), what_(std::move(what)), total_(total) {}

Progress::~Progress() {
  if (shown_) out_ << kClearLine << std::flush;
}

void Progress::add(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  done_ += bytes;
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now - told_ < kPause) return;
  told_ = now;
  show_locked();
}

void Progress::make_way() {
  const std::lock_guard lock(mutex_);
  if (shown_) out_ << kClearLine << std::flush;
}

std::uint64_t Progress::bytes() const {
  const std::lock_guard lock(mutex_);
  return done_;
}

void Progress::show_locked() {
  out_ << kClearLine
       << fmt::format("{}: {} of {}, {}{}", what_, readable_bytes(done_), readable_bytes(std::max(done_, total_)),
                      readable_rate(done_, time()), time_left(done_, total_, seconds_of(time())))
       << std::flush;
}

}  // namespace kith::daemon
