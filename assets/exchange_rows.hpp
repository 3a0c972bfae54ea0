#pragma once
// How exchanges, their files and tickets stand in rows. Only the .cpp files of assets/ include this.

#include <optional>
#include <string>
#include <vector>

#include "assets/exchange.hpp"
#include "assets/page.hpp"
#include "assets/sent_ranges.hpp"
#include "storage/database.hpp"

namespace kith::assets {

// An exchange with what only the core may know.
struct ExchangeRow {
  Exchange exchange;
  std::optional<std::string> password_hash;
  std::optional<core::Digest> upload_hash;
  std::optional<core::Digest> download_hash;
  bool owner_is_active = true;  // a suspended account's links lead nowhere

  // Whether an outsider can still do anything with it.
  bool is_live() const { return owner_is_active && !exchange.has_ended(); }
};

struct TicketRow {
  ExchangeTicket ticket;
  ExchangeRow of;
  bool is_held = false;  // at the time of reading
  SentRanges fetched;
  bool is_spent = false;
};

// All with their files; `now` decides what has expired. Nothing for what isn't there.
core::Expected<std::optional<ExchangeRow>> exchange_by_id(storage::Reader& reader, const ExchangeId& id,
                                                          core::Timestamp now);
// Found by the hash, then compared in constant time.
core::Expected<std::optional<ExchangeRow>> exchange_by_token(storage::Reader& reader, ExchangeRole role,
                                                             const core::Digest& hash, core::Timestamp now);
core::Expected<Page<Exchange>> exchanges_of(storage::Reader& reader, const core::UserId& owner, const PageRequest& page,
                                            core::Timestamp now);
core::Expected<std::optional<TicketRow>> ticket_by_id(storage::Reader& reader, const ExchangeTicketId& id,
                                                      core::Timestamp now);
// The same of a ticket that is good for `purpose` now; forbidden otherwise.
core::Expected<TicketRow> good_ticket(storage::Reader& reader, const ExchangeTicketId& id, ExchangeRole purpose,
                                      core::Timestamp now);

core::Expected<void> insert_exchange(storage::Transaction& transaction, const ExchangeRow& row);
// `keeps_content`: the file is a name of the owner's content itself; otherwise an asset is.
core::Expected<void> insert_exchange_file(storage::Transaction& transaction, const Exchange& exchange,
                                          const ExchangeFile& file, bool keeps_content);
// too_many_requests when the exchange has kMaxExchangeTickets of its kind.
core::Expected<void> insert_ticket(storage::Transaction& transaction, const ExchangeTicket& ticket,
                                   core::Timestamp now);

core::Unexpected ticket_is_dead();

}  // namespace kith::assets
