#include "client/http.hpp"

#include <curl/curl.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"
#include "core/json.hpp"

namespace kith::client {

using core::ErrorCode;
using core::Expected;

struct Http::Handle {
  CURL* easy = curl_easy_init();
  Handle() = default;
  ~Handle() { curl_easy_cleanup(easy); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
};

namespace {

constexpr std::size_t kMaxHeaderBytes = 64 * 1024, kMaxDetail = 1000;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
  return value;
}

// One request: what libcurl calls back into.
class Transfer {
 public:
  Transfer(CURL* easy, const HttpRequest& request, Interruption& interruption)
      : easy_(easy), request_(request), interruption_(interruption), at_(request.upload_from) {}
  ~Transfer() {
    curl_easy_reset(easy_);
    curl_slist_free_all(lines_);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  Expected<HttpAnswer> run() {
    set_up();
    const auto code = curl_easy_perform(easy_);
    if (failure_) return tl::make_unexpected(std::move(*failure_));
    if (code != CURLE_OK) return failed(code);
    if (is_content() && !begun_ && request_.sink) KITH_TRY(begin_content());  // it was empty
    return std::move(answer_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy_, option, value);
  }

  void set_up() {
    curl_easy_reset(easy_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
    set(CURLOPT_USERAGENT, "kith/" KITH_VERSION);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(kConnectTimeout.count()));
    if (!request_.upload_is_chunked && !request_.is_stream) {  // what is streamed comes when it comes
      set(CURLOPT_LOW_SPEED_LIMIT, 1L);
      set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(kStall.count()));
    }
    set(CURLOPT_ERRORBUFFER, reason_);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_data);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    set(CURLOPT_XFERINFODATA, this);
    set_up_body();
    for (const auto& [name, value] : request_.headers)
      lines_ = curl_slist_append(lines_, (name + ": " + value).c_str());
    set(CURLOPT_HTTPHEADER, lines_);
  }

  void set_up_body() {
    if (request_.upload) {
      set(CURLOPT_UPLOAD, 1L);
      if (!request_.upload_is_chunked)
        set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.upload->size() - request_.upload_from));
      set(CURLOPT_READFUNCTION, &Transfer::on_read);
      set(CURLOPT_READDATA, this);
      set(CURLOPT_UPLOAD_BUFFERSIZE, 1L << 20);
    } else if (!request_.body.empty() || request_.method == "POST") {
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.c_str());
    }
    if (request_.method == "HEAD") set(CURLOPT_NOBODY, 1L);
    set(CURLOPT_BUFFERSIZE, 512L << 10);
  }

  // Called about once a second even while nothing moves.
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& transfer = *static_cast<Transfer*>(self);
    if (transfer.interruption_.came())
      transfer.failure_ = core::Error{ErrorCode::conflict, "Interrupted.", {}, {}};
    else if (transfer.request_.is_stream && Clock::now() - transfer.heard_ > kStreamStall)
      transfer.failure_ = core::Error{ErrorCode::peer_unreachable, "The connection hangs.", {}, {}};
    return transfer.failure_ ? 1 : 0;
  }

  static std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    auto got = transfer.request_.upload->read(transfer.at_, {reinterpret_cast<std::uint8_t*>(out), size * count});
    if (!got) {
      transfer.failure_ = std::move(got.error());
      return CURL_READFUNC_ABORT;
    }
    transfer.at_ += *got;
    return *got;
  }

  static std::size_t on_header(char* text, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    return transfer.take_header({text, size * count}) ? size * count : 0;
  }

  static std::size_t on_data(char* text, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    auto taken = transfer.take_data({text, size * count});
    transfer.heard_ = Clock::now();  // how long the sink took is not the server's fault
    if (taken) return size * count;
    transfer.failure_ = std::move(taken.error());
    return 0;
  }

  bool take_header(std::string_view line) {
    header_bytes_ += line.size();
    if (header_bytes_ > kMaxHeaderBytes) return false;
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // a 100 may come before the answer
      answer_ = {};
      return true;
    }
    const auto colon = line.find(':');
    if (colon == line.npos) return true;
    auto value = line.substr(colon + 1);
    while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
    answer_.headers[core::to_lower_ascii(line.substr(0, colon))] = std::string(value);
    return true;
  }

  bool is_content() {
    if (answer_.status == 0) {
      long status = 0;
      curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
      answer_.status = static_cast<int>(status);
    }
    return answer_.status == 200 || answer_.status == 206;
  }

  Expected<void> take_data(std::string_view data) {
    if (is_content() && request_.sink) {
      if (!begun_) KITH_TRY(begin_content());
      return request_.sink->write(core::as_bytes(data));
    }
    if (answer_.body.size() + data.size() > kMaxAnswerBytes)
      return core::fail(ErrorCode::peer_error,
                        "The server's answer is too long: is this the address of a kith server?");
    answer_.body.append(data);
    return {};
  }

  // Where the content of this answer begins: "bytes 100-199/200".
  Expected<void> begin_content() {
    begun_ = true;
    std::uint64_t from = 0;
    if (answer_.status == 206) {
      const auto range = answer_.header("content-range");
      const auto dash = range.find('-');
      const auto start = range.starts_with("bytes ") && dash != range.npos
                             ? number(std::string_view(range).substr(6, dash - 6))
                             : std::nullopt;
      if (!start) return core::fail(ErrorCode::peer_error, "The server sent another part than was asked for.");
      from = *start;
    }
    return request_.sink->begin(from);
  }

  core::Unexpected failed(CURLcode code) const {
    const std::string why = printable(reason_[0] != '\0' ? reason_ : curl_easy_strerror(code));
    switch (code) {
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL:
        return core::fail(ErrorCode::bad_request, "The address makes no sense: " + why);
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CONNECT_ERROR:
        return core::fail(ErrorCode::key_mismatch, "The server could not prove who it is: " + why);
      case CURLE_WEIRD_SERVER_REPLY:
        return core::fail(ErrorCode::peer_error, "What answers there is no web server: " + why);
      default:
        return core::fail(ErrorCode::peer_unreachable, "The connection failed: " + why);
    }
  }

  CURL* easy_;
  const HttpRequest& request_;
  Interruption& interruption_;
  curl_slist* lines_ = nullptr;
  char reason_[CURL_ERROR_SIZE] = {};
  HttpAnswer answer_;
  std::uint64_t at_;
  std::size_t header_bytes_ = 0;
  bool begun_ = false;
  Clock::time_point heard_ = Clock::now();
  std::optional<core::Error> failure_;  // of the source or the sink
};

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

Http::Http(Interruption& interruption) : interruption_(interruption), handle_(std::make_unique<Handle>()) {}
Http::~Http() = default;

Expected<HttpAnswer> Http::run(const HttpRequest& request) {
  if (!handle_->easy) return core::fail(ErrorCode::internal, "no memory for a connection");
  return Transfer(handle_->easy, request, interruption_).run();
}

namespace {

// Of an answer without a document that would say more: often a proxy's.
ErrorCode code_of_status(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthorized;
    case 403:
      return ErrorCode::forbidden;
    case 423:
      return ErrorCode::locked;
    case 429:
      return ErrorCode::too_many_requests;
    case 502:
    case 503:
    case 504:
      return ErrorCode::busy;
    default:
      return ErrorCode::peer_error;
  }
}

}  // namespace

core::Error problem_of(const HttpAnswer& answer) {
  core::Error error{code_of_status(answer.status), {}, {}, {}};
  if (answer.status >= 300 && answer.status < 400) {
    error.detail = "The server says that it is at another address now: " + printable(answer.header("location"));
    return error;
  }
  if (const auto json = core::parse_json_object(answer.body)) {
    const auto code = core::optional_text(*json, "code", kMaxDetail);
    if (code && *code) error.code = core::error_code_from_name(**code).value_or(ErrorCode::peer_error);
    for (const auto* field : {"title", "detail"}) {
      const auto text = core::optional_text(*json, field, kMaxDetail);
      if (text && *text && !(*text)->empty()) error.detail = printable(**text);
    }
  }
  if (const auto wait = number(answer.header("retry-after")); wait && *wait <= 86400)
    error.retry_after = std::chrono::seconds(*wait);
  if (error.detail.empty())
    error.detail =
        "The server answered with status " + std::to_string(answer.status) + ": is this the address of a kith server?";
  return error;
}

}  // namespace kith::client
