#include "assets/exchange_downloads.hpp"

#include <algorithm>

#include "assets/exchange_states.hpp"

namespace kith::assets {

using core::ErrorCode;
using core::Expected;

namespace {

ExchangeContent content_of(const TicketRow& row) {
  ExchangeContent content{row.ticket, row.of.exchange.encrypted, {}};
  for (const auto& file : row.of.exchange.files)
    if (file.number >= row.ticket.first_file && file.number <= row.ticket.last_file) content.files.push_back(file);
  return content;
}

}  // namespace

ExchangeDownload::ExchangeDownload(ExchangeDownloads& downloads, ExchangeContent content,
                                   std::shared_ptr<DownloadInUse> use)
    : downloads_(downloads),
      content_(std::move(content)),
      use_(std::move(use)),
      number_(downloads_.next_number(*use_)) {}

ExchangeDownload::~ExchangeDownload() {
  downloads_.end(use_);
}

Expected<std::shared_ptr<storage::BlobReader>> ExchangeDownload::open(std::size_t index) const {
  return downloads_.open(content_.ticket, content_.files.at(index));
}

Expected<void> ExchangeDownload::sent(std::uint64_t offset, std::uint64_t length) {
  KITH_TRY_ASSIGN(counted, downloads_.sent(*use_, number_, offset, length, was_counted_));
  was_counted_ = was_counted_ || counted;
  return {};
}

Expected<ExchangeContent> ExchangeDownloads::look(const ExchangeTicketId& id) {
  return parts_.database.read_for<ExchangeContent>([&](storage::Reader& reader) -> Expected<ExchangeContent> {
    KITH_TRY_ASSIGN(row, good_ticket(reader, id, ExchangeRole::download, parts_.clock.now()));
    return content_of(row);
  });
}

// The first answer on a ticket takes the place; the next ones share it.
Expected<std::unique_ptr<ExchangeDownload>> ExchangeDownloads::begin(const ExchangeTicketId& id) {
  std::unique_lock lock(mutex_);
  const auto now = parts_.clock.now();
  auto& use = running_[id];
  const bool is_first = use == nullptr;
  SentRanges of_file;
  auto row = parts_.database.write_for<TicketRow>([&](storage::Transaction& transaction) -> Expected<TicketRow> {
    KITH_TRY_ASSIGN(good, good_ticket(transaction, id, ExchangeRole::download, now));
    if (is_first) KITH_TRY(begin_download(transaction, good));
    KITH_TRY_ASSIGN(fetched, fetched_of_file(transaction, good.ticket));
    if (!good.ticket.is_archive) of_file = std::move(fetched);
    return good;
  });
  if (!row) {
    if (is_first) running_.erase(id);
    return tl::make_unexpected(std::move(row.error()));
  }
  if (is_first) {
    use = std::make_shared<DownloadInUse>(*row, of_file, transfers_.enter(row->ticket.exchange, row->ticket.owner));
  }
  ++use->answers;
  std::unique_ptr<ExchangeDownload> download(new ExchangeDownload(*this, content_of(*row), use));
  lock.unlock();
  if (is_first) parts_.events.exchanges_changed(row->ticket.owner);
  return download;
}

int ExchangeDownloads::next_number(DownloadInUse& use) {
  const std::lock_guard lock(use.mutex);
  return ++use.newest;
}

Expected<bool> ExchangeDownloads::sent(DownloadInUse& use, int number, std::uint64_t offset, std::uint64_t length,
                                       bool goes_on) {
  if (*use.is_cut) return core::fail(ErrorCode::gone, "the exchange was revoked");
  {
    const std::lock_guard lock(use.mutex);
    if (use.is_counted && use.is_limited && !goes_on)
      return core::fail(ErrorCode::gone, "this was downloaded by another request to the same address");
    if (use.ticket.is_archive && use.is_limited && number != use.newest)
      return core::fail(ErrorCode::gone, "this archive was begun anew");
    use.sent.add(offset, length);
    use.fetched.add(offset, length);
    if (use.is_counted || !use.fetched.cover(use.ticket.size)) return false;
    KITH_TRY(count(use));
  }
  parts_.events.exchanges_changed(use.ticket.owner);
  return true;
}

Expected<void> ExchangeDownloads::count(DownloadInUse& use) {
  KITH_TRY(parts_.database.write(
      [&](storage::Transaction& transaction) { return count_download(transaction, use.ticket); }));
  use.is_counted = true;
  return {};
}

void ExchangeDownloads::end(const std::shared_ptr<DownloadInUse>& use) {
  {
    const std::lock_guard lock(mutex_);
    --use->answers;
    if (!leave(*use)) return;
    running_.erase(use->ticket.id);
  }
  parts_.events.exchanges_changed(use->ticket.owner);
}

// Keeps what was sent, and gives the place back when no answer runs: true. What can't be written down is left for
// settle().
bool ExchangeDownloads::leave(DownloadInUse& use) {
  const std::lock_guard lock(use.mutex);
  const bool is_last = use.answers == 0;
  if (use.is_counted) return is_last;
  if (is_last && use.fetched.cover(use.ticket.size)) return count(use).has_value();  // empty, or it could not be
  const auto written = parts_.database.write(
      [&](storage::Transaction& transaction) { return end_download(transaction, use.ticket, use.sent, is_last); });
  if (!written) parts_.log.warning("the end of a download was not noted", {{"detail", written.error().detail}});
  return is_last && written;
}

Expected<std::shared_ptr<storage::BlobReader>> ExchangeDownloads::open(const ExchangeTicket& ticket,
                                                                       const ExchangeFile& file) {
  auto reader = file.strip ? parts_.variants.open(ticket.owner, file.original, file.media_type, *file.strip)
                           : parts_.blobs.open({ticket.owner, file.digest});
  if (!reader && reader.error().code == ErrorCode::not_found)
    return core::fail(ErrorCode::internal,
                      "content of exchange " + ticket.exchange.text() + " is missing in the store");
  return reader;
}

void ExchangeDownloads::settle() {
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [&](const auto& entry) { return entry.second->answers == 0 && leave(*entry.second); });
}

}  // namespace kith::assets
