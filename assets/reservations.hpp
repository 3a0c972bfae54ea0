#pragma once
// Room for uploads that run: how many a user has, and how much of the quota they hold. The database's own sum (content,
// and the whole size of open resumable uploads) and all reservations of a user together never exceed the quota. For
// assets/ only.
//
// Reservations is thread-safe; a Reservation belongs to one thread at a time and must end before its Reservations does.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "assets/quotas.hpp"
#include "core/error.hpp"
#include "core/id.hpp"
#include "storage/database.hpp"

namespace kith::assets {

class Reservations;

// Who brings the bytes: the user, or somebody else for them, through an exchange. Each has as many uploads at once, so
// that strangers can't use up a user's own.
enum class Uploader : std::uint8_t { user, guest };

// One upload's place and bytes; given back by destruction.
class Reservation {
 public:
  ~Reservation();
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;

  std::uint64_t bytes() const { return bytes_; }
  // quota_exceeded leaves it as it was.
  [[nodiscard]] core::Expected<void> grow_to(std::uint64_t bytes);
  // Runs `naming`, which makes the database count the content, and gives the bytes back when it did; no check of the
  // same user's quota comes in between, so none sees the content twice or not at all.
  [[nodiscard]] core::Expected<void> settle(const std::function<core::Expected<void>()>& naming);

 private:
  friend class Reservations;
  struct Account;
  Reservation(Reservations& reservations, core::UserId owner, std::shared_ptr<Account> account,
              std::optional<Uploader> runs_for);

  Reservations& reservations_;
  const core::UserId owner_;
  const std::shared_ptr<Account> account_;
  const std::optional<Uploader> runs_for_;  // whose running uploads it counts among
  std::uint64_t bytes_ = 0;
};

class Reservations {
 public:
  // `database` and `quotas` are borrowed.
  Reservations(storage::Database& database, Quotas& quotas, int uploads_per_user);
  // For uploads that begin from now on.
  void set_uploads_per_user(int uploads) { uploads_per_user_ = uploads; }

  // A place and `bytes` for a new upload: too_many_requests or quota_exceeded. Deleted assets of the owner give way,
  // longest deleted first, if that makes room.
  [[nodiscard]] core::Expected<std::unique_ptr<Reservation>> open(const core::UserId& owner, std::uint64_t bytes,
                                                                  Uploader uploader = Uploader::user);
  // Only the place, for what the database counts already: too_many_requests.
  [[nodiscard]] core::Expected<std::unique_ptr<Reservation>> enter(const core::UserId& owner,
                                                                   Uploader uploader = Uploader::user);
  // Only the bytes, until the database counts what does not run yet: quota_exceeded.
  [[nodiscard]] core::Expected<std::unique_ptr<Reservation>> hold(const core::UserId& owner, std::uint64_t bytes);

 private:
  friend class Reservation;
  std::unique_ptr<Reservation> join(const core::UserId& owner, std::optional<Uploader> runs_for);
  void leave(const core::UserId& owner, std::optional<Uploader> ran_for);
  core::Expected<void> ensure_room(const core::UserId& owner, std::uint64_t reserved, std::uint64_t extra);

  storage::Database& database_;
  Quotas& quotas_;
  std::atomic<int> uploads_per_user_;
  std::mutex mutex_;  // guards accounts_ and each Account's counts
  std::unordered_map<core::UserId, std::shared_ptr<Reservation::Account>> accounts_;  // of users with reservations
};

// Bytes of all versions of what is not deleted and of what exchanges hold, equal content once.
core::Expected<std::uint64_t> bytes_of_live_assets(storage::Reader& reader, const core::UserId& owner);

// The whole size of resumable uploads that are open.
core::Expected<std::uint64_t> bytes_of_open_uploads(storage::Reader& reader, const core::UserId& owner);

}  // namespace kith::assets
