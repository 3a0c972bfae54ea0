// Up, as a resumable upload (tus 1.0.0): it goes on where it broke off, and when only the last answer got lost, asking
// for the offset tells that all is there, where sending again would make a second file.

#include <charconv>

#include "client/patience.hpp"
#include "client/transfers.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

struct Outgoing {
  const std::string& name;
  const std::optional<std::string>& sealed_name;
  UploadSource& source;
};

Expected<HttpAnswer> ask(Http& http, const std::string& method, const std::string& url,
                         std::vector<std::pair<std::string, std::string>> headers, UploadSource* upload = nullptr,
                         std::uint64_t from = 0) {
  HttpRequest request;
  request.method = method;
  request.url = url;
  request.headers = std::move(headers);
  request.headers.emplace_back("Tus-Resumable", "1.0.0");
  request.upload = upload;
  request.upload_from = from;
  KITH_TRY_ASSIGN(answer, http.run(request));
  if (answer.status / 100 == 2) return answer;
  auto problem = problem_of(answer);
  // What came over the connection that broke is still being taken in.
  if (method == "PATCH" && answer.status == 409) problem.code = ErrorCode::locked;
  return tl::make_unexpected(std::move(problem));
}

Expected<void> put_empty(Http& http, ExchangeServer& server, const Outgoing& what) {
  KITH_TRY_ASSIGN(ticket, server.upload(what.name, what.source.size(), what.sealed_name));
  KITH_TRY(ask(http, "PUT", ticket.url, {{"Content-Type", "application/octet-stream"}}, &what.source));
  return {};
}

// An upload on the server. One that has not become whole is given up in the end, so that its place is free again.
class ResumableUpload {
 public:
  ResumableUpload(Http& http, ExchangeServer& server, const Outgoing& what)
      : http_(http), server_(server), what_(what) {}
  ~ResumableUpload() {
    if (!url_.empty() && offset_ < what_.source.size()) (void)ask(http_, "DELETE", url_, {});
  }
  ResumableUpload(const ResumableUpload&) = delete;
  ResumableUpload& operator=(const ResumableUpload&) = delete;

  std::uint64_t offset() const { return offset_; }

  // As far as one connection carries.
  Expected<void> go_on() {
    if (url_.empty())
      KITH_TRY(create());
    else
      KITH_TRY(find_offset());
    if (offset_ == what_.source.size()) return {};
    KITH_TRY_ASSIGN(
        answer, ask(http_, "PATCH", url_,
                    {{"Content-Type", "application/offset+octet-stream"}, {"Upload-Offset", std::to_string(offset_)}},
                    &what_.source, offset_));
    return take_offset(answer);
  }

 private:
  Expected<void> create() {
    KITH_TRY_ASSIGN(ticket, server_.upload(what_.name, what_.source.size(), what_.sealed_name));
    KITH_TRY_ASSIGN(answer,
                    ask(http_, "POST", ticket.resumable_url, {{"Upload-Length", std::to_string(what_.source.size())}}));
    url_ = server_.address(answer.header("location"));
    offset_ = 0;
    return {};
  }

  Expected<void> find_offset() {
    KITH_TRY_ASSIGN(answer, ask(http_, "HEAD", url_, {}));
    return take_offset(answer);
  }

  Expected<void> take_offset(const HttpAnswer& answer) {
    const auto text = answer.header("upload-offset");
    std::uint64_t offset = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (error != std::errc{} || stop != text.data() + text.size() || offset > what_.source.size())
      return core::fail(ErrorCode::peer_error, "The server does not say how much has come.");
    offset_ = offset;
    return {};
  }

  Http& http_;
  ExchangeServer& server_;
  const Outgoing& what_;
  std::string url_;
  std::uint64_t offset_ = 0;  // what is known to be there
};

}  // namespace

Expected<void> send_content(Http& http, ExchangeServer& server, const std::string& name,
                            const std::optional<std::string>& sealed_name, UploadSource& source, Progress& progress) {
  MeteredSource metered(source, progress);
  const Outgoing what{name, sealed_name, metered};
  Patience patience(http.interruption(), progress);
  if (source.size() == 0) return put_empty(http, server, what);
  ResumableUpload upload(http, server, what);
  for (;;) {
    auto sent = upload.go_on();
    if (sent && upload.offset() == source.size()) return {};
    if (sent) sent = core::fail(ErrorCode::peer_unreachable, "The connection ended too early.");
    if (!patience.another_try(sent.error(), upload.offset())) return sent;
  }
}

}  // namespace kith::client
