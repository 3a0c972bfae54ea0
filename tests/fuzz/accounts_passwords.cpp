// A password that somebody wants, behind the first line feed, and a name of theirs before it.

#include <array>
#include <cstdlib>

#include "accounts/common_passwords.hpp"
#include "core/encoding.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kith;
  const auto input = core::as_text({data, size});
  const auto end = input.find('\n');
  const auto name = input.substr(0, end);
  const auto password = end == input.npos ? std::string_view() : input.substr(end + 1);
  const std::array about{name};
  const bool guessed = accounts::is_easily_guessed(password, about);
  // Capital letters make no difference, and knowing more finds no less.
  if (accounts::is_easily_guessed(core::to_lower_ascii(password), about) != guessed) std::abort();
  if (accounts::is_easily_guessed(password) && !guessed) std::abort();
  if (name.size() >= 3 && !accounts::is_easily_guessed(name, about)) std::abort();
  return 0;
}
