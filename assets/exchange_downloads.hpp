#pragma once
// Content on its way out of exchanges: which downloads run, what each has sent, when one counts. For assets/ only; see
// Exchanges and ExchangeDownload for what callers can count on. Thread-safe.

#include <mutex>
#include <unordered_map>

#include "assets/exchange_rows.hpp"
#include "assets/exchange_transfers.hpp"
#include "assets/exchanges.hpp"

namespace kith::assets {

// A ticket that answers run on, all of them together.
struct DownloadInUse {
  DownloadInUse(const TicketRow& row, const SentRanges& of_file, CutSwitch cut)
      : ticket(row.ticket),
        is_limited(row.of.exchange.max_downloads.has_value()),
        is_cut(std::move(cut)),
        sent(row.ticket.is_archive ? SentRanges() : row.fetched),  // an archive begins anew
        fetched(of_file) {
    fetched.add(sent);
  }

  const ExchangeTicket ticket;
  const bool is_limited;
  const CutSwitch is_cut;
  int answers = 0;     // guarded by ExchangeDownloads::mutex_
  std::mutex mutex;    // guards those below; held while the download is counted
  int newest = 0;      // answer
  SentRanges sent;     // on this address, by earlier answers too
  SentRanges fetched;  // the same, and what other addresses had sent when this began
  bool is_counted = false;
};

class ExchangeDownloads {
 public:
  ExchangeDownloads(const Exchanges::Parts& parts, ExchangeTransfers& transfers)
      : parts_(parts), transfers_(transfers) {}

  core::Expected<ExchangeContent> look(const ExchangeTicketId& ticket);
  core::Expected<std::unique_ptr<ExchangeDownload>> begin(const ExchangeTicketId& ticket);
  // Whether the download was counted by this very call of the answer `number`. `goes_on`: by an earlier one.
  core::Expected<bool> sent(DownloadInUse& use, int number, std::uint64_t offset, std::uint64_t length, bool goes_on);
  static int next_number(DownloadInUse& use);
  void end(const std::shared_ptr<DownloadInUse>& use);
  core::Expected<std::shared_ptr<storage::BlobReader>> open(const ExchangeTicket& ticket, const ExchangeFile& file);
  // Writes down the end of those for which that failed at their time.
  void settle();

 private:
  core::Expected<void> count(DownloadInUse& use);
  bool leave(DownloadInUse& use);

  const Exchanges::Parts& parts_;
  ExchangeTransfers& transfers_;
  std::mutex mutex_;  // guards running_ and each `answers`; held while a place is taken or given back
  std::unordered_map<ExchangeTicketId, std::shared_ptr<DownloadInUse>> running_;
};

}  // namespace kith::assets
