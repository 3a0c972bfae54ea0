#include "daemon/http/head_parser.hpp"

#include <algorithm>
#include <charconv>

#include "core/encoding.hpp"
#include "daemon/http/request_line.hpp"

namespace kith::daemon {
namespace {

using core::ErrorCode;
using core::Expected;
using core::fail;

constexpr std::size_t kMaxLengthDigits = 18;  // below 2^60

core::Unexpected bad(std::string detail) {
  return fail(ErrorCode::bad_request, std::move(detail));
}

bool is_token_char(char c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_value_char(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

bool is_target_char(char c) {
  return c > 0x20 && c < 0x7F;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_line(std::string_view& head) {
  const auto end = head.find("\r\n");
  const auto line = head.substr(0, end);
  head.remove_prefix(std::min(line.size() + 2, head.size()));
  return line;
}

Expected<void> parse_field(std::string_view line, Headers& headers) {
  if (line.front() == ' ' || line.front() == '\t') return bad("A header field is folded over two lines.");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return bad("A header field's name is missing or has characters that may not be there.");
  }
  const auto value = trimmed(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_char)) return bad("A header field has a control character.");
  headers.add(line.substr(0, colon), value);
  return {};
}

// Whether a comma-separated field has `token`, without case.
bool lists_token(const Headers& headers, std::string_view name, std::string_view token) {
  for (const auto& [key, value] : headers.all()) {
    if (!core::equal_ignoring_case(key, name)) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto item = rest.substr(0, rest.find(','));
      if (core::equal_ignoring_case(trimmed(item), token)) return true;
      rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    }
  }
  return false;
}

// RFC 9112, section 6: how long the body is.
Expected<void> check_framing(RequestHead& head) {
  const auto lengths = head.headers.count("Content-Length");
  const auto codings = head.headers.count("Transfer-Encoding");
  if (lengths > 1) return bad("Content-Length came more than once.");
  if (lengths > 0 && codings > 0) return bad("Content-Length and Transfer-Encoding came together.");
  if (codings > 0) {
    if (head.http10) return bad("HTTP/1.0 has no Transfer-Encoding.");
    if (codings > 1 || !core::equal_ignoring_case(*head.headers.get("Transfer-Encoding"), "chunked")) {
      return bad("The only Transfer-Encoding understood here is chunked.");
    }
    head.chunked = true;
  }
  if (lengths == 0) return {};
  const auto text = *head.headers.get("Content-Length");
  std::uint64_t length = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || text.size() > kMaxLengthDigits || result.ptr != text.data() + text.size() ||
      result.ec != std::errc{}) {
    return bad("Content-Length is not a number of bytes.");
  }
  head.content_length = length;
  return {};
}

Expected<void> check_host(RequestHead& head) {
  const auto count = head.headers.count("Host");
  if (count == 0 && head.http10) return {};
  if (count != 1) return bad("A request needs exactly one Host field.");
  KITH_TRY_ASSIGN(host, parse_host(*head.headers.get("Host")));
  head.host = std::move(host);
  return {};
}

struct LineParts {
  std::string_view method, target, version;
};

Expected<LineParts> split_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad("The request line is not method, target, version.");
  LineParts parts{line.substr(0, first), line.substr(first + 1, last - first - 1), line.substr(last + 1)};
  if (!is_token(parts.method)) return bad("The request method has characters that may not be there.");
  if (parts.target.empty() || !std::all_of(parts.target.begin(), parts.target.end(), is_target_char)) {
    return bad("The request target has characters that must be percent-encoded.");
  }
  if (parts.version != "HTTP/1.1" && parts.version != "HTTP/1.0") return bad("This server speaks HTTP/1.1.");
  return parts;
}

}  // namespace

HeadScanner::Result HeadScanner::scan(std::string_view bytes) {
  while (position_ < bytes.size()) {
    const char c = bytes[position_];
    if (c == '\0' || c == '\n') return Result::bad;
    if (c != '\r') {
      ++position_;
      continue;
    }
    if (position_ + 1 == bytes.size()) return Result::more;
    if (bytes[position_ + 1] != '\n') return Result::bad;
    const bool empty_line = position_ == line_start_;
    position_ += 2;
    line_start_ = position_;
    if (empty_line) return past_request_line_ ? Result::complete : Result::bad;
    past_request_line_ = true;
  }
  return Result::more;
}

Expected<RequestHead> parse_head(std::string_view head, const HttpLimits& limits) {
  RequestHead out;
  KITH_TRY_ASSIGN(line, split_request_line(take_line(head)));
  if (line.target.size() > limits.target_bytes) {
    return fail(ErrorCode::target_too_long,
                "The address may have " + std::to_string(limits.target_bytes) + " bytes at most.");
  }
  out.method = line.method;
  out.http10 = line.version == "HTTP/1.0";
  for (auto field = take_line(head); !field.empty(); field = take_line(head)) {
    if (out.headers.all().size() == limits.header_count) {
      return fail(ErrorCode::head_too_large,
                  "A request may have " + std::to_string(limits.header_count) + " header fields at most.");
    }
    KITH_TRY(parse_field(field, out.headers));
  }
  KITH_TRY(check_host(out));
  KITH_TRY(check_framing(out));
  KITH_TRY_ASSIGN(target, parse_target(line.target, out.host));
  out.target = std::move(target);
  KITH_TRY(confirm_request_line(out));
  out.keep_alive = !lists_token(out.headers, "Connection", "close") &&
                   (!out.http10 || lists_token(out.headers, "Connection", "keep-alive"));
  out.expects_continue = !out.http10 && lists_token(out.headers, "Expect", "100-continue");
  return out;
}

}  // namespace kith::daemon
