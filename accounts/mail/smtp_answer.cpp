#include "accounts/mail/smtp_answer.hpp"

#include <algorithm>

#include "accounts/mail/limits.hpp"
#include "core/encoding.hpp"

namespace kith::accounts {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Every occurrence of `word`, whatever its case, becomes "…" in ASCII.
void hide(std::string& text, std::string_view word) {
  constexpr std::string_view kHidden = "...";
  const auto wanted = core::to_lower_ascii(word);
  auto lower = core::to_lower_ascii(text);
  for (std::size_t at = 0; (at = lower.find(wanted, at)) != std::string::npos; at += kHidden.size()) {
    text.replace(at, wanted.size(), kHidden);
    lower.replace(at, wanted.size(), kHidden);
  }
}

}  // namespace

std::optional<int> reply_code(std::string_view line) {
  if (line.size() < 3 || !std::all_of(line.begin(), line.begin() + 3, is_digit)) return std::nullopt;
  if (line.size() > 3 && is_digit(line[3])) return std::nullopt;
  const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  return code >= 200 && code <= 599 ? std::optional(code) : std::nullopt;
}

std::string presentable_answer(std::string_view line, std::string_view recipient) {
  // Shorter local parts are in every other word, and tell nothing by themselves.
  constexpr std::size_t kShortestHidden = 3;
  std::string text(line.substr(0, mail_limits::kLongestAnswer));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.pop_back();
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c >= 0x7f; }, '?');
  if (!recipient.empty()) hide(text, recipient);
  const auto local = recipient.substr(0, recipient.find('@'));
  if (local.size() >= kShortestHidden) hide(text, local);
  return text.substr(0, mail_limits::kLongestError);
}

}  // namespace kith::accounts
