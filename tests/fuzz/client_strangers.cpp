// What kith takes from strangers before it does anything: a link, a sealed name, a name, each a line of the input.

#include <cstdlib>

#include "client/exchange_secrets.hpp"
#include "client/limits.hpp"
#include "client/safe_name.hpp"
#include "core/encoding.hpp"

using namespace kith;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = core::as_text({data, size});
  if (const auto link = client::parse_exchange_link(take_line(rest))) {
    require(link->token.size() == 43 && link->server.starts_with("http"));
    require(link->server.find_first_of(std::string_view("\r\n\0 #?@", 7)) == std::string::npos);
  }
  (void)client::open_about(client::LinkKey(), take_line(rest));

  const auto safe = client::safe_name(rest);
  require(!safe.empty() && client::numbered_name(safe, 9999).size() <= client::kMaxNameBytes);
  require(safe.find_first_of(std::string_view("/\\\0\n\x1b", 5)) == std::string::npos);
  require(safe[0] != '.' && safe[0] != '-' && core::is_valid_utf8(safe) && client::safe_name(safe) == safe);
  require(client::printable(rest).find('\x1b') == std::string::npos);
  return 0;
}
