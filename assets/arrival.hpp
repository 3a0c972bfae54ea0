#pragma once
// How content arrives and gets its name: the one way for uploads to the catalogue, to exchanges, and for resumable ones
// that are whole. For assets/ only; people's uploads go through Uploads, Exchanges and the resumable ones.
//
// Order of an end: content synced and under its digest in the blob store, then one database transaction in which the
// caller's Naming names it, then the answer. A crash in between leaves a blob nobody names, which
// Assets::remove_orphans finds; a Naming that fails leaves nothing. Much content of one user at the same time never
// exceeds the quota together: each holds a reservation until it ends.
//
// Arrivals is thread-safe. An Arrival belongs to one thread at a time and must end before its Arrivals does. Calls
// block.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "assets/reservations.hpp"
#include "core/bytes.hpp"
#include "core/log.hpp"
#include "storage/blob_store.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class BlobLedger;

// Content that is in the store and about to be named. Borrowed for the call of a Naming.
struct ArrivedContent {
  const core::UserId& owner;
  core::Digest digest;
  std::uint64_t size;
  core::ByteView head;  // the first kSniffBytes, for media_type_of
};

// Names the content in the caller's table; its row in `blobs` is there already. All or nothing: when it fails, the
// transaction is rolled back and the content goes.
using Naming = std::function<core::Expected<void>(storage::Transaction&, const ArrivedContent&)>;

class Arrivals;

// Content on its way in. Dropped without commit(), it leaves nothing behind. After an error only destruction is left.
class Arrival {
 public:
  ~Arrival();
  Arrival(const Arrival&) = delete;
  Arrival& operator=(const Arrival&) = delete;

  // bad_request beyond the declared size, too_large, quota_exceeded, storage_full.
  [[nodiscard]] core::Expected<void> write(core::ByteView piece);
  std::uint64_t size() const { return size_; }
  // bad_request when fewer bytes came than were declared; what `naming` answers. Ends the arrival, well or not.
  [[nodiscard]] core::Expected<void> commit(const Naming& naming);

 private:
  friend class Arrivals;
  Arrival(Arrivals& arrivals, std::optional<std::uint64_t> expected_size, std::unique_ptr<Reservation> reservation,
          std::unique_ptr<storage::BlobWriter> writer);
  core::Expected<void> take(core::ByteView piece);
  core::Expected<void> place(const Naming& naming);
  void end();

  Arrivals& arrivals_;
  const std::optional<std::uint64_t> expected_size_;
  std::unique_ptr<Reservation> reservation_;     // gone once the arrival has ended
  std::unique_ptr<storage::BlobWriter> writer_;  // likewise
  std::uint64_t size_ = 0;
  core::Bytes head_;
};

class Arrivals {
 public:
  // All are borrowed and outlive this.
  Arrivals(storage::Database& database, storage::BlobStore& blobs, BlobLedger& ledger, Quotas& quotas,
           int uploads_per_user, std::uint64_t max_file_bytes, core::Logger log);

  // Room for content of `owner`. `expected_size` is what the client declared, nothing for a chunked body. too_large,
  // quota_exceeded, storage_full, too_many_requests.
  [[nodiscard]] core::Expected<std::unique_ptr<Arrival>> begin(const core::UserId& owner,
                                                               std::optional<std::uint64_t> expected_size,
                                                               Uploader uploader = Uploader::user);

  // The end of content that came in another way: commits `writer` and names what it wrote. `reservation` gives its
  // bytes back as the database begins to count the content; it holds none where the database counted it before.
  [[nodiscard]] core::Expected<void> place(std::unique_ptr<storage::BlobWriter> writer, Reservation& reservation,
                                           core::ByteView head, const Naming& naming);

  // What is used here beside begin() goes through the same count of uploads and the same quota.
  Reservations& reservations() { return reservations_; }
  std::uint64_t max_file_bytes() const { return max_file_bytes_; }
  // Holds at once, also for what is arriving.
  void set_max_file_bytes(std::uint64_t bytes) { max_file_bytes_ = bytes; }

 private:
  friend class Arrival;
  core::Expected<void> commit_and_name(std::unique_ptr<storage::BlobWriter> writer, Reservation& reservation,
                                       core::ByteView head, const Naming& naming,
                                       std::optional<storage::BlobKey>& committed);

  storage::Database& database_;
  storage::BlobStore& blobs_;
  BlobLedger& ledger_;
  const core::Logger log_;
  std::atomic<std::uint64_t> max_file_bytes_;
  Reservations reservations_;
};

}  // namespace kith::assets
