#include "assets/exchange_rows.hpp"

#include <algorithm>

#include "assets/limits.hpp"
#include "assets/rows.hpp"

namespace kith::assets {

using core::Digest;
using core::Expected;
using core::Timestamp;

namespace {

constexpr std::string_view kSelectExchanges =
    "SELECT e.id, e.owner, e.direction, e.state, e.finished, e.encrypted, e.note, e.password_hash, e.upload_hash, "
    "e.download_hash, e.max_downloads, e.max_files, e.max_size, e.created_at, e.expires_at, "
    "(SELECT count(*) FROM exchange_tickets t WHERE t.exchange = e.id AND t.purpose = 'download' "
    "AND t.held = 'running'), u.state = 'active' AND u.deleted_at IS NULL FROM exchanges e JOIN users u ON u.id = "
    "e.owner ";

constexpr std::string_view kSelectFiles =
    "SELECT f.exchange, f.number, f.name, f.sealed_name, f.size, f.media_type, f.digest, f.asset, f.downloads, "
    "f.created_at, f.strip, f.shown FROM exchange_files f ";

constexpr std::string_view kSelectTicket =
    "SELECT id, exchange, purpose, name, sealed_name, first_file, last_file, is_archive, size, expires_at, held, "
    "held_until, fetched, spent FROM exchange_tickets WHERE id = ?";

ExchangeState state_of(const std::string& name) {
  for (const auto state :
       {ExchangeState::open, ExchangeState::uploading, ExchangeState::available, ExchangeState::exhausted})
    if (name == state_name(state)) return state;
  return ExchangeState::revoked;
}

std::optional<Digest> digest_of(const storage::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return Digest::from(row.blob(column));
}

std::optional<int> small_of(const storage::Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<int>(row.integer(column));
}

std::uint64_t size_of(const storage::Row& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

ExchangeRow exchange_of(const storage::Row& row, Timestamp now) {
  ExchangeRow out;
  auto& exchange = out.exchange;
  exchange.id = id_of<ExchangeId>(row, 0);
  exchange.owner = id_of<core::UserId>(row, 1);
  exchange.direction = row.text(2) == "send" ? ExchangeDirection::send : ExchangeDirection::receive;
  exchange.state = state_of(row.text(3));
  exchange.finished = row.boolean(4);
  exchange.encrypted = row.boolean(5);
  exchange.note = row.optional_text(6);
  out.password_hash = row.optional_text(7);
  exchange.has_password = out.password_hash.has_value();
  out.upload_hash = digest_of(row, 8);
  out.download_hash = digest_of(row, 9);
  exchange.max_downloads = small_of(row, 10);
  exchange.max_files = static_cast<int>(row.integer(11));
  if (!row.is_null(12)) exchange.max_size = size_of(row, 12);
  exchange.created_at = row.time(13);
  exchange.expires_at = row.time(14);
  exchange.downloads_running = static_cast<int>(row.integer(15));
  out.owner_is_active = row.boolean(16);
  if (exchange.expires_at <= now && exchange.state != ExchangeState::revoked) exchange.state = ExchangeState::expired;
  return out;
}

ExchangeFile file_of(const storage::Row& row) {
  ExchangeFile file;
  file.number = static_cast<int>(row.integer(1));
  file.name = row.text(2);
  file.sealed_name = row.optional_text(3);
  file.size = size_of(row, 4);
  file.media_type = row.text(5);
  file.original = digest_of(row, 6).value_or(Digest());
  file.strip = row.is_null(10) ? Strip() : strip_mode_from_name(row.text(10));
  file.digest = digest_of(row, 11).value_or(file.original);
  if (!row.is_null(7)) file.asset = id_of<core::AssetId>(row, 7);
  file.downloads = static_cast<int>(row.integer(8));
  file.created_at = row.time(9);
  return file;
}

TicketRow ticket_of(const storage::Row& row, Timestamp now) {
  TicketRow out;
  auto& ticket = out.ticket;
  ticket.id = id_of<ExchangeTicketId>(row, 0);
  ticket.exchange = id_of<ExchangeId>(row, 1);
  ticket.purpose = row.text(2) == "upload" ? ExchangeRole::upload : ExchangeRole::download;
  ticket.name = row.text(3);
  ticket.sealed_name = row.optional_text(4);
  ticket.first_file = static_cast<int>(row.integer(5));
  ticket.last_file = static_cast<int>(row.integer(6));
  ticket.is_archive = row.boolean(7);
  ticket.size = size_of(row, 8);
  ticket.expires_at = row.time(9);
  const auto until = row.optional_time(11);
  out.is_held = row.text(10) != "no" && (!until || *until > now);
  out.fetched = SentRanges::parse(row.text(12)).value_or(SentRanges());
  out.is_spent = row.boolean(13);
  return out;
}

Expected<std::optional<ExchangeRow>> one_exchange(storage::Reader& reader, std::string_view condition,
                                                  storage::Value key, Timestamp now) {
  KITH_TRY_ASSIGN(found, first_row<ExchangeRow>(reader, std::string(kSelectExchanges).append(condition), {key},
                                                [&](const storage::Row& row) { return exchange_of(row, now); }));
  if (!found) return found;
  auto& exchange = found->exchange;
  KITH_TRY(reader.query(std::string(kSelectFiles).append("WHERE f.exchange = ? ORDER BY f.number"),
                        {exchange.id.text()}, [&](const storage::Row& row) {
                          exchange.files.push_back(file_of(row));
                          return true;
                        }));
  return found;
}

}  // namespace

Expected<std::optional<ExchangeRow>> exchange_by_id(storage::Reader& reader, const ExchangeId& id, Timestamp now) {
  return one_exchange(reader, "WHERE e.id = ?", id.text(), now);
}

Expected<std::optional<ExchangeRow>> exchange_by_token(storage::Reader& reader, ExchangeRole role, const Digest& hash,
                                                       Timestamp now) {
  const bool uploads = role == ExchangeRole::upload;
  KITH_TRY_ASSIGN(
      found, one_exchange(reader, uploads ? "WHERE e.upload_hash = ?" : "WHERE e.download_hash = ?", hash.view(), now));
  if (!found) return found;
  const auto& stored = uploads ? found->upload_hash : found->download_hash;
  if (!stored || !core::equal_constant_time(stored->view(), hash.view())) return std::optional<ExchangeRow>();
  return found;
}

// The files of the whole page in one query, newest exchange first like the page.
Expected<Page<Exchange>> exchanges_of(storage::Reader& reader, const core::UserId& owner, const PageRequest& request,
                                      Timestamp now) {
  KITH_TRY_ASSIGN(start, start_of_page(CursorList::exchanges, request));
  const std::vector<storage::Value> values{owner.text(), start, request.limit + 1};
  KITH_TRY_ASSIGN(
      page,
      read_page<Exchange>(
          reader, std::string(kSelectExchanges).append("WHERE e.owner = ? AND e.id < ? ORDER BY e.id DESC LIMIT ?"),
          values, request.limit, [&](const storage::Row& row) { return exchange_of(row, now).exchange; },
          [](const Exchange& last) { return make_cursor(CursorList::exchanges, last.id.text()); }));
  if (page.items.empty()) return page;
  auto current = page.items.begin();
  KITH_TRY(reader.query(
      std::string(kSelectFiles)
          .append("JOIN exchanges e ON e.id = f.exchange WHERE e.owner = ? AND e.id BETWEEN ? AND ? "
                  "ORDER BY e.id DESC, f.number"),
      {owner.text(), page.items.back().id.text(), page.items.front().id.text()}, [&](const storage::Row& row) {
        const auto id = row.text(0);
        current =
            std::find_if(current, page.items.end(), [&](const Exchange& exchange) { return exchange.id.text() == id; });
        if (current == page.items.end()) return false;
        current->files.push_back(file_of(row));
        return true;
      }));
  return page;
}

Expected<std::optional<TicketRow>> ticket_by_id(storage::Reader& reader, const ExchangeTicketId& id, Timestamp now) {
  KITH_TRY_ASSIGN(found, first_row<TicketRow>(reader, kSelectTicket, {id.text()},
                                              [&](const storage::Row& row) { return ticket_of(row, now); }));
  if (!found) return found;
  KITH_TRY_ASSIGN(exchange, exchange_by_id(reader, found->ticket.exchange, now));
  if (!exchange) return std::optional<TicketRow>();
  found->of = std::move(*exchange);
  found->ticket.owner = found->of.exchange.owner;
  return found;
}

Expected<TicketRow> good_ticket(storage::Reader& reader, const ExchangeTicketId& id, ExchangeRole purpose,
                                Timestamp now) {
  KITH_TRY_ASSIGN(found, ticket_by_id(reader, id, now));
  if (!found || found->ticket.purpose != purpose || found->is_spent || !found->of.is_live()) return ticket_is_dead();
  if (found->ticket.expires_at <= now && !found->is_held) return ticket_is_dead();
  return std::move(*found);
}

Expected<void> insert_exchange(storage::Transaction& transaction, const ExchangeRow& row) {
  const auto& exchange = row.exchange;
  const auto bytes = [](const std::optional<Digest>& hash) {
    return hash ? storage::Value(hash->view()) : storage::Value(nullptr);
  };
  KITH_TRY(transaction.execute(
      "INSERT INTO exchanges (id, owner, direction, state, finished, encrypted, note, password_hash, upload_hash, "
      "download_hash, max_downloads, max_files, max_size, created_at, expires_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {exchange.id.text(), exchange.owner.text(), direction_name(exchange.direction), state_name(exchange.state),
       exchange.finished, exchange.encrypted, exchange.note, row.password_hash, bytes(row.upload_hash),
       bytes(row.download_hash), exchange.max_downloads, exchange.max_files, exchange.max_size, exchange.created_at,
       exchange.expires_at}));
  return {};
}

Expected<void> insert_exchange_file(storage::Transaction& transaction, const Exchange& exchange,
                                    const ExchangeFile& file, bool keeps_content) {
  const auto owner = keeps_content ? storage::Value(exchange.owner.text()) : storage::Value(nullptr);
  const auto asset = file.asset ? storage::Value(file.asset->text()) : storage::Value(nullptr);
  const auto strip = file.strip ? storage::Value(strip_mode_name(*file.strip)) : storage::Value(nullptr);
  const auto shown = file.strip ? storage::Value(file.digest.view()) : storage::Value(nullptr);
  KITH_TRY(transaction.execute(
      "INSERT INTO exchange_files (exchange, number, owner, digest, strip, shown, size, name, sealed_name, media_type, "
      "asset, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {exchange.id.text(), file.number, owner, (file.strip ? file.original : file.digest).view(), strip, shown,
       file.size, file.name, file.sealed_name, file.media_type, asset, file.created_at}));
  return {};
}

Expected<void> insert_ticket(storage::Transaction& transaction, const ExchangeTicket& ticket, Timestamp now) {
  const std::string purpose = ticket.purpose == ExchangeRole::upload ? "upload" : "download";
  KITH_TRY_ASSIGN(count, first_row<std::int64_t>(transaction,
                                                 "SELECT count(*) FROM exchange_tickets WHERE exchange = ? "
                                                 "AND purpose = ? AND spent = 0 AND expires_at > ?",
                                                 {ticket.exchange.text(), purpose, now},
                                                 [](const storage::Row& row) { return row.integer(0); }));
  if (count.value_or(0) >= kMaxExchangeTickets)
    return tl::make_unexpected(core::Error{core::ErrorCode::too_many_requests,
                                           "too many addresses of this exchange wait to be used: try again later",
                                           std::chrono::seconds{60},
                                           {}});
  KITH_TRY(transaction.execute(
      "INSERT INTO exchange_tickets (id, exchange, purpose, name, sealed_name, first_file, last_file, is_archive, "
      "size, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {ticket.id.text(), ticket.exchange.text(), purpose, ticket.name, ticket.sealed_name, ticket.first_file,
       ticket.last_file, ticket.is_archive, ticket.size, ticket.expires_at}));
  return {};
}

core::Unexpected ticket_is_dead() {
  return core::fail(core::ErrorCode::forbidden,
                    "this address is no longer good: it was used, has run out, or the exchange has ended; open the "
                    "exchange's link again");
}

}  // namespace kith::assets
