#pragma once
// All limits of assets/ in one place. The first group is what callers can count on (HTTP API, private API), the second
// is tuning.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kith::assets {

inline constexpr std::size_t kMaxFileNameBytes = 255;
inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 500;
inline constexpr std::size_t kMaxAssetsPerShareCall =
    500;  // as many as a notification names (PROTOCOL.md, "Private API")
inline constexpr std::chrono::hours kVersionKept{30 * 24};  // a version that a newer one took the place of
inline constexpr std::chrono::hours kDeletedKept{24};       // a deleted asset can be restored for that long
inline constexpr std::size_t kMaxFilesPerArchive = 10'000;
inline constexpr std::chrono::minutes kArchiveKept{10};  // for so long the download of an archive may begin

inline constexpr std::size_t kSniffBytes = 512;            // what media_type_of looks at
inline constexpr std::size_t kMaxCursorBytes = 128;        // encoded
inline constexpr std::uint64_t kReserveStep = 8ull << 20;  // an upload of unknown size reserves quota in such steps
inline constexpr int kSweepBatch = 200;                    // rows of each kind, blobs included, a sweep handles at once
inline constexpr std::size_t kMaxArchivesPerUser = 10;     // the oldest make way
inline constexpr std::size_t kMaxArchivedFilesPerUser = 20'000;
inline constexpr std::size_t kMaxArchivedFiles = 100'000;  // some 20 MB of memory

}  // namespace kith::assets
