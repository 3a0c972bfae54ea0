#pragma once
// Files of this computer into an exchange. One thread.

#include <vector>

#include "client/exchange_server.hpp"
#include "client/file_source.hpp"

namespace kith::client {

using Files = std::vector<std::unique_ptr<FileSource>>;
// All of them, or none: what can't be read is known before anything is sent.
[[nodiscard]] core::Expected<Files> open_files(const std::vector<std::string>& paths);
// One after the other, sealed where there is a key.
[[nodiscard]] core::Expected<void> send_files(Http& http, ExchangeServer& server, const Files& files,
                                              const std::optional<LinkKey>& key);

}  // namespace kith::client
