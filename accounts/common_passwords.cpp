#include "accounts/common_passwords.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/encoding.hpp"

namespace kith::accounts {
namespace {

// Whose neighbours make a run. German and French keyboards have some rows of their own.
constexpr std::array<std::string_view, 9> kRows{"abcdefghijklmnopqrstuvwxyz",
                                                "01234567890",
                                                "qwertyuiop",
                                                "asdfghjkl",
                                                "zxcvbnm",
                                                "qwertzuiop",
                                                "yxcvbnm",
                                                "azertyuiop",
                                                "qsdfghjklm"};
constexpr std::size_t kMeanRun = 4;    // runs this long on average are easy to try
constexpr std::size_t kShortUnit = 5;  // repeated as often as one likes
constexpr std::size_t kShortestWord = 3;
constexpr std::size_t kGuessedPadding = 8;  // digits and marks around a word: a year, a date, "123!"

bool follow_each_other(char a, char b) {
  if (a == b) return true;
  return std::ranges::any_of(kRows, [&](std::string_view row) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      if ((row[i] == a && row[i + 1] == b) || (row[i] == b && row[i + 1] == a)) return true;
    }
    return false;
  });
}

// Made of few runs: "aaaaaabbbbbb", "qwertyuiop123".
bool is_runs(std::string_view text) {
  std::size_t runs = 1;
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!follow_each_other(text[i], text[i + 1])) ++runs;
  }
  return runs * kMeanRun <= text.size();
}

// What `text` repeats, cut off at its end or not ("letmein letmein"); all of it when it repeats nothing.
std::string_view repeated_unit(std::string_view text) {
  // border[i]: the longest proper prefix of the first i + 1 characters that they end with too.
  std::vector<std::size_t> border(text.size(), 0);
  for (std::size_t i = 1; i < text.size(); ++i) {
    auto length = border[i - 1];
    while (length > 0 && text[i] != text[length]) length = border[length - 1];
    border[i] = text[i] == text[length] ? length + 1 : 0;
  }
  const auto period = text.empty() ? 0 : text.size() - border.back();
  return period * 2 <= text.size() + 1 ? text.substr(0, period) : text;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// `text`, in lower case, without the digits and marks around it.
std::string_view without_padding(std::string_view text) {
  while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
  return text;
}

// "p@ssw0rd" as "password".
std::string with_letters_back(std::string_view text) {
  constexpr std::string_view kMarks = "@4031!$57";
  constexpr std::string_view kLetters = "aaoeiisst";
  std::string out(text);
  for (auto& c : out) {
    if (const auto at = kMarks.find(c); at != std::string_view::npos) c = kLetters[at];
  }
  return out;
}

// What somebody would build a password of.
class Words {
 public:
  explicit Words(std::span<const std::string_view> about) {
    for (const auto word : about) {
      const auto text = core::to_lower_ascii(word);
      add(text);
      add(std::string_view(text).substr(0, text.find('@')));  // of an e-mail address
    }
  }

  bool know(std::string_view text) const { return has(text) || has(with_letters_back(text)); }

  // A word, or one again and again.
  bool know_repeated(std::string_view text) const {
    const auto unit = repeated_unit(text);
    return know(text) || know(unit) || (unit.size() < text.size() && know(without_padding(unit)));
  }

 private:
  void add(std::string_view word) {
    for (const auto form : {word, without_padding(word)}) {
      if (form.size() >= kShortestWord) about_.emplace_back(form);
    }
  }
  bool has(std::string_view text) const {
    if (text.empty()) return false;
    return std::ranges::binary_search(common_passwords(), text) || std::ranges::find(about_, text) != about_.end();
  }

  std::vector<std::string> about_;
};

}  // namespace

bool is_easily_guessed(std::string_view password, std::span<const std::string_view> about) {
  const auto text = core::to_lower_ascii(password);
  const auto unit = repeated_unit(text);
  if (is_runs(text) || (unit.size() < text.size() && unit.size() <= kShortUnit)) return true;
  const Words words(about);
  if (words.know_repeated(text)) return true;
  const auto word = without_padding(text);
  if (!words.know_repeated(word)) return false;
  const auto before = text.substr(0, text.find(word));
  const auto after = text.substr(before.size() + word.size());
  const auto is_guessed = [](std::string_view padding) {
    return padding.size() <= kGuessedPadding || is_runs(padding);
  };
  return is_guessed(before) && is_guessed(after);
}

}  // namespace kith::accounts
