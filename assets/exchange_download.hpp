#pragma once
// One answer that carries content out of an exchange: a whole file, a range of it, or an archive of all. All that run
// at the same time on one address share a place, and what they send adds up; it counts as one download, once, when no
// byte of the content is missing. Destruction of the last one gives an uncounted place back, and the database keeps
// what was sent, so that going on later counts right: on the same address, and on others too, or nobody who fetches a
// file in parts on several addresses would ever be counted.
//
// Belongs to one thread at a time; must end before its Exchanges does. sent() is cheap but for the one call that
// counts.

#include <memory>
#include <vector>

#include "assets/exchange.hpp"
#include "core/error.hpp"
#include "storage/blob_store.hpp"

namespace kith::assets {

class ExchangeDownloads;
struct DownloadInUse;

// What a ticket for downloading is good for.
struct ExchangeContent {
  ExchangeTicket ticket;
  bool encrypted = false;
  std::vector<ExchangeFile> files;  // those of the ticket
};

class ExchangeDownload {
 public:
  ~ExchangeDownload();
  ExchangeDownload(const ExchangeDownload&) = delete;
  ExchangeDownload& operator=(const ExchangeDownload&) = delete;

  const ExchangeContent& content() const { return content_; }
  // The content of content().files[index]; stays readable when the exchange ends. internal when the store lost it.
  [[nodiscard]] core::Expected<std::shared_ptr<storage::BlobReader>> open(std::size_t index) const;
  // `length` bytes from `offset` on go out. gone when the exchange was revoked, or downloads of it are limited and
  // another answer on this address was counted, or begun when this is an archive: send no more.
  [[nodiscard]] core::Expected<void> sent(std::uint64_t offset, std::uint64_t length);

 private:
  friend class ExchangeDownloads;
  ExchangeDownload(ExchangeDownloads& downloads, ExchangeContent content, std::shared_ptr<DownloadInUse> use);

  ExchangeDownloads& downloads_;
  const ExchangeContent content_;
  const std::shared_ptr<DownloadInUse> use_;
  const int number_;          // of the answers on this address
  bool was_counted_ = false;  // this answer made it whole
};

}  // namespace kith::assets
