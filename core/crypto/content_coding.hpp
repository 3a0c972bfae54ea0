#pragma once
// The encrypted content coding "aes128gcm" of RFC 8188: content of any length in records, each sealed on its own, so
// that it can be written and read as it flows. What was cut off, put in another order, repeated, or extended does not
// open, and no byte of a record is given out before its tag was checked. An encoder or decoder belongs to one thread at
// a time.

#include <cstdint>
#include <optional>

#include "core/bytes.hpp"
#include "core/crypto/aead.hpp"
#include "core/error.hpp"

namespace kith::core {

using CodingSalt = FixedBytes<16, struct CodingSaltTag>;

inline constexpr std::uint32_t kCodingRecord = 65536;  // bytes of a whole record, with its tag and delimiter
inline constexpr std::size_t kCodingHeader = 21;       // salt, record size, length of the (empty) key id
inline constexpr std::uint32_t kCodingOverhead = kAeadTag + 1;

// Of content in records of `record` bytes, header included.
std::uint64_t sealed_size(std::uint64_t plain, std::uint32_t record = kCodingRecord);
// Undoes that; nothing for a size that no content comes to.
std::optional<std::uint64_t> plain_size(std::uint64_t sealed, std::uint32_t record = kCodingRecord);

// The key and the nonces of RFC 8188, sections 2.2 and 2.3.
class RecordCipher {
 public:
  RecordCipher(ByteView ikm, const CodingSalt& salt);
  // In place; the last kAeadTag bytes are the tag's.
  void seal(std::uint64_t number, std::span<std::uint8_t> record);
  [[nodiscard]] bool open(std::uint64_t number, std::span<std::uint8_t> record);

 private:
  AeadNonce nonce(std::uint64_t number) const;
  AeadNonce base_;
  Aead aead_;
};

class ContentEncoder {
 public:
  // A salt must never be used twice with one key.
  ContentEncoder(ByteView ikm, const CodingSalt& salt, std::uint32_t record = kCodingRecord);
  // Append to `sealed` what is complete; nothing more after finish().
  void write(ByteView plain, Bytes& sealed);
  void finish(Bytes& sealed);

 private:
  void seal_record(std::uint8_t delimiter, Bytes& sealed);

  RecordCipher cipher_;
  const std::size_t room_;  // for content in a record
  std::uint64_t number_ = 0;
  Bytes header_;  // until it is written
  Bytes record_;  // content for the next one
};

class ContentDecoder {
 public:
  explicit ContentDecoder(ByteView ikm);
  // Goes on from record `number`, which the next bytes begin with, of content whose header is known.
  ContentDecoder(ByteView ikm, const CodingSalt& salt, std::uint32_t record, std::uint64_t number);
  ~ContentDecoder();
  ContentDecoder(const ContentDecoder&) = delete;
  ContentDecoder& operator=(const ContentDecoder&) = delete;

  // Append to `plain` what was opened. bad_request when it does not open; only destruction is left then. Records of
  // more than kCodingRecord bytes are refused.
  [[nodiscard]] Expected<void> write(ByteView sealed, Bytes& plain);
  // To be called at the end: only this tells that nothing was cut off.
  [[nodiscard]] Expected<void> finish(Bytes& plain);
  // Once the header was read.
  const std::optional<CodingSalt>& salt() const { return salt_; }

 private:
  std::size_t take(ByteView& sealed, std::size_t until);
  Expected<void> read_header(ByteView& sealed);
  Expected<void> open_record(bool is_last, Bytes& plain);

  Bytes ikm_;
  std::optional<CodingSalt> salt_;
  std::optional<RecordCipher> cipher_;
  std::size_t record_size_ = 0;
  std::uint64_t number_ = 0;
  Bytes buffer_;  // of the header, then of a record
};

}  // namespace kith::core
