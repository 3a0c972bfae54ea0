#pragma once
// Names that every unpacker can write where it was told to and nowhere else. Pure; a ZipNames belongs to one thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace kith::assets {

// Never a path, never hidden control or direction characters, nothing Windows reserves or can't store, 1 to 255 bytes
// of UTF-8. What can't stay becomes '_'; a name without such things stays as it is.
std::string safe_zip_name(std::string_view name);

// Gives each entry of one archive its name: safe, and unlike all before it on file systems that don't tell upper from
// lower case ("a.jpg", "A (2).jpg").
class ZipNames {
 public:
  std::string next(std::string_view name);

 private:
  std::unordered_set<std::string> taken_;                 // folded
  std::unordered_map<std::string, std::uint64_t> tried_;  // by folded name: numbers up to here are taken
};

}  // namespace kith::assets
