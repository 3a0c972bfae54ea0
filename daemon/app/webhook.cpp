#include "daemon/app/webhook.hpp"

#include <curl/curl.h>

#include <memory>

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr long kTimeoutMs = 10'000;

// curl_easy_setopt is variadic; a chain of these stops at the first option this curl refuses.
template <class T>
bool set(CURL* easy, CURLoption option, T value) {
  return curl_easy_setopt(easy, option, value) == CURLE_OK;
}

std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

int on_progress(void* stopping, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<std::atomic<bool>*>(stopping) ? 1 : 0;
}

bool configure(CURL* easy, const std::string& url, const std::string& json, curl_slist* headers) {
  return set(easy, CURLOPT_URL, url.c_str()) && set(easy, CURLOPT_NOSIGNAL, 1L) &&
         set(easy, CURLOPT_PROTOCOLS_STR, "http,https") && set(easy, CURLOPT_FOLLOWLOCATION, 0L) &&
         set(easy, CURLOPT_PROXY, "") && set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) &&
         set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
         set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
         set(easy, CURLOPT_USERAGENT, "kith") && set(easy, CURLOPT_HTTPHEADER, headers) &&
         set(easy, CURLOPT_TIMEOUT_MS, kTimeoutMs) && set(easy, CURLOPT_CONNECTTIMEOUT_MS, kTimeoutMs) &&
         set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(json.size())) &&
         set(easy, CURLOPT_POSTFIELDS, json.data()) && set(easy, CURLOPT_WRITEFUNCTION, &drop) &&
         set(easy, CURLOPT_XFERINFOFUNCTION, &on_progress) && set(easy, CURLOPT_NOPROGRESS, 0L);
}

}  // namespace

Webhook::Webhook(std::string url, std::string ca_file) : url_(std::move(url)), ca_file_(std::move(ca_file)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);  // counted by curl
}

Webhook::~Webhook() {
  curl_global_cleanup();
}

Expected<void> Webhook::post(const std::string& json) {
  if (stopping_) return fail(ErrorCode::busy, "this instance is stopping");
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), curl_easy_cleanup);
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(
      curl_slist_append(nullptr, "Content-Type: application/json"), curl_slist_free_all);
  bool done = easy && headers && configure(easy.get(), url(), json, headers.get()) &&
              set(easy.get(), CURLOPT_XFERINFODATA, &stopping_);
  if (done && !ca_file_.empty()) done = set(easy.get(), CURLOPT_CAINFO, ca_file_.c_str());
  if (!done) return fail(ErrorCode::internal, "the webhook's address can't be put into a request");
  const CURLcode code = curl_easy_perform(easy.get());
  if (stopping_) return fail(ErrorCode::busy, "this instance is stopping");
  if (code != CURLE_OK) return fail(ErrorCode::peer_unreachable, curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status < 200 || status > 299) {
    return fail(ErrorCode::peer_error, "the webhook answered with status " + std::to_string(status));
  }
  return {};
}

std::string Webhook::url() const {
  const std::lock_guard lock(mutex_);
  return url_;
}

void Webhook::set_url(std::string url) {
  const std::lock_guard lock(mutex_);
  url_ = std::move(url);
}

}  // namespace kith::daemon
