#pragma once
// Every step an exchange makes, and what is asked before each. Functions of a transaction, so a step is made whole or
// not at all. For assets/ only.
//
//   open       nothing in it, nobody uploads                       begin_upload -> uploading
//   uploading  the first upload runs                               fill -> available; end_upload -> open
//   available  a file is in it; more may come until `finished`     count_download -> exhausted
//   exhausted  each file was downloaded as often as it may be      erase_content, erase at its time
//   revoked    by its owner, from any state                        erase
//   (expired)  its time is over, in any state                      erase
//
// A place is an upload that may still become a file, or a download that may still count: a ticket that is held.

#include <vector>

#include "assets/arrival.hpp"
#include "assets/catalogue_naming.hpp"
#include "assets/exchange_rows.hpp"
#include "core/random.hpp"
#include "storage/blob_store.hpp"

namespace kith::assets {

// ---- Uploads. `ticket` is a good one (good_ticket), read in the same transaction.

// conflict when all places that are left are held, or this ticket is; too_large beyond max_size.
core::Expected<void> begin_upload(storage::Transaction& transaction, const TicketRow& ticket, bool keep,
                                  core::Timestamp until, core::Timestamp now);
core::Expected<void> renew_upload(storage::Transaction& transaction, const ExchangeTicket& ticket,
                                  core::Timestamp until);
// Gives the place back; `erase_ticket`: and the ticket may not be used again.
core::Expected<void> end_upload(storage::Transaction& transaction, const ExchangeTicketId& ticket, bool erase_ticket,
                                core::Timestamp now);

struct FilledFile {
  ExchangeFile file;
  core::UserId owner;
  std::optional<StoredVersion> landed;  // of an exchange that receives: the owner's new asset
};
// The content that arrived is the exchange's next file; the ticket is spent. forbidden when it was filled meanwhile.
core::Expected<FilledFile> fill(storage::Transaction& transaction, const TicketRow& ticket,
                                const ArrivedContent& content, core::AssetId new_asset, core::Timestamp now);
// Takes no more files. conflict when there is none.
core::Expected<void> finish(storage::Transaction& transaction, const Exchange& exchange);

// ---- Downloads.

// forbidden when each download of one of the files was made or runs.
core::Expected<void> begin_download(storage::Transaction& transaction, const TicketRow& ticket);
// Each of the ticket's files was downloaded once more; the ticket is spent.
core::Expected<void> count_download(storage::Transaction& transaction, const ExchangeTicket& ticket);
// What was sent of the ticket's file, on this address or any, since that was last downloaded.
core::Expected<SentRanges> fetched_of_file(storage::Reader& reader, const ExchangeTicket& ticket);
// Keeps what was sent; `leave`: and gives the place back, or counts it if nothing of the file is missing any more.
// Of an archive that broke off, files that were sent whole count when that happened to them before.
core::Expected<void> end_download(storage::Transaction& transaction, const ExchangeTicket& ticket,
                                  const SentRanges& sent, bool leave);

// ---- The end.

// Tickets go, content loses its names: what was named is returned.
core::Expected<std::vector<storage::BlobKey>> revoke(storage::Transaction& transaction, const ExchangeId& exchange);
// Expired and revoked exchanges go with everything, at most `limit` of each; whose they were is added to `owners`.
core::Expected<int> erase_ended(storage::Transaction& transaction, int limit, core::Timestamp now,
                                std::vector<core::UserId>& owners);
// Exhausted ones lose their content, tickets that ran out go, leases that ran out are taken back; at most `limit` each.
core::Expected<int> erase_remains(storage::Transaction& transaction, int limit, core::Timestamp now);
// After a start: nothing runs.
core::Expected<void> forget_running(storage::Transaction& transaction, core::Timestamp now);

}  // namespace kith::assets
