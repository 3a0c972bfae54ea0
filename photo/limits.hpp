#pragma once
// What a photo may cost, all in one place. The program ends when it needs more.

#include <cstddef>
#include <cstdint>

namespace kith::photo {

inline constexpr std::uint64_t kMaxPixels = 64'000'000;    // of the photo
inline constexpr std::uint64_t kMaxMemory = 1ull << 30;    // of the process, libraries included
inline constexpr std::uint64_t kMaxProcessorSeconds = 30;  // kithd watches the wall clock
inline constexpr int kNiceness = 10;
inline constexpr int kThumbnailEdges[] = {256, 1024};  // longer sides; a smaller photo keeps its size
inline constexpr int kThumbnailQuality = 78;
inline constexpr int kThumbnailEffort = 2;                   // half the time of the default 4, a few per cent larger
inline constexpr std::size_t kMaxThumbnailBytes = 1u << 20;  // each
inline constexpr std::size_t kMaxExifBytes = 1u << 20;
inline constexpr std::size_t kMaxTiffHead = 64u << 20;  // where a TIFF's own tags may lie
inline constexpr std::size_t kMaxCameraBytes = 100;
inline constexpr int kMaxExifEntries = 512;  // in one directory

}  // namespace kith::photo
