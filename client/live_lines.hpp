#pragma once
// The receiver's stream of a live transfer (docs/live.md, "Receiver"): lines of JSON and the chunks between them, read
// piece by piece as they come from a server that nobody has to trust. Bounded. One thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/live_keys.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/json.hpp"

namespace kith::client {

// The sender opened. `mac` was not checked yet.
struct LiveOpening {
  core::BoxPublicKey sender_key;
  core::Mac mac;
  LiveTerms terms;
};

// What the stream brings, in its order. What a call fails with ends the reading.
class LiveTaker {
 public:
  virtual ~LiveTaker() = default;
  [[nodiscard]] virtual core::Expected<void> take_opening(const LiveOpening& opening) = 0;
  // `sealed` may be changed and swapped for another buffer: what is in it then is of no interest.
  [[nodiscard]] virtual core::Expected<void> take_chunk(std::uint64_t number, core::Bytes& sealed) = 0;
  // The sender's connection broke, or is there again.
  [[nodiscard]] virtual core::Expected<void> take_sender(bool is_here) = 0;
};

// Turns the bytes of one connection into those calls; a new connection needs a new one.
class LiveLineReader {
 public:
  // Borrowed.
  explicit LiveLineReader(LiveTaker& taker) : taker_(taker) {}
  // Any piece of the stream. Errors: the taker's; the one that the stream tells of (see the table there), its text
  // printable; peer_error for what makes no sense or is too long.
  [[nodiscard]] core::Expected<void> read(core::ByteView piece);

 private:
  core::Expected<void> take_line(std::string_view text);
  core::Expected<void> begin_chunk(const core::Json& line);
  core::ByteView take_bytes(core::ByteView piece);

  LiveTaker& taker_;
  std::string line_;                    // the beginning of one
  std::optional<std::uint64_t> chunk_;  // whose bytes are coming
  core::Bytes sealed_;
  std::size_t filled_ = 0;  // of sealed_
};

}  // namespace kith::client
