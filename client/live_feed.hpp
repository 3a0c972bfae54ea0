#pragma once
// One request for a file, as its sender sees it: which chunk is due, and that chunk, sealed. Its carriers (see
// live_carriers.hpp) ask it what to do, one chunk each at a time; what the server tells of goes in from another thread.
// No input or output but the source's. Thread-safe.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

#include "client/live_chunks.hpp"
#include "client/live_keys.hpp"
#include "client/live_source.hpp"
#include "core/random.hpp"

namespace kith::client {

// What a carrier is to do next. The request is to be opened: opened() follows when it was.
struct LiveToOpen {
  std::int64_t attempt = 0;
  LiveTerms terms;
  core::Mac mac;
};
// This chunk is to be put: the first `bytes` of the carrier's buffer.
struct LiveToPut {
  std::int64_t attempt = 0;
  std::uint64_t number = 0;
  std::size_t bytes = 0;
  bool says_last = false;  // it closes what nobody knew the length of
};
struct LiveNothing {};  // the request has ended
using LiveTask = std::variant<LiveToOpen, LiveToPut, LiveNothing>;

class LiveFeed {
 public:
  // Borrows all but `binding`, whose sender key it makes of `random`.
  LiveFeed(LiveBinding binding, LiveSource& source, const LiveSecret& secret, const LiveAuthKey& auth_key,
           core::Random& random);

  const LiveBinding& binding() const { return binding_; }
  std::optional<std::uint64_t> size() const { return source_.size(); }

  // The receiver waits for chunk `from` and what follows. An attempt that is known already changes nothing.
  void begin(std::int64_t attempt, std::uint64_t from);
  // This attempt is over, and another one may follow.
  void superseded(std::int64_t attempt);
  // For good. True if it had not ended before.
  bool end();
  bool has_ended() const;
  // Waits until something is to be done. `buffer` has room for kLiveSealedPiece bytes. The source's errors.
  [[nodiscard]] core::Expected<LiveTask> next(std::span<std::uint8_t> buffer);
  void opened(std::int64_t attempt);
  // True as long as it makes sense to send something of this attempt; waits for `pause` before it says so.
  bool still_wants(std::int64_t attempt, std::chrono::milliseconds pause);
  // The server says that the receiver's connection has so many chunks.
  void taken(std::int64_t attempt, std::uint64_t chunks);
  // Of the file, about: what the receiver has of it.
  std::uint64_t position() const;
  // Whether `receipt` proves that the receiver has all of it.
  bool is_receipt(const core::Mac& receipt) const;

 private:
  core::Expected<LiveTask> open();
  // Nothing when what was made is not wanted any more.
  core::Expected<std::optional<LiveToPut>> make(std::unique_lock<std::mutex>& lock, std::span<std::uint8_t> buffer);
  core::Expected<std::size_t> fill(std::uint64_t number, std::span<std::uint8_t> buffer);
  core::Expected<std::size_t> read(std::uint64_t number, std::span<std::uint8_t> buffer);

  const core::BoxKeyPair own_;
  const LiveBinding binding_;
  LiveSource& source_;
  const LiveSecret& secret_;
  const LiveAuthKey& auth_key_;
  core::Random& random_;

  mutable std::mutex mutex_;  // guards all up to `digest_`
  std::condition_variable changed_;
  enum class Phase { waiting, asked, opening, open } phase_ = Phase::waiting;
  bool ended_ = false;
  bool is_making_ = false;
  std::int64_t attempt_ = -1;
  std::uint64_t next_ = 0, taken_ = 0;        // chunks
  bool all_made_ = false;                     // the closing chunk too
  std::vector<LiveReceiptKey> receipt_keys_;  // of the newest openings: a receipt may be older than the last of them
  std::optional<core::Digest> digest_;        // once the closing chunk was made

  // Only of the one carrier that set `is_making_`, or that found it unset under the lock.
  std::unique_ptr<LiveCipher> cipher_;
  std::optional<std::uint64_t> pieces_;  // of the whole, once it is known
  std::uint64_t hashed_ = 0;             // pieces
  core::Sha256 hash_;
  std::optional<core::Digest> whole_;
};

}  // namespace kith::client
