#include <algorithm>
#include <numeric>

#include "config/section.hpp"
#include "core/encoding.hpp"

namespace kith::config {

namespace {

// Insertions, removals and replacements that make `b` of `a` (Levenshtein 1966).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string_view section_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(0, dot);
}

std::string_view last_part(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string normalized(std::string_view key) {
  auto out = core::to_lower_ascii(key);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

// What whoever wrote `key` in `section` may have meant.
std::string suggestion(std::string_view section, std::string_view key, const std::vector<std::string>& known) {
  constexpr std::size_t kLongestKey = 64;
  if (key.size() > kLongestKey) return {};
  const auto written = normalized(key);
  std::string_view nearest;
  auto smallest = std::min<std::size_t>(written.size() / 2, 3) + 1;
  for (const auto& name : known) {
    if (section_of(name) != section) continue;
    const auto distance = edit_distance(written, last_part(name));
    if (distance < smallest) smallest = distance, nearest = last_part(name);
  }
  if (!nearest.empty()) return "; did you mean \"" + std::string(nearest) + "\"?";
  for (const auto& name : known) {
    if (last_part(name) == written && !section_of(name).empty())
      return "; it belongs under \"" + std::string(section_of(name)) + "\"";
  }
  return {};
}

std::string listed(std::string_view section, const std::vector<std::string>& known) {
  std::string out;
  for (const auto& name : known) {
    if (section_of(name) == section) out += (out.empty() ? "" : ", ") + std::string(last_part(name));
  }
  return "; known here: " + out;
}

}  // namespace

void Findings::note_unknown_keys() {
  for (const auto& [name, entry] : present) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    // The key itself may hold dots, so its section is what stands before it.
    const auto before = name.size() - entry->key.size();
    const auto section = std::string_view(name).substr(0, before == 0 ? 0 : before - 1);
    auto hint = suggestion(section, entry->key, known);
    if (hint.empty()) hint = listed(section, known);
    const bool showable =
        entry->key.size() <= 64 && core::is_valid_utf8(entry->key) &&
        std::none_of(entry->key.begin(), entry->key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    mistakes.push_back({entry->place, "unknown key" + (showable ? " \"" + entry->key + "\"" : "") + hint});
  }
}

}  // namespace kith::config
