#include "assets/resumable_session.hpp"

#include <string>

#include "assets/limits.hpp"
#include "assets/resumable_rows.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;

namespace {

core::Unexpected taken_over() {
  return core::fail(ErrorCode::locked, "another request goes on with this upload");
}

}  // namespace

// Within a call: a slow disk is not a client that is gone.
class ResumableSession::Busy {
 public:
  explicit Busy(ResumableSession& session) : session_(session) { session_.busy_ = true; }
  ~Busy() {
    session_.active_at_ = session_.surroundings_.clock.steady();
    session_.busy_ = false;
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  ResumableSession& session_;
};

ResumableSession::ResumableSession(const ResumableSurroundings& surroundings)
    : surroundings_(surroundings), active_at_(surroundings.clock.steady()) {}

bool ResumableSession::is_stalled() const {
  return !busy_ && surroundings_.clock.steady() - active_at_.load() >= kUploadStalledAfter;
}

Expected<void> ResumableSession::start(ResumableUpload upload, std::optional<UploadChecksum> checksum) {
  const std::lock_guard lock(mutex_);
  const Busy busy(*this);
  if (ended_) return taken_over();  // given up between its claim and now
  upload_ = std::move(upload);
  saved_at_ = surroundings_.clock.steady();
  if (checksum) checksum_.emplace(std::move(*checksum));
  if (upload_.state == UploadState::finished) return {};
  const auto uploader = upload_.target == kCatalogueTarget ? Uploader::user : Uploader::guest;
  KITH_TRY_ASSIGN(place, surroundings_.arrivals.reservations().enter(upload_.owner, uploader));
  place_ = std::move(place);
  auto writer = surroundings_.partials.open(upload_.owner, upload_.id, upload_.received);
  if (!writer && writer.error().code == ErrorCode::not_found) {
    surroundings_.log.error("the content of an unfinished upload is lost", {{"upload", upload_.id.text()}});
    return core::fail(ErrorCode::gone, "the server lost what was uploaded: start it again");
  }
  KITH_TRY_ASSIGN(opened, std::move(writer));
  writer_ = std::move(opened);
  return {};
}

Expected<void> ResumableSession::write(core::ByteView piece) {
  const std::lock_guard lock(mutex_);
  const Busy busy(*this);
  if (ended_) return taken_over();
  return take(piece);
}

Expected<void> ResumableSession::take(core::ByteView piece) {
  const auto present = writer_ ? writer_->size() : upload_.received;
  if (piece.size() > upload_.size - present)
    return core::fail(ErrorCode::too_large,
                      "more bytes came than were declared: the upload has " + std::to_string(upload_.size) + " in all");
  if (piece.empty()) return {};
  KITH_TRY(writer_->write(piece));
  if (checksum_) {
    checksum_->update(piece);
    return {};  // nobody knows yet whether it stays
  }
  const bool much = writer_->size() - upload_.received >= kCheckpointBytes;
  const bool long_ago = surroundings_.clock.steady() - saved_at_ >= kCheckpointInterval;
  if (much || long_ago) KITH_TRY(save());
  return {};
}

Expected<void> ResumableSession::save() {
  KITH_TRY(writer_->checkpoint());
  saved_at_ = surroundings_.clock.steady();
  if (writer_->size() == upload_.received) return {};
  auto progress = upload_;
  progress.received = writer_->size();
  progress.expires_at = surroundings_.clock.now() + kUploadKept;
  KITH_TRY(surroundings_.database.write(
      [&](storage::Transaction& transaction) { return keep_progress(transaction, progress); }));
  upload_ = std::move(progress);
  return {};
}

Expected<ResumableUpload> ResumableSession::finish() {
  const std::lock_guard lock(mutex_);
  const Busy busy(*this);
  if (ended_) return taken_over();
  auto finished = finish_now();
  end();
  return finished;
}

Expected<ResumableUpload> ResumableSession::finish_now() {
  if (!writer_) return upload_;
  if (checksum_ && !checksum_->fits()) {
    KITH_TRY(writer_->rewind());
    return core::fail(ErrorCode::checksum_mismatch,
                      "the bytes that came are not those that were sent: send them again");
  }
  KITH_TRY(save());
  if (upload_.received == upload_.size) KITH_TRY(complete());
  return upload_;
}

Expected<void> ResumableSession::complete() {
  const auto target = surroundings_.targets.find(upload_.target);
  if (target == surroundings_.targets.end())
    return core::fail(ErrorCode::internal, "no such target of uploads: " + upload_.target);
  KITH_TRY(writer_->finish_hashing());
  KITH_TRY_ASSIGN(head, writer_->head(kSniffBytes));
  auto whole = upload_;
  NamedUpload named;
  KITH_TRY(surroundings_.arrivals.place(
      std::move(writer_), *place_, head,
      [&](storage::Transaction& transaction, const ArrivedContent& content) -> Expected<void> {
        auto done = target->second.name(transaction, content, upload_);
        if (!done) return tl::make_unexpected(std::move(done.error()));
        named = std::move(*done);
        whole.state = UploadState::finished;
        whole.asset = named.asset;
        whole.expires_at = surroundings_.clock.now() + kUploadKept;
        return keep_end(transaction, whole);
      }));
  upload_ = std::move(whole);
  // What stays now is removed at the next start.
  if (const auto removed = surroundings_.partials.remove(upload_.id); !removed)
    surroundings_.log.warning("a finished upload is left", {{"detail", removed.error().detail}});
  if (named.tell) named.tell();
  return {};
}

void ResumableSession::break_off() {
  const std::lock_guard lock(mutex_);
  const Busy busy(*this);
  if (ended_) return;
  if (writer_) {
    const auto kept = checksum_ ? writer_->rewind() : save();
    if (!kept && kept.error().code != ErrorCode::gone)
      surroundings_.log.warning("the end of a broken upload was not kept", {{"detail", kept.error().detail}});
  }
  end();
}

void ResumableSession::end() {
  ended_ = true;
  writer_.reset();
  place_.reset();
}

}  // namespace kith::assets
