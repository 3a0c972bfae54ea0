#include "assets/reservations.hpp"

#include <array>
#include <chrono>
#include <string>

#include "assets/rows.hpp"

namespace kith::assets {

namespace {

constexpr std::chrono::seconds kRetryAfter{5};

bool fits(std::uint64_t quota, std::uint64_t used, std::uint64_t reserved, std::uint64_t extra) {
  if (used > quota || reserved > quota - used) return false;
  return extra <= quota - used - reserved;
}

core::Unexpected no_room(std::uint64_t quota) {
  return core::fail(core::ErrorCode::quota_exceeded,
                    "this would be more than your " + std::to_string(quota) + " bytes: delete something first");
}

core::Expected<std::uint64_t> sum(storage::Reader& reader, std::string_view sql,
                                  std::initializer_list<storage::Value> values) {
  KITH_TRY_ASSIGN(found, first_row<std::uint64_t>(reader, sql, values, [](const storage::Row& row) {
                    return static_cast<std::uint64_t>(row.integer(0));
                  }));
  return found.value_or(0);
}

core::Expected<std::uint64_t> kept_bytes(storage::Reader& reader, const core::UserId& owner) {
  return sum(reader, "SELECT coalesce(sum(size), 0) FROM blobs WHERE owner = ? AND names > 0", {owner.text()});
}

// Deletes the longest deleted asset for good; the bytes that are free by it, nothing when there is no such asset.
core::Expected<std::optional<std::uint64_t>> drop_deleted(storage::Transaction& transaction,
                                                          const core::UserId& owner) {
  KITH_TRY_ASSIGN(asset, first_row<std::string>(transaction,
                                                "SELECT id FROM assets WHERE owner = ? AND deleted_at IS NOT NULL "
                                                "ORDER BY deleted_at LIMIT 1",
                                                {owner.text()}, [](const storage::Row& row) { return row.text(0); }));
  if (!asset) return std::optional<std::uint64_t>();
  KITH_TRY_ASSIGN(freed,
                  sum(transaction,
                      "SELECT coalesce(sum(b.size), 0) FROM blobs b WHERE b.owner = ?1 "
                      "AND b.digest IN (SELECT digest FROM asset_versions WHERE asset = ?2) AND b.names = "
                      "(SELECT count(*) FROM asset_versions WHERE owner = ?1 AND digest = b.digest AND asset = ?2)",
                      {owner.text(), *asset}));
  KITH_TRY(transaction.execute("DELETE FROM assets WHERE id = ?", {*asset}));
  return std::optional(freed);
}

}  // namespace

core::Expected<std::uint64_t> bytes_of_open_uploads(storage::Reader& reader, const core::UserId& owner) {
  return sum(reader, "SELECT coalesce(sum(size), 0) FROM resumable_uploads WHERE owner = ? AND state = 'open'",
             {owner.text()});
}

core::Expected<std::uint64_t> bytes_of_live_assets(storage::Reader& reader, const core::UserId& owner) {
  return sum(reader,
             "SELECT coalesce(sum(b.size), 0) FROM blobs b WHERE b.owner = ? AND b.names > 0 AND (EXISTS "
             "(SELECT 1 FROM asset_versions v JOIN assets a ON a.id = v.asset "
             "WHERE v.owner = b.owner AND v.digest = b.digest AND a.deleted_at IS NULL) OR EXISTS "
             "(SELECT 1 FROM exchange_files f WHERE f.owner = b.owner AND f.digest = b.digest))",
             {owner.text()});
}

struct Reservation::Account {
  std::array<int, 2> running{};  // by Uploader; guarded by Reservations::mutex_, like the next
  int holders = 0;               // all reservations, running or not
  std::mutex mutex;              // guards `reserved`; held while quota and database are compared or changed together
  std::uint64_t reserved = 0;    // bytes of all running uploads
  int& running_for(Uploader uploader) { return running.at(static_cast<std::size_t>(uploader)); }
};

Reservation::Reservation(Reservations& reservations, core::UserId owner, std::shared_ptr<Account> account,
                         std::optional<Uploader> runs_for)
    : reservations_(reservations), owner_(std::move(owner)), account_(std::move(account)), runs_for_(runs_for) {}

Reservation::~Reservation() {
  {
    const std::lock_guard lock(account_->mutex);
    account_->reserved -= bytes_;
  }
  reservations_.leave(owner_, runs_for_);
}

core::Expected<void> Reservation::grow_to(std::uint64_t bytes) {
  const std::lock_guard lock(account_->mutex);
  KITH_TRY(reservations_.ensure_room(owner_, account_->reserved, bytes - bytes_));
  account_->reserved += bytes - bytes_;
  bytes_ = bytes;
  return {};
}

core::Expected<void> Reservation::settle(const std::function<core::Expected<void>()>& naming) {
  const std::lock_guard lock(account_->mutex);
  KITH_TRY(naming());
  account_->reserved -= bytes_;
  bytes_ = 0;
  return {};
}

Reservations::Reservations(storage::Database& database, Quotas& quotas, int uploads_per_user)
    : database_(database), quotas_(quotas), uploads_per_user_(uploads_per_user) {}

core::Expected<std::unique_ptr<Reservation>> Reservations::open(const core::UserId& owner, std::uint64_t bytes,
                                                                Uploader uploader) {
  KITH_TRY_ASSIGN(reservation, enter(owner, uploader));
  KITH_TRY(reservation->grow_to(bytes));
  return reservation;
}

core::Expected<std::unique_ptr<Reservation>> Reservations::enter(const core::UserId& owner, Uploader uploader) {
  auto reservation = join(owner, uploader);
  if (reservation) return reservation;
  auto error = core::fail(core::ErrorCode::too_many_requests,
                          std::to_string(uploads_per_user_) + " uploads are running already: wait for one to end");
  error.value().retry_after = kRetryAfter;
  return error;
}

core::Expected<std::unique_ptr<Reservation>> Reservations::hold(const core::UserId& owner, std::uint64_t bytes) {
  auto reservation = join(owner, std::nullopt);
  KITH_TRY(reservation->grow_to(bytes));
  return reservation;
}

// Nothing when as many run as may.
std::unique_ptr<Reservation> Reservations::join(const core::UserId& owner, std::optional<Uploader> runs_for) {
  const std::lock_guard lock(mutex_);
  auto& account = accounts_[owner];
  if (!account) account = std::make_shared<Reservation::Account>();
  if (runs_for && account->running_for(*runs_for) >= uploads_per_user_) return nullptr;
  if (runs_for) ++account->running_for(*runs_for);
  ++account->holders;
  return std::unique_ptr<Reservation>(new Reservation(*this, owner, account, runs_for));
}

void Reservations::leave(const core::UserId& owner, std::optional<Uploader> ran_for) {
  const std::lock_guard lock(mutex_);
  const auto found = accounts_.find(owner);
  if (found == accounts_.end()) return;
  if (ran_for) --found->second->running_for(*ran_for);
  if (--found->second->holders == 0) accounts_.erase(found);
}

core::Expected<void> Reservations::ensure_room(const core::UserId& owner, std::uint64_t reserved, std::uint64_t extra) {
  KITH_TRY_ASSIGN(quota, quotas_.quota_bytes(owner));
  std::uint64_t kept = 0;
  std::uint64_t live = 0;
  KITH_TRY(database_.read([&](storage::Reader& reader) -> core::Expected<void> {
    KITH_TRY_ASSIGN(all, kept_bytes(reader, owner));
    KITH_TRY_ASSIGN(open, bytes_of_open_uploads(reader, owner));
    kept = live = all + open;
    if (fits(quota, kept, reserved, extra)) return {};
    KITH_TRY_ASSIGN(without_deleted, bytes_of_live_assets(reader, owner));
    live = without_deleted + open;
    return {};
  }));
  if (fits(quota, kept, reserved, extra)) return {};
  if (!fits(quota, live, reserved, extra)) return no_room(quota);
  return database_.write([&](storage::Transaction& transaction) -> core::Expected<void> {
    KITH_TRY_ASSIGN(content, kept_bytes(transaction, owner));
    KITH_TRY_ASSIGN(open, bytes_of_open_uploads(transaction, owner));
    auto used = content + open;
    while (!fits(quota, used, reserved, extra)) {
      KITH_TRY_ASSIGN(freed, drop_deleted(transaction, owner));
      if (!freed) return no_room(quota);  // something was restored meanwhile
      used -= *freed;
    }
    return {};
  });
}

}  // namespace kith::assets
