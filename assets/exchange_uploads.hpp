#pragma once
// Files on their way into exchanges: places are taken, renewed, given back, and filled. For assets/ only; see
// Exchanges and ExchangeUpload for what callers can count on. Thread-safe.

#include "assets/exchange_states.hpp"
#include "assets/exchange_transfers.hpp"
#include "assets/exchanges.hpp"
#include "assets/limits.hpp"

namespace kith::assets {

class ExchangeUploads {
 public:
  ExchangeUploads(const Exchanges::Parts& parts, ExchangeTransfers& transfers) : parts_(parts), transfers_(transfers) {}

  core::Expected<std::unique_ptr<ExchangeUpload>> begin(const ExchangeTicketId& ticket);
  core::Expected<ExchangeTicket> hold(const ExchangeTicketId& ticket, core::Timestamp until);
  core::Expected<void> renew(const ExchangeTicketId& ticket, bool keep, core::Timestamp until);
  // Where even this fails the lease runs out by itself.
  void give_back(const ExchangeTicket& ticket);
  void release(const ExchangeTicketId& ticket);
  core::Expected<ExchangeFile> complete(const ExchangeTicketId& ticket,
                                        const std::function<core::Expected<void>(const Naming&)>& place);
  // What becomes of resumable uploads; their reference is the ticket.
  UploadTarget resumable_target();
  core::Expected<void> renew_lease(const ExchangeTicketId& ticket) {
    return renew(ticket, false, parts_.clock.now() + kExchangeLease);
  }
  std::chrono::steady_clock::time_point steady() const { return parts_.clock.steady(); }

 private:
  core::Expected<ExchangeTicket> take_place(const ExchangeTicketId& ticket, bool keep, core::Timestamp until);
  void end(const ExchangeTicketId& ticket, bool erase_ticket);

  const Exchanges::Parts& parts_;
  ExchangeTransfers& transfers_;
};

}  // namespace kith::assets
