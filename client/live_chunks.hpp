#pragma once
// Chunks of live transfers (docs/live.md, "Chunks"): pieces of a file, sealed and opened in place, and the rules by
// which a receiver takes them. No input or output. One thread at a time.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "client/live_keys.hpp"
#include "core/crypto/aead.hpp"
#include "core/crypto/sha256.hpp"
#include "core/error.hpp"

namespace kith::client {

// Specification constants (docs/live.md, "Chunks").
inline constexpr std::size_t kLivePiece = 262'144;                            // bytes of a file in one chunk
inline constexpr std::size_t kLiveClosing = core::Digest::kSize;              // bytes of the closing chunk
inline constexpr std::size_t kLiveSealedPiece = kLivePiece + core::kAeadTag;  // the longest chunk
inline constexpr std::size_t kLiveSealedClosing = kLiveClosing + core::kAeadTag;

// How many chunks a file of `size` bytes has, the closing one included.
std::uint64_t live_chunks(std::uint64_t size);

// Seals and opens chunks of one opening.
class LiveCipher {
 public:
  LiveCipher(const LiveContentKey& key, std::string request_id);
  // Encrypts all but the last core::kAeadTag bytes of `buffer` in place and puts the tag there. Each number only once.
  void seal(std::uint64_t number, bool last, std::span<std::uint8_t> buffer);
  // What was sealed is then all but the last core::kAeadTag bytes. False, with `buffer` wiped, when it does not open.
  [[nodiscard]] bool open(std::uint64_t number, bool last, std::span<std::uint8_t> buffer);

 private:
  core::Bytes associated(std::uint64_t number, bool last) const;

  core::Aead aead_;
  std::string request_id_;
};

// What a receiver has of one file: takes its chunks in order and refuses what the sender can't have sent.
class LivePieces {
 public:
  // `size` as the listing says, `chunks` as the opening says. not_authentic when they contradict each other.
  [[nodiscard]] static core::Expected<LivePieces> begin(std::optional<std::uint64_t> size,
                                                        std::optional<std::uint64_t> chunks);

  // What an earlier run left: whole pieces, in order, before the first take(). conflict for anything else.
  [[nodiscard]] core::Expected<void> had(core::ByteView piece);
  // The sender opened again. not_authentic unless it goes on where this is, with as many chunks.
  [[nodiscard]] core::Expected<void> reopened(std::optional<std::uint64_t> chunks, std::uint64_t from) const;
  // Opens chunk `number` in place. The piece, a part of `sealed`; empty for the closing chunk, which is taken only with
  // the digest of all that came. not_authentic otherwise, and nothing may be taken after that.
  [[nodiscard]] core::Expected<core::ByteView> take(LiveCipher& cipher, std::uint64_t number,
                                                    std::span<std::uint8_t> sealed);

  std::uint64_t next() const { return next_; }    // the chunk to be taken next
  std::uint64_t bytes() const { return bytes_; }  // of the file, so far
  // The digest of the whole, once the closing chunk was taken.
  const std::optional<core::Digest>& digest() const { return digest_; }

 private:
  LivePieces(std::optional<std::uint64_t> size, std::optional<std::uint64_t> chunks) : size_(size), chunks_(chunks) {}
  core::Expected<bool> open(LiveCipher& cipher, std::span<std::uint8_t> sealed) const;
  core::Expected<void> add(core::ByteView piece);
  core::Expected<void> close(core::ByteView digest);

  std::optional<std::uint64_t> size_, chunks_;
  std::uint64_t next_ = 0, bytes_ = 0;
  bool ends_ = false;  // the last piece was shorter than a whole one: only the closing chunk can follow
  core::Sha256 hash_;
  std::optional<core::Digest> digest_;
};

}  // namespace kith::client
