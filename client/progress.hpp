#pragma once
// How far a transfer is, on standard error: a line that is drawn again and again on a terminal, nothing elsewhere.
// One thread.

#include <chrono>
#include <cstdint>
#include <string>

#include "client/http.hpp"

namespace kith::client {

// "3.4 MB", in powers of 1000.
std::string size_text(std::uint64_t bytes);
// "0:07", "1:02:03".
std::string duration_text(std::chrono::seconds duration);

class Progress {
 public:
  enum class Display { terminal, none };
  // `label` is printable. `total` of 0: it is not known.
  Progress(std::string label, std::uint64_t total, Display display = Display::terminal);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  // So much is there or was sent; going back is fine.
  void at(std::uint64_t position);
  // A line of its own, for what a person wants to know.
  void say(const std::string& text);
  // Wipes the line that was drawn, until it is drawn again.
  void clear();

  // The line as it is drawn: pure.
  static std::string line(const std::string& label, std::uint64_t position, std::uint64_t total,
                          double bytes_per_second, std::size_t columns);

 private:
  using Clock = std::chrono::steady_clock;
  void draw(Clock::time_point now);

  const std::string label_;
  const std::uint64_t total_;
  const bool on_terminal_;
  std::uint64_t position_ = 0;
  std::uint64_t measured_from_ = 0;  // where the first move went from: what was there before was not fast
  bool has_moved_ = false;
  Clock::time_point begun_, drawn_{};
};

// Pass on, and tell how far it is.
class MeteredSink final : public DownloadSink {
 public:
  MeteredSink(DownloadSink& sink, Progress& progress) : sink_(sink), progress_(progress) {}
  core::Expected<void> begin(std::uint64_t from) override;
  core::Expected<void> write(core::ByteView piece) override;

 private:
  DownloadSink& sink_;
  Progress& progress_;
  std::uint64_t position_ = 0;
};

class MeteredSource final : public UploadSource {
 public:
  MeteredSource(UploadSource& source, Progress& progress) : source_(source), progress_(progress) {}
  std::uint64_t size() const override { return source_.size(); }
  core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) override;

 private:
  UploadSource& source_;
  Progress& progress_;
};

}  // namespace kith::client
