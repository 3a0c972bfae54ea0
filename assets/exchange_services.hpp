#pragma once
// What the parts of Exchanges work with together. For assets/ only.

#include "assets/exchange_downloads.hpp"
#include "assets/exchange_transfers.hpp"
#include "assets/exchange_uploads.hpp"
#include "assets/exchanges.hpp"

namespace kith::assets {

struct Exchanges::Services {
  explicit Services(const Parts& given) : parts(given), uploads(parts, transfers), downloads(parts, transfers) {}

  const Parts parts;
  ExchangeTransfers transfers;
  ExchangeUploads uploads;
  ExchangeDownloads downloads;
};

}  // namespace kith::assets
