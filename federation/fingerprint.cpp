#include "federation/fingerprint.hpp"

#include "core/encoding.hpp"
#include "core/length_prefixed.hpp"
#include "federation/protocol_constants.hpp"

namespace kith::federation {
namespace {
constexpr std::size_t kCharacters = 52;
constexpr std::size_t kGroup = 4;
}  // namespace

Fingerprint Fingerprint::of(const InstanceKey& key) {
  return Fingerprint(core::to_base32(core::labelled_hash(kFingerprintLabel, {key}).view()));
}

std::optional<Fingerprint> Fingerprint::parse(std::string_view text) {
  std::string compact;
  for (const char c : text) {
    if (c == ' ') continue;
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!((upper >= 'A' && upper <= 'Z') || (upper >= '2' && upper <= '7'))) return std::nullopt;
    if (compact.size() == kCharacters) return std::nullopt;
    compact += upper;
  }
  // 52 characters carry 260 bits: the last four are unused and zero, so the last character is A or Q.
  if (compact.size() != kCharacters || (compact.back() != 'A' && compact.back() != 'Q')) return std::nullopt;
  return Fingerprint(std::move(compact));
}

std::string Fingerprint::grouped() const {
  std::string out;
  for (std::size_t i = 0; i < text_.size(); i += kGroup) {
    if (i > 0) out += ' ';
    out += text_.substr(i, kGroup);
  }
  return out;
}

}  // namespace kith::federation
