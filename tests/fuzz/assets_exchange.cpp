// What outsiders send to an exchange: a token up to the first line feed, the name of a file up to the second, its
// sealed name behind it.

#include <cstdlib>

#include "assets/exchange_wishes.hpp"
#include "assets/limits.hpp"
#include "core/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith;
  const auto input = core::as_text({data, size});
  const auto first = std::min(input.find('\n'), input.size());
  const auto second = std::min(input.find('\n', first + 1), input.size());
  const auto token_text = input.substr(0, first);
  const auto name = first < input.size() ? input.substr(first + 1, second - first - 1) : std::string_view();
  const auto sealed = second < input.size() ? input.substr(second + 1) : std::string_view();

  if (const auto token = assets::parse_exchange_token(token_text))
    if (assets::exchange_token_text(*token) != token_text) std::abort();

  assets::Exchange exchange;
  exchange.encrypted = true;
  if (assets::check_exchange_file(exchange, name, std::string(sealed)))
    if (sealed.empty() || sealed.size() > assets::kMaxSealedNameBytes || !core::from_base64url(sealed)) std::abort();
  exchange.encrypted = false;
  if (assets::check_exchange_file(exchange, name, std::string(sealed))) std::abort();

  assets::ExchangeWishes wishes;
  wishes.note = std::string(name);
  wishes.password = std::string(sealed);
  if (assets::check_wishes(wishes))
    if (name.find('\0') != name.npos || sealed.empty() || !core::is_valid_utf8(sealed)) std::abort();
  return 0;
}
