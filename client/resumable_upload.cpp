#include "client/resumable_upload.hpp"

#include <charconv>

#include "client/patience.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

class ResumableUpload {
 public:
  ResumableUpload(Http& http, UploadPlace& place, UploadSource& source) : http_(http), place_(place), source_(source) {}

  std::uint64_t offset() const { return offset_; }
  bool is_whole() const { return is_known_ && offset_ == source_.size(); }
  const FinishedUpload& finished() const { return finished_; }

  // As far as one connection carries.
  Expected<void> go_on() {
    if (url_.empty()) {
      KITH_TRY_ASSIGN(url, place_.open(source_.size()));
      url_ = std::move(url);
    }
    KITH_TRY_ASSIGN(now, ask("HEAD"));
    KITH_TRY(take_offset(now));
    if (is_whole()) return {};
    auto request = to_upload("PATCH");
    request.headers.emplace_back("Content-Type", "application/offset+octet-stream");
    request.headers.emplace_back("Upload-Offset", std::to_string(offset_));
    request.upload = &source_;
    request.upload_from = offset_;
    KITH_TRY_ASSIGN(answer, ask_tus(http_, std::move(request)));
    return take_offset(answer);
  }

  void give_up() {
    if (!url_.empty() && !is_whole()) (void)ask("DELETE");
  }

 private:
  HttpRequest to_upload(const char* method) const {
    HttpRequest request;
    request.method = method;
    request.url = url_;
    request.headers = place_.credentials();
    return request;
  }
  Expected<HttpAnswer> ask(const char* method) { return ask_tus(http_, to_upload(method)); }

  Expected<void> take_offset(const HttpAnswer& answer) {
    const auto text = answer.header("upload-offset");
    std::uint64_t offset = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
    if (error != std::errc{} || stop != text.data() + text.size() || offset > source_.size())
      return core::fail(ErrorCode::peer_error, "The server does not say how much has come.");
    offset_ = offset;
    is_known_ = true;
    if (is_whole()) finished_.asset_id = answer.header("x-kith-asset");
    return {};
  }

  Http& http_;
  UploadPlace& place_;
  UploadSource& source_;
  std::string url_;
  std::uint64_t offset_ = 0;  // what is known to be there
  bool is_known_ = false;
  FinishedUpload finished_;
};

}  // namespace

Expected<HttpAnswer> ask_tus(Http& http, HttpRequest request) {
  request.headers.emplace_back("Tus-Resumable", "1.0.0");
  KITH_TRY_ASSIGN(answer, http.run(request));
  if (answer.status / 100 == 2) return answer;
  auto problem = problem_of(answer);
  // What came over the connection that broke is still being taken in.
  if (request.method == "PATCH" && answer.status == 409) problem.code = ErrorCode::locked;
  return tl::make_unexpected(std::move(problem));
}

Expected<FinishedUpload> upload_resumably(Http& http, UploadPlace& place, UploadSource& source, Progress& progress) {
  MeteredSource metered(source, progress);
  Patience patience(http.interruption(), progress);
  ResumableUpload upload(http, place, metered);
  for (;;) {
    auto sent = upload.go_on();
    if (sent && upload.is_whole()) return upload.finished();
    if (sent) sent = core::fail(ErrorCode::peer_unreachable, "The connection ended too early.");
    if (patience.another_try(sent.error(), upload.offset())) continue;
    if (!place.keeps(sent.error())) upload.give_up();
    return tl::make_unexpected(std::move(sent.error()));
  }
}

}  // namespace kith::client
