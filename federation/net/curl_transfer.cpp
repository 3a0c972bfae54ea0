#include "federation/net/curl_transfer.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <charconv>

#include "core/encoding.hpp"

namespace kith::federation {

using core::Error;
using core::ErrorCode;
using std::chrono::steady_clock;

namespace {

// curl_easy_setopt is variadic; a chain of these stops at the first option this curl refuses.
template <class T>
bool set(CURL* easy, CURLoption option, T value) {
  return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos;
}

bool is_token(std::string_view text) {
  constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kTokenMarks.find(c) != std::string_view::npos;
  });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool append_header(curl_slist*& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list, line.c_str());
  if (longer == nullptr) return false;
  list = longer;
  return true;
}

}  // namespace

CurlTransfer::CurlTransfer(CurlHandle& handle, const PeerRequest& request, ResponseSink* sink,
                           const CurlTransportOptions& options, const TrustStore& trust,
                           const std::atomic<bool>& stopping)
    : handle_(handle), request_(request), sink_(sink), options_(options), trust_(trust), stopping_(stopping) {}

CurlTransfer::~CurlTransfer() {
  // The handle outlives this transfer; nothing in it may point here any more.
  if (handle_.easy != nullptr) curl_easy_reset(handle_.easy);
  curl_slist_free_all(header_list_);
}

Expected<PeerResponse> CurlTransfer::run() {
  if (handle_.easy == nullptr) return core::fail(ErrorCode::internal, "no memory for a connection");
  if (!configure()) return core::fail(ErrorCode::internal, "a request to another instance can't be put into HTTP");
  last_byte_ = steady_clock::now();
  const CURLcode code = curl_easy_perform(handle_.easy);
  if (code != CURLE_OK) return tl::make_unexpected(error_of(code));
  if (!head_done_) return core::fail(ErrorCode::peer_error, "the answer was not HTTP");
  return std::move(response_);
}

bool CurlTransfer::configure() {
  curl_easy_reset(handle_.easy);
  return configure_connection() && configure_request();
}

bool CurlTransfer::configure_connection() {
  CURL* easy = handle_.easy;
  const long oldest_tls = request_.only_spki ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2;
  bool done = set(easy, CURLOPT_NOSIGNAL, 1L) && set(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
              set(easy, CURLOPT_FOLLOWLOCATION, 0L) && set(easy, CURLOPT_PROXY, "") &&
              set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
              set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) && set(easy, CURLOPT_HTTP09_ALLOWED, 0L) &&
              set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
              set(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L) && set(easy, CURLOPT_MAXCONNECTS, 1L) &&
              set(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_socket) &&
              set(easy, CURLOPT_OPENSOCKETDATA, this);
  // The certificate is judged by tls_inspection.hpp, not by curl; the one asked for is curl's to insist on.
  done = done && set(easy, CURLOPT_SSLVERSION, oldest_tls) && set(easy, CURLOPT_SSL_VERIFYPEER, 0L) &&
         set(easy, CURLOPT_SSL_VERIFYHOST, 0L) && set(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L) &&
         set(easy, CURLOPT_CAINFO, static_cast<char*>(nullptr)) &&
         set(easy, CURLOPT_CAPATH, static_cast<char*>(nullptr)) &&
         set(easy, CURLOPT_SSL_CTX_FUNCTION, &CurlTransfer::on_tls_context) && set(easy, CURLOPT_SSL_CTX_DATA, this);
  if (done && request_.only_spki) {
    const std::string pin = "sha256//" + core::to_base64(request_.only_spki->view());
    done = set(easy, CURLOPT_PINNEDPUBLICKEY, pin.c_str());
  }
  return done;
}

bool CurlTransfer::configure_request() {
  CURL* easy = handle_.easy;
  if (!is_token(request_.method)) return false;
  bool has_content_type = false;
  for (const auto& [name, value] : request_.headers) {
    if (!is_token(name) || !is_one_line(value)) return false;
    has_content_type = has_content_type || core::equal_ignoring_case(name, "content-type");
    // curl takes "Name;" for a field without a value; "Name:" would leave it out.
    if (!append_header(header_list_, value.empty() ? name + ";" : name + ": " + value)) return false;
  }
  if (!append_header(header_list_, "Expect:") || !append_header(header_list_, "Accept:")) return false;
  if (!has_content_type && !append_header(header_list_, "Content-Type:")) return false;

  bool done = set(easy, CURLOPT_URL, request_.url.c_str()) && set(easy, CURLOPT_PATH_AS_IS, 1L) &&
              set(easy, CURLOPT_USERAGENT, "kith") && set(easy, CURLOPT_HTTPHEADER, header_list_) &&
              set(easy, CURLOPT_BUFFERSIZE, sink_ ? net_limits::kStreamBuffer : net_limits::kCallBuffer) &&
              set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count())) &&
              set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.total_timeout.count())) &&
              set(easy, CURLOPT_ERRORBUFFER, curl_words_.data()) &&
              set(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header) && set(easy, CURLOPT_HEADERDATA, this) &&
              set(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body) && set(easy, CURLOPT_WRITEDATA, this) &&
              set(easy, CURLOPT_XFERINFOFUNCTION, &CurlTransfer::on_progress) &&
              set(easy, CURLOPT_XFERINFODATA, this) && set(easy, CURLOPT_NOPROGRESS, 0L);
  if (request_.method == "HEAD") return done && set(easy, CURLOPT_NOBODY, 1L);
  if (request_.method == "GET" && request_.body.empty()) return done && set(easy, CURLOPT_HTTPGET, 1L);
  if (request_.method == "POST" || !request_.body.empty()) {
    done = done && set(easy, CURLOPT_POST, 1L) && set(easy, CURLOPT_POSTFIELDS, request_.body.data()) &&
           set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
  }
  return done && (request_.method == "POST" || set(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str()));
}

bool CurlTransfer::refuse(std::string reason) {
  refusal_ = std::move(reason);
  return false;
}

bool CurlTransfer::take_header_line(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > net_limits::kHeaderBytes) return refuse("the answer's head is too long");
  if (head_done_) return true;  // trailers: counted, not used
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {  // another head: what came before was 1xx
    response_.headers.clear();
    const auto space = line.find(' ');
    const char* begin = space == line.npos ? line.data() : line.data() + space + 1;
    const auto [end, problem] = std::from_chars(begin, line.data() + line.size(), response_.status);
    if (problem != std::errc{} || end - begin != 3) return refuse("the answer has no HTTP status");
    return true;
  }
  return line.empty() ? finish_head() : take_field(line);
}

bool CurlTransfer::take_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon))) return refuse("the answer has a malformed header");
  if (response_.headers.size() >= net_limits::kHeaderCount) return refuse("the answer has too many headers");
  response_.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
  return true;
}

bool CurlTransfer::finish_head() {
  if (response_.status < 200) return true;
  head_done_ = true;
  const auto content_coding = find_header(response_.headers, "Content-Encoding");
  if (content_coding && !core::equal_ignoring_case(*content_coding, "identity")) {
    return refuse("the answer is compressed");
  }
  const auto transfer_coding = find_header(response_.headers, "Transfer-Encoding");
  if (transfer_coding && !core::equal_ignoring_case(*transfer_coding, "chunked")) {
    return refuse("the answer has an unknown transfer coding");
  }
  curl_tlssessioninfo* session = nullptr;
  if (curl_easy_getinfo(handle_.easy, CURLINFO_TLS_SSL_PTR, &session) == CURLE_OK && session != nullptr &&
      session->backend == CURLSSLBACKEND_OPENSSL && session->internals != nullptr) {
    response_.tls = facts_of(static_cast<const ssl_st*>(session->internals));
  }
  if (sink_ != nullptr) return sink_->head(response_) || refuse("the transfer was ended on this side");
  curl_off_t length = -1;
  curl_easy_getinfo(handle_.easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  const bool too_long =
      request_.method != "HEAD" && length > 0 && static_cast<std::uint64_t>(length) > request_.max_response;
  return !too_long || refuse("the answer is too long");
}

bool CurlTransfer::take_body(core::ByteView piece) {
  if (sink_ != nullptr) {
    const bool more = sink_->body(piece) && !stopping_;
    last_byte_ = steady_clock::now();  // the time the sink took is not the peer's
    return more || refuse("the transfer was ended on this side");
  }
  if (piece.size() > request_.max_response - response_.body.size()) return refuse("the answer is too long");
  response_.body += core::as_text(piece);
  return true;
}

bool CurlTransfer::should_go_on(std::int64_t moved) {
  if (stopping_) return refuse("this instance is stopping");
  if (sink_ == nullptr && request_.total_timeout.count() != 0) return true;
  if (sink_ != nullptr && !sink_->wanted()) return refuse("the transfer was ended on this side");
  const auto now = steady_clock::now();
  if (moved != moved_) {
    moved_ = moved;
    last_byte_ = now;
  }
  stalled_ = now - last_byte_ > options_.stalled;
  return !stalled_;
}

Error CurlTransfer::error_of(int code) const {
  const auto unreachable = [](std::string detail) {
    return Error{ErrorCode::peer_unreachable, std::move(detail), {}, {}};
  };
  const auto not_to_take = [](std::string detail) { return Error{ErrorCode::peer_error, std::move(detail), {}, {}}; };
  if (stopping_) return {ErrorCode::busy, "this instance is stopping", {}, {}};
  if (!refusal_.empty()) return not_to_take(refusal_);
  if (stalled_) return unreachable("the transfer stood still");
  const std::string_view words(curl_words_.data());
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unreachable("its name can't be resolved");
    case CURLE_COULDNT_CONNECT:
      if (!address_refused_) return unreachable("no connection to it");
      return unreachable(
          "its address is not a public one; set federation.allow_private_addresses: true to reach instances on this "
          "machine or its networks");
    case CURLE_OPERATION_TIMEDOUT:
      return unreachable("no answer in time");
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return not_to_take("another certificate than the one it named");
    case CURLE_PEER_FAILED_VERIFICATION:
      return unreachable("its certificate is not of a known authority for this name");
    case CURLE_SSL_CONNECT_ERROR:
      // OpenSSL's words for "the other side can't do TLS 1.3", which is no reason to call it down.
      if (request_.only_spki && words.find("protocol") != words.npos) return not_to_take("it doesn't speak TLS 1.3");
      return unreachable("no TLS connection to it");
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
      return unreachable("the connection broke before the whole answer had come");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
      return not_to_take("the answer was not HTTP as it should be");
    case CURLE_URL_MALFORMAT:
      return {ErrorCode::internal, "a malformed address of another instance", {}, {}};
    default:
      return unreachable(curl_easy_strerror(static_cast<CURLcode>(code)));
  }
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  return static_cast<CurlTransfer*>(self)->take_header_line({data, bytes}) ? bytes : 0;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  const std::size_t bytes = size * count;
  if (bytes == 0) return 0;
  return static_cast<CurlTransfer*>(self)->take_body(core::as_bytes({data, bytes})) ? bytes : 0;
}

int CurlTransfer::on_progress(void* self, std::int64_t, std::int64_t down, std::int64_t, std::int64_t up) {
  return static_cast<CurlTransfer*>(self)->should_go_on(down + up) ? 0 : 1;
}

int CurlTransfer::on_socket(void* self, int purpose, curl_sockaddr* address) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const bool permitted = purpose == CURLSOCKTYPE_IPCXN &&
                         transfer.options_.addresses.permits(classify_address(&address->addr, address->addrlen));
  if (!permitted) {
    transfer.address_refused_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int CurlTransfer::on_tls_context(CURL*, void* context, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const auto verify = transfer.request_.web_authority_only ? &insist_on_verification : &record_verification;
  const bool done = verify(static_cast<ssl_ctx_st*>(context), transfer.trust_, transfer.handle_.host);
  return done ? CURLE_OK : CURLE_OUT_OF_MEMORY;
}

}  // namespace kith::federation
