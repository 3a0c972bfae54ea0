#include "daemon/api/exchange_zip.hpp"

namespace kith::daemon {
namespace {

using Open = std::function<core::Expected<std::shared_ptr<storage::BlobReader>>()>;

// `open_of` makes the function that opens the file at an index.
template <class OpenOf>
std::unique_ptr<assets::ZipStream> zip_of(const std::vector<assets::ExchangeFile>& files, OpenOf open_of) {
  std::vector<assets::ZipEntry> entries;
  for (std::size_t i = 0; i < files.size(); ++i) {
    entries.push_back({files[i].name, files[i].size, files[i].created_at, open_of(i)});
  }
  return std::make_unique<assets::ZipStream>(std::move(entries));
}

}  // namespace

std::uint64_t exchange_zip_size(const std::vector<assets::ExchangeFile>& files) {
  return zip_of(files, [](std::size_t) { return Open(); })->size();
}

std::unique_ptr<assets::ZipStream> exchange_zip(const std::shared_ptr<assets::ExchangeDownload>& download) {
  return zip_of(download->content().files,
                [&](std::size_t index) -> Open { return [download, index] { return download->open(index); }; });
}

}  // namespace kith::daemon
