#include "client/live_link.hpp"

#include <algorithm>

#include "client/exchange_link.hpp"
#include "core/encoding.hpp"

namespace kith::client {
namespace {

using core::ErrorCode;
using core::Expected;

constexpr std::size_t kCodeCharacters = 12, kMaxLink = 4096;
constexpr std::string_view kPage = "/live/l", kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_code(std::string_view text) {
  return text.size() == kCodeCharacters && text.find_first_not_of(kAlphabet) == text.npos;
}

core::Unexpected not_whole(const std::string& what) {
  return core::fail(ErrorCode::bad_request,
                    what + " Copy the whole link, with all that is behind the #, and put it in quotes.");
}

}  // namespace

Expected<LiveLink> parse_live_link(std::string_view text) {
  text = trim(text);
  const auto hash = text.find('#');
  if (hash == text.npos || text.size() > kMaxLink || !text.substr(0, hash).ends_with(kPage))
    return not_whole("This is no link to a live transfer.");
  KITH_TRY_ASSIGN(server, parse_server(text.substr(0, hash - kPage.size())));
  const auto fragment = text.substr(hash + 1);
  const auto dot = fragment.find('.');
  if (dot == fragment.npos || !is_code(fragment.substr(0, dot))) return not_whole("The link is not whole.");
  auto secret = core::from_base64url_as<LiveSecret>(fragment.substr(dot + 1));
  if (!secret) return not_whole("The secret at the end of the link is not whole.");
  return LiveLink{std::move(server), std::string(fragment.substr(0, dot)), std::move(*secret)};
}

Expected<std::string> make_live_link(std::string_view page, std::string_view code, const LiveSecret& secret) {
  const auto link = std::string(page) + "#" + std::string(code) + "." + core::to_base64url(secret.view());
  if (!parse_live_link(link))
    return core::fail(ErrorCode::peer_error, "The server's address for live transfers makes no sense.");
  return link;
}

}  // namespace kith::client
