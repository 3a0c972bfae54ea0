#pragma once
// YAML as a plain tree with places, the only part that knows yaml-cpp. Taken is what a configuration needs: one
// document of maps, lists and scalars. Aliases, tags, duplicate keys and deep nesting are refused while the text is
// read, so nothing small grows large.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace kith::config {

struct Place {
  int line = 1;  // both from 1
  int column = 1;
  auto operator<=>(const Place&) const = default;
};

// Something wrong and where.
struct Mistake {
  Place place;
  std::string text;
};

struct YamlEntry;

struct YamlNode {
  enum class Kind { null, scalar, list, map };
  Kind kind = Kind::null;
  Place place;
  std::string text;                // of a scalar
  bool plain = true;               // a scalar without quotes
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a map, in the order of the file
};

struct YamlEntry {
  std::string key;
  Place place;
  YamlNode value;
};

// An empty text is null.
[[nodiscard]] tl::expected<YamlNode, Mistake> parse_yaml(const std::string& text);

}  // namespace kith::config
