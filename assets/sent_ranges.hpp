#pragma once
// Which bytes of a content went out: ranges that neither overlap nor touch, few of them. Where a client asks for so
// many scattered ones that they would become too many, the smallest gap counts as sent too. A value.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kith::assets {

inline constexpr std::size_t kMaxSentRanges = 64;
inline constexpr std::size_t kMaxSentRangesText = 4096;  // characters

class SentRanges {
 public:
  // `offset + length` must not overflow.
  void add(std::uint64_t offset, std::uint64_t length);
  void add(const SentRanges& other);
  // All of a content of `size` bytes went out; so did nothing's.
  bool cover(std::uint64_t size) const;
  // How much went out from the beginning on.
  std::uint64_t reach() const;

  // "0-100,150-200", ends exclusive: as in rows.
  std::string text() const;
  // Nothing unless text() makes exactly `text` of it.
  static std::optional<SentRanges> parse(std::string_view text);

  bool operator==(const SentRanges&) const = default;

 private:
  void close_smallest_gap();

  std::map<std::uint64_t, std::uint64_t> ends_;  // by where each begins
};

}  // namespace kith::assets
