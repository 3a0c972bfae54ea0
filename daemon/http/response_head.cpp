#include "daemon/http/response_head.hpp"

#include <algorithm>
#include <array>

#include "core/encoding.hpp"
#include "daemon/http/http_date.hpp"

namespace kith::daemon {
namespace {

constexpr std::array<std::string_view, 6> kOwnFields{"Connection", "Content-Length", "Transfer-Encoding",
                                                     "Date",       "Server",         "X-Request-Id"};

// On every answer that does not say otherwise: no guessing of types, no address told to others, no use by other sites.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kProtection{
    {{"X-Content-Type-Options", "nosniff"},
     {"Referrer-Policy", "no-referrer"},
     {"Cross-Origin-Resource-Policy", "same-origin"}}};

struct Reason {
  int status;
  std::string_view phrase;
};
constexpr std::array<Reason, 40> kReasons{{{200, "OK"},
                                           {201, "Created"},
                                           {202, "Accepted"},
                                           {204, "No Content"},
                                           {206, "Partial Content"},
                                           {301, "Moved Permanently"},
                                           {302, "Found"},
                                           {303, "See Other"},
                                           {304, "Not Modified"},
                                           {307, "Temporary Redirect"},
                                           {308, "Permanent Redirect"},
                                           {400, "Bad Request"},
                                           {401, "Unauthorized"},
                                           {403, "Forbidden"},
                                           {404, "Not Found"},
                                           {405, "Method Not Allowed"},
                                           {406, "Not Acceptable"},
                                           {408, "Request Timeout"},
                                           {409, "Conflict"},
                                           {410, "Gone"},
                                           {411, "Length Required"},
                                           {412, "Precondition Failed"},
                                           {413, "Content Too Large"},
                                           {414, "URI Too Long"},
                                           {415, "Unsupported Media Type"},
                                           {416, "Range Not Satisfiable"},
                                           {421, "Misdirected Request"},
                                           {422, "Unprocessable Content"},
                                           {423, "Locked"},
                                           {425, "Too Early"},
                                           {428, "Precondition Required"},
                                           {429, "Too Many Requests"},
                                           {431, "Request Header Fields Too Large"},
                                           {460, "Checksum Mismatch"},
                                           {500, "Internal Server Error"},
                                           {501, "Not Implemented"},
                                           {502, "Bad Gateway"},
                                           {503, "Service Unavailable"},
                                           {504, "Gateway Timeout"},
                                           {507, "Insufficient Storage"}}};

std::string_view reason_phrase(int status) {
  const auto* found =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& row) { return row.status == status; });
  return found == kReasons.end() ? std::string_view{} : found->phrase;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool status_allows_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string response_head(const Response& response, const ResponseFraming& framing, const std::string& request_id,
                          core::Timestamp now) {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(reason_phrase(response.status)).append("\r\n");
  append_field(out, "Date", format_http_date(now));
  append_field(out, "Server", "kith");
  for (const auto& [name, value] : response.headers.all()) {
    const bool own = std::any_of(kOwnFields.begin(), kOwnFields.end(), [&name = name](std::string_view field) {
      return core::equal_ignoring_case(field, name);
    });
    if (!own) append_field(out, name, value);
  }
  for (const auto& [name, value] : kProtection) {
    if (!response.headers.get(name)) append_field(out, name, value);
  }
  append_field(out, "X-Request-Id", request_id);
  if (framing.chunked) append_field(out, "Transfer-Encoding", "chunked");
  if (framing.length) append_field(out, "Content-Length", std::to_string(*framing.length));
  append_field(out, "Connection", framing.keep_alive ? "keep-alive" : "close");
  return out.append("\r\n");
}

}  // namespace kith::daemon
