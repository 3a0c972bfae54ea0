#include "client/receivers.hpp"

#include <algorithm>

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::size_t kReadAtOnce = 1 << 20;
constexpr std::uint64_t kRoom = core::kCodingRecord - core::kCodingOverhead;

Expected<void> check_place(std::uint64_t from, std::uint64_t expected) {
  if (from == expected) return {};
  return core::fail(ErrorCode::peer_error, "The server sent another part than was asked for.");
}

class PlainReceiver final : public Receiver {
 public:
  PlainReceiver(PartialFile& file, std::uint64_t size, const core::Digest& digest)
      : file_(file), size_(size), digest_(digest) {}

  Expected<void> take_up() {
    if (file_.size() > size_) KITH_TRY(file_.cut(0));
    core::Bytes buffer(kReadAtOnce);
    for (std::uint64_t at = 0; at < file_.size();) {
      KITH_TRY_ASSIGN(count, file_.read(at, buffer));
      if (count == 0) return core::fail(ErrorCode::internal, "what was received became shorter");
      hash_.update(core::ByteView(buffer).first(count));
      at += count;
    }
    return {};
  }

  std::uint64_t position() const override { return file_.size(); }

  // A server that knows no ranges begins at the beginning again.
  Expected<void> begin(std::uint64_t from) override {
    if (from == 0 && file_.size() > 0) {
      KITH_TRY(file_.cut(0));
      hash_ = core::Sha256();
    }
    return check_place(from, file_.size());
  }

  Expected<void> write(core::ByteView piece) override {
    if (piece.size() > size_ - file_.size())
      return core::fail(ErrorCode::peer_error, "The server sent more than it said.");
    hash_.update(piece);
    return file_.append(piece);
  }

  Expected<void> finish() override {
    if (file_.size() == size_ && hash_.finish() == digest_) return {};
    file_.discard();
    return core::fail(ErrorCode::bad_request,
                      "What came is damaged, and was thrown away. Try again; if it stays so, ask whoever sent it.");
  }

 private:
  PartialFile& file_;
  const std::uint64_t size_;
  const core::Digest digest_;
  core::Sha256 hash_;
};

class SealedReceiver final : public Receiver {
 public:
  SealedReceiver(PartialFile& file, std::uint64_t size, const ContentKey& key, const core::CodingSalt& salt)
      : file_(file), size_(size), key_(key.duplicate()), salt_(salt) {}

  // Whole records are kept, but for the last one: it alone says that it is.
  Expected<void> take_up() {
    const auto records = (size_ - core::kCodingHeader + core::kCodingRecord - 1) / core::kCodingRecord;
    const auto whole = std::min(file_.size() / kRoom, records - 1);
    return go_on_from(whole);
  }

  std::uint64_t position() const override { return position_; }

  Expected<void> begin(std::uint64_t from) override {
    if (from == 0 && position_ > 0) KITH_TRY(go_on_from(0));
    return check_place(from, position_);
  }

  Expected<void> write(core::ByteView piece) override {
    if (piece.size() > size_ - position_)
      return core::fail(ErrorCode::peer_error, "The server sent more than it said.");
    plain_.clear();
    if (!decoder_->write(piece, plain_) || (decoder_->salt() && *decoder_->salt() != salt_)) return damaged();
    position_ += piece.size();
    return file_.append(plain_);
  }

  Expected<void> finish() override {
    plain_.clear();
    if (!decoder_->finish(plain_)) return damaged();
    return file_.append(plain_);
  }

 private:
  Expected<void> go_on_from(std::uint64_t record) {
    KITH_TRY(file_.cut(record * kRoom));
    position_ = record == 0 ? 0 : core::kCodingHeader + record * core::kCodingRecord;
    decoder_ = record == 0 ? std::make_unique<core::ContentDecoder>(key_.view())
                           : std::make_unique<core::ContentDecoder>(key_.view(), salt_, core::kCodingRecord, record);
    return {};
  }

  core::Unexpected damaged() {
    file_.discard();
    return core::fail(
        ErrorCode::bad_request,
        "What came does not open with the key in this link: it was damaged or changed, and was thrown away. "
        "Try again; if it stays so, ask whoever sent it.");
  }

  PartialFile& file_;
  const std::uint64_t size_;
  const ContentKey key_;
  const core::CodingSalt salt_;
  std::unique_ptr<core::ContentDecoder> decoder_;
  std::uint64_t position_ = 0;
  core::Bytes plain_;
};

}  // namespace

Expected<std::unique_ptr<Receiver>> receive_plain(PartialFile& file, std::uint64_t size, const core::Digest& digest) {
  auto receiver = std::make_unique<PlainReceiver>(file, size, digest);
  KITH_TRY(receiver->take_up());
  return receiver;
}

Expected<std::unique_ptr<Receiver>> receive_sealed(PartialFile& file, std::uint64_t size, const ContentKey& key,
                                                   const core::CodingSalt& salt) {
  if (!core::plain_size(size))
    return core::fail(ErrorCode::bad_request, "This content is not encrypted as it should be. Ask whoever sent it.");
  auto receiver = std::make_unique<SealedReceiver>(file, size, key, salt);
  KITH_TRY(receiver->take_up());
  return receiver;
}

}  // namespace kith::client
