#include "assets/exchange_uploads.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;

namespace {

constexpr std::chrono::minutes kRenewAfter{1};

}  // namespace

ExchangeUpload::ExchangeUpload(ExchangeUploads& uploads, ExchangeTicket ticket, CutSwitch is_cut,
                               std::unique_ptr<Arrival> arrival)
    : uploads_(uploads),
      ticket_(std::move(ticket)),
      is_cut_(std::move(is_cut)),
      arrival_(std::move(arrival)),
      renewed_at_(uploads.steady()) {}

ExchangeUpload::~ExchangeUpload() {
  if (!is_committed_) uploads_.give_back(ticket_);
}

std::uint64_t ExchangeUpload::size() const {
  return arrival_->size();
}

Expected<void> ExchangeUpload::write(core::ByteView piece) {
  if (*is_cut_) return ticket_is_dead();
  if (const auto now = uploads_.steady(); now - renewed_at_ >= kRenewAfter) {
    KITH_TRY(uploads_.renew_lease(ticket_.id));
    renewed_at_ = now;
  }
  return arrival_->write(piece);
}

Expected<ExchangeFile> ExchangeUpload::commit() {
  auto file = uploads_.complete(ticket_.id, [&](const Naming& naming) { return arrival_->commit(naming); });
  is_committed_ = file.has_value();
  return file;
}

Expected<ExchangeTicket> ExchangeUploads::take_place(const ExchangeTicketId& id, bool keep, core::Timestamp until) {
  const auto now = parts_.clock.now();
  KITH_TRY_ASSIGN(ticket, parts_.database.write_for<ExchangeTicket>(
                              [&](storage::Transaction& transaction) -> Expected<ExchangeTicket> {
                                KITH_TRY_ASSIGN(row, good_ticket(transaction, id, ExchangeRole::upload, now));
                                KITH_TRY(begin_upload(transaction, row, keep, until, now));
                                return std::move(row.ticket);
                              }));
  parts_.events.exchanges_changed(ticket.owner);
  return ticket;
}

Expected<std::unique_ptr<ExchangeUpload>> ExchangeUploads::begin(const ExchangeTicketId& id) {
  KITH_TRY_ASSIGN(ticket, take_place(id, false, parts_.clock.now() + kExchangeLease));
  auto is_cut = transfers_.enter(ticket.exchange, ticket.owner);
  auto arrival = parts_.arrivals.begin(ticket.owner, ticket.size, Uploader::guest);
  if (!arrival) {
    give_back(ticket);
    return tl::make_unexpected(std::move(arrival.error()));
  }
  return std::unique_ptr<ExchangeUpload>(
      new ExchangeUpload(*this, std::move(ticket), std::move(is_cut), std::move(*arrival)));
}

Expected<ExchangeTicket> ExchangeUploads::hold(const ExchangeTicketId& id, core::Timestamp until) {
  return take_place(id, true, until);
}

// A place that was lost meanwhile is taken again if there still is one.
Expected<void> ExchangeUploads::renew(const ExchangeTicketId& id, bool keep, core::Timestamp until) {
  const auto now = parts_.clock.now();
  return parts_.database.write([&](storage::Transaction& transaction) -> Expected<void> {
    KITH_TRY_ASSIGN(row, good_ticket(transaction, id, ExchangeRole::upload, now));
    if (row.is_held) return renew_upload(transaction, row.ticket, until);
    return begin_upload(transaction, row, keep, until, now);
  });
}

void ExchangeUploads::give_back(const ExchangeTicket& ticket) {
  end(ticket.id, false);
  parts_.events.exchanges_changed(ticket.owner);
}

void ExchangeUploads::release(const ExchangeTicketId& ticket) {
  end(ticket, true);
}

void ExchangeUploads::end(const ExchangeTicketId& ticket, bool erase_ticket) {
  const auto ended = parts_.database.write([&](storage::Transaction& transaction) {
    return end_upload(transaction, ticket, erase_ticket, parts_.clock.now());
  });
  if (!ended) parts_.log.warning("a place in an exchange is held on", {{"detail", ended.error().detail}});
}

UploadTarget ExchangeUploads::resumable_target() {
  UploadTarget target;
  target.name = [this](storage::Transaction& transaction, const ArrivedContent& content,
                       const ResumableUpload& upload) -> Expected<NamedUpload> {
    const auto now = parts_.clock.now();
    const auto id = ExchangeTicketId::parse(upload.reference);
    if (!id) return core::fail(ErrorCode::internal, "a resumable upload to an exchange has no ticket");
    KITH_TRY_ASSIGN(row, good_ticket(transaction, *id, ExchangeRole::upload, now));
    KITH_TRY_ASSIGN(filled, fill(transaction, row, content, core::AssetId::make(parts_.clock, parts_.random), now));
    // Which asset it became is not for the outsider who brought it.
    return NamedUpload{std::nullopt, [this, filled] {
                         if (filled.landed) tell(parts_.events, *filled.landed);
                         parts_.events.exchanges_changed(filled.owner);
                       }};
  };
  target.dropped = [this](const ResumableUpload& upload) {
    if (const auto id = ExchangeTicketId::parse(upload.reference)) release(*id);
  };
  return target;
}

Expected<ExchangeFile> ExchangeUploads::complete(const ExchangeTicketId& id,
                                                 const std::function<Expected<void>(const Naming&)>& place) {
  std::optional<FilledFile> filled;
  KITH_TRY(place([&](storage::Transaction& transaction, const ArrivedContent& content) -> Expected<void> {
    const auto now = parts_.clock.now();
    KITH_TRY_ASSIGN(row, good_ticket(transaction, id, ExchangeRole::upload, now));
    KITH_TRY_ASSIGN(made, fill(transaction, row, content, core::AssetId::make(parts_.clock, parts_.random), now));
    filled = std::move(made);
    return {};
  }));
  if (!filled) return core::fail(ErrorCode::internal, "content of an exchange was not named");
  if (filled->landed) tell(parts_.events, *filled->landed);
  parts_.events.exchanges_changed(filled->owner);
  return std::move(filled->file);
}

}  // namespace kith::assets
