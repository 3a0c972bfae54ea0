#include "client/live_chunks.hpp"

#include <algorithm>
#include <array>

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

template <std::size_t N>
void put_number(std::uint64_t number, std::span<std::uint8_t, N> out) {
  for (std::size_t i = 0; i < N; ++i, number >>= 8) out[N - 1 - i] = static_cast<std::uint8_t>(number);
}

core::Unexpected refused(const std::string& what) {
  return core::fail(ErrorCode::not_authentic, "What came is not what the sender sent: " + what +
                                                  ". It was changed on the way, and is of no use.");
}

core::AeadKey aead_key(const LiveContentKey& key) {
  return core::AeadKey(key.view().first<32>());
}

core::AeadNonce nonce_of(std::uint64_t number) {
  core::AeadNonce nonce;
  put_number(number, std::span(nonce.data));
  return nonce;
}

}  // namespace

std::uint64_t live_chunks(std::uint64_t size) {
  return size / kLivePiece + (size % kLivePiece == 0 ? 0 : 1) + 1;
}

LiveCipher::LiveCipher(const LiveContentKey& key, std::string request_id)
    : aead_(core::AeadCipher::aes256gcm, aead_key(key)), request_id_(std::move(request_id)) {}

core::Bytes LiveCipher::associated(std::uint64_t number, bool last) const {
  std::array<std::uint8_t, 9> place{};
  put_number(number, std::span(place).first<8>());
  place[8] = last ? 1 : 0;
  auto data = core::to_bytes(core::as_bytes(request_id_));
  data.insert(data.end(), place.begin(), place.end());
  return data;
}

void LiveCipher::seal(std::uint64_t number, bool last, std::span<std::uint8_t> buffer) {
  aead_.seal(nonce_of(number), associated(number, last), buffer);
}

bool LiveCipher::open(std::uint64_t number, bool last, std::span<std::uint8_t> buffer) {
  return aead_.open(nonce_of(number), associated(number, last), buffer);
}

Expected<LivePieces> LivePieces::begin(std::optional<std::uint64_t> size, std::optional<std::uint64_t> chunks) {
  if (size && chunks != live_chunks(*size)) return refused("its length is another one than was announced");
  if (chunks && *chunks == 0) return refused("it has no end");
  return LivePieces(size, chunks);
}

Expected<void> LivePieces::had(core::ByteView piece) {
  if (piece.size() != kLivePiece || digest_ || (chunks_ && next_ + 1 >= *chunks_))
    return core::fail(ErrorCode::conflict, "What an earlier run left does not fit this file.");
  return add(piece);
}

Expected<void> LivePieces::reopened(std::optional<std::uint64_t> chunks, std::uint64_t from) const {
  if (chunks != chunks_) return refused("its length changed");
  if (from != next_) return refused("it goes on at another place");
  return {};
}

Expected<core::ByteView> LivePieces::take(LiveCipher& cipher, std::uint64_t number, std::span<std::uint8_t> sealed) {
  if (digest_) return refused("something follows its end");
  if (number != next_) return refused("its parts are not in order");
  if (sealed.size() <= core::kAeadTag || sealed.size() > kLiveSealedPiece) return refused("a part has another size");
  KITH_TRY_ASSIGN(closes, open(cipher, sealed));
  const core::ByteView plain = sealed.first(sealed.size() - core::kAeadTag);
  if (closes) {
    KITH_TRY(close(plain));
    return core::ByteView();
  }
  KITH_TRY(add(plain));
  return plain;
}

// True for the closing chunk. Where its place is not known, one of its size may be either: a try that fails wipes what
// it was made on.
Expected<bool> LivePieces::open(LiveCipher& cipher, std::span<std::uint8_t> sealed) const {
  if (!chunks_ && sealed.size() == kLiveSealedClosing) {
    core::Bytes copy(sealed.begin(), sealed.end());
    if (cipher.open(next_, true, copy)) {
      std::copy(copy.begin(), copy.end(), sealed.begin());
      return true;
    }
  }
  const bool closes = chunks_ && next_ + 1 == *chunks_;
  if (!cipher.open(next_, closes, sealed)) return refused("a part does not open");
  return closes;
}

Expected<void> LivePieces::add(core::ByteView piece) {
  if (ends_) return refused("something follows its last part");
  bytes_ += piece.size();
  ends_ = piece.size() < kLivePiece;
  if (size_ && (bytes_ > *size_ || (ends_ && bytes_ != *size_))) return refused("a part has another size");
  hash_.update(piece);
  ++next_;
  return {};
}

Expected<void> LivePieces::close(core::ByteView digest) {
  if (size_ && bytes_ != *size_) return refused("it is shorter than was announced");
  const auto whole = hash_.finish();
  if (!core::equal_constant_time(whole.view(), digest)) return refused("its checksum is another one");
  digest_ = whole;
  ++next_;
  return {};
}

}  // namespace kith::client
