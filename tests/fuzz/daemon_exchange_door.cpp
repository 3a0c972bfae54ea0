// What an outsider sends to get in: Authorization up to the first line feed, X-Kith-Password behind it. A token that is
// taken is written the same again, and a password is bounded UTF-8.

#include <cstdlib>

#include "assets/exchange_token.hpp"
#include "core/encoding.hpp"
#include "daemon/api/exchange_door.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = core::as_text({data, size});
  const auto end = input.find('\n');
  daemon::Headers headers;
  headers.add("authorization", input.substr(0, end));
  if (end != std::string_view::npos) headers.add("x-kith-password", input.substr(end + 1));

  if (const auto text = daemon::exchange_token_in(headers)) {
    const auto token = assets::parse_exchange_token(*text);
    require(!token || assets::exchange_token_text(*token) == *text);
  }
  if (const auto password = daemon::exchange_password_in(headers); password && *password) {
    require((*password)->size() <= 1024 && core::is_valid_utf8(**password));
  }
  headers.add("Authorization", "Bearer x");
  require(!daemon::exchange_token_in(headers));
  return 0;
}
