#include "client/live_feed.hpp"

#include <algorithm>
#include <utility>

#include "client/limits.hpp"

namespace kith::client {
namespace {

using core::Expected;

constexpr std::size_t kReceiptKeys = 8;

LiveBinding with_sender_key(LiveBinding binding, const core::BoxPublicKey& key) {
  binding.sender_key = key;
  return binding;
}

}  // namespace

LiveFeed::LiveFeed(LiveBinding binding, LiveSource& source, const LiveSecret& secret, const LiveAuthKey& auth_key,
                   core::Random& random)
    : own_(core::BoxKeyPair::generate(random)),
      binding_(with_sender_key(std::move(binding), own_.public_key)),
      source_(source),
      secret_(secret),
      auth_key_(auth_key),
      random_(random) {
  if (const auto size = source_.size()) pieces_ = live_chunks(*size) - 1;
}

void LiveFeed::begin(std::int64_t attempt, std::uint64_t from) {
  const std::lock_guard lock(mutex_);
  if (ended_ || attempt <= attempt_) return;
  attempt_ = attempt;
  next_ = taken_ = from;
  all_made_ = false;
  phase_ = Phase::asked;
  changed_.notify_all();
}

void LiveFeed::superseded(std::int64_t attempt) {
  const std::lock_guard lock(mutex_);
  if (attempt != attempt_) return;
  phase_ = Phase::waiting;
  changed_.notify_all();
}

bool LiveFeed::end() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  return !std::exchange(ended_, true);
}

bool LiveFeed::has_ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

Expected<LiveTask> LiveFeed::next(std::span<std::uint8_t> buffer) {
  std::unique_lock lock(mutex_);
  while (!ended_) {
    if (!is_making_ && phase_ == Phase::asked) return open();
    if (!is_making_ && phase_ == Phase::open && !all_made_) {
      KITH_TRY_ASSIGN(made, make(lock, buffer));
      if (made) return *made;
    } else {
      changed_.wait(lock);
    }
  }
  return LiveNothing{};
}

// Under the lock.
Expected<LiveTask> LiveFeed::open() {
  LiveToOpen task{attempt_, {{}, {}, next_}, {}};
  random_.fill(task.terms.salt.data);
  if (const auto size = source_.size()) task.terms.chunks = live_chunks(*size);
  KITH_TRY_ASSIGN(keys, live_keys(own_.secret_key, binding_.receiver_key, secret_, task.terms.salt, binding_));
  cipher_ = std::make_unique<LiveCipher>(keys.content, binding_.request_id);
  if (receipt_keys_.size() == kReceiptKeys) receipt_keys_.erase(receipt_keys_.begin());
  receipt_keys_.push_back(std::move(keys.receipt));
  task.mac = live_sender_mac(auth_key_, binding_, task.terms);
  phase_ = Phase::opening;
  return task;
}

void LiveFeed::opened(std::int64_t attempt) {
  const std::lock_guard lock(mutex_);
  if (attempt != attempt_ || phase_ != Phase::opening) return;
  phase_ = Phase::open;
  changed_.notify_all();
}

Expected<std::optional<LiveToPut>> LiveFeed::make(std::unique_lock<std::mutex>& lock, std::span<std::uint8_t> buffer) {
  const auto attempt = attempt_;
  const auto number = next_;
  is_making_ = true;
  lock.unlock();
  auto filled = fill(number, buffer);
  lock.lock();
  is_making_ = false;
  changed_.notify_all();
  if (!filled) return tl::make_unexpected(std::move(filled.error()));
  if (ended_ || attempt != attempt_ || phase_ != Phase::open) return std::nullopt;
  next_ = number + 1;
  const bool closes = pieces_ == number;
  if (closes) {
    all_made_ = true;
    digest_ = whole_;
  }
  return LiveToPut{attempt, number, *filled, closes && !source_.size()};
}

// Chunk `number`, sealed; how many bytes.
Expected<std::size_t> LiveFeed::fill(std::uint64_t number, std::span<std::uint8_t> buffer) {
  while (hashed_ < number && hashed_ != pieces_ && !has_ended()) KITH_TRY(read(hashed_, buffer));
  if (pieces_ && number > *pieces_)
    return core::fail(core::ErrorCode::bad_request, "What is asked for lies behind its end.");
  KITH_TRY_ASSIGN(plain, read(number, buffer));
  const bool closes = pieces_ == number;
  if (closes) {
    if (!whole_) whole_ = hash_.finish();
    std::copy(whole_->data.begin(), whole_->data.end(), buffer.begin());
    plain = kLiveClosing;
  }
  cipher_->seal(number, closes, buffer.first(plain + core::kAeadTag));
  return plain + core::kAeadTag;
}

// A piece, which is hashed the first time; nothing behind the last.
Expected<std::size_t> LiveFeed::read(std::uint64_t number, std::span<std::uint8_t> buffer) {
  KITH_TRY_ASSIGN(size, source_.read(number, buffer.first(kLivePiece)));
  if (size < kLivePiece && !pieces_) pieces_ = number + (size == 0 ? 0 : 1);
  if (number == hashed_ && size > 0) {
    hash_.update(core::ByteView(buffer).first(size));
    ++hashed_;
  }
  return size;
}

bool LiveFeed::still_wants(std::int64_t attempt, std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  const auto is_over = [&] { return ended_ || attempt != attempt_ || phase_ == Phase::waiting; };
  return !changed_.wait_for(lock, pause, is_over);
}

void LiveFeed::taken(std::int64_t attempt, std::uint64_t chunks) {
  const std::lock_guard lock(mutex_);
  if (attempt == attempt_) taken_ = std::max(taken_, chunks);
}

std::uint64_t LiveFeed::position() const {
  const std::lock_guard lock(mutex_);
  const auto position = taken_ * kLivePiece;
  return source_.size() ? std::min(position, *source_.size()) : position;
}

bool LiveFeed::is_receipt(const core::Mac& receipt) const {
  const std::lock_guard lock(mutex_);
  return digest_ && std::any_of(receipt_keys_.begin(), receipt_keys_.end(), [&](const LiveReceiptKey& key) {
           return core::mac_equal(live_receipt_mac(key, binding_.request_id, *digest_), receipt);
         });
}

}  // namespace kith::client
