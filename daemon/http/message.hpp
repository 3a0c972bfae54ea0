#pragma once
// What a handler gets and gives: plain values, nothing of Pistache.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "daemon/http/body.hpp"

namespace kith::daemon {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };
std::string_view method_name(Method method);
std::optional<Method> method_from_name(std::string_view name);

// Header fields in the order they came; names compare without case. Values are checked for CR, LF and NUL when set.
class Headers {
 public:
  std::optional<std::string_view> get(std::string_view name) const;  // the first
  std::size_t count(std::string_view name) const;
  void set(std::string_view name, std::string_view value);  // replaces all of that name
  void add(std::string_view name, std::string_view value);
  std::span<const std::pair<std::string, std::string>> all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

enum class ListenerKind : std::uint8_t { local, public_ };

// Decoded query parameters in order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Method method = Method::get;
  std::string target;      // as it came (origin form), at most 8 KiB
  std::string path;        // target without the query, still percent-encoded, slashes collapsed, no dot segments
  Parameters query;        // percent-decoded; '+' is a space
  Parameters path_values;  // percent-decoded values of the route's {names}
  Headers headers;
  std::string host;        // of the Host field, lower case, with port if given
  std::string client;      // IP address of the client: the peer, or what a trusted proxy says
  bool secure = false;     // TLS on this socket, or a trusted proxy says so
  bool own_tls13 = false;  // TLS 1.3 on this very socket
  ListenerKind listener = ListenerKind::local;
  std::string request_id;                       // a ULID, or what a trusted proxy calls it
  std::optional<std::uint64_t> content_length;  // absent with chunked
  std::string body;                             // whole, for routes with a buffered body

  std::optional<std::string_view> query_value(std::string_view name) const;
  std::string_view path_value(std::string_view name) const;  // empty if the route has no such name
};

// A file that is sent from. Used by one worker thread at a time.
class SentFile {
 public:
  virtual ~SentFile() = default;
  // Asked for each part right before it is sent, in order; false cuts the connection, so that the client sees the body
  // is not whole. May read the part.
  virtual bool may_send(std::uint64_t offset, std::uint64_t length) = 0;
};

// A slice of an open file, sent by sendfile (TLS: pread). `file` keeps the descriptor open.
struct FileSlice {
  int descriptor = -1;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::shared_ptr<SentFile> file;
};

// A body made as it is sent. Without `length` it goes out chunked (HTTP/1.1) or until close (1.0).
struct StreamedBody {
  std::shared_ptr<BodySource> source;
  std::optional<std::uint64_t> length;
};

struct Response {
  int status = 200;
  Headers headers;
  std::variant<std::string, FileSlice, StreamedBody> body;

  static Response text(int status, std::string body, std::string_view content_type);
  static Response json(int status, std::string body);
  static Response empty(int status);
  // application/problem+json (RFC 9457) with status, title, detail, code, request_id, and Retry-After / since.
  static Response problem(const core::Error& error, const std::string& request_id);
};

}  // namespace kith::daemon
