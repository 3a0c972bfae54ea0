#pragma once
// One transfer of content from a peer: a thread fetches ranges over a session into a PieceRing, a ByteSource reads them
// out. The two share the ring; the source going away ends the fetching.

#include <cstdint>
#include <memory>
#include <string>

#include "core/crypto/sha256.hpp"
#include "core/log.hpp"
#include "federation/byte_source.hpp"
#include "federation/session/piece_ring.hpp"
#include "federation/session/remote_assets.hpp"
#include "federation/session/session_opener.hpp"

namespace kith::federation {

// What to fetch.
struct TransferPlan {
  core::UserId viewer;
  std::string peer;
  SharedAsset asset;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  bool is_whole() const { return offset == 0 && length == asset.size; }
};

// Hands out the pieces of the ring in order. A whole file is hashed as it passes: its end is only handed out when the
// digest is right.
class TransferSource final : public ByteSource {
 public:
  TransferSource(std::shared_ptr<PieceRing> ring, const TransferPlan& plan);
  ~TransferSource() override { ring_->abandon(); }
  TransferSource(const TransferSource&) = delete;
  TransferSource& operator=(const TransferSource&) = delete;

  Result read(std::span<std::uint8_t> space) override;
  void on_ready(std::function<void()> wake) override { ring_->on_ready(std::move(wake)); }
  void abandon() override { ring_->abandon(); }

 private:
  std::shared_ptr<PieceRing> ring_;
  std::optional<core::Sha256> hash_;  // of whole files
  const core::Digest digest_;
  std::uint64_t left_;
  bool failed_ = false;
};

// The thread's work: returns when all was fetched, nothing helps any more, or the source has gone.
class TransferFetch {
 public:
  TransferFetch(SessionOpener& sessions, core::Logger log, TransferLimits limits, TransferPlan plan,
                std::shared_ptr<PieceRing> ring)
      : sessions_(sessions), log_(std::move(log)), limits_(limits), plan_(std::move(plan)), ring_(std::move(ring)) {}
  void run();

 private:
  class RangeSink;
  Expected<void> fetch_all();
  Expected<void> fetch_range(std::uint64_t offset, std::uint64_t length, bool again);

  SessionOpener& sessions_;
  const core::Logger log_;
  const TransferLimits limits_;
  const TransferPlan plan_;
  const std::shared_ptr<PieceRing> ring_;
  std::uint64_t next_ = 0;  // offset of the first byte not yet in the ring
};

}  // namespace kith::federation
