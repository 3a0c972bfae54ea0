#include "client/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "core/encoding.hpp"

namespace kith::client {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::size_t kLongestLabel = 30;

std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// So many characters of it.
std::string shortened(std::string_view text, std::size_t most) {
  if (core::count_code_points(text) <= most) return std::string(text);
  std::string_view rest = text;
  for (std::size_t i = 0; i + 1 < most; ++i) (void)core::take_code_point(rest);
  return std::string(text.substr(0, text.size() - rest.size())) + "…";
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < std::size(kUnits); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

Progress::Progress(std::string label, std::uint64_t total, Display display)
    : label_(std::move(label)),
      total_(total),
      on_terminal_(display == Display::terminal && ::isatty(STDERR_FILENO) == 1),
      begun_(Clock::now()) {}

Progress::~Progress() {
  clear();
}

void Progress::at(std::uint64_t position) {
  const auto now = Clock::now();
  if (!has_moved_ || position < measured_from_) {
    has_moved_ = true;
    measured_from_ = position;
    begun_ = now;
  }
  position_ = position;
  if (on_terminal_ && now - drawn_ >= kRedraw) draw(now);
}

void Progress::say(const std::string& text) {
  clear();
  std::fprintf(stderr, "%s\n", text.c_str());
}

void Progress::draw(Clock::time_point now) {
  drawn_ = now;
  const std::chrono::duration<double> took = now - begun_;
  const auto rate = took.count() > 0.5 ? static_cast<double>(position_ - measured_from_) / took.count() : 0;
  std::fprintf(stderr, "\r\x1b[K%s", line(label_, position_, total_, rate, terminal_columns() - 1).c_str());
  std::fflush(stderr);
}

void Progress::clear() {
  if (on_terminal_ && drawn_ != Clock::time_point{}) std::fputs("\r\x1b[K", stderr);
  drawn_ = {};
}

std::string Progress::line(const std::string& label, std::uint64_t position, std::uint64_t total,
                           double bytes_per_second, std::size_t columns) {
  if (total == 0 && position > 0) {
    const auto rate = bytes_per_second < 1 ? "" : "  " + size_text(static_cast<std::uint64_t>(bytes_per_second)) + "/s";
    return shortened(shortened(label, kLongestLabel) + "  " + size_text(position) + rate, columns);
  }
  const auto part = total == 0 ? 1.0 : std::min(1.0, static_cast<double>(position) / static_cast<double>(total));
  auto tail = fmt::format(" {:3.0f} %  {} of {}", part * 100, size_text(position), size_text(total));
  if (bytes_per_second >= 1) {
    const auto left = static_cast<double>(total - std::min(position, total)) / bytes_per_second;
    tail += fmt::format("  {}/s  {} left", size_text(static_cast<std::uint64_t>(bytes_per_second)),
                        duration_text(std::chrono::seconds(static_cast<std::int64_t>(left))));
  }
  const auto name = shortened(label, kLongestLabel);
  const auto used = core::count_code_points(name) + tail.size() + 3;
  if (used + 5 > columns) return shortened(name + tail, columns);
  const auto width = std::min<std::size_t>(columns - used, 40);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
  return name + " [" + std::string(full, '#') + std::string(width - full, '.') + "]" + tail;
}

core::Expected<void> MeteredSink::begin(std::uint64_t from) {
  position_ = from;
  progress_.at(from);
  return sink_.begin(from);
}

core::Expected<void> MeteredSink::write(core::ByteView piece) {
  KITH_TRY(sink_.write(piece));
  position_ += piece.size();
  progress_.at(position_);
  return {};
}

core::Expected<std::size_t> MeteredSource::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  progress_.at(offset);
  return source_.read(offset, out);
}

}  // namespace kith::client
