#pragma once
// The frames of a sealed answer (PROTOCOL.md, "Sealed answers"): made and opened in place, one after the other.
// Pure; not thread-safe. After an error nothing more can be taken.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/bytes.hpp"
#include "core/crypto/aead.hpp"
#include "core/error.hpp"
#include "federation/peers.hpp"
#include "federation/session/session_ids.hpp"
#include "federation/session/session_limits.hpp"

namespace kith::federation {

// What frame 0 says.
struct AnswerHead {
  int status = 0;
  HeaderList headers;  // lower-case names
  bool operator==(const AnswerHead&) const = default;
};
std::string render_answer_head(const AnswerHead& head);
[[nodiscard]] Expected<AnswerHead> parse_answer_head(std::string_view text);

// Makes frames 0, 1, 2, …
class SealedFrameWriter {
 public:
  SealedFrameWriter(core::Aead a2o, const SessionId& session, std::uint64_t counter);
  // `frame` is kFrameHead bytes, the plaintext, and room for the tag: filled in where it stands.
  void seal(std::span<std::uint8_t> frame, bool last);
  // A whole frame of its own around `plaintext`.
  core::Bytes frame_of(core::ByteView plaintext, bool last);

 private:
  core::Aead a2o_;
  core::Bytes associated_;
  std::uint64_t counter_;
  std::uint32_t next_ = 0;
};

// Where the content of an opened answer goes. Calls come in this order: head, then borrow and deliver in turn.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  // False ends the transfer.
  [[nodiscard]] virtual bool head(const AnswerHead& head) = 0;
  // Memory of at least kMaxFrame bytes for the next piece; may block until there is some. Empty ends the transfer.
  [[nodiscard]] virtual std::span<std::uint8_t> borrow() = 0;
  // The first `size` bytes of what was borrowed last are content, authenticated and in order. False ends the transfer.
  [[nodiscard]] virtual bool deliver(std::size_t size) = 0;
  // Asked now and then while nothing comes: false ends the transfer.
  virtual bool wanted() const { return true; }
};

// Takes the body of a sealed answer in pieces of any size and opens its frames in the memory of the sink. Whether a
// frame was the last shows when the body ends, so each is opened when the next byte, or the end, has come.
// peer_error for what does not open, bad lengths, and a sink that ends the transfer.
class SealedFrameReader {
 public:
  SealedFrameReader(core::Aead a2o, const SessionId& session, std::uint64_t counter, AnswerSink& sink);
  [[nodiscard]] Expected<void> take(core::ByteView piece);
  // The body is complete: the frame at hand must be the last one.
  [[nodiscard]] Expected<void> finish();
  bool has_head() const { return index_ > 0; }

 private:
  Expected<void> begin_frame();
  Expected<void> open_frame(bool last);

  core::Aead a2o_;
  core::Bytes associated_;
  std::uint64_t counter_;
  AnswerSink& sink_;
  std::uint32_t index_ = 0;  // of the frame at hand
  bool broken_ = false;
  std::array<std::uint8_t, kFrameHead> length_{};
  std::size_t length_filled_ = 0;
  core::Bytes frame_zero_;
  std::span<std::uint8_t> frame_;  // exactly as long as the frame at hand, once its length is known
  std::size_t filled_ = 0;
};

}  // namespace kith::federation
