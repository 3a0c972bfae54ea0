#include "assets/exchange_states.hpp"

#include <algorithm>

#include "assets/rows.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;
using core::Timestamp;

namespace {

struct Places {
  int files = 0;
  std::uint64_t bytes = 0;
};

// What uploads other than `ticket` hold.
Expected<Places> held_by_others(storage::Reader& reader, const ExchangeTicket& ticket, Timestamp now) {
  KITH_TRY_ASSIGN(
      found,
      first_row<Places>(reader,
                        "SELECT count(*), coalesce(sum(size), 0) FROM exchange_tickets "
                        "WHERE exchange = ? AND purpose = 'upload' AND held IN ('running', 'kept') "
                        "AND held_until > ? AND id <> ?",
                        {ticket.exchange.text(), now, ticket.id.text()}, [](const storage::Row& row) {
                          return Places{static_cast<int>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1))};
                        }));
  return found.value_or(Places());
}

Expected<void> check_room(const TicketRow& row, std::uint64_t held_bytes) {
  const auto& max = row.of.exchange.max_size;
  if (!max) return {};
  const auto used = row.of.exchange.size() + held_bytes;
  if (used > *max || row.ticket.size > *max - used)
    return core::fail(ErrorCode::too_large,
                      "all files of this exchange together may have " + std::to_string(*max) + " bytes");
  return {};
}

core::Unexpected is_filled() {
  return core::fail(ErrorCode::forbidden, "the exchange has all its files");
}

bool takes_files(const Exchange& exchange) {
  return !exchange.finished && static_cast<int>(exchange.files.size()) < exchange.max_files;
}

// `uploading` goes back to `open` where no upload holds a place any more.
Expected<void> reopen(storage::Transaction& transaction, Timestamp now) {
  KITH_TRY(
      transaction.execute("UPDATE exchanges SET state = 'open' WHERE state = 'uploading' AND NOT EXISTS "
                          "(SELECT 1 FROM exchange_tickets t WHERE t.exchange = exchanges.id AND t.purpose = 'upload' "
                          "AND t.held IN ('running', 'kept') AND t.held_until > ?)",
                          {now}));
  return {};
}

Expected<void> exhaust_if_due(storage::Transaction& transaction, const ExchangeId& exchange) {
  KITH_TRY(transaction.execute(
      "UPDATE exchanges SET state = 'exhausted' WHERE id = ? AND state = 'available' AND finished = 1 "
      "AND max_downloads IS NOT NULL AND NOT EXISTS "
      "(SELECT 1 FROM exchange_files f WHERE f.exchange = exchanges.id AND f.downloads < exchanges.max_downloads)",
      {exchange.text()}));
  return {};
}

Expected<int> changed(Expected<std::int64_t> rows) {
  return std::move(rows).map([](std::int64_t count) { return static_cast<int>(count); });
}

}  // namespace

Expected<void> begin_upload(storage::Transaction& transaction, const TicketRow& row, bool keep, Timestamp until,
                            Timestamp now) {
  const auto& exchange = row.of.exchange;
  if (!takes_files(exchange)) return is_filled();
  if (row.is_held) return core::fail(ErrorCode::conflict, "an upload to this address runs already");
  KITH_TRY_ASSIGN(others, held_by_others(transaction, row.ticket, now));
  if (static_cast<int>(exchange.files.size()) + others.files >= exchange.max_files)
    return core::fail(ErrorCode::conflict, "somebody is uploading right now: try again when that has ended");
  KITH_TRY(check_room(row, others.bytes));
  KITH_TRY(
      transaction.execute("UPDATE exchange_tickets SET held = ?1, held_until = ?2, expires_at = CASE WHEN ?1 = 'kept' "
                          "THEN max(expires_at, ?2) ELSE expires_at END WHERE id = ?3",
                          {keep ? "kept" : "running", until, row.ticket.id.text()}));
  KITH_TRY(transaction.execute("UPDATE exchanges SET state = 'uploading' WHERE id = ? AND state = 'open'",
                               {exchange.id.text()}));
  return {};
}

Expected<void> renew_upload(storage::Transaction& transaction, const ExchangeTicket& ticket, Timestamp until) {
  KITH_TRY(transaction.execute(
      "UPDATE exchange_tickets SET held_until = ?1, expires_at = CASE WHEN held = 'kept' THEN max(expires_at, ?1) "
      "ELSE expires_at END WHERE id = ?2 AND held IN ('running', 'kept')",
      {until, ticket.id.text()}));
  return {};
}

Expected<void> end_upload(storage::Transaction& transaction, const ExchangeTicketId& ticket, bool erase_ticket,
                          Timestamp now) {
  if (erase_ticket)
    KITH_TRY(transaction.execute("DELETE FROM exchange_tickets WHERE id = ?", {ticket.text()}));
  else
    KITH_TRY(transaction.execute("UPDATE exchange_tickets SET held = 'no', held_until = NULL WHERE id = ?",
                                 {ticket.text()}));
  return reopen(transaction, now);
}

Expected<FilledFile> fill(storage::Transaction& transaction, const TicketRow& row, const ArrivedContent& content,
                          core::AssetId new_asset, Timestamp now) {
  const auto& exchange = row.of.exchange;
  if (!takes_files(exchange)) return is_filled();
  if (content.size != row.ticket.size)
    return core::fail(ErrorCode::bad_request, "this is not as much content as was declared");
  KITH_TRY(check_room(row, 0));
  FilledFile filled;
  filled.owner = exchange.owner;
  auto& file = filled.file;
  file.number = static_cast<int>(exchange.files.size()) + 1;
  file.name = row.ticket.name;
  file.sealed_name = row.ticket.sealed_name;
  file.size = content.size;
  file.media_type = exchange.encrypted ? "application/octet-stream" : media_type_of(content.head, file.name);
  file.digest = content.digest;
  file.created_at = now;
  if (exchange.direction == ExchangeDirection::receive) {
    KITH_TRY_ASSIGN(name, free_name(transaction, exchange.owner, file.name));
    KITH_TRY_ASSIGN(landed, name_in_catalogue(transaction, content, name, std::move(new_asset), now));
    file.name = landed.asset.name;
    file.asset = landed.asset.id;
    filled.landed = std::move(landed);
  }
  KITH_TRY(insert_exchange_file(transaction, exchange, file, !file.asset));
  KITH_TRY(transaction.execute("DELETE FROM exchange_tickets WHERE id = ?", {row.ticket.id.text()}));
  KITH_TRY(transaction.execute("UPDATE exchanges SET state = 'available', finished = ? WHERE id = ?",
                               {file.number >= exchange.max_files, exchange.id.text()}));
  return filled;
}

Expected<void> finish(storage::Transaction& transaction, const Exchange& exchange) {
  if (exchange.files.empty())
    return core::fail(ErrorCode::conflict, "there is no file in this exchange yet: upload one first");
  KITH_TRY(transaction.execute("UPDATE exchanges SET finished = 1 WHERE id = ?", {exchange.id.text()}));
  return exhaust_if_due(transaction, exchange.id);
}

Expected<void> begin_download(storage::Transaction& transaction, const TicketRow& row) {
  const auto& ticket = row.ticket;
  if (const auto max = row.of.exchange.max_downloads) {
    KITH_TRY_ASSIGN(
        full, first_row<bool>(transaction,
                              "SELECT 1 FROM exchange_files f WHERE f.exchange = ?1 "
                              "AND f.number BETWEEN ?2 AND ?3 AND f.downloads + "
                              "(SELECT count(*) FROM exchange_tickets t WHERE t.exchange = ?1 "
                              "AND t.purpose = 'download' AND t.held = 'running' AND t.id <> ?4 "
                              "AND f.number BETWEEN t.first_file AND t.last_file) >= ?5 LIMIT 1",
                              {ticket.exchange.text(), ticket.first_file, ticket.last_file, ticket.id.text(), *max},
                              [](const storage::Row&) { return true; }));
    if (full)
      return core::fail(ErrorCode::forbidden,
                        "this was downloaded as often as it may be, or the last download of it runs right now");
  }
  KITH_TRY(transaction.execute("UPDATE exchange_tickets SET held = 'running' WHERE id = ?", {ticket.id.text()}));
  return {};
}

Expected<void> count_download(storage::Transaction& transaction, const ExchangeTicket& ticket) {
  KITH_TRY_ASSIGN(spent, transaction.execute("UPDATE exchange_tickets SET spent = 1, held = 'no' "
                                             "WHERE id = ? AND spent = 0",
                                             {ticket.id.text()}));
  if (spent == 0) return {};  // the exchange was erased meanwhile
  KITH_TRY(
      transaction.execute("UPDATE exchange_files SET downloads = downloads + 1, fetched = '' WHERE exchange = ? "
                          "AND number BETWEEN ? AND ?",
                          {ticket.exchange.text(), ticket.first_file, ticket.last_file}));
  return exhaust_if_due(transaction, ticket.exchange);
}

Expected<SentRanges> fetched_of_file(storage::Reader& reader, const ExchangeTicket& ticket) {
  KITH_TRY_ASSIGN(found,
                  first_row<SentRanges>(reader, "SELECT fetched FROM exchange_files WHERE exchange = ? AND number = ?",
                                        {ticket.exchange.text(), ticket.first_file}, [](const storage::Row& row) {
                                          return SentRanges::parse(row.text(0)).value_or(SentRanges());
                                        }));
  return found.value_or(SentRanges());
}

namespace {

struct FetchedFile {
  int number = 0;
  std::uint64_t size = 0;
  SentRanges fetched;
};

Expected<std::vector<FetchedFile>> files_of(storage::Reader& reader, const ExchangeTicket& ticket) {
  std::vector<FetchedFile> files;
  KITH_TRY(
      reader.query("SELECT number, size, fetched FROM exchange_files WHERE exchange = ? AND number BETWEEN ? AND ? "
                   "ORDER BY number",
                   {ticket.exchange.text(), ticket.first_file, ticket.last_file}, [&](const storage::Row& row) {
                     files.push_back({static_cast<int>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1)),
                                      SentRanges::parse(row.text(2)).value_or(SentRanges())});
                     return true;
                   }));
  return files;
}

// An archive that broke off begins anew, so the files it had sent are free once: all but their last byte is noted.
// Where that was noted before, a file counts as downloaded, or whoever breaks off before the end gets all for ever.
// What an archive has beside the files is too little to matter.
Expected<void> end_archive(storage::Transaction& transaction, const ExchangeTicket& ticket, const SentRanges& sent) {
  KITH_TRY_ASSIGN(files, files_of(transaction, ticket));
  auto left = sent.reach();
  for (auto& file : files) {
    const auto part = std::min(left, file.size);
    if (part == 0) continue;
    left -= part;
    const bool counts = part == file.size && file.fetched.cover(file.size - 1);
    file.fetched.add(0, std::min(part, file.size - 1));
    KITH_TRY(transaction.execute(
        "UPDATE exchange_files SET fetched = ?, downloads = downloads + ? "
        "WHERE exchange = ? AND number = ?",
        {counts ? std::string() : file.fetched.text(), counts ? 1 : 0, ticket.exchange.text(), file.number}));
  }
  return exhaust_if_due(transaction, ticket.exchange);
}

}  // namespace

Expected<void> end_download(storage::Transaction& transaction, const ExchangeTicket& ticket, const SentRanges& sent,
                            bool leave) {
  KITH_TRY_ASSIGN(known, transaction.execute("UPDATE exchange_tickets SET fetched = ?, held = CASE WHEN ? THEN 'no' "
                                             "ELSE held END WHERE id = ? AND spent = 0",
                                             {sent.text(), leave, ticket.id.text()}));
  if (known == 0) return {};
  if (ticket.is_archive) return leave ? end_archive(transaction, ticket, sent) : Expected<void>();
  KITH_TRY_ASSIGN(fetched, fetched_of_file(transaction, ticket));
  fetched.add(sent);
  if (leave && fetched.cover(ticket.size)) return count_download(transaction, ticket);
  KITH_TRY(transaction.execute("UPDATE exchange_files SET fetched = ? WHERE exchange = ? AND number = ?",
                               {fetched.text(), ticket.exchange.text(), ticket.first_file}));
  return {};
}

Expected<std::vector<storage::BlobKey>> revoke(storage::Transaction& transaction, const ExchangeId& exchange) {
  std::vector<storage::BlobKey> keys;
  KITH_TRY(transaction.query(
      "SELECT owner, digest FROM exchange_files WHERE exchange = ? AND owner IS NOT NULL", {exchange.text()},
      [&](const storage::Row& row) {
        keys.push_back({id_of<core::UserId>(row, 0), core::Digest::from(row.blob(1)).value_or(core::Digest())});
        return true;
      }));
  KITH_TRY(transaction.execute("UPDATE exchange_files SET owner = NULL WHERE exchange = ? AND owner IS NOT NULL",
                               {exchange.text()}));
  KITH_TRY(transaction.execute("DELETE FROM exchange_tickets WHERE exchange = ?", {exchange.text()}));
  KITH_TRY(transaction.execute("UPDATE exchanges SET state = 'revoked', finished = 1 WHERE id = ?", {exchange.text()}));
  return keys;
}

Expected<int> erase_ended(storage::Transaction& transaction, int limit, Timestamp now,
                          std::vector<core::UserId>& owners) {
  std::vector<std::string> ended;
  const auto take = [&](const storage::Row& row) {
    ended.push_back(row.text(0));
    owners.push_back(id_of<core::UserId>(row, 1));
    return true;
  };
  KITH_TRY(transaction.query("SELECT id, owner FROM exchanges WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
                             {now, limit}, take));
  KITH_TRY(transaction.query("SELECT id, owner FROM exchanges WHERE state = 'revoked' LIMIT ?", {limit}, take));
  for (const auto& id : ended) KITH_TRY(transaction.execute("DELETE FROM exchanges WHERE id = ?", {id}));
  return std::min(static_cast<int>(ended.size()), limit);
}

Expected<int> erase_remains(storage::Transaction& transaction, int limit, Timestamp now) {
  KITH_TRY_ASSIGN(contents, changed(transaction.execute(
                                "UPDATE exchange_files SET owner = NULL WHERE (exchange, number) IN "
                                "(SELECT f.exchange, f.number FROM exchanges e CROSS JOIN exchange_files f "
                                "ON f.exchange = e.id WHERE e.state = 'exhausted' AND f.owner IS NOT NULL LIMIT ?)",
                                {limit})));
  KITH_TRY_ASSIGN(leases,
                  changed(transaction.execute(
                      "UPDATE exchange_tickets SET held = 'no', held_until = NULL WHERE id IN "
                      "(SELECT id FROM exchange_tickets WHERE held IN ('running', 'kept') AND held_until <= ? LIMIT ?)",
                      {now, limit})));
  KITH_TRY_ASSIGN(tickets,
                  changed(transaction.execute("DELETE FROM exchange_tickets WHERE id IN (SELECT id FROM "
                                              "exchange_tickets WHERE expires_at <= ? AND held = 'no' LIMIT ?)",
                                              {now, limit})));
  KITH_TRY(reopen(transaction, now));
  return std::max({contents, leases, tickets});
}

Expected<void> forget_running(storage::Transaction& transaction, Timestamp now) {
  KITH_TRY(transaction.execute("UPDATE exchange_tickets SET held = 'no', held_until = NULL WHERE held = 'running'"));
  return reopen(transaction, now);
}

}  // namespace kith::assets
