// The head of a request from a stranger. Whatever is taken must be safe to route: a normal path, one framing, a good
// host.

#include <cstdlib>
#include <string>

#include "core/encoding.hpp"
#include "daemon/http/head_parser.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const daemon::RequestHead& head) {
  const auto& path = head.target.path;
  require(path == "*" || (path.starts_with('/') && path.find("//") == std::string::npos));
  require(path.find("/../") == std::string::npos && path.find("/./") == std::string::npos);
  const auto decoded = core::percent_decode(path);
  require(decoded && decoded->find('\0') == std::string::npos && core::is_valid_utf8(*decoded));
  require(!head.chunked || !head.content_length);
  require(head.http10 || !head.host.empty());
  require(head.headers.all().size() <= daemon::HttpLimits{}.header_count);
  for (const auto& [name, value] : head.headers.all()) {
    require(!name.empty() && value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  daemon::HeadScanner at_once;
  const auto found = at_once.scan(bytes);

  // In two parts it must come out the same.
  daemon::HeadScanner in_parts;
  auto again = in_parts.scan(std::string_view(bytes).substr(0, size / 2));
  if (again == daemon::HeadScanner::Result::more) again = in_parts.scan(bytes);
  require(again == found);

  if (found != daemon::HeadScanner::Result::complete) return 0;
  require(in_parts.end() == at_once.end() && at_once.end() <= size);
  if (const auto head = daemon::parse_head(std::string_view(bytes).substr(0, at_once.end()), {})) check(*head);
  return 0;
}
