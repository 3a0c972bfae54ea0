#pragma once
// The fingerprint of an instance: what people read aloud to check a key (federation/PROTOCOL.md, "Fingerprints").
// 52 base32 characters of H("kith/1 fingerprint", instance key). Plain value.

#include <optional>
#include <string>
#include <string_view>

#include "federation/identifiers.hpp"

namespace kith::federation {

class Fingerprint {
 public:
  static Fingerprint of(const InstanceKey& key);
  // Takes spaces anywhere and either case, as people type it; nothing if it is not 52 base32 characters of 32 bytes.
  static std::optional<Fingerprint> parse(std::string_view text);

  // 52 characters, upper case: the form of invite links.
  const std::string& compact() const { return text_; }
  // 13 groups of 4 with a space between: the form for people.
  std::string grouped() const;
  bool operator==(const Fingerprint&) const = default;

 private:
  explicit Fingerprint(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace kith::federation
