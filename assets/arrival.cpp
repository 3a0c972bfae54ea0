#include "assets/arrival.hpp"

#include <algorithm>
#include <string>

#include "assets/blob_ledger.hpp"
#include "assets/limits.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;

namespace {

core::Unexpected too_large(std::uint64_t max) {
  return core::fail(ErrorCode::too_large, "a file may have at most " + std::to_string(max) + " bytes here");
}

}  // namespace

Arrival::Arrival(Arrivals& arrivals, std::optional<std::uint64_t> expected_size,
                 std::unique_ptr<Reservation> reservation, std::unique_ptr<storage::BlobWriter> writer)
    : arrivals_(arrivals),
      expected_size_(expected_size),
      reservation_(std::move(reservation)),
      writer_(std::move(writer)) {}

Arrival::~Arrival() {
  end();
}

// The writer first: its space is free before somebody else may count on it.
void Arrival::end() {
  writer_.reset();
  reservation_.reset();
}

Expected<void> Arrival::write(core::ByteView piece) {
  auto taken = take(piece);
  if (!taken) end();
  return taken;
}

Expected<void> Arrival::take(core::ByteView piece) {
  if (!writer_) return core::fail(ErrorCode::internal, "this upload has ended");
  const auto max = expected_size_.value_or(arrivals_.max_file_bytes());
  if (piece.size() > max - size_)
    return expected_size_ ? core::fail(ErrorCode::bad_request, "more bytes came than were declared") : too_large(max);
  const auto wanted = size_ + piece.size();
  if (wanted > reservation_->bytes()) {
    const auto generous = std::min(max, wanted + kReserveStep);
    if (!reservation_->grow_to(generous)) KITH_TRY(reservation_->grow_to(wanted));
  }
  KITH_TRY(writer_->write(piece));
  if (head_.size() < kSniffBytes) {
    const auto part = piece.first(std::min(piece.size(), kSniffBytes - head_.size()));
    head_.insert(head_.end(), part.begin(), part.end());
  }
  size_ = wanted;
  return {};
}

Expected<void> Arrival::commit(const Naming& naming) {
  auto placed = place(naming);
  end();
  return placed;
}

Expected<void> Arrival::place(const Naming& naming) {
  if (!writer_) return core::fail(ErrorCode::internal, "this upload has ended");
  if (expected_size_ && size_ != *expected_size_)
    return core::fail(ErrorCode::bad_request, "fewer bytes came than were declared: " + std::to_string(size_) + " of " +
                                                  std::to_string(*expected_size_));
  return arrivals_.place(std::move(writer_), *reservation_, head_, naming);
}

Arrivals::Arrivals(storage::Database& database, storage::BlobStore& blobs, BlobLedger& ledger, Quotas& quotas,
                   int uploads_per_user, std::uint64_t max_file_bytes, core::Logger log)
    : database_(database),
      blobs_(blobs),
      ledger_(ledger),
      log_(std::move(log)),
      max_file_bytes_(max_file_bytes),
      reservations_(database, quotas, uploads_per_user) {}

Expected<std::unique_ptr<Arrival>> Arrivals::begin(const core::UserId& owner,
                                                   std::optional<std::uint64_t> expected_size, Uploader uploader) {
  if (expected_size.value_or(0) > max_file_bytes_) return too_large(max_file_bytes_);
  KITH_TRY_ASSIGN(reservation, reservations_.open(owner, expected_size.value_or(0), uploader));
  KITH_TRY_ASSIGN(writer, blobs_.begin(owner, expected_size.value_or(0)));
  return std::unique_ptr<Arrival>(new Arrival(*this, expected_size, std::move(reservation), std::move(writer)));
}

Expected<void> Arrivals::place(std::unique_ptr<storage::BlobWriter> writer, Reservation& reservation,
                               core::ByteView head, const Naming& naming) {
  std::optional<storage::BlobKey> key;
  auto placed = commit_and_name(std::move(writer), reservation, head, naming, key);
  // Where even this fails, the comparison after the next start finds the content.
  if (!placed && key && !ledger_.remove_unnamed(std::span(&*key, 1)))
    log_.warning("content of a failed upload is left", {{"digest", core::digest_text(key->digest)}});
  return placed;
}

// The writer is gone before the guard is: what a living writer committed can't be removed from the store.
Expected<void> Arrivals::commit_and_name(std::unique_ptr<storage::BlobWriter> unfinished, Reservation& reservation,
                                         core::ByteView head, const Naming& naming,
                                         std::optional<storage::BlobKey>& committed) {
  const auto guard = ledger_.guard_naming();
  const auto writer = std::move(unfinished);
  const auto size = writer->size();
  KITH_TRY_ASSIGN(key, writer->commit());
  committed = key;
  const ArrivedContent content{key.owner, key.digest, size, head};
  return reservation.settle([&] {
    return database_.write([&](storage::Transaction& transaction) -> Expected<void> {
      KITH_TRY(transaction.execute("INSERT INTO blobs (owner, digest, size) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                                   {content.owner.text(), content.digest.view(), content.size}));
      return naming(transaction, content);
    });
  });
}

}  // namespace kith::assets
