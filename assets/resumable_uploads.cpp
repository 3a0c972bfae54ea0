#include "assets/resumable_uploads.hpp"

#include "assets/catalogue_naming.hpp"
#include "assets/file_name.hpp"
#include "assets/limits.hpp"
#include "assets/resumable_rows.hpp"
#include "assets/resumable_session.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;

namespace {

constexpr std::chrono::seconds kLockedRetry{1};

Expected<void> check(const NewResumable& wish, std::uint64_t max_bytes) {
  KITH_TRY(check_file_name(wish.name));
  if (wish.metadata.size() > kMaxUploadMetadata)
    return core::fail(ErrorCode::bad_request, "the metadata may have " + std::to_string(kMaxUploadMetadata) + " bytes");
  if (wish.size > max_bytes)
    return core::fail(ErrorCode::too_large, "a file may have at most " + std::to_string(max_bytes) + " bytes here");
  return {};
}

Expected<void> check_offset(const ResumableUpload& upload, std::uint64_t offset, std::optional<std::uint64_t> length) {
  if (offset != upload.received)
    return core::fail(ErrorCode::conflict, "the upload goes on at " + std::to_string(upload.received));
  if (length.value_or(0) > upload.size - upload.received)
    return core::fail(ErrorCode::too_large, "the upload has " + std::to_string(upload.size) + " bytes in all, " +
                                                std::to_string(upload.size - upload.received) + " are missing");
  return {};
}

}  // namespace

ResumableWriting::ResumableWriting(ResumableUploads& uploads, ResumableUpload upload,
                                   std::shared_ptr<ResumableSession> session)
    : uploads_(uploads), upload_(std::move(upload)), session_(std::move(session)) {}

ResumableWriting::~ResumableWriting() {
  session_->break_off();
  uploads_.release(upload_.id, session_);
}

Expected<void> ResumableWriting::write(core::ByteView piece) {
  return session_->write(piece);
}

Expected<ResumableUpload> ResumableWriting::finish() {
  auto finished = session_->finish();
  uploads_.release(upload_.id, session_);  // before the answer: the client's next request may come right behind it
  return finished;
}

ResumableUploads::ResumableUploads(storage::Database& database, storage::BlobStore& blobs, Arrivals& arrivals,
                                   const core::Clock& clock, core::Random& random, AssetEvents& events,
                                   core::Logger log)
    : database_(database),
      partials_(blobs.partials()),
      clock_(clock),
      random_(random),
      events_(events),
      surroundings_(new ResumableSurroundings{database, blobs.partials(), arrivals, clock, std::move(log), {}}) {
  set_target(std::string(kCatalogueTarget), catalogue_target());
}
ResumableUploads::~ResumableUploads() = default;

void ResumableUploads::set_target(std::string name, UploadTarget target) {
  surroundings_->targets.insert_or_assign(std::move(name), std::move(target));
}

UploadTarget ResumableUploads::catalogue_target() {
  UploadTarget target;
  target.name = [this](storage::Transaction& transaction, const ArrivedContent& content,
                       const ResumableUpload& upload) -> Expected<NamedUpload> {
    KITH_TRY_ASSIGN(stored, name_in_catalogue(transaction, content, upload.name, core::AssetId::make(clock_, random_),
                                              clock_.now()));
    const auto asset = stored.asset.id;
    return NamedUpload{asset, [this, stored = std::move(stored)] { tell(events_, stored); }};
  };
  return target;
}

Expected<void> ResumableUploads::start() {
  KITH_TRY_ASSIGN(known, database_.read_for<std::vector<storage::KnownPartial>>(known_partials));
  return partials_.restore(known);
}

Expected<ResumableUpload> ResumableUploads::create(const core::UserId& owner, NewResumable wish) {
  KITH_TRY(check(wish, surroundings_->arrivals.max_file_bytes()));
  ResumableUpload upload;
  upload.id = core::UploadId::make(clock_, random_);
  upload.owner = owner;
  upload.target = std::move(wish.target);
  upload.reference = std::move(wish.reference);
  upload.name = std::move(wish.name);
  upload.metadata = std::move(wish.metadata);
  upload.size = wish.size;
  upload.created_at = clock_.now();
  upload.expires_at = upload.created_at + kUploadKept;
  KITH_TRY_ASSIGN(reservation, surroundings_->arrivals.reservations().hold(owner, upload.size));
  KITH_TRY(partials_.make(upload.id, upload.size));
  auto kept = reservation->settle([&] {
    return database_.write([&](storage::Transaction& transaction) { return insert_upload(transaction, upload); });
  });
  if (!kept) {
    (void)partials_.remove(upload.id);
    return tl::make_unexpected(std::move(kept.error()));
  }
  return upload;
}

// Somebody else's is absent, whatever its state.
Expected<ResumableUpload> ResumableUploads::read(const std::optional<core::UserId>& owner, const core::UploadId& id) {
  KITH_TRY_ASSIGN(found, database_.read_for<std::optional<ResumableUpload>>(
                             [&](storage::Reader& reader) { return find_upload(reader, id); }));
  if (!found || (owner && found->owner != *owner)) return core::fail(ErrorCode::not_found, "no such upload");
  if (found->state == UploadState::ended) return upload_is_gone();
  const bool over = found->expires_at <= clock_.now();
  if (over && !running(id)) return upload_is_gone();
  return std::move(*found);
}

Expected<ResumableUpload> ResumableUploads::find(const core::UserId& owner, const core::UploadId& id) {
  KITH_TRY_ASSIGN(upload, read(owner, id));
  if (upload.state == UploadState::finished) return upload;
  if (const auto session = running(id); session && session->is_stalled()) {
    session->break_off();
    release(id, session);
    return read(owner, id);
  }
  if (upload.received < upload.size) return upload;
  KITH_TRY_ASSIGN(writing, open(owner, id, upload.received, 0, std::nullopt));
  return writing->finish();
}

Expected<std::unique_ptr<ResumableWriting>> ResumableUploads::open(const core::UserId& owner, const core::UploadId& id,
                                                                   std::uint64_t offset,
                                                                   std::optional<std::uint64_t> length,
                                                                   std::optional<UploadChecksum> checksum) {
  KITH_TRY(read(owner, id));
  KITH_TRY_ASSIGN(session, claim(id, Urgency::polite));
  // Only now nobody else changes it. A session without a Writing would keep the upload locked.
  auto upload = read(owner, id);
  auto fits = upload ? check_offset(*upload, offset, length) : tl::make_unexpected(upload.error());
  if (!fits) {
    release(id, session);
    return tl::make_unexpected(std::move(fits.error()));
  }
  return begin(std::move(*upload), std::move(session), std::move(checksum));
}

Expected<std::unique_ptr<ResumableWriting>> ResumableUploads::begin(ResumableUpload upload, SessionPtr session,
                                                                    std::optional<UploadChecksum> checksum) {
  std::unique_ptr<ResumableWriting> writing(new ResumableWriting(*this, std::move(upload), std::move(session)));
  auto started = writing->session_->start(writing->upload(), std::move(checksum));
  if (started) return writing;
  auto lost = writing->upload();
  writing.reset();
  if (started.error().code == ErrorCode::gone) (void)end(std::move(lost), Urgency::polite);
  return tl::make_unexpected(std::move(started.error()));
}

Expected<ResumableUploads::SessionPtr> ResumableUploads::claim(const core::UploadId& id, Urgency urgency) {
  const auto fresh = std::make_shared<ResumableSession>(*surroundings_);
  // Whoever is faster in between has the upload.
  for (int attempt = 0; attempt < 2; ++attempt) {
    SessionPtr holder;
    {
      const std::lock_guard lock(mutex_);
      const auto [place, is_new] = running_.try_emplace(id, fresh);
      if (is_new) return fresh;
      holder = place->second;
    }
    if (urgency == Urgency::polite && !holder->is_stalled()) break;
    holder->break_off();
    release(id, holder);
  }
  auto error = core::fail(ErrorCode::locked, "another request writes to this upload right now");
  error.value().retry_after = kLockedRetry;
  return error;
}

ResumableUploads::SessionPtr ResumableUploads::running(const core::UploadId& id) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  return found == running_.end() ? nullptr : found->second;
}

void ResumableUploads::release(const core::UploadId& id, const SessionPtr& session) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  if (found != running_.end() && found->second == session) running_.erase(found);
}

Expected<void> ResumableUploads::terminate(const core::UserId& owner, const core::UploadId& id) {
  KITH_TRY_ASSIGN(upload, read(owner, id));
  return end(std::move(upload), Urgency::at_once);
}

// Row first: what a crash leaves of the content is removed at the next start.
Expected<void> ResumableUploads::end(ResumableUpload upload, Urgency urgency) {
  if (upload.state == UploadState::finished) return {};
  KITH_TRY_ASSIGN(session, claim(upload.id, urgency));
  upload.state = UploadState::ended;
  upload.expires_at = clock_.now() + kUploadKept;
  auto ended =
      database_.write([&](storage::Transaction& transaction) { return keep_end(transaction, upload); }).and_then([&] {
        return partials_.remove(upload.id);
      });
  release(upload.id, session);
  KITH_TRY(std::move(ended));
  const auto target = surroundings_->targets.find(upload.target);
  if (target != surroundings_->targets.end() && target->second.dropped) target->second.dropped(upload);
  return {};
}

Expected<void> ResumableUploads::end_all(std::vector<ResumableUpload> uploads) {
  for (auto& upload : uploads) {
    auto ended = end(std::move(upload), Urgency::at_once);
    if (!ended && ended.error().code != ErrorCode::gone) return ended;  // gone: it has ended meanwhile
  }
  return {};
}

Expected<std::vector<ResumableUpload>> ResumableUploads::list(const core::UserId& owner) {
  KITH_TRY_ASSIGN(uploads, database_.read_for<std::vector<ResumableUpload>>(
                               [&](storage::Reader& reader) { return open_uploads_of(reader, owner); }));
  std::erase_if(uploads, [&](const ResumableUpload& upload) {
    return upload.target != kCatalogueTarget || upload.expires_at <= clock_.now();
  });
  return uploads;
}

Expected<void> ResumableUploads::drop_target(std::string_view target, std::string_view reference) {
  KITH_TRY_ASSIGN(uploads, database_.read_for<std::vector<ResumableUpload>>(
                               [&](storage::Reader& reader) { return open_uploads_to(reader, target, reference); }));
  return end_all(std::move(uploads));
}

Expected<int> ResumableUploads::sweep(int limit) {
  const auto now = clock_.now();
  KITH_TRY_ASSIGN(expired, database_.read_for<std::vector<ResumableUpload>>(
                               [&](storage::Reader& reader) { return expired_uploads(reader, now, limit); }));
  int done = 0;
  for (auto& upload : expired) {
    const auto ended = end(std::move(upload), Urgency::polite);
    // Locked: it gets bytes again. Gone: somebody else ended it.
    const bool fine = ended || ended.error().code == ErrorCode::locked || ended.error().code == ErrorCode::gone;
    if (!fine) return tl::make_unexpected(std::move(ended.error()));
    done += ended ? 1 : 0;
  }
  KITH_TRY_ASSIGN(forgotten, database_.write_for<int>([&](storage::Transaction& transaction) {
    return forget_ended(transaction, now, limit);
  }));
  return std::max(done, forgotten);
}

Expected<void> ResumableUploads::remove_owner(const core::UserId& owner) {
  KITH_TRY_ASSIGN(uploads, database_.read_for<std::vector<ResumableUpload>>(
                               [&](storage::Reader& reader) { return open_uploads_of(reader, owner); }));
  KITH_TRY(end_all(std::move(uploads)));
  return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(transaction.execute("DELETE FROM resumable_uploads WHERE owner = ? AND state <> 'open'", {owner.text()}));
    return {};
  });
}

}  // namespace kith::assets
