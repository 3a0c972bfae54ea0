// What outsiders can do with an exchange: the token's and the ticket's side of Exchanges.

#include "assets/exchange_services.hpp"
#include "assets/exchange_wishes.hpp"
#include "assets/limits.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;

namespace {

// What the password guards: the files sent, or the way to the owner's files.
bool is_guarded(const Exchange& exchange, ExchangeRole role) {
  const bool sends = exchange.direction == ExchangeDirection::send;
  return exchange.has_password && role == (sends ? ExchangeRole::download : ExchangeRole::upload);
}

Expected<void> require(const ExchangeVisit& visit, ExchangeRole role) {
  if (visit.role != role)
    return core::fail(ErrorCode::forbidden, role == ExchangeRole::upload ? "this link is for downloading only"
                                                                         : "this link is for uploading only");
  if (visit.needs_password) return core::fail(ErrorCode::password_required, "this exchange has a password");
  return {};
}

core::Unexpected has_ended() {
  return core::fail(ErrorCode::gone, "this exchange has ended: ask who gave you the link for another one");
}

Expected<void> check_takes(const Exchange& exchange, std::uint64_t size) {
  if (exchange.finished || static_cast<int>(exchange.files.size()) >= exchange.max_files)
    return core::fail(ErrorCode::conflict, "this exchange has all its files already");
  const auto used = exchange.size();
  if (exchange.max_size && (used > *exchange.max_size || size > *exchange.max_size - used))
    return core::fail(ErrorCode::too_large,
                      "all files of this exchange together may have " + std::to_string(*exchange.max_size) + " bytes");
  return {};
}

Expected<const ExchangeFile*> file_numbered(const Exchange& exchange, std::optional<int> number) {
  if (exchange.files.empty()) return core::fail(ErrorCode::not_found, "there is nothing in this exchange yet");
  if (!number && exchange.files.size() > 1)
    return core::fail(ErrorCode::bad_request, "this exchange has several files: say which one");
  for (const auto& file : exchange.files)
    if (file.number == number.value_or(file.number)) return &file;
  return core::fail(ErrorCode::not_found, "this exchange has no such file");
}

Expected<void> check_left(const Exchange& exchange, const ExchangeFile& file) {
  if (!exchange.max_downloads || file.downloads < *exchange.max_downloads) return {};
  return core::fail(ErrorCode::gone, "this file was downloaded as often as it may be");
}

// The exchange of a visit as it is now.
Expected<Exchange> as_it_is(storage::Reader& reader, const ExchangeVisit& visit, core::Timestamp now) {
  KITH_TRY_ASSIGN(row, exchange_by_id(reader, visit.exchange.id, now));
  if (!row || !row->is_live()) return has_ended();
  return std::move(row->exchange);
}

ExchangeTicket new_ticket(const Exchanges::Parts& parts, const Exchange& exchange, ExchangeRole purpose) {
  ExchangeTicket ticket;
  ticket.id = ExchangeTicketId::make(parts.clock, parts.random);
  ticket.exchange = exchange.id;
  ticket.owner = exchange.owner;
  ticket.purpose = purpose;
  // Whole seconds, as addresses have them; never after the exchange's own end.
  ticket.expires_at =
      std::chrono::floor<std::chrono::seconds>(std::min(parts.clock.now() + kExchangeTicketLife, exchange.expires_at));
  return ticket;
}

}  // namespace

Expected<ExchangeVisit> Exchanges::visit(const ExchangeToken& token, const std::optional<std::string>& password,
                                         std::string_view client) {
  const auto& parts = services_->parts;
  const auto hash = exchange_token_hash(token);
  ExchangeVisit visit;
  std::optional<ExchangeRow> row;
  KITH_TRY(parts.database.read([&](storage::Reader& reader) -> Expected<void> {
    for (const auto role : {ExchangeRole::download, ExchangeRole::upload}) {
      KITH_TRY_ASSIGN(found, exchange_by_token(reader, role, hash, parts.clock.now()));
      if (!found) continue;
      row = std::move(found);
      visit.role = role;
    }
    return {};
  }));
  if (!row) return core::fail(ErrorCode::unauthorized, "this link is not known here: it is mistyped, or has ended");
  if (!row->is_live()) return has_ended();
  visit.exchange = std::move(row->exchange);
  if (!is_guarded(visit.exchange, visit.role)) return visit;
  visit.needs_password = !password;
  if (!password) return visit;
  KITH_TRY_ASSIGN(is_right, parts.passwords.verify(visit.exchange.id, client, *password, row->password_hash.value()));
  if (!is_right) return core::fail(ErrorCode::wrong_password, "this is not the exchange's password");
  return visit;
}

Expected<ExchangeTicket> Exchanges::ticket_for_upload(const ExchangeVisit& visit, std::string_view name,
                                                      const std::optional<std::string>& sealed_name,
                                                      std::uint64_t size) {
  const auto& parts = services_->parts;
  KITH_TRY(require(visit, ExchangeRole::upload));
  KITH_TRY(check_exchange_file(visit.exchange, name, sealed_name));
  if (size > parts.arrivals.max_file_bytes())
    return core::fail(ErrorCode::too_large,
                      "a file may have at most " + std::to_string(parts.arrivals.max_file_bytes()) + " bytes here");
  const auto now = parts.clock.now();
  auto ticket = new_ticket(parts, visit.exchange, ExchangeRole::upload);
  ticket.name = name;
  ticket.sealed_name = sealed_name;
  ticket.size = size;
  KITH_TRY(parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(exchange, as_it_is(transaction, visit, now));
    KITH_TRY(check_takes(exchange, size));
    return insert_ticket(transaction, ticket, now);
  }));
  return ticket;
}

Expected<ExchangeTicket> Exchanges::ticket_for_download(const ExchangeVisit& visit, std::optional<int> number) {
  const auto& parts = services_->parts;
  KITH_TRY(require(visit, ExchangeRole::download));
  const auto now = parts.clock.now();
  auto ticket = new_ticket(parts, visit.exchange, ExchangeRole::download);
  KITH_TRY(parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(exchange, as_it_is(transaction, visit, now));
    KITH_TRY_ASSIGN(file, file_numbered(exchange, number));
    KITH_TRY(check_left(exchange, *file));
    ticket.first_file = ticket.last_file = file->number;
    ticket.size = file->size;
    return insert_ticket(transaction, ticket, now);
  }));
  return ticket;
}

Expected<ExchangeTicket> Exchanges::ticket_for_archive(const ExchangeVisit& visit, std::uint64_t archive_size) {
  const auto& parts = services_->parts;
  KITH_TRY(require(visit, ExchangeRole::download));
  const auto now = parts.clock.now();
  if (visit.exchange.files.empty()) return core::fail(ErrorCode::not_found, "there is nothing in this exchange yet");
  auto ticket = new_ticket(parts, visit.exchange, ExchangeRole::download);
  ticket.first_file = 1;
  ticket.last_file = static_cast<int>(visit.exchange.files.size());
  ticket.is_archive = true;
  ticket.size = archive_size;
  KITH_TRY(parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(exchange, as_it_is(transaction, visit, now));
    for (const auto& file : exchange.files)
      if (file.number <= ticket.last_file) KITH_TRY(check_left(exchange, file));
    return insert_ticket(transaction, ticket, now);
  }));
  return ticket;
}

Expected<void> Exchanges::finish(const ExchangeVisit& visit) {
  const auto& parts = services_->parts;
  KITH_TRY(require(visit, ExchangeRole::upload));
  KITH_TRY(parts.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(exchange, as_it_is(transaction, visit, parts.clock.now()));
    return assets::finish(transaction, exchange);
  }));
  parts.events.exchanges_changed(visit.exchange.owner);
  return {};
}

Expected<std::unique_ptr<ExchangeUpload>> Exchanges::begin_upload(const ExchangeTicketId& ticket) {
  return services_->uploads.begin(ticket);
}

Expected<ExchangeContent> Exchanges::look(const ExchangeTicketId& ticket) {
  return services_->downloads.look(ticket);
}

Expected<std::unique_ptr<ExchangeDownload>> Exchanges::begin_download(const ExchangeTicketId& ticket) {
  return services_->downloads.begin(ticket);
}

Expected<ExchangeTicket> Exchanges::hold(const ExchangeTicketId& ticket, core::Timestamp until) {
  return services_->uploads.hold(ticket, until);
}

Expected<void> Exchanges::renew(const ExchangeTicketId& ticket, core::Timestamp until) {
  return services_->uploads.renew(ticket, true, until);
}

void Exchanges::release(const ExchangeTicketId& ticket) {
  services_->uploads.release(ticket);
}

UploadTarget Exchanges::resumable_target() {
  return services_->uploads.resumable_target();
}

Expected<ExchangeFile> Exchanges::complete(const ExchangeTicketId& ticket,
                                           const std::function<Expected<void>(const Naming&)>& place) {
  return services_->uploads.complete(ticket, place);
}

}  // namespace kith::assets
