#include "accounts/handle.hpp"

#include <algorithm>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

constexpr std::string_view kAtomMarks = "!#$%&'*+-/=?^_`{|}~.";
constexpr std::size_t kMaxLocalPart = 64;  // RFC 5321, section 4.5.3.1.1

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_handle_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

// RFC 5322's dot-atom: what needs no quotes.
bool is_atom_character(char c) {
  return is_letter_or_digit(c) || kAtomMarks.find(c) != std::string_view::npos;
}

bool has_empty_label(std::string_view text) {
  return text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos;
}

}  // namespace

bool is_handle(std::string_view text) {
  return text.size() >= kMinHandle && text.size() <= kMaxHandle &&
         std::all_of(text.begin(), text.end(), is_handle_character);
}

bool is_email(std::string_view text) {
  if (text.size() > kMaxEmail) return false;
  const auto at = text.find('@');
  if (at == std::string_view::npos || at > kMaxLocalPart) return false;
  const auto local = text.substr(0, at);
  const auto domain = text.substr(at + 1);
  if (has_empty_label(local) || has_empty_label(domain)) return false;
  return std::all_of(local.begin(), local.end(), is_atom_character) &&
         std::all_of(domain.begin(), domain.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-' || c == '.'; });
}

std::string suggest_handle(std::string_view email) {
  const auto local = email.substr(0, email.find_first_of("@+"));
  std::string handle;
  for (const char c : core::to_lower_ascii(local)) {
    if (is_handle_character(c)) handle += c;
  }
  const auto begin = handle.find_first_not_of("._-");
  handle = begin == std::string::npos ? "user" : handle.substr(begin, handle.find_last_not_of("._-") - begin + 1);
  if (handle.size() < kMinHandle) handle.insert(0, "user-");
  return handle.substr(0, kMaxHandle);
}

std::string numbered_handle(std::string_view base, unsigned attempt) {
  if (attempt <= 1) return std::string(base);
  const auto number = std::to_string(attempt);
  return std::string(base.substr(0, kMaxHandle - number.size())) + number;
}

std::optional<Address> parse_address(std::string_view text) {
  const auto at = text.find('@');
  const auto handle = text.substr(0, at);
  if (at == std::string_view::npos) {
    return is_handle(handle) ? std::optional(Address{std::string(handle), std::nullopt}) : std::nullopt;
  }
  if (handle.empty() || handle.size() > kMaxRemoteHandle ||
      !std::all_of(handle.begin(), handle.end(), is_handle_character))
    return std::nullopt;
  const auto domain = text.substr(at + 1);
  const auto fits = [](char c) { return c > ' ' && c < 0x7f && c != '@' && c != '/' && !(c >= 'A' && c <= 'Z'); };
  if (domain.empty() || domain.size() > kMaxDomain || !std::all_of(domain.begin(), domain.end(), fits))
    return std::nullopt;
  return Address{std::string(handle), std::string(domain)};
}

}  // namespace kith::accounts
