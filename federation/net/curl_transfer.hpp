#pragma once
// One request on one of curl's handles: everything curl is told, and its callbacks, where the limits are kept.
// Used once, by one thread.

#include <array>
#include <atomic>
#include <chrono>
#include <string>

#include "federation/net/curl_pool.hpp"
#include "federation/net/curl_transport.hpp"
#include "federation/net/tls_inspection.hpp"
#include "federation/peers.hpp"

struct curl_slist;
struct curl_sockaddr;

namespace kith::federation {

class CurlTransfer {
 public:
  // Everything handed over must outlive the transfer. `sink` null: the body is collected.
  CurlTransfer(CurlHandle& handle, const PeerRequest& request, ResponseSink* sink, const CurlTransportOptions& options,
               const TrustStore& trust, const std::atomic<bool>& stopping);
  ~CurlTransfer();
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  [[nodiscard]] Expected<PeerResponse> run();

 private:
  bool configure();
  bool configure_connection();
  bool configure_request();
  bool take_header_line(std::string_view line);
  bool take_field(std::string_view line);
  bool finish_head();
  bool take_body(core::ByteView piece);
  bool should_go_on(std::int64_t moved);
  bool refuse(std::string reason);
  core::Error error_of(int code) const;

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, std::int64_t, std::int64_t down, std::int64_t, std::int64_t up);
  static int on_socket(void* self, int purpose, curl_sockaddr* address);
  static int on_tls_context(CURL* easy, void* context, void* self);

  CurlHandle& handle_;
  const PeerRequest& request_;
  ResponseSink* const sink_;
  const CurlTransportOptions& options_;
  const TrustStore& trust_;
  const std::atomic<bool>& stopping_;

  curl_slist* header_list_ = nullptr;
  std::array<char, 256> curl_words_{};
  PeerResponse response_;
  bool head_done_ = false;
  std::size_t header_bytes_ = 0;
  std::string refusal_;  // why this side ended it
  bool stalled_ = false;
  bool address_refused_ = false;
  std::int64_t moved_ = -1;  // bytes, both ways
  std::chrono::steady_clock::time_point last_byte_;
};

}  // namespace kith::federation
