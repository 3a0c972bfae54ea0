#pragma once
// What a sender may offer (docs/live.md, "Sender" and "Chunks"). Pure functions.

#include <vector>

#include "assets/live_types.hpp"

namespace kith::assets {

// The pieces of a file, and so how many chunks it has.
inline constexpr std::uint64_t kLivePieceBytes = 256 * 1024;
// More chunks than this no file can have; the closing one included.
inline constexpr std::uint64_t kLiveMostChunks = kLiveLargestFile / kLivePieceBytes + 1;

// bad_request, saying what is wrong, unless there are 1 to kLiveFiles of them, with names as assets have them, types of
// 1 to 100 printable ASCII characters, and sizes up to kLiveLargestFile.
[[nodiscard]] core::Expected<void> check_live_files(const std::vector<LiveFile>& files);

// Of a file of so many bytes, the closing one included.
std::uint64_t live_chunks_of(std::uint64_t size);

}  // namespace kith::assets
