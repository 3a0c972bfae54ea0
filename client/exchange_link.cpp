#include "client/exchange_link.hpp"

#include <algorithm>

#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::size_t kTokenBytes = 32, kMaxLink = 4096;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

core::Unexpected not_whole(const std::string& what) {
  return core::fail(ErrorCode::bad_request,
                    what + " Copy the whole link, with all that is behind the #, and put it in quotes.");
}

}  // namespace

Expected<std::string> parse_server(std::string_view text) {
  text = trim(text);
  while (text.ends_with('/')) text.remove_suffix(1);
  const bool is_web = text.starts_with("https://") || text.starts_with("http://");
  const auto rest = text.substr(std::min(text.size(), text.find("//") + 2));
  const bool is_clean = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_web || !is_clean || rest.empty() || text.size() > kMaxLink || rest.find_first_of("?#@\\") != rest.npos)
    return core::fail(ErrorCode::bad_request, "The server's address must look like https://kith.example.");
  return std::string(text);
}

Expected<ExchangeLink> parse_exchange_link(std::string_view text) {
  text = trim(text);
  const auto hash = text.find('#');
  if (hash == text.npos || text.size() > kMaxLink) return not_whole("This is no link to an exchange.");
  const auto address = text.substr(0, hash);
  auto fragment = text.substr(hash + 1);
  if (address.ends_with("/live/l"))
    return core::fail(ErrorCode::bad_request,
                      "This is a link to what somebody sends while they are there: use `kith live receive`.");
  ExchangeLink link;
  if (address.ends_with("/exchange/u")) {
    link.role = ExchangeLink::Role::give;
  } else if (!address.ends_with("/exchange/d")) {
    return not_whole("This is no link to an exchange.");
  }
  KITH_TRY_ASSIGN(server, parse_server(address.substr(0, address.size() - std::string_view("/exchange/u").size())));
  link.server = std::move(server);
  if (const auto dot = fragment.find('.'); dot != fragment.npos) {
    link.key = core::from_base64url_as<LinkKey>(fragment.substr(dot + 1));
    if (!link.key) return not_whole("The key at the end of the link is not whole.");
    fragment = fragment.substr(0, dot);
  }
  const auto token = core::from_base64url(fragment);
  if (!token || token->size() != kTokenBytes) return not_whole("The link is not whole.");
  link.token = std::string(fragment);
  return link;
}

}  // namespace kith::client
