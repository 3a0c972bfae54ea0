#include "client/transfers.hpp"

#include "client/patience.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

// One answer's worth of content. False when the address is no good any more.
Expected<bool> get_once(Http& http, const std::string& url, Receiver& receiver, Progress& progress) {
  MeteredSink sink(receiver, progress);
  HttpRequest request;
  request.url = url;
  request.sink = &sink;
  request.headers = {{"Accept-Encoding", "identity"}};
  if (receiver.position() > 0)
    request.headers.emplace_back("Range", "bytes=" + std::to_string(receiver.position()) + "-");
  KITH_TRY_ASSIGN(answer, http.run(request));
  if (answer.status == 403) return false;
  if (answer.status != 200 && answer.status != 206) return tl::make_unexpected(problem_of(answer));
  return true;
}

}  // namespace

Expected<void> get_content(Http& http, ExchangeServer& server, int number, std::uint64_t size, Receiver& receiver,
                           Progress& progress) {
  Patience patience(http.interruption(), progress);
  std::optional<DownloadTicket> ticket;
  bool has_asked = receiver.position() == size && size > 0;
  while (!has_asked || receiver.position() < size) {
    Expected<bool> got = true;
    if (!ticket) {
      auto given = server.download(number);
      if (given && given->size != size)
        return core::fail(ErrorCode::peer_error, "The file is another one now. Run the same command again.");
      if (given)
        ticket = std::move(*given);
      else
        got = tl::make_unexpected(std::move(given.error()));
    }
    if (ticket) got = get_once(http, ticket->url, receiver, progress);
    if (got && *got) {
      has_asked = true;
      if (receiver.position() < size) got = core::fail(ErrorCode::peer_unreachable, "The connection ended too early.");
    } else if (got) {
      ticket.reset();
      got = core::fail(ErrorCode::forbidden, "The server takes its address back.");
    }
    if (!got && !patience.another_try(got.error(), receiver.position()))
      return tl::make_unexpected(std::move(got.error()));
  }
  return receiver.finish();
}

}  // namespace kith::client
