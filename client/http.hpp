#pragma once
// HTTP through libcurl: one request after the other over kept connections, bodies streamed both ways. TLS certificates
// are checked by the system's list; redirects are not followed, so that no token goes where nobody sent it. One thread.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/interruption.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"

namespace kith::client {

// Content to be sent, readable from any place, so that what broke off can go on.
class UploadSource {
 public:
  virtual ~UploadSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `out` from `offset` on; fewer bytes only at the end.
  [[nodiscard]] virtual core::Expected<std::size_t> read(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
};

// Takes content as it comes. What it refuses ends the transfer with its error.
class DownloadSink {
 public:
  virtual ~DownloadSink() = default;
  // Called before the first piece of a good answer. `from`: where in the content that answer begins.
  [[nodiscard]] virtual core::Expected<void> begin(std::uint64_t from) = 0;
  [[nodiscard]] virtual core::Expected<void> write(core::ByteView piece) = 0;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  UploadSource* upload = nullptr;  // in the place of `body`, from `upload_from` to its end
  std::uint64_t upload_from = 0;
  bool upload_is_chunked = false;  // its size is not known: it is sent until it ends
  DownloadSink* sink = nullptr;    // for the content of 200 and 206
  bool is_stream = false;          // its answer stays open: something comes each kStreamStall, or it is broken
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;                            // what did not go into the sink
  std::string header(const std::string& name) const;
};

class Http {
 public:
  // `interruption` ends a request with `conflict`, as if its sink had refused.
  explicit Http(Interruption& interruption);
  ~Http();
  Http(const Http&) = delete;
  Http& operator=(const Http&) = delete;

  // peer_unreachable when the network is at fault, and trying again may help; the source's or sink's own error;
  // peer_error when the answer is not HTTP as it should be. Any status is an answer.
  [[nodiscard]] core::Expected<HttpAnswer> run(const HttpRequest& request);
  Interruption& interruption() const { return interruption_; }

 private:
  struct Handle;
  Interruption& interruption_;
  std::unique_ptr<Handle> handle_;
};

// What a refusing answer says (RFC 9457), for people; a code of the table where the server named one.
core::Error problem_of(const HttpAnswer& answer);

}  // namespace kith::client
