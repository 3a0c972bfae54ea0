#include "daemon/cli/verification.hpp"

#include <thread>

namespace kith::daemon {

using core::ErrorCode;
using core::Expected;

namespace {

constexpr int kReadAtOnce = 500;  // rows

}  // namespace

Expected<void> Verification::run(int jobs) {
  std::vector<std::thread> threads;
  for (int i = 0; i < jobs; ++i) threads.emplace_back([this] { work(); });
  for (auto& thread : threads) thread.join();
  if (failure_) return tl::make_unexpected(*failure_);
  return {};
}

void Verification::work() {
  for (;;) {
    const auto content = next();
    if (!content) return fail(content.error());
    if (!*content) return;
    if (const auto done = check(**content); !done) return fail(done.error());
  }
}

void Verification::fail(const core::Error& error) {
  const std::lock_guard lock(mutex_);
  failure_ = error;
  at_end_ = true;
  batch_.clear();
  taken_ = 0;
}

Expected<std::optional<NamedContent>> Verification::next() {
  const std::lock_guard lock(mutex_);
  if (taken_ == batch_.size() && !at_end_) {
    KITH_TRY_ASSIGN(batch, database_.read_for<std::vector<NamedContent>>([&](storage::Reader& reader) {
      return named_content_after(reader, last_, kReadAtOnce);
    }));
    batch_ = std::move(batch);
    taken_ = 0;
    at_end_ = batch_.size() < kReadAtOnce;
    if (!batch_.empty()) last_ = batch_.back().key;
  }
  if (taken_ == batch_.size()) return std::optional<NamedContent>();
  return std::optional(batch_[taken_++]);
}

Expected<void> Verification::look_at(const NamedContent& content) {
  if (!quick_) return blobs_.verify(content.key, [this](std::size_t bytes) { progress_.add(bytes); });
  KITH_TRY_ASSIGN(size, blobs_.size_of(content.key));
  progress_.add(size);
  if (size == content.size) return {};
  return core::fail(ErrorCode::content_damaged, "it has another size");
}

Expected<void> Verification::check(const NamedContent& content) {
  const auto looked = look_at(content);
  ++checked_;
  if (looked) return {};
  switch (looked.error().code) {
    case ErrorCode::content_damaged:
    case ErrorCode::storage_failed:  // the disk can't read it
      return note(content, Fault::damaged);
    case ErrorCode::not_found:
      return note(content, Fault::missing);
    default:
      return looked;
  }
}

// It may have been deleted since its row was read.
Expected<void> Verification::note(const NamedContent& content, Fault fault) {
  KITH_TRY_ASSIGN(named,
                  database_.read_for<bool>([&](storage::Reader& reader) { return is_named(reader, content.key); }));
  if (!named) return {};
  const std::lock_guard lock(mutex_);
  ++faults_;
  if (findings_.size() < kMostFindings) findings_.push_back({content.key, fault});
  return {};
}

}  // namespace kith::daemon
