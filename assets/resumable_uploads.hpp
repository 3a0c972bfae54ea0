#pragma once
// Uploads that survive broken connections and restarts. An upload is created with its whole size, which counts towards
// the quota and is kept free on the disk from then on; requests append to it; when the last byte is there it is named
// by its target, in the transaction that ends it. What gets no byte for kUploadKept goes.
//
// One request writes at a time: a second one gets `locked`, unless the first has stalled, as when a client's connection
// died without a word and the client comes on a new one; then the first is broken off, and what it brought is kept.
//
// Thread-safe; calls block on disk. A ResumableWriting belongs to one thread at a time and must end before this does.

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "assets/asset_events.hpp"
#include "assets/resumable.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/random.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class ResumableSession;
class ResumableUploads;
struct ResumableSurroundings;

// One request's bytes. Dropped without finish(), as when the connection breaks, it keeps what came, unless that came
// with a checksum.
class ResumableWriting {
 public:
  ~ResumableWriting();
  ResumableWriting(const ResumableWriting&) = delete;
  ResumableWriting& operator=(const ResumableWriting&) = delete;

  // As it was when this began.
  const ResumableUpload& upload() const { return upload_; }
  // too_large beyond the declared size, storage_full; locked when another request has taken over.
  [[nodiscard]] core::Expected<void> write(core::ByteView piece);
  // The upload as it is now: finished if it is whole, with what it became. checksum_mismatch: as if nothing had come.
  // Once, at the end.
  [[nodiscard]] core::Expected<ResumableUpload> finish();

 private:
  friend class ResumableUploads;
  ResumableWriting(ResumableUploads& uploads, ResumableUpload upload, std::shared_ptr<ResumableSession> session);

  ResumableUploads& uploads_;
  const ResumableUpload upload_;
  const std::shared_ptr<ResumableSession> session_;
};

class ResumableUploads {
 public:
  // All are borrowed and outlive this.
  ResumableUploads(storage::Database& database, storage::BlobStore& blobs, Arrivals& arrivals, const core::Clock& clock,
                   core::Random& random, AssetEvents& events, core::Logger log);
  ~ResumableUploads();

  // Another place for uploads beside the catalogue. Before the first request.
  void set_target(std::string name, UploadTarget target);
  // Keeps room for what an earlier run left unfinished. Once, before the first upload.
  [[nodiscard]] core::Expected<void> start();

  // A new one, without a byte. bad_request (name), too_large, quota_exceeded, storage_full, too_many_requests.
  [[nodiscard]] core::Expected<ResumableUpload> create(const core::UserId& owner, NewResumable wish);
  // How far it is. One that is whole but was not named, because the daemon died or a naming failed, is named now. A
  // request that has stalled is broken off first. not_found, gone.
  [[nodiscard]] core::Expected<ResumableUpload> find(const core::UserId& owner, const core::UploadId& id);
  // What is known of it, as it is in the database.
  [[nodiscard]] core::Expected<ResumableUpload> peek(const core::UserId& owner, const core::UploadId& id) {
    return read(owner, id);
  }
  // The same for who was given leave in another way than by being the owner.
  [[nodiscard]] core::Expected<ResumableUpload> peek(const core::UploadId& id) { return read(std::nullopt, id); }
  // To append from `offset` on, at most `length` bytes if that is known. conflict when it is not the upload's, locked
  // when somebody writes, too_large, too_many_requests, not_found, gone. A finished one can be opened at its end, so
  // that a repeated last request hears how it ended.
  [[nodiscard]] core::Expected<std::unique_ptr<ResumableWriting>> open(const core::UserId& owner,
                                                                       const core::UploadId& id, std::uint64_t offset,
                                                                       std::optional<std::uint64_t> length,
                                                                       std::optional<UploadChecksum> checksum);
  // Gives it up, with whatever writes to it; what a finished one became stays. not_found, gone.
  [[nodiscard]] core::Expected<void> terminate(const core::UserId& owner, const core::UploadId& id);
  // The unfinished ones to the catalogue, the oldest first; at most kOpenUploadsPerUser.
  [[nodiscard]] core::Expected<std::vector<ResumableUpload>> list(const core::UserId& owner);

  // Gives up all that were to come to `reference` of a target.
  [[nodiscard]] core::Expected<void> drop_target(std::string_view target, std::string_view reference);
  // Gives up what got no byte for too long, at most `limit` at once; the number given up or forgotten.
  [[nodiscard]] core::Expected<int> sweep(int limit);
  // An account goes: the open ones end, and nothing is remembered of those that have ended.
  [[nodiscard]] core::Expected<void> remove_owner(const core::UserId& owner);

 private:
  friend class ResumableWriting;
  using SessionPtr = std::shared_ptr<ResumableSession>;
  enum class Urgency : std::uint8_t { polite, at_once };  // whether a session that is active is broken off

  [[nodiscard]] core::Expected<ResumableUpload> read(const std::optional<core::UserId>& owner,
                                                     const core::UploadId& id);
  [[nodiscard]] core::Expected<std::unique_ptr<ResumableWriting>> begin(ResumableUpload upload, SessionPtr session,
                                                                        std::optional<UploadChecksum> checksum);
  [[nodiscard]] core::Expected<SessionPtr> claim(const core::UploadId& id, Urgency urgency);
  SessionPtr running(const core::UploadId& id);
  void release(const core::UploadId& id, const SessionPtr& session);
  [[nodiscard]] core::Expected<void> end(ResumableUpload upload, Urgency urgency);
  [[nodiscard]] core::Expected<void> end_all(std::vector<ResumableUpload> uploads);
  [[nodiscard]] UploadTarget catalogue_target();

  storage::Database& database_;
  storage::PartialContents& partials_;
  const core::Clock& clock_;
  core::Random& random_;
  AssetEvents& events_;
  const std::unique_ptr<ResumableSurroundings> surroundings_;
  std::mutex mutex_;  // guards running_; never held while a session is called
  std::unordered_map<core::UploadId, SessionPtr> running_;
};

}  // namespace kith::assets
