#include "core/length_prefixed.hpp"

#include <array>

namespace kith::core {
namespace {

std::array<std::uint8_t, 8> big_endian(std::uint64_t number) {
  std::array<std::uint8_t, 8> out;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return out;
}

}  // namespace

LengthPrefixed& LengthPrefixed::add_u64(std::uint64_t number) {
  const auto bytes = big_endian(number);
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

LengthPrefixed& LengthPrefixed::add(ByteView part) {
  add_u64(part.size());
  bytes_.insert(bytes_.end(), part.begin(), part.end());
  return *this;
}

LengthPrefixed& LengthPrefixed::add(std::string_view part) {
  return add(as_bytes(part));
}

Digest labelled_hash(std::string_view label, std::initializer_list<HashPart> parts) {
  Sha256 hash;
  const auto put = [&hash](ByteView part) {
    hash.update(big_endian(part.size()));
    hash.update(part);
  };
  put(as_bytes(label));
  for (const auto& part : parts) put(part.bytes);
  return hash.finish();
}

}  // namespace kith::core
