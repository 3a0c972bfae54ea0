#pragma once
// Where the pieces of an offered file come from: a file that must stay as it is, or standard input, of which only what
// came last is kept. Thread-safe: several receivers may be served from one.

#include <sys/stat.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "client/interruption.hpp"
#include "client/live_chunks.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"

namespace kith::client {

class LiveSource {
 public:
  virtual ~LiveSource() = default;
  // Nothing: nobody knows before it has ended.
  virtual std::optional<std::uint64_t> size() const = 0;
  // Piece `number` into `out`, which has room for kLivePiece bytes. Fewer of them: it is the last; none: it has ended
  // before. file_changed when what was offered is not there any more.
  [[nodiscard]] virtual core::Expected<std::size_t> read(std::uint64_t number, std::span<std::uint8_t> out) = 0;
};

// Reads a regular file, and gives it up as soon as it is another one than was offered.
class LiveFileSource final : public LiveSource {
 public:
  // not_found, or bad_request for what is no regular file.
  [[nodiscard]] static core::Expected<std::unique_ptr<LiveFileSource>> open(const std::string& path);
  ~LiveFileSource() override;
  LiveFileSource(const LiveFileSource&) = delete;
  LiveFileSource& operator=(const LiveFileSource&) = delete;

  std::optional<std::uint64_t> size() const override { return static_cast<std::uint64_t>(status_.st_size); }
  [[nodiscard]] core::Expected<std::size_t> read(std::uint64_t number, std::span<std::uint8_t> out) override;

 private:
  LiveFileSource(int file, struct stat status) : file_(file), status_(status) {}
  bool has_changed() const;

  const int file_;
  const struct stat status_;
};

// Reads a stream once, as it is asked for, and keeps the last kLiveKept pieces for a receiver whose connection broke.
class LiveStreamSource final : public LiveSource {
 public:
  // Borrows both. `stop` ends a wait for more.
  LiveStreamSource(int descriptor, const StopSignal& stop) : descriptor_(descriptor), stop_(stop) {}
  std::optional<std::uint64_t> size() const override { return std::nullopt; }
  [[nodiscard]] core::Expected<std::size_t> read(std::uint64_t number, std::span<std::uint8_t> out) override;

 private:
  core::Expected<void> read_next();
  core::Expected<std::size_t> fill(std::span<std::uint8_t> out);

  const int descriptor_;
  const StopSignal& stop_;
  std::mutex mutex_;
  std::deque<core::Bytes> kept_;  // the newest pieces
  std::uint64_t next_ = 0;        // the piece that was not read yet
  bool ended_ = false;
};

}  // namespace kith::client
