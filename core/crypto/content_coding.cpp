#include "core/crypto/content_coding.hpp"

#include <algorithm>

#include "core/crypto/hmac.hpp"
#include "core/secret.hpp"

namespace kith::core {
namespace {

using namespace std::string_view_literals;

// RFC 8188, sections 2.2 and 2.3.
constexpr auto kKeyInfo = "Content-Encoding: aes128gcm\0"sv;
constexpr auto kNonceInfo = "Content-Encoding: nonce\0"sv;
// Section 2: what stands behind the content of a record.
constexpr std::uint8_t kMoreFollow = 1, kLast = 2;
constexpr std::size_t kKeyIdLength = 20;                        // where it stands in the header
constexpr std::uint32_t kSmallestRecord = kCodingOverhead + 1;  // section 2.1

Secret<16> first_half(const Secret<32>& secret) {
  return Secret<16>(secret.view().first<16>());
}

Unexpected does_not_open() {
  return fail(ErrorCode::bad_request,
              "it does not open: the key is another one, or the content was changed or cut off");
}

}  // namespace

std::uint64_t sealed_size(std::uint64_t plain, std::uint32_t record) {
  const std::uint64_t room = record - kCodingOverhead;
  const auto records = std::max<std::uint64_t>(1, (plain + room - 1) / room);
  return kCodingHeader + plain + records * kCodingOverhead;
}

std::optional<std::uint64_t> plain_size(std::uint64_t sealed, std::uint32_t record) {
  if (sealed < kCodingHeader + kCodingOverhead) return std::nullopt;
  const auto body = sealed - kCodingHeader;
  const auto plain = body - (body + record - 1) / record * kCodingOverhead;
  if (plain > body || sealed_size(plain, record) != sealed) return std::nullopt;
  return plain;
}

RecordCipher::RecordCipher(ByteView ikm, const CodingSalt& salt)
    : aead_(first_half(hkdf_expand(hkdf_extract(salt.view(), ikm), kKeyInfo))) {
  const auto nonce = hkdf_expand(hkdf_extract(salt.view(), ikm), kNonceInfo);
  std::copy_n(nonce.view().begin(), base_.data.size(), base_.data.begin());
}

AeadNonce RecordCipher::nonce(std::uint64_t number) const {
  auto nonce = base_;
  for (std::size_t i = 0; i < 8; ++i) nonce.data[11 - i] ^= static_cast<std::uint8_t>(number >> (8 * i));
  return nonce;
}

void RecordCipher::seal(std::uint64_t number, std::span<std::uint8_t> record) {
  aead_.seal(nonce(number), {}, record);
}

bool RecordCipher::open(std::uint64_t number, std::span<std::uint8_t> record) {
  return aead_.open(nonce(number), {}, record);
}

ContentEncoder::ContentEncoder(ByteView ikm, const CodingSalt& salt, std::uint32_t record)
    : cipher_(ikm, salt), room_(record - kCodingOverhead), header_(to_bytes(salt.view())) {
  for (int shift = 24; shift >= 0; shift -= 8) header_.push_back(static_cast<std::uint8_t>(record >> shift));
  header_.push_back(0);  // no key id
  record_.reserve(record);
}

// A full record waits until more comes: only then is it not the last.
void ContentEncoder::write(ByteView plain, Bytes& sealed) {
  while (!plain.empty()) {
    if (record_.size() == room_) seal_record(kMoreFollow, sealed);
    const auto count = std::min(plain.size(), room_ - record_.size());
    record_.insert(record_.end(), plain.begin(), plain.begin() + static_cast<std::ptrdiff_t>(count));
    plain = plain.subspan(count);
  }
}

void ContentEncoder::finish(Bytes& sealed) {
  seal_record(kLast, sealed);
}

void ContentEncoder::seal_record(std::uint8_t delimiter, Bytes& sealed) {
  sealed.insert(sealed.end(), header_.begin(), header_.end());
  header_.clear();
  record_.push_back(delimiter);
  record_.resize(record_.size() + kAeadTag);
  cipher_.seal(number_++, record_);
  sealed.insert(sealed.end(), record_.begin(), record_.end());
  record_.clear();
}

ContentDecoder::ContentDecoder(ByteView ikm) : ikm_(to_bytes(ikm)) {}

ContentDecoder::ContentDecoder(ByteView ikm, const CodingSalt& salt, std::uint32_t record, std::uint64_t number)
    : salt_(salt), record_size_(record), number_(number) {
  cipher_.emplace(ikm, salt);
}

ContentDecoder::~ContentDecoder() {
  wipe(ikm_);
  wipe(buffer_);
}

// Fills the buffer up to `until` bytes; how many are missing then.
std::size_t ContentDecoder::take(ByteView& sealed, std::size_t until) {
  const auto count = std::min(sealed.size(), until - std::min(until, buffer_.size()));
  buffer_.insert(buffer_.end(), sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(count));
  sealed = sealed.subspan(count);
  return until - std::min(until, buffer_.size());
}

// Section 2.1. A key id says nothing here: who decodes knows the key.
Expected<void> ContentDecoder::read_header(ByteView& sealed) {
  if (take(sealed, kCodingHeader) > 0 || take(sealed, kCodingHeader + buffer_[kKeyIdLength]) > 0) return {};
  std::uint32_t record = 0;
  for (std::size_t i = 16; i < kKeyIdLength; ++i) record = record << 8 | buffer_[i];
  if (record < kSmallestRecord || record > kCodingRecord)
    return fail(ErrorCode::bad_request, "it does not open: it is sealed in another way than here");
  record_size_ = record;
  salt_ = CodingSalt::from(ByteView(buffer_).first(CodingSalt::kSize));
  cipher_.emplace(ikm_, *salt_);
  wipe(ikm_);
  buffer_.clear();
  return {};
}

Expected<void> ContentDecoder::write(ByteView sealed, Bytes& plain) {
  if (!cipher_) KITH_TRY(read_header(sealed));
  while (!sealed.empty()) {
    // A full record waits until more comes: the last one is opened by finish().
    if (take(sealed, record_size_) == 0 && !sealed.empty()) KITH_TRY(open_record(false, plain));
  }
  return {};
}

Expected<void> ContentDecoder::finish(Bytes& plain) {
  if (!cipher_) return does_not_open();
  return open_record(true, plain);
}

Expected<void> ContentDecoder::open_record(bool is_last, Bytes& plain) {
  if (buffer_.size() < kCodingOverhead || !cipher_->open(number_++, buffer_)) return does_not_open();
  // Padding is zeros behind the delimiter.
  std::size_t size = buffer_.size() - kAeadTag;
  while (size > 0 && buffer_[size - 1] == 0) --size;
  if (size == 0 || buffer_[size - 1] != (is_last ? kLast : kMoreFollow)) return does_not_open();
  plain.insert(plain.end(), buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size) - 1);
  buffer_.clear();
  return {};
}

}  // namespace kith::core
