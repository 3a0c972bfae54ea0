#pragma once
// One map of the configuration being read into its struct: each call names a key, checks its value and notes what is
// wrong. Keys nobody asked for are mistakes too. For one thread.

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/yaml_tree.hpp"

namespace kith::config {

// What reading found: every mistake, every key there is, and the keys of the file that are none of them.
struct Findings {
  std::vector<Mistake> mistakes;
  std::vector<std::string> known;                                 // "storage.keep_free", sections too
  std::vector<std::pair<std::string, const YamlEntry*>> present;  // full name and where it stands

  // Notes the present keys that are not known, with the nearest that is.
  void note_unknown_keys();
};

class Section {
 public:
  // What is wrong with a text, in words that follow it; empty if nothing.
  using Check = std::string (*)(std::string_view);

  // `map` may be null (the section is absent), as long as it lives the section may be used. `name` is empty at the top.
  Section(Findings& findings, std::string name, const YamlNode* map);

  Section section(std::string_view key);
  // True if the file has `key` with a value.
  bool has(std::string_view key) const;
  void text(std::string_view key, std::string& into, Check check = nullptr);
  void path(std::string_view key, std::filesystem::path& into);
  void boolean(std::string_view key, bool& into);
  void integer(std::string_view key, int& into, int min, int max);
  void byte_size(std::string_view key, std::uint64_t& into, std::uint64_t min);
  void texts(std::string_view key, std::vector<std::string>& into, Check check);
  template <class T>
  void choice(std::string_view key, T& into, std::initializer_list<std::pair<std::string_view, T>> choices) {
    std::vector<std::string_view> names;
    for (const auto& [name, value] : choices) names.push_back(name);
    if (const auto* found = one_of(key, names)) {
      for (const auto& [name, value] : choices)
        if (name == found->text) into = value;
    }
  }
  // Notes that `key` (the section itself if the file doesn't have it) is wrong.
  void wrong(std::string_view key, std::string text);

 private:
  std::string full(std::string_view key) const;
  const YamlEntry* entry(std::string_view key) const;
  const YamlNode* value(std::string_view key);
  const YamlNode* scalar(std::string_view key, std::string_view expected);
  const YamlNode* one_of(std::string_view key, const std::vector<std::string_view>& names);
  bool check_text(std::string_view key, const YamlNode& node, Check check);
  void note(Place place, std::string_view key, std::string text);

  Findings& findings_;
  std::string name_;
  const YamlNode* map_;
  Place place_;
};

}  // namespace kith::config
