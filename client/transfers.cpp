#include "client/transfers.hpp"

#include "client/patience.hpp"

namespace kith::client {

using core::ErrorCode;
using core::Expected;

Expected<HttpAnswer> get_rest(Http& http, const std::string& url, HeaderFields headers, Receiver& receiver,
                              Progress& progress) {
  MeteredSink sink(receiver, progress);
  HttpRequest request;
  request.url = url;
  request.sink = &sink;
  request.headers = std::move(headers);
  request.headers.emplace_back("Accept-Encoding", "identity");
  if (receiver.position() > 0)
    request.headers.emplace_back("Range", "bytes=" + std::to_string(receiver.position()) + "-");
  return http.run(request);
}

Expected<void> get_patiently(Interruption& interruption, std::uint64_t size, Receiver& receiver, Progress& progress,
                             const GetOnce& get_once) {
  Patience patience(interruption, progress);
  bool has_asked = receiver.position() == size && size > 0;
  while (!has_asked || receiver.position() < size) {
    auto got = get_once();
    if (got) {
      has_asked = true;
      if (receiver.position() < size) got = core::fail(ErrorCode::peer_unreachable, "The connection ended too early.");
    }
    if (!got && !patience.another_try(got.error(), receiver.position())) return got;
  }
  return receiver.finish();
}

Expected<void> get_content(Http& http, ExchangeServer& server, int number, std::uint64_t size, Receiver& receiver,
                           Progress& progress) {
  std::optional<DownloadTicket> ticket;
  return get_patiently(http.interruption(), size, receiver, progress, [&]() -> Expected<void> {
    if (!ticket) {
      KITH_TRY_ASSIGN(given, server.download(number));
      if (given.size != size)
        return core::fail(ErrorCode::peer_error, "The file is another one now. Run the same command again.");
      ticket = std::move(given);
    }
    KITH_TRY_ASSIGN(answer, get_rest(http, ticket->url, {}, receiver, progress));
    if (answer.status == 200 || answer.status == 206) return {};
    if (answer.status != 403) return tl::make_unexpected(problem_of(answer));
    ticket.reset();
    return core::fail(ErrorCode::forbidden, "The server takes its address back.");
  });
}

}  // namespace kith::client
