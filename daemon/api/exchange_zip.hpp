#pragma once
// All files of an exchange as one ZIP, made as it is sent.

#include <memory>
#include <vector>

#include "assets/exchange_download.hpp"
#include "assets/zip_stream.hpp"

namespace kith::daemon {

inline constexpr const char* kExchangeZipName = "files.zip";

// Exact, in bytes.
std::uint64_t exchange_zip_size(const std::vector<assets::ExchangeFile>& files);
// The files of the download, in their order.
std::unique_ptr<assets::ZipStream> exchange_zip(const std::shared_ptr<assets::ExchangeDownload>& download);

}  // namespace kith::daemon
