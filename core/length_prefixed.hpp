#pragma once
// Unambiguous concatenation: every part goes behind its length, so no two lists of parts give the same bytes
// (federation/PROTOCOL.md, "Conventions": LP, u64, H).

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/bytes.hpp"
#include "core/crypto/sha256.hpp"

namespace kith::core {

// Collects LP(part)s and raw u64s. Parts are copied in; not for secrets that must be wiped.
class LengthPrefixed {
 public:
  // LP(x): 8 bytes big-endian length, then x.
  LengthPrefixed& add(ByteView part);
  LengthPrefixed& add(std::string_view part);
  // u64(n): 8 bytes big-endian, no length before it.
  LengthPrefixed& add_u64(std::uint64_t number);
  ByteView view() const { return bytes_; }

 private:
  Bytes bytes_;
};

// A part of H: text or bytes.
struct HashPart {
  ByteView bytes;
  HashPart(std::string_view text) : bytes(as_bytes(text)) {}               // NOLINT: meant to convert
  HashPart(const char* text) : bytes(as_bytes(std::string_view(text))) {}  // NOLINT
  HashPart(const std::string& text) : bytes(as_bytes(text)) {}             // NOLINT
  HashPart(ByteView view) : bytes(view) {}                                 // NOLINT
  HashPart(const Bytes& view) : bytes(view) {}                             // NOLINT
  template <std::size_t N, class Tag>
  HashPart(const FixedBytes<N, Tag>& fixed) : bytes(fixed.view()) {}  // NOLINT
};

// H(label, a, b, …) = SHA-256(LP(label) LP(a) LP(b) …).
Digest labelled_hash(std::string_view label, std::initializer_list<HashPart> parts);

}  // namespace kith::core
