#include "config/section.hpp"

#include <algorithm>
#include <charconv>

#include "config/byte_size.hpp"
#include "config/limits.hpp"
#include "core/encoding.hpp"

namespace kith::config {

namespace {

// What to show of a value that may be anything: short and without control characters.
std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out = "\"";
  for (const char c : text.substr(0, kLongest)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  // Cutting may have split a character.
  while (!core::is_valid_utf8(out)) out.pop_back();
  return out + (text.size() > kLongest ? "…\"" : "\"");
}

std::string in_words(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::list:
      return "a list (put text that begins with '[' in quotes)";
    case YamlNode::Kind::map:
      return "a group of keys (put text with ': ' or '{' in it in quotes)";
    default:
      return "a single value";
  }
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

Section::Section(Findings& findings, std::string name, const YamlNode* map)
    : findings_(findings), name_(std::move(name)), map_(map), place_(map ? map->place : Place{}) {
  if (map_ == nullptr || map_->kind == YamlNode::Kind::null) {
    map_ = nullptr;
  } else if (map_->kind != YamlNode::Kind::map) {
    findings_.mistakes.push_back({map_->place, (name_.empty() ? "the file" : name_) +
                                                   " must hold keys with values (\"key: value\" lines), not " +
                                                   in_words(map_->kind)});
    map_ = nullptr;
  } else {
    for (const auto& one : map_->entries) findings_.present.emplace_back(full(one.key), &one);
  }
}

Section Section::section(std::string_view key) {
  findings_.known.push_back(full(key));
  const auto* found = entry(key);
  return {findings_, full(key), found ? &found->value : nullptr};
}

bool Section::has(std::string_view key) const {
  const auto* found = entry(key);
  return found != nullptr && found->value.kind != YamlNode::Kind::null;
}

void Section::text(std::string_view key, std::string& into, Check check) {
  const auto* node = scalar(key, "text");
  if (node != nullptr && check_text(key, *node, check)) into = node->text;
}

void Section::path(std::string_view key, std::filesystem::path& into) {
  std::string text;
  const auto check = [](std::string_view path) {
    return std::string(path.starts_with('/') ? "" : "must be an absolute path, beginning with '/'");
  };
  this->text(key, text, check);
  if (!text.empty()) into = text;
}

void Section::boolean(std::string_view key, bool& into) {
  const auto* node = scalar(key, "true or false");
  if (node == nullptr) return;
  if (!node->plain || (node->text != "true" && node->text != "false"))
    return note(node->place, key, "must be true or false, not " + shown(node->text));
  into = node->text == "true";
}

void Section::integer(std::string_view key, int& into, int min, int max) {
  const auto expected = "a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  const auto* node = scalar(key, expected);
  if (node == nullptr) return;
  int number = 0;
  const char* const last = node->text.data() + node->text.size();
  const auto [end, error] = std::from_chars(node->text.data(), last, number);
  if (!node->plain || error != std::errc() || end != last || number < min || number > max)
    return note(node->place, key, "must be " + expected + ", not " + shown(node->text));
  into = number;
}

void Section::byte_size(std::string_view key, std::uint64_t& into, std::uint64_t min) {
  const auto* node = scalar(key, "a size");
  if (node == nullptr) return;
  const auto size = parse_byte_size(node->text);
  if (!size) return note(node->place, key, "must be a size such as 100 GiB or 1073741824, not " + shown(node->text));
  if (*size < min) return note(node->place, key, "must be at least " + std::to_string(min) + " bytes");
  into = *size;
}

void Section::texts(std::string_view key, std::vector<std::string>& into, Check check) {
  const auto* node = value(key);
  if (node == nullptr) return;
  if (node->kind != YamlNode::Kind::list) return note(node->place, key, "must be a list: [ one, two ]");
  if (node->items.size() > kMaxListItems)
    return note(node->place, key, "has more than " + std::to_string(kMaxListItems) + " items");
  std::vector<std::string> read;
  for (const auto& item : node->items) {
    if (item.kind != YamlNode::Kind::scalar)
      note(item.place, key, "every item must be text");
    else if (check_text(key, item, check))
      read.push_back(item.text);
  }
  into = std::move(read);
}

void Section::wrong(std::string_view key, std::string text) {
  const auto* found = entry(key);
  note(found ? found->value.place : place_, key, std::move(text));
}

std::string Section::full(std::string_view key) const {
  return name_.empty() ? std::string(key) : name_ + "." + std::string(key);
}

const YamlEntry* Section::entry(std::string_view key) const {
  if (map_ == nullptr) return nullptr;
  const auto found =
      std::find_if(map_->entries.begin(), map_->entries.end(), [&](const auto& e) { return e.key == key; });
  return found == map_->entries.end() ? nullptr : &*found;
}

const YamlNode* Section::value(std::string_view key) {
  findings_.known.push_back(full(key));
  const auto* found = entry(key);
  if (found == nullptr) return nullptr;
  if (found->value.kind != YamlNode::Kind::null) return &found->value;
  note(found->place, key, "has no value; remove the line to have the default");
  return nullptr;
}

const YamlNode* Section::scalar(std::string_view key, std::string_view expected) {
  const auto* node = value(key);
  if (node == nullptr || node->kind == YamlNode::Kind::scalar) return node;
  note(node->place, key, "must be " + std::string(expected) + ", not " + in_words(node->kind));
  return nullptr;
}

const YamlNode* Section::one_of(std::string_view key, const std::vector<std::string_view>& names) {
  std::string expected;
  for (const auto& name : names) {
    if (!expected.empty()) expected += name == names.back() ? " or " : ", ";
    expected += name;
  }
  const auto* node = scalar(key, expected);
  if (node == nullptr || std::find(names.begin(), names.end(), node->text) != names.end()) return node;
  note(node->place, key, "must be " + expected + ", not " + shown(node->text));
  return nullptr;
}

bool Section::check_text(std::string_view key, const YamlNode& node, Check check) {
  std::string problem;
  if (node.text.empty())
    problem = "is empty; remove the line to have the default";
  else if (node.text.size() > kMaxTextBytes)
    problem = "is longer than " + std::to_string(kMaxTextBytes) + " bytes";
  else if (!core::is_valid_utf8(node.text) || has_control_characters(node.text))
    problem = "must be UTF-8 text without control characters";
  else if (check != nullptr)
    problem = check(node.text);
  if (problem.empty()) return true;
  note(node.place, key, (node.text.empty() ? "" : shown(node.text) + " ") + problem);
  return false;
}

void Section::note(Place place, std::string_view key, std::string text) {
  findings_.mistakes.push_back({place, full(key) + ": " + std::move(text)});
}

}  // namespace kith::config
