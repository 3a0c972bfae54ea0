#pragma once
// One file up or down, over as many connections as it takes. One thread.

#include <functional>

#include "client/exchange_server.hpp"
#include "client/progress.hpp"
#include "client/receivers.hpp"
#include "client/resumable_upload.hpp"

namespace kith::client {

// All of `source` to a place that `server` gives. What did not get there whole is given up.
[[nodiscard]] core::Expected<void> send_content(Http& http, ExchangeServer& server, const std::string& name,
                                                const std::optional<std::string>& sealed_name, UploadSource& source,
                                                Progress& progress);
// All of a file of `size` bytes into `receiver`, from where that one is; then it is finished.
[[nodiscard]] core::Expected<void> get_content(Http& http, ExchangeServer& server, int number, std::uint64_t size,
                                               Receiver& receiver, Progress& progress);

// The same with each try made by `get_once`, which asks for what is missing.
using GetOnce = std::function<core::Expected<void>()>;
[[nodiscard]] core::Expected<void> get_patiently(Interruption& interruption, std::uint64_t size, Receiver& receiver,
                                                 Progress& progress, const GetOnce& get_once);
// One such try: what is missing, from `url`. Any status is an answer.
[[nodiscard]] core::Expected<HttpAnswer> get_rest(Http& http, const std::string& url, HeaderFields headers,
                                                  Receiver& receiver, Progress& progress);

}  // namespace kith::client
