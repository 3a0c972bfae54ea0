#pragma once
// What the sender of a live transfer is told (docs/live.md, "Sender"): the stream of server-sent events, read piece by
// piece as it comes from a server that nobody has to trust. Bounded. One thread.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/crypto/hmac.hpp"
#include "core/crypto/x25519.hpp"
#include "core/error.hpp"

namespace kith::client {

// The requests that are open: others that the sender has have ended.
struct LiveHello {
  std::vector<std::string> request_ids;
};
// A receiver wants a file. `mac` was not checked yet.
struct LiveWanted {
  std::string request_id;
  std::uint64_t file = 0;
  core::BoxPublicKey receiver_key;
  core::Mac mac;
  std::uint64_t from = 0;
  std::int64_t attempt = 0;
};
// It is to be opened again, and sent from this chunk on.
struct LiveResume {
  std::string request_id;
  std::uint64_t from = 0;
  std::int64_t attempt = 0;
};
struct LivePaused {
  std::string request_id;
};
// `mac` is the receipt, not checked yet.
struct LiveReceived {
  std::string request_id;
  core::Mac mac;
};
struct LiveCancelled {
  std::string request_id;
  std::string reason;  // as the server says it
};
// The offer is over.
struct LiveOver {
  std::string reason;  // as the server says it
};
using LiveNotice = std::variant<LiveHello, LiveWanted, LiveResume, LivePaused, LiveReceived, LiveCancelled, LiveOver>;

// Turns the bytes of one connection into notices; a new connection needs a new one.
class LiveEventReader {
 public:
  // Called for each notice, in order. What it fails with ends the reading.
  using Take = std::function<core::Expected<void>(LiveNotice notice)>;
  explicit LiveEventReader(Take take) : take_(std::move(take)) {}
  // Any piece of the stream. Events that are not known are passed over; peer_error for those that make no sense or
  // are too long.
  [[nodiscard]] core::Expected<void> read(std::string_view piece);

 private:
  core::Expected<void> take_line(std::string_view line);
  core::Expected<void> finish_event();

  const Take take_;
  std::string line_;  // the beginning of one
  std::string name_, data_;
  bool after_return_ = false;  // a line ended with CR: an LF that follows belongs to it
};

}  // namespace kith::client
