#include "assets/sent_ranges.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace kith::assets {

void SentRanges::add(std::uint64_t offset, std::uint64_t length) {
  if (length == 0) return;
  auto begin = offset;
  auto end = offset + length;
  auto touched = ends_.upper_bound(end);
  while (touched != ends_.begin() && std::prev(touched)->second >= begin) {
    --touched;
    begin = std::min(begin, touched->first);
    end = std::max(end, touched->second);
    touched = ends_.erase(touched);
  }
  ends_[begin] = end;
  if (ends_.size() > kMaxSentRanges) close_smallest_gap();
}

void SentRanges::add(const SentRanges& other) {
  for (const auto& [begin, end] : other.ends_) add(begin, end - begin);
}

bool SentRanges::cover(std::uint64_t size) const {
  return reach() >= size;
}

std::uint64_t SentRanges::reach() const {
  return ends_.empty() || ends_.begin()->first != 0 ? 0 : ends_.begin()->second;
}

void SentRanges::close_smallest_gap() {
  const auto gap_behind = [](const auto& range) { return std::next(range)->first - range->second; };
  auto before = ends_.begin();
  for (auto range = ends_.begin(); std::next(range) != ends_.end(); ++range)
    if (gap_behind(range) < gap_behind(before)) before = range;
  const auto behind = std::next(before);
  before->second = behind->second;
  ends_.erase(behind);
}

std::string SentRanges::text() const {
  std::string text;
  for (const auto& [begin, end] : ends_) {
    if (!text.empty()) text += ',';
    text.append(std::to_string(begin)).append("-").append(std::to_string(end));
  }
  return text;
}

std::optional<SentRanges> SentRanges::parse(std::string_view text) {
  if (text.size() > kMaxSentRangesText) return std::nullopt;
  SentRanges ranges;
  const auto* at = text.data();
  const auto* const stop = at + text.size();
  while (at != stop) {
    std::uint64_t begin = 0, end = 0;
    const auto first = std::from_chars(at, stop, begin);
    if (first.ec != std::errc{} || first.ptr == stop || *first.ptr != '-') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, stop, end);
    if (second.ec != std::errc{} || end <= begin) return std::nullopt;
    ranges.add(begin, end - begin);
    at = second.ptr == stop || *second.ptr != ',' ? second.ptr : second.ptr + 1;
    if (at == second.ptr && at != stop) return std::nullopt;
  }
  if (ranges.text() != text) return std::nullopt;
  return ranges;
}

}  // namespace kith::assets
