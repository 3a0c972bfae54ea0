#pragma once
// One file on its way into an exchange. It holds one of the exchange's places for files, a lease in the database that
// is renewed as bytes come; destruction gives it back, and so do a restart and five minutes without a byte. Belongs to
// one thread at a time; must end before its Exchanges does. Calls block.

#include <chrono>
#include <memory>

#include "assets/exchange.hpp"
#include "assets/exchange_transfers.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"

namespace kith::assets {

class Arrival;
class ExchangeUploads;

class ExchangeUpload {
 public:
  // Gives the place back unless commit() succeeded: the same address may be tried again.
  ~ExchangeUpload();
  ExchangeUpload(const ExchangeUpload&) = delete;
  ExchangeUpload& operator=(const ExchangeUpload&) = delete;

  const ExchangeTicket& ticket() const { return ticket_; }
  std::uint64_t size() const;
  // bad_request beyond the declared size, quota_exceeded, storage_full; forbidden once the exchange has ended.
  [[nodiscard]] core::Expected<void> write(core::ByteView piece);
  // The file is in the exchange (or among its owner's assets) for good and the address spent. bad_request when fewer
  // bytes came than were declared, forbidden when the exchange has ended or was filled meanwhile.
  [[nodiscard]] core::Expected<ExchangeFile> commit();

 private:
  friend class ExchangeUploads;
  ExchangeUpload(ExchangeUploads& uploads, ExchangeTicket ticket, CutSwitch is_cut, std::unique_ptr<Arrival> arrival);

  ExchangeUploads& uploads_;
  const ExchangeTicket ticket_;
  const CutSwitch is_cut_;
  const std::unique_ptr<Arrival> arrival_;
  std::chrono::steady_clock::time_point renewed_at_;
  bool is_committed_ = false;
};

}  // namespace kith::assets
