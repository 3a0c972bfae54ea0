// Exchanges as users see them: making, listing, revoking, and their end. The outsiders' side is exchange_guests.cpp.

#include "assets/exchanges.hpp"

#include "assets/blob_ledger.hpp"
#include "assets/exchange_services.hpp"
#include "assets/exchange_wishes.hpp"
#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;
using core::UserId;

namespace {

core::Unexpected no_such_exchange() {
  return core::fail(ErrorCode::not_found, "there is no such exchange");
}

Expected<ExchangeRow> owned(storage::Reader& reader, const UserId& owner, const ExchangeId& id, core::Timestamp now) {
  KITH_TRY_ASSIGN(row, exchange_by_id(reader, id, now));
  if (!row || row->exchange.owner != owner) return no_such_exchange();
  return std::move(*row);
}

Expected<void> check_number_of(storage::Reader& reader, const UserId& owner, core::Timestamp now) {
  KITH_TRY_ASSIGN(
      count, first_row<std::int64_t>(
                 reader, "SELECT count(*) FROM exchanges WHERE owner = ? AND expires_at > ? AND state <> 'revoked'",
                 {owner.text(), now}, [](const storage::Row& row) { return row.integer(0); }));
  if (count.value_or(0) >= kMaxExchanges)
    return core::fail(ErrorCode::conflict,
                      "you have " + std::to_string(kMaxExchanges) + " exchanges: revoke some, or wait for them to end");
  return {};
}

// A photo goes out without what `strip` says. Conflict when that is not known: it got other content just now.
Expected<void> leave_out(storage::Reader& reader, const UserId& owner, StripMode mode, ExchangeFile& file) {
  KITH_TRY_ASSIGN(left, first_row<PhotoVariant>(
                            reader,
                            "SELECT stripped_digest, size FROM stripped_photos WHERE owner = ? AND digest = ? "
                            "AND mode = ? AND stripped_digest IS NOT NULL",
                            {owner.text(), file.digest.view(), strip_mode_name(mode)}, [](const storage::Row& row) {
                              return PhotoVariant{core::Digest::from(row.blob(0)).value_or(core::Digest()),
                                                  static_cast<std::uint64_t>(row.integer(1))};
                            }));
  if (!left) return core::fail(ErrorCode::conflict, "\"" + file.name + "\" was changed just now: try again");
  file.strip = mode;
  file.original = std::exchange(file.digest, left->digest);
  file.size = left->size;
  return {};
}

// The content of own assets, named once more.
Expected<void> fill_from_assets(storage::Transaction& transaction, Exchange& exchange,
                                std::span<const core::AssetId> ids, Strip strip) {
  for (const auto& id : ids) {
    KITH_TRY_ASSIGN(
        asset,
        first_row<Asset>(transaction,
                         std::string(kSelectAssets).append("WHERE a.owner = ? AND a.id = ? AND a.deleted_at IS NULL"),
                         {exchange.owner.text(), id.text()}, [](const storage::Row& row) { return asset_of(row); }));
    if (!asset) return core::fail(ErrorCode::not_found, "there is no asset " + id.text());
    ExchangeFile file;
    file.number = static_cast<int>(exchange.files.size()) + 1;
    file.name = asset->name;
    file.size = asset->size;
    file.media_type = asset->media_type;
    file.digest = asset->digest;
    file.asset = id;
    file.created_at = exchange.created_at;
    if (strip && asset->kind == AssetKind::photo) KITH_TRY(leave_out(transaction, exchange.owner, *strip, file));
    KITH_TRY(insert_exchange_file(transaction, exchange, file, true));
    exchange.files.push_back(std::move(file));
  }
  if (exchange.max_size && exchange.size() > *exchange.max_size)
    return core::fail(ErrorCode::too_large, "these assets together are more than max_size");
  return {};
}

Exchange exchange_as_wished(const UserId& owner, const ExchangeWishes& wishes, core::Timestamp now) {
  Exchange exchange;
  exchange.owner = owner;
  exchange.direction = wishes.receive ? ExchangeDirection::receive : ExchangeDirection::send;
  exchange.encrypted = wishes.encrypted;
  exchange.note = wishes.note;
  exchange.has_password = wishes.password.has_value();
  if (wishes.max_downloads) exchange.max_downloads = static_cast<int>(*wishes.max_downloads);
  exchange.max_files = static_cast<int>(wishes.max_files.value_or(1));
  exchange.max_size = wishes.max_size;
  exchange.created_at = now;
  exchange.expires_at = now + wishes.expires_in.value_or(kDefaultExchange);
  if (!wishes.asset_ids.empty()) {
    exchange.max_files = static_cast<int>(wishes.asset_ids.size());
    exchange.finished = true;
    exchange.state = ExchangeState::available;
  }
  return exchange;
}

}  // namespace

Exchanges::Exchanges(const Parts& parts) : services_(std::make_unique<Services>(parts)) {}
Exchanges::~Exchanges() = default;

Expected<NewExchange> Exchanges::create(const UserId& owner, const ExchangeWishes& wishes) {
  const auto& parts = services_->parts;
  KITH_TRY(check_wishes(wishes));
  ExchangeRow row;
  row.exchange = exchange_as_wished(owner, wishes, parts.clock.now());
  auto& exchange = row.exchange;
  exchange.id = ExchangeId::make(parts.clock, parts.random);
  if (wishes.password) {
    KITH_TRY_ASSIGN(hash, parts.passwords.hash(*wishes.password));
    row.password_hash = std::move(hash);
  }
  NewExchange made;
  if (!exchange.finished) {
    made.upload_token = make_exchange_token(parts.random);
    row.upload_hash = exchange_token_hash(*made.upload_token);
  }
  if (!wishes.receive) {
    made.download_token = make_exchange_token(parts.random);
    row.download_hash = exchange_token_hash(*made.download_token);
  }
  KITH_TRY(parts.preparation.require(owner, wishes.asset_ids, wishes.strip));
  const auto guard = parts.ledger.guard_naming();
  KITH_TRY(parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY(check_number_of(transaction, owner, exchange.created_at));
    KITH_TRY(insert_exchange(transaction, row));
    return fill_from_assets(transaction, exchange, wishes.asset_ids, wishes.strip);
  }));
  parts.events.exchanges_changed(owner);
  made.exchange = std::move(exchange);
  return made;
}

Expected<Exchange> Exchanges::find(const UserId& owner, const ExchangeId& id) {
  const auto& parts = services_->parts;
  return parts.database.read_for<Exchange>([&](storage::Reader& reader) -> Expected<Exchange> {
    KITH_TRY_ASSIGN(row, owned(reader, owner, id, parts.clock.now()));
    return std::move(row.exchange);
  });
}

Expected<Page<Exchange>> Exchanges::list(const UserId& owner, const PageRequest& page) {
  const auto& parts = services_->parts;
  return parts.database.read_for<Page<Exchange>>(
      [&](storage::Reader& reader) { return exchanges_of(reader, owner, page, parts.clock.now()); });
}

Expected<void> Exchanges::revoke(const UserId& owner, const ExchangeId& id) {
  const auto& parts = services_->parts;
  using Keys = std::vector<storage::BlobKey>;
  KITH_TRY_ASSIGN(keys, parts.database.write_for<Keys>([&](storage::Transaction& transaction) -> Expected<Keys> {
    KITH_TRY_ASSIGN(row, owned(transaction, owner, id, parts.clock.now()));
    return assets::revoke(transaction, row.exchange.id);
  }));
  services_->transfers.cut(id);
  // What can't be removed now goes with the sweep.
  if (!parts.ledger.remove_unnamed(keys))
    parts.log.warning("content of a revoked exchange is left for now", {{"exchange", id.text()}});
  parts.events.exchanges_changed(owner);
  return {};
}

Expected<void> Exchanges::start() {
  const auto& parts = services_->parts;
  return parts.database.write(
      [&](storage::Transaction& transaction) { return forget_running(transaction, parts.clock.now()); });
}

Expected<int> Exchanges::sweep(int limit) {
  const auto& parts = services_->parts;
  services_->downloads.settle();
  std::vector<UserId> owners;
  KITH_TRY_ASSIGN(count, parts.database.write_for<int>([&](storage::Transaction& transaction) -> Expected<int> {
    const auto now = parts.clock.now();
    KITH_TRY_ASSIGN(ended, erase_ended(transaction, limit, now, owners));
    KITH_TRY_ASSIGN(remains, erase_remains(transaction, limit, now));
    return std::max(ended, remains);
  }));
  for (const auto& owner : owners) parts.events.exchanges_changed(owner);
  return count;
}

Expected<std::vector<std::string>> Exchanges::lost_uploads(int limit) {
  std::vector<std::string> lost;
  KITH_TRY(services_->parts.database.read([&](storage::Reader& reader) {
    return reader.query(
        "SELECT DISTINCT reference FROM resumable_uploads WHERE target = ? AND state = 'open' AND NOT EXISTS "
        "(SELECT 1 FROM exchange_tickets t WHERE t.id = resumable_uploads.reference) LIMIT ?",
        {kExchangeTarget, limit}, [&](const storage::Row& row) {
          lost.push_back(row.text(0));
          return true;
        });
  }));
  return lost;
}

Expected<void> Exchanges::remove_owner(storage::Transaction& transaction, const UserId& owner) {
  KITH_TRY(transaction.execute("DELETE FROM exchanges WHERE owner = ?", {owner.text()}));
  return {};
}

void Exchanges::cut_transfers(const UserId& owner) {
  services_->transfers.cut_all_of(owner);
}

}  // namespace kith::assets
